"""`thirdline db`: upgrade, check, back up and restore the database."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path

from bot.cli.house import has_database, settings_of
from bot.cli.printing import say, say_json
from bot.clocks import SystemClock
from bot.domain.errors import BadValue
from storage import maintenance
from storage.schema import SCHEMA

FOUND_WRONG = 1


def upgrade(data: Path | None) -> int:
    settings = settings_of(data)
    if settings.database is None:
        _make(settings.data)
    maintenance.upgrade(settings.database_url)
    say(f"The database has schema {SCHEMA}, the newest that this version knows.")
    return 0


def check(data: Path | None, as_json: bool) -> int:
    """Every page of the file, every reference, and every ticket against its history."""
    health = maintenance.check(settings_of(data).database_url)
    if as_json:
        say_json(asdict(health) | {"ok": health.well})
    else:
        say(f"{health.kind}, schema {health.schema}, {_tickets(health.tickets)} compared with the history.")
        for problem in health.problems:
            say(f"fail  {problem}")
        say("All is well." if health.well else "Restore a backup, or send this to whoever looks after the desk.")
    return 0 if health.well else FOUND_WRONG


def backup(file: Path | None, data: Path | None) -> int:
    """To that file, or to one named after this second in the backup folder."""
    settings = settings_of(data)
    target = file or settings.backup_folder / f"thirdline-{SystemClock().now():%Y%m%dT%H%M%SZ}.db"
    if file is None and has_database(settings):
        _make(target.parent)
    maintenance.backup(settings.database_url, target)
    say(f"The database is copied to {target}, and the copy is checked.")
    return 0


def restore(file: Path, data: Path | None) -> int:
    """The desk must be stopped; what was there is kept."""
    settings = settings_of(data)
    if settings.database is None:
        _make(settings.data)
    kept = maintenance.restore(file, settings.database_url)
    say(f"The database is now the one of {file}." + (f" The one before is kept as {kept}." if kept else ""))
    return 0


def _tickets(count: int) -> str:
    return f"{count:,} ticket{'s' * (count != 1)}"


def _make(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise BadValue(f"The folder {folder} cannot be made: {error.strerror}.", "Name another one.") from None
