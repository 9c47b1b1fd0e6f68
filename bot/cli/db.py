"""`thirdline db`: upgrade, check, back up and restore the database."""

from __future__ import annotations

import shlex
from dataclasses import asdict
from pathlib import Path

from bot.cli.house import has_database, option_of, settings_of
from bot.cli.one_desk import closed_desk
from bot.cli.printing import say, say_json
from bot.clocks import SystemClock
from bot.domain.errors import BadValue
from bot.settings import Settings
from bot.wiring import make_folder
from storage import maintenance
from storage.newest import SCHEMA

FOUND_WRONG = 1


def upgrade(data: Path | None) -> int:
    settings = settings_of(data)
    make_folder(settings)
    with closed_desk(settings, SystemClock().now(), "nothing was upgraded"):
        maintenance.upgrade(settings.database_url)
    say(f"The database has schema {SCHEMA}, the newest that this version knows.")
    return 0


def check(data: Path | None, as_json: bool) -> int:
    """Every page of the file, every reference, and every ticket against its history."""
    settings = settings_of(data)
    health = maintenance.check(settings.database_url)
    if as_json:
        say_json(asdict(health) | {"ok": health.well})
    else:
        compared = f"{_tickets(health.tickets)} compared with the history" if health.compared else "damaged"
        say(
            ", ".join(part for part in (health.kind, health.schema and f"schema {health.schema}", compared) if part)
            + "."
        )
        for problem in health.problems:
            say(f"fail  {problem}")
        say("All is well." if health.well else _cure(settings))
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
    with closed_desk(settings, SystemClock().now(), "nothing was restored"):
        kept = maintenance.restore(file, settings.database_url)
    say(f"The database is now the one of {file}." + (f" The one before is kept as {kept}." if kept else ""))
    return 0


def _cure(settings: Settings) -> str:
    """How to go back to the newest copy, where there is one."""
    if settings.database is not None:
        return "Restore a copy with PostgreSQL's own tools, or send this to whoever looks after the desk."
    copies = sorted(settings.backup_folder.glob("*.db"), key=lambda file: file.stat().st_mtime)
    if not copies:
        return f"There is no copy in {settings.backup_folder}. Send this to whoever looks after the desk."
    newest = shlex.quote(str(copies[-1]))
    return f"Close the desk and go back to the newest copy: thirdline db restore {newest}{option_of(settings.data)}"


def _tickets(count: int) -> str:
    return f"{count:,} ticket{'s' * (count != 1)}"


def _make(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise BadValue(f"The folder {folder} cannot be made: {error.strerror}.", "Name another one.") from None
