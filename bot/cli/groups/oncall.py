"""`thirdline oncall`: the rota for whoever plans it, as text, picture and calendar."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from bot.cli.groups.options import Data, Force, Json, OutFile, new_group

oncall_app = new_group("Who is on call when: the plan, a picture, calendars.")

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
