"""The command line's words, options and help. What a command needs is imported when it runs, so help comes at once."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated

import typer

from bot.cli.groups.customers import customers_app
from bot.cli.groups.db import db_app
from bot.cli.groups.init import init_app
from bot.cli.groups.key import key_app
from bot.cli.groups.letters import letters_app
from bot.cli.groups.oncall import oncall_app
from bot.cli.groups.options import Data, Json, new_group
from bot.cli.groups.policy import policy_app
from bot.cli.groups.sla import sla_app
from bot.cli.groups.tickets import tickets_app

EXIT_CODES = (
    "Exit codes: 0 all is done, 1 it ran and something was refused or found wrong, 2 it could not be understood or"
    " could not begin, 70 a mistake inside Thirdline, 130 interrupted, 143 terminated."
)

app = new_group("The support desk that lives in chat and never loses a page.", EXIT_CODES)
app.add_typer(init_app, name="init", invoke_without_command=True, no_args_is_help=False)
app.add_typer(policy_app, name="policy")
app.add_typer(db_app, name="db")
app.add_typer(customers_app, name="customers")
app.add_typer(tickets_app, name="tickets")
app.add_typer(letters_app, name="letters")
app.add_typer(key_app, name="key")
app.add_typer(sla_app, name="sla")
app.add_typer(oncall_app, name="oncall")

JsonLines = Annotated[
    bool, typer.Option("--json", help="For programs: each line is answered by one line of JSON, and nothing else.")
]
News = Annotated[
    bool,
    typer.Option("--news", help="With --json: news, too, as lines of JSON; without it, it waits for another desk."),
]


def _version(asked: bool) -> None:
    if asked:
        version()


@app.callback()
def _desk(
    debug: Annotated[bool, typer.Option("--debug", help="Log everything, and show where a mistake happened.")] = False,
    versions: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="The same as: thirdline version")
    ] = False,
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


@app.command(epilog="Example: thirdline version --json")
def version(json: Json = False) -> None:
    """Tell versions, for a report of trouble."""
    from bot.cli.version import version

    raise typer.Exit(version(json))
