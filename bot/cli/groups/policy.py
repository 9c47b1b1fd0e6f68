"""`thirdline policy`: what the desk promises, and its days off."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from bot.cli.groups.options import Data, Json, new_group

policy_app = new_group("What the desk promises, and its days off.")


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
