"""`thirdline letters`: the letters that customers get, and the operator's own words for them."""

from __future__ import annotations

from typing import Annotated

import typer

from bot.cli.groups.options import Data, Json, new_group

letters_app = new_group("The letters that customers get.")


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
