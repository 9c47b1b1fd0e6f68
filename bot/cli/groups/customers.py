"""`thirdline customers`: customers from and to a spreadsheet."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from bot.cli.groups.options import Data, Force, Json, OutFile, new_group

customers_app = new_group("Customers from and to a spreadsheet.")


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
