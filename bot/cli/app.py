"""The command line's words, options and help. What a command needs is imported when it runs, so help comes at once."""

from __future__ import annotations

import os
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

EXIT_CODES = (
    "Exit codes: 0 all is done, 1 it ran and something was refused or found wrong, 2 it could not be understood or"
    " could not begin, 70 a mistake inside Thirdline, 130 interrupted, 143 terminated."
)


def _group(help: str, epilog: str = "") -> typer.Typer:
    # Rich help takes longer to load than all the rest, and plain help reads the same in a pipe.
    return typer.Typer(
        help=help,
        epilog=epilog or None,
        no_args_is_help=True,
        add_completion=False,
        rich_markup_mode=None,
        pretty_exceptions_enable=False,
        context_settings={"help_option_names": ["--help", "-h"], "max_content_width": 100},
    )


app = _group("The support desk that lives in chat and never loses a page.", EXIT_CODES)
policy_app = _group("What the desk promises, and its days off.")
db_app = _group("Look after the database.")
customers_app = _group("Customers from and to a spreadsheet.")
tickets_app = _group("Tickets for other programs.")
oncall_app = _group("Who is on call when: the plan, a picture, calendars.")
letters_app = _group("The letters that customers get.")
key_app = _group("Keys to the HTTP API.")
sla_app = _group("Due times and business time for other programs.")
init_app = _group(
    "Write settings and policy files to edit.\n\n"
    "They go into the data folder, with comments. What is there already is never overwritten.",
    "Example: thirdline init --data /srv/desk",
)
app.add_typer(init_app, name="init", invoke_without_command=True, no_args_is_help=False)
app.add_typer(policy_app, name="policy")
app.add_typer(db_app, name="db")
app.add_typer(customers_app, name="customers")
app.add_typer(tickets_app, name="tickets")
app.add_typer(letters_app, name="letters")
app.add_typer(key_app, name="key")
app.add_typer(sla_app, name="sla")
app.add_typer(oncall_app, name="oncall")

Data = Annotated[
    Path | None, typer.Option("--data", metavar="DIR", help="The data folder; ./data, if left out.", show_default=False)
]
Json = Annotated[bool, typer.Option("--json", help="For programs: JSON on standard output.")]
OutFile = Annotated[Path | None, typer.Argument(metavar="[FILE]", help="Where to; standard output, if left out.")]

JsonLines = Annotated[
    bool, typer.Option("--json", help="For programs: each line is answered by one line of JSON, and nothing else.")
]
News = Annotated[
    bool,
    typer.Option("--news", help="With --json: news, too, as lines of JSON; without it, it waits for another desk."),
]
Force = Annotated[bool, typer.Option("--force", help="Write over a file that is there.")]


class Format(StrEnum):
    """How tickets are exported."""

    CSV = "csv"
    JSONL = "jsonl"


class Mode(StrEnum):
    """How Slack reaches the desk."""

    SOCKET = "socket"
    HTTP = "http"


class Encryption(StrEnum):
    """How a mail server is spoken to."""

    TLS = "tls"
    STARTTLS = "starttls"
    NONE = "none"


@app.callback()
def _desk(
    debug: Annotated[bool, typer.Option("--debug", help="Log everything, and show where a mistake happened.")] = False,
) -> None:
    if debug:
        os.environ["THIRDLINE_LOG_LEVEL"] = "DEBUG"


@app.command(epilog="Examples: thirdline run --as ann; echo '/ticket list' | thirdline run --json")
def run(
    data: Data = None,
    as_: Annotated[
        str | None,
        typer.Option(
            "--as",
            metavar="NAME",
            help="Who you are; on a new desk, its first admin's name. `you`, if left out.",
            show_default=False,
        ),
    ] = None,
    json: JsonLines = False,
    news: News = False,
) -> None:
    """Open the desk in this terminal.

    One desk at a time may be open on a data folder; the other commands work beside it.
    With a file or pipe on standard input its lines are run as a script; 1 if one of them was refused."""
    from bot.cli.run import run

    raise typer.Exit(run(data, as_ or "", json, news))


@app.command(epilog="Example: thirdline serve --data /srv/desk")
def serve(data: Data = None) -> None:
    """Open the desk for its chat platforms and its page.

    Without a terminal, until it is told to stop (SIGTERM, Ctrl-C); what is under way is finished first."""
    from bot.cli.serve import serve

    raise typer.Exit(serve(data))


@app.command("desk-link", epilog="Example: thirdline desk-link ann --data /srv/desk")
def desk_link(
    person: Annotated[
        str, typer.Argument(metavar="PERSON", help="Whose: the short name; on a new desk, its first admin's name.")
    ],
    data: Data = None,
    json: Json = False,
) -> None:
    """Print a link that signs somebody in to the desk's page.

    What /desk page says in chat, for a desk without chat; also while the desk runs."""
    from bot.cli.desk_link import desk_link

    raise typer.Exit(desk_link(person, data, json))


@app.command(epilog='Examples: thirdline demo --speed 60; echo "/time +2h" | thirdline demo --at "2026-10-09 15:00"')
def demo(
    data: Annotated[
        Path | None,
        typer.Option("--data", metavar="DIR", help="A folder to keep it in; else a temporary one.", show_default=False),
    ] = None,
    speed: Annotated[
        float | None,
        typer.Option(min=0, max=100_000, help="How fast the clock runs; 0 moves it by /time only.", show_default="60"),
    ] = None,
    at: Annotated[
        str | None, typer.Option(metavar="TIME", help="When it begins, at the desk's place.", show_default=False)
    ] = None,
    empty: Annotated[bool, typer.Option("--empty", help="The clock alone, without customers and tickets.")] = False,
    json: JsonLines = False,
    news: News = False,
) -> None:
    """Show a small company's busy week.

    The clock runs fast: warnings, a breach and its alert come within a minute. With a script on standard input it
    stands still but for /time +2h and /time 2026-10-09 17:30."""
    from bot.cli.demo import demo

    raise typer.Exit(demo(data, speed, at, empty, json, news))


@app.command(epilog="Example: thirdline doctor --json")
def doctor(data: Data = None, json: Json = False) -> None:
    """Tell what is wrong with the desk, and the cure.

    Exits with 1 if something has failed."""
    from bot.cli.doctor import doctor

    raise typer.Exit(doctor(data, json))


@init_app.callback()
def init(asked: typer.Context, data: Data = None) -> None:
    if asked.invoked_subcommand is not None:
        asked.obj = data
        return
    from bot.cli.init import init

    raise typer.Exit(init(data))


def _file_of(what: str) -> typer.models.OptionInfo:
    option: typer.models.OptionInfo = typer.Option(
        metavar="FILE", help=f"A file with the {what}; it stays where it is.", show_default=False
    )
    return option


def _option(metavar: str, help: str) -> typer.models.OptionInfo:
    option: typer.models.OptionInfo = typer.Option(metavar=metavar, help=help, show_default=False)
    return option


@init_app.command(
    "slack",
    epilog="Examples: thirdline init slack; thirdline init slack --mode http --url https://desk.example.com",
)
def init_slack(
    asked: typer.Context,
    mode: Annotated[
        Mode | None, typer.Option(help="socket needs no public address; http is for replicas.", show_default="socket")
    ] = None,
    url: Annotated[
        str | None, typer.Option(metavar="URL", help="For http: the desk's public address.", show_default=False)
    ] = None,
    desk: Annotated[
        str | None, typer.Option(metavar="CHANNEL", help="The channel of the cards.", show_default="#desk")
    ] = None,
    alerts: Annotated[
        str | None, typer.Option(metavar="CHANNEL", help="The channel of the alerts.", show_default="#alerts")
    ] = None,
    bot_token_file: Annotated[Path | None, _file_of("bot token")] = None,
    app_token_file: Annotated[Path | None, _file_of("app token")] = None,
    signing_secret_file: Annotated[Path | None, _file_of("signing secret")] = None,
    api_url: Annotated[
        str | None, typer.Option(metavar="URL", help="Slack's Web API, if it is another.", show_default=False)
    ] = None,
    data: Data = None,
) -> None:
    """Set up Slack, from manifest to tokens, each step checked.

    It asks for what it does not know, and never twice for what works. Where nobody can be asked, it takes the tokens
    from files or the environment; 1 if something is left to do."""
    from bot.cli.chat_basics import needed

    needed("slack")
    from bot.cli.init_slack import Given, init_slack

    files = {"bot_token": bot_token_file, "app_token": app_token_file, "signing_secret": signing_secret_file}
    raise typer.Exit(
        init_slack(data or asked.obj, Given(mode.value if mode else None, url, desk, alerts, api_url, files))
    )


@init_app.command("discord", epilog="Examples: thirdline init discord; thirdline init discord --token-file TOKEN")
def init_discord(
    asked: typer.Context,
    server: Annotated[
        str | None, typer.Option(metavar="ID", help="The server; else the one that the bot is in.", show_default=False)
    ] = None,
    desk: Annotated[
        str | None, typer.Option(metavar="CHANNEL", help="The channel or forum of the cards.", show_default="#desk")
    ] = None,
    alerts: Annotated[
        str | None, typer.Option(metavar="CHANNEL", help="The channel of the alerts.", show_default="#alerts")
    ] = None,
    token_file: Annotated[Path | None, _file_of("bot token")] = None,
    api_url: Annotated[
        str | None, typer.Option(metavar="URL", help="Discord's API, if it is another.", show_default=False)
    ] = None,
    data: Data = None,
) -> None:
    """Set up Discord, from token to channels, each step checked.

    It prints the address that invites the bot with what it needs and no more. Where nobody can be asked, it takes the
    token from a file or the environment; 1 if something is left to do."""
    from bot.cli.chat_basics import needed

    needed("discord")
    from bot.cli.init_discord import Given, init_discord

    raise typer.Exit(init_discord(data or asked.obj, Given(server, desk, alerts, api_url, {"token": token_file})))


@init_app.command(
    "phone", epilog="Examples: thirdline init phone; thirdline init phone --provider telnyx --token-file KEY"
)
def init_phone(
    asked: typer.Context,
    provider: Annotated[
        str | None, typer.Option(metavar="NAME", help="twilio, signalwire or telnyx.", show_default="twilio")
    ] = None,
    account: Annotated[
        str | None, typer.Option(metavar="SID", help="The account, or SignalWire's project.", show_default=False)
    ] = None,
    number: Annotated[
        str | None, typer.Option(metavar="+1…", help="The number that calls come from.", show_default=False)
    ] = None,
    url: Annotated[
        str | None, typer.Option(metavar="URL", help="Where the provider reaches this desk.", show_default=False)
    ] = None,
    application: Annotated[
        str | None, typer.Option(metavar="ID", help="Telnyx: the TeXML application.", show_default=False)
    ] = None,
    public_key: Annotated[
        str | None, typer.Option(metavar="KEY", help="Telnyx: the account's public key.", show_default=False)
    ] = None,
    token_file: Annotated[Path | None, _file_of("auth token or API key")] = None,
    signing_key_file: Annotated[Path | None, _file_of("signing key, for SignalWire")] = None,
    api_url: Annotated[
        str | None,
        typer.Option(metavar="URL", help="The provider's API; SignalWire's is per space.", show_default=False),
    ] = None,
    data: Data = None,
) -> None:
    """Set up the telephone, from account to webhooks, each step checked.

    It calls nobody and costs nothing. Where nobody can be asked, it takes what it needs from the options and the
    environment; 1 if something is left to do."""
    from bot.cli.chat_basics import needed

    needed("phone")
    from bot.cli.init_phone import Given, init_phone

    files = {"token": token_file, "signing_key": signing_key_file}
    given = Given(provider, account, application, public_key, number, url, api_url, files)
    raise typer.Exit(init_phone(data or asked.obj, given))


@init_app.command(
    "email",
    epilog="Examples: thirdline init email; thirdline init email --address support@example.com --password-file FILE",
)
def init_email(
    asked: typer.Context,
    address: Annotated[
        str | None, typer.Option(metavar="ADDRESS", help="The address that customers write to.", show_default=False)
    ] = None,
    provider: Annotated[
        str | None, typer.Option(metavar="NAME", help="google, microsoft or other.", show_default="by the address")
    ] = None,
    sender: Annotated[
        str | None, typer.Option(metavar="SENDER", help="Who letters come from.", show_default="the address")
    ] = None,
    user: Annotated[
        str | None, typer.Option(metavar="NAME", help="The account at both servers.", show_default="the address")
    ] = None,
    mailbox: Annotated[
        str | None, typer.Option(metavar="WORD", help="What the mailbox is called here.", show_default="support")
    ] = None,
    smtp_host: Annotated[str | None, _option("HOST", "The server for letters.")] = None,
    smtp_port: Annotated[int | None, _option("PORT", "Its port: 587, if left out.")] = None,
    smtp_security: Annotated[
        Encryption | None, _option("KIND", "tls, starttls or none: starttls, if left out.")
    ] = None,
    smtp_user: Annotated[str | None, _option("NAME", "The account there; “none” for no sign-in.")] = None,
    imap_host: Annotated[str | None, _option("HOST", "The server of the mailbox.")] = None,
    imap_port: Annotated[int | None, _option("PORT", "Its port: 993, if left out.")] = None,
    imap_security: Annotated[Encryption | None, _option("KIND", "tls, starttls or none: tls, if left out.")] = None,
    imap_user: Annotated[str | None, _option("NAME", "The account there.")] = None,
    password_file: Annotated[Path | None, _file_of("password")] = None,
    mailbox_password_file: Annotated[Path | None, _file_of("password of the mailbox, if it is another")] = None,
    tenant: Annotated[str | None, _option("ID", "Microsoft: the directory (tenant) id.")] = None,
    client_id: Annotated[str | None, _option("ID", "The application's id, to sign in with access tokens.")] = None,
    client_secret_file: Annotated[Path | None, _file_of("application's secret")] = None,
    refresh_token_file: Annotated[Path | None, _file_of("account's refresh token, for Google")] = None,
    token_url: Annotated[str | None, _option("URL", "Where tokens are given out, if it is elsewhere.")] = None,
    trusted: Annotated[list[str] | None, _option("NAME", "Whose verdicts on senders are believed.")] = None,
    plus: Annotated[
        bool | None, typer.Option("--plus/--no-plus", help="Whether support+x@… arrives.", show_default=False)
    ] = None,
    data: Data = None,
) -> None:
    """Set up mail, letters and a mailbox, each sign-in tried.

    It sends nothing and reads no message's words. Where nobody can be asked, it takes what it needs from the options
    and the environment; 1 if something is left to do."""
    from bot.cli.chat_basics import needed

    needed("mailboxes")
    from bot.cli.init_email import Given, init_email
    from bot.cli.mail_application import GivenApplication

    secrets = {"client_secret": client_secret_file, "refresh_token": refresh_token_file}
    given = Given(
        address,
        provider,
        sender,
        user,
        mailbox,
        {"host": smtp_host, "port": smtp_port, "security": smtp_security, "user": smtp_user},
        {"host": imap_host, "port": imap_port, "security": imap_security, "user": imap_user},
        tuple(trusted or ()),
        plus,
        {"password": password_file, "mailbox_password": mailbox_password_file},
        GivenApplication(tenant, client_id, token_url, secrets),
    )
    raise typer.Exit(init_email(data or asked.obj, given))


@init_app.command(
    "web", epilog="Examples: thirdline init web; thirdline init web --url https://desk.example.com --customers --staff"
)
def init_web(
    asked: typer.Context,
    url: Annotated[str | None, _option("URL", "Where others reach the desk.")] = None,
    host: Annotated[str | None, _option("HOST", "The address to listen on: 127.0.0.1, if left out.")] = None,
    port: Annotated[int | None, _option("PORT", "The port to listen on: 8080, if left out.")] = None,
    proxies: Annotated[
        int | None, typer.Option(min=0, max=5, help="How many proxies of yours stand before it.", show_default=False)
    ] = None,
    customers: Annotated[
        bool | None, typer.Option("--customers/--no-customers", help="The customers' page.", show_default=False)
    ] = None,
    staff: Annotated[
        bool | None, typer.Option("--staff/--no-staff", help="The desk's page.", show_default=False)
    ] = None,
    api: Annotated[bool | None, typer.Option("--api/--no-api", help="The REST API.", show_default=False)] = None,
    data: Data = None,
) -> None:
    """Set up the web pages and the API, with what the doctor says of them.

    It asks which doors to open and where others reach them. Where nobody can be asked, it takes the options and what
    the settings say already."""
    from bot.cli.chat_basics import needed

    needed("web")
    from bot.cli.init_web import Given, init_web

    given = Given(url, host, port, proxies, {"customers": customers, "staff": staff, "api": api})
    raise typer.Exit(init_web(data or asked.obj, given))


@init_app.command(
    "oncall",
    epilog='Examples: thirdline init oncall; thirdline init oncall kim sam ann --turn "1 week" --begins "monday 09:00"',
)
def init_oncall(
    asked: typer.Context,
    people: Annotated[
        list[str] | None, typer.Argument(metavar="[PERSON]...", help="Who takes turns, by short names.")
    ] = None,
    turn: Annotated[str | None, typer.Option(metavar="SPAN", help="How long a turn is.", show_default="1 week")] = None,
    begins: Annotated[
        str | None,
        typer.Option(metavar="WHEN", help="Its day and hour, or the first one's date.", show_default="monday 09:00"),
    ] = None,
    zone: Annotated[
        str | None, typer.Option(metavar="ZONE", help="On whose wall clock.", show_default="the policy's")
    ] = None,
    data: Data = None,
) -> None:
    """Set up a first rota: who is on call, in turns.

    It asks for what it does not know and writes oncall.toml with comments. A plan that somebody edited is left
    alone."""
    from bot.cli.init_oncall import Given, init_oncall

    raise typer.Exit(init_oncall(data or asked.obj, Given(tuple(people or ()), turn, begins, zone)))


@app.command(epilog="Example: thirdline version --json")
def version(json: Json = False) -> None:
    """Tell versions, for a report of trouble."""
    from bot.cli.version import version

    raise typer.Exit(version(json))


@policy_app.command("show", epilog="Examples: thirdline policy show III; thirdline policy show --file policy.toml")
def policy_show(
    level: Annotated[str | None, typer.Argument(help="One level only.", show_default=False)] = None,
    file: Annotated[
        Path | None,
        typer.Option("--file", metavar="FILE", help="A policy file; the desk's, if left out.", show_default=False),
    ] = None,
    data: Data = None,
    json: Json = False,
) -> None:
    """Print the page a customer would read."""
    from bot.cli.policy import show

    raise typer.Exit(show(level, file, data, json))


@policy_app.command("check", epilog="Example: thirdline policy check data/policy.toml")
def policy_check(file: Annotated[Path, typer.Argument(help="The policy file.")], json: Json = False) -> None:
    """Tell the lines that do not hold together.

    Exits with 2 if there are any."""
    from bot.cli.policy import check

    raise typer.Exit(check(file, json))


@policy_app.command("holidays", epilog="Example: thirdline policy holidays 2029 --review")
def policy_holidays(
    year: Annotated[
        int | None, typer.Argument(min=1970, max=2200, help="Which year; this one, if left out.", show_default=False)
    ] = None,
    review: Annotated[
        bool,
        typer.Option("--review", help="Compare what is frozen with the installed list; exit with 1 if it differs."),
    ] = False,
    data: Data = None,
    json: Json = False,
) -> None:
    """List the days off, and those to look at."""
    from bot.cli.holidays import holidays

    raise typer.Exit(holidays(year, review, data, json))


@letters_app.command("list", epilog="Example: thirdline letters list")
def letters_list(data: Data = None, json: Json = False) -> None:
    """List the letters, and whose words they have."""
    from bot.cli.letters import list_letters

    raise typer.Exit(list_letters(data, json))


@letters_app.command("write", epilog="Example: thirdline letters write receipt closed")
def letters_write(
    letters: Annotated[
        list[str] | None, typer.Argument(metavar="[LETTER]...", help="Which; all, if left out.", show_default=False)
    ] = None,
    data: Data = None,
) -> None:
    """Write copies of the letters to edit.

    They go into the folder letters of the data folder. What is there already is never overwritten."""
    from bot.cli.letters import write_letters

    raise typer.Exit(write_letters(letters or (), data))


@letters_app.command("check", epilog="Example: thirdline letters check --json")
def letters_check(data: Data = None, json: Json = False) -> None:
    """Tell which of your letters will not do, and in which line.

    Exits with 2 if there are any; the desk then writes those as they ship."""
    from bot.cli.letters import check_letters

    raise typer.Exit(check_letters(data, json))


Schedule = Annotated[
    str | None, typer.Argument(metavar="[SCHEDULE]", help="One schedule; all, if left out.", show_default=False)
]
Weeks = Annotated[int, typer.Option("--weeks", min=1, max=52, help="How many weeks.")]
Plan = Annotated[
    Path | None,
    typer.Option("--file", metavar="FILE", help="An on-call plan; the desk's, if left out.", show_default=False),
]


@oncall_app.command("check", epilog="Example: thirdline oncall check data/oncall.toml")
def oncall_check(
    file: Annotated[
        Path | None, typer.Argument(metavar="[FILE]", help="The plan; the desk's, if left out.", show_default=False)
    ] = None,
    data: Data = None,
    json: Json = False,
) -> None:
    """Tell the lines that do not hold together, and the hours that nobody covers.

    Exits with 2 if a line does not, and with 1 if the plan names people whom the desk does not know."""
    from bot.cli.oncall import check

    raise typer.Exit(check(file, data, json))


@oncall_app.command("show", epilog="Example: thirdline oncall show level3 --weeks 2")
def oncall_show(
    schedule: Schedule = None, weeks: Weeks = 2, file: Plan = None, data: Data = None, json: Json = False
) -> None:
    """Show who is on call, day by day.

    By the plan that the next start takes, with what was changed in chat."""
    from bot.cli.oncall import show

    raise typer.Exit(show(schedule, weeks, file, data, json))


@oncall_app.command("picture", epilog="Example: thirdline oncall picture rota.svg --weeks 6")
def oncall_picture(
    picture: Annotated[Path, typer.Argument(metavar="FILE.svg", help="Where to.")],
    schedule: Schedule = None,
    weeks: Weeks = 4,
    file: Plan = None,
    force: Force = False,
    data: Data = None,
) -> None:
    """Draw the coming weeks.

    A bar for each shift; hours without anybody are red."""
    from bot.cli.oncall import picture as draw

    raise typer.Exit(draw(picture, schedule, weeks, file, data, force))


@oncall_app.command("export", epilog="Example: thirdline oncall export rota.ics --person kim")
def oncall_export(
    out: OutFile = None,
    schedule: Annotated[
        str | None, typer.Option("--schedule", metavar="NAME", help="One schedule only.", show_default=False)
    ] = None,
    person: Annotated[
        str | None, typer.Option("--person", metavar="NAME", help="One person's shifts only.", show_default=False)
    ] = None,
    file: Plan = None,
    force: Force = False,
    data: Data = None,
) -> None:
    """Write shifts as an iCalendar file.

    The last month and the coming year. To subscribe to it instead, ask for an address in chat: /oncall export."""
    from bot.cli.oncall import export

    raise typer.Exit(export(out, schedule, person, file, data, force))


@oncall_app.command("import", epilog="Example: thirdline oncall import rota.ics level3 --dry-run")
def oncall_import(
    calendar: Annotated[
        Path, typer.Argument(metavar="FILE.ics", help="An iCalendar file; - is standard input.", allow_dash=True)
    ],
    schedule: Annotated[str, typer.Argument(metavar="SCHEDULE", help="The schedule that it changes.")],
    days: Annotated[int, typer.Option("--days", min=1, max=730, help="How many days from now.")] = 92,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Tell what would change, and change nothing.")] = False,
    data: Data = None,
    json: Json = False,
) -> None:
    """Take shifts from a calendar.

    Its events name people by short name, full name or mail address, and count instead of the plan's layers. What an
    earlier import made of the time from now on is taken back. Exits with 1 if an event named nobody."""
    from bot.cli.oncall import import_

    raise typer.Exit(import_(calendar, schedule, days, dry_run, data, json))


@db_app.command("upgrade", epilog="Example: thirdline db upgrade --data /srv/desk")
def db_upgrade(data: Data = None) -> None:
    """Bring the database to this version's schema.

    A backup is taken first."""
    from bot.cli.db import upgrade

    raise typer.Exit(upgrade(data))


@db_app.command("check", epilog="Example: thirdline db check --json")
def db_check(data: Data = None, json: Json = False) -> None:
    """Look for damage; exits with 1 if there is any."""
    from bot.cli.db import check

    raise typer.Exit(check(data, json))


@db_app.command("backup", epilog="Example: thirdline db backup /mnt/copies/desk.db")
def db_backup(
    file: Annotated[
        Path | None, typer.Argument(metavar="[FILE]", help="Where to; the backup folder, if left out.")
    ] = None,
    data: Data = None,
) -> None:
    """Copy the database, also while it is in use.

    Never overwrites."""
    from bot.cli.db import backup

    raise typer.Exit(backup(file, data))


@db_app.command("restore", epilog="Example: thirdline db restore data/backups/daily-20261009.db")
def db_restore(file: Annotated[Path, typer.Argument(help="The backup.")], data: Data = None) -> None:
    """Put a backup in the database's place.

    Close the desk first. What was there is kept beside it."""
    from bot.cli.db import restore

    raise typer.Exit(restore(file, data))


@customers_app.command("import", epilog="Example: thirdline customers import customers.csv --partial")
def customers_import(
    file: Annotated[Path, typer.Argument(help="A CSV file; - is standard input.", allow_dash=True)],
    partial: Annotated[bool, typer.Option("--partial", help="Take the good lines although others are bad.")] = False,
    data: Data = None,
    json: Json = False,
) -> None:
    """Read customers, all or nothing.

    Every line gets its verdict; exits with 1 if one was refused."""
    from bot.cli.customers import import_

    raise typer.Exit(import_(file, partial, data, json))


@customers_app.command("export", epilog="Example: thirdline customers export customers.csv")
def customers_export(file: OutFile = None, force: Force = False, data: Data = None) -> None:
    """Write all customers as CSV, for import.

    A file that exists is left as it is, unless --force is given."""
    from bot.cli.customers import export

    raise typer.Exit(export(file, force, data))


@tickets_app.command("export", epilog="Example: thirdline tickets export tickets.jsonl")
def tickets_export(
    file: OutFile = None,
    format: Annotated[
        Format | None, typer.Option("--format", help="By the file's ending, if left out; else csv.", show_default=False)
    ] = None,
    force: Force = False,
    data: Data = None,
) -> None:
    """Write all tickets, with promises and deeds.

    The format follows the file's ending, .csv or .jsonl.
    A file that exists is left as it is, unless --force is given."""
    from bot.cli.tickets import export

    raise typer.Exit(export(file, format.value if format else None, force, data))


@key_app.command("add", epilog="Example: thirdline key add online-shop --scopes tickets:read,tickets:write")
def key_add(
    name: Annotated[str, typer.Argument(metavar="NAME", help="Who has it: a name of your own.")],
    scopes: Annotated[
        str,
        typer.Option("--scopes", metavar="SCOPES", help="What it is for: tickets:read, tickets:write, customers:read."),
    ],
    customer: Annotated[
        str,
        typer.Option(
            "--customer", metavar="CUSTOMER", help="Only this customer's tickets: the short name.", show_default=False
        ),
    ] = "",
    data: Data = None,
    json: Json = False,
) -> None:
    """Make a key.

    It is shown once: the desk keeps no more than a digest of it."""
    from bot.cli.keys import add

    raise typer.Exit(add(name, scopes, customer, data, json))


@key_app.command("list", epilog="Example: thirdline key list --json")
def key_list(data: Data = None, json: Json = False) -> None:
    """List the keys, with their last use."""
    from bot.cli.keys import list_

    raise typer.Exit(list_(data, json))


@key_app.command("revoke", epilog="Example: thirdline key revoke online-shop")
def key_revoke(
    name: Annotated[str, typer.Argument(metavar="NAME", help="The key's name, or its id.")], data: Data = None
) -> None:
    """Take a key back: it opens nothing from now on."""
    from bot.cli.keys import revoke

    raise typer.Exit(revoke(name, data))


Pauses = Annotated[
    list[str] | None,
    typer.Option("--pause", metavar="FROM/TO", help="Time that does not count; may be repeated.", show_default=False),
]


@sla_app.command(
    "due",
    epilog="Examples: thirdline sla due --at 2026-10-09T17:30:00-04:00 --level III;"
    " thirdline sla due --json < questions.jsonl",
)
def sla_due(
    at: Annotated[str | None, typer.Option(metavar="TIME", help="When the clock starts.", show_default=False)] = None,
    level: Annotated[str | None, typer.Option(help="The support level.", show_default=False)] = None,
    clock: Annotated[
        str | None, typer.Option(help="Which promise; first_response, if left out.", show_default=False)
    ] = None,
    target: Annotated[str | None, typer.Option(help='A span of your own: "6h".', show_default=False)] = None,
    pause: Pauses = None,
    data: Data = None,
    json: Json = False,
) -> None:
    """Tell when a promise is due.

    With --json and no TIME, each line of JSON on standard input is answered by one; 1 if one of them was refused."""
    from bot.cli.sla import due

    raise typer.Exit(due(at, level, clock, target, pause or [], data, json))


@sla_app.command(
    "elapsed",
    epilog="Example: thirdline sla elapsed --from 2026-10-09T17:30:00-04:00 --to 2026-10-13T11:30:00-04:00",
)
def sla_elapsed(
    start: Annotated[str | None, typer.Option("--from", metavar="TIME", help="From when.", show_default=False)] = None,
    end: Annotated[str | None, typer.Option("--to", metavar="TIME", help="Until when.", show_default=False)] = None,
    pause: Pauses = None,
    data: Data = None,
    json: Json = False,
) -> None:
    """Tell how much open time lies between.

    With --json and no times, each line of JSON on standard input is answered by one."""
    from bot.cli.sla import elapsed

    raise typer.Exit(elapsed(start, end, pause or [], data, json))
