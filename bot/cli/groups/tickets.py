"""`thirdline tickets`: tickets for other programs."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

import typer

from bot.cli.groups.options import Data, Force, OutFile, new_group

tickets_app = new_group("Tickets for other programs.")


class Format(StrEnum):
    """How tickets are exported."""

    CSV = "csv"
    JSONL = "jsonl"


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
