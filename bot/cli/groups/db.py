"""`thirdline db`: how an operator looks after the database."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from bot.cli.groups.options import Data, Json, new_group

db_app = new_group("Look after the database.")


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
