"""`thirdline init`: setting the desk up, step by step, from settings to each way to people."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from bot.cli.groups.options import Data, new_group

init_app = new_group(
    "Write settings and policy files to edit.\n\n"
    "They go into the data folder, with comments. What is there already is never overwritten.",
    "Example: thirdline init --data /srv/desk",
)


class Mode(StrEnum):
    """How Slack reaches the desk."""

    SOCKET = "socket"
    HTTP = "http"


class Encryption(StrEnum):
    """How a mail server is spoken to."""

    TLS = "tls"
    STARTTLS = "starttls"
    NONE = "none"


@init_app.callback()
def init(asked: typer.Context, data: Data = None) -> None:
    if asked.invoked_subcommand is not None:
        asked.obj = data
        return
    from bot.cli.init import init

    raise typer.Exit(init(data))


def _option(metavar: str, help: str, default: str | bool = False) -> typer.models.OptionInfo:
    """`default` tells in words what is taken where it is left out; False tells nothing."""
    option: typer.models.OptionInfo = typer.Option(metavar=metavar, help=help, show_default=default)
    return option


def _file_of(what: str) -> typer.models.OptionInfo:
    return _option("FILE", f"A file with the {what}; it stays where it is.")


@init_app.command(
    "slack",
    epilog="Examples: thirdline init slack; thirdline init slack --mode http --url https://desk.example.com",
)
def init_slack(
    asked: typer.Context,
    mode: Annotated[
        Mode | None, typer.Option(help="socket needs no public address; http is for replicas.", show_default="socket")
    ] = None,
    url: Annotated[str | None, _option("URL", "For http: the desk's public address.")] = None,
    desk: Annotated[str | None, _option("CHANNEL", "The channel of the cards.", "#desk")] = None,
    alerts: Annotated[str | None, _option("CHANNEL", "The channel of the alerts.", "#alerts")] = None,
    bot_token_file: Annotated[Path | None, _file_of("bot token")] = None,
    app_token_file: Annotated[Path | None, _file_of("app token")] = None,
    signing_secret_file: Annotated[Path | None, _file_of("signing secret")] = None,
    api_url: Annotated[str | None, _option("URL", "Slack's Web API, if it is another.")] = None,
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
    server: Annotated[str | None, _option("ID", "The server; else the one that the bot is in.")] = None,
    desk: Annotated[str | None, _option("CHANNEL", "The channel or forum of the cards.", "#desk")] = None,
    alerts: Annotated[str | None, _option("CHANNEL", "The channel of the alerts.", "#alerts")] = None,
    token_file: Annotated[Path | None, _file_of("bot token")] = None,
    api_url: Annotated[str | None, _option("URL", "Discord's API, if it is another.")] = None,
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
    provider: Annotated[str | None, _option("NAME", "twilio, signalwire or telnyx.", "twilio")] = None,
    account: Annotated[str | None, _option("SID", "The account, or SignalWire's project.")] = None,
    number: Annotated[str | None, _option("+1…", "The number that calls come from.")] = None,
    url: Annotated[str | None, _option("URL", "Where the provider reaches this desk.")] = None,
    application: Annotated[str | None, _option("ID", "Telnyx: the TeXML application.")] = None,
    public_key: Annotated[str | None, _option("KEY", "Telnyx: the account's public key.")] = None,
    token_file: Annotated[Path | None, _file_of("auth token or API key")] = None,
    signing_key_file: Annotated[Path | None, _file_of("signing key, for SignalWire")] = None,
    api_url: Annotated[str | None, _option("URL", "The provider's API; SignalWire's is per space.")] = None,
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
    address: Annotated[str | None, _option("ADDRESS", "The address that customers write to.")] = None,
    provider: Annotated[str | None, _option("NAME", "google, microsoft or other.", "by the address")] = None,
    sender: Annotated[str | None, _option("SENDER", "Who letters come from.", "the address")] = None,
    user: Annotated[str | None, _option("NAME", "The account at both servers.", "the address")] = None,
    mailbox: Annotated[str | None, _option("WORD", "What the mailbox is called here.", "support")] = None,
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
    turn: Annotated[str | None, _option("SPAN", "How long a turn is.", "1 week")] = None,
    begins: Annotated[
        str | None,
        _option("WHEN", "Its day and hour, or the first one's date.", "monday 09:00"),
    ] = None,
    zone: Annotated[str | None, _option("ZONE", "On whose wall clock.", "the policy's")] = None,
    data: Data = None,
) -> None:
    """Set up a first rota: who is on call, in turns.

    It asks for what it does not know and writes oncall.toml with comments. A plan that somebody edited is left
    alone."""
    from bot.cli.init_oncall import Given, init_oncall

    raise typer.Exit(init_oncall(data or asked.obj, Given(tuple(people or ()), turn, begins, zone)))
