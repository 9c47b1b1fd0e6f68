"""`thirdline sla`: due times and business time for other programs."""

from __future__ import annotations

from typing import Annotated

import typer

from bot.cli.groups.options import Data, Json, new_group

sla_app = new_group("Due times and business time for other programs.")

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
