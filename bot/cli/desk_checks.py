"""What `thirdline doctor` looks at in a desk: database, holidays, outbox, timers, clock, staff. It changes nothing."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from bot.cli.checks import Check, Verdict
from bot.cli.library import installed
from bot.domain.people import Role
from bot.domain.policy import Policy
from bot.domain.promises import list_keys
from bot.holidays.freezing import doubts, review
from bot.ports import Database, ParcelState, UnitOfWork
from bot.runtime import ALIVE
from bot.settings import FILE, Settings
from bot.views.wording import span_words
from bot.ways import platforms_of
from storage.glance import glance, network

LEAST_FREE = 100_000_000
BACKUP_AGE = timedelta(hours=48)
LATE = timedelta(minutes=5)
MADE = datetime(2026, 11, 1, tzinfo=UTC)
"""When this program was made: a clock that shows less is wrong."""
_SHOWN = 4
_LITTLE = 64 * 1024
"""Bytes. A full disk still takes an empty file; to open its database SQLite wants half of these for the -shm file."""


def folder(settings: Settings) -> Iterator[Check]:
    """Whether the data folder takes what the desk writes, and lies where SQLite can trust its locks."""
    data = settings.data
    if not data.exists():
        yield Check("data folder", Verdict.OK, f"{data} does not exist yet; `thirdline run` makes it")
        return
    cure = "Look at the rights of the folder, or name another with --data."
    try:
        with tempfile.TemporaryFile(dir=data) as tried:
            cure = "Make room on its disk, or name another folder with --data."
            tried.write(bytes(_LITTLE))
            tried.flush()
    except OSError as error:
        yield Check("data folder", Verdict.FAIL, f"{data} cannot be written to: {error.strerror}", cure)
        return
    kind = network(data)
    if kind and settings.database is None:
        cure = "Move it to a local disk, or use PostgreSQL: locks over a network can fail."
        yield Check("data folder", Verdict.WARN, f"{data} lies on a network file system ({kind})", cure)
    else:
        yield Check("data folder", Verdict.OK, f"{data} can be written to")


def no_database(settings: Settings) -> Check:
    """Of a desk that was set up and never opened; or of a folder that is no desk's: a wrong directory, or a slip of the
    pen in --data, must not look like a desk that is well."""
    if settings.database is not None or (settings.data / FILE).exists():
        return Check("database", Verdict.OK, "none yet; `thirdline run` makes it")
    found = f"there is no desk in {settings.data}: neither a database nor {FILE}"
    return Check("database", Verdict.WARN, found, "Name its folder with --data; for a new desk: thirdline init")


def database(settings: Settings, now: datetime) -> Iterator[Check]:
    seen = glance(settings.database_url)
    parts = [seen.kind, f"schema {seen.schema}", seen.journal, *([_bytes(seen.size)] if seen.size is not None else [])]
    if seen.free is not None:
        parts.append(f"{_bytes(seen.free)} free")
    found = ", ".join(parts)
    if seen.damage:
        cure = "Stop the desk and restore a backup: thirdline db restore FILE"
        yield Check("database", Verdict.FAIL, f"{found}; damaged: {seen.damage}", cure)
    elif seen.free is not None and seen.free < max(LEAST_FREE, 2 * (seen.size or 0)):
        yield Check("database", Verdict.WARN, found, "Make room: an upgrade needs twice the size of the database.")
    elif seen.kind.startswith("SQLite") and seen.journal != "WAL":
        yield Check("database", Verdict.WARN, f"{found}: not in WAL mode", "Run: thirdline db upgrade")
    else:
        yield Check("database", Verdict.OK, found)
    if settings.database is None:
        yield _backup(settings, now)


def _backup(settings: Settings, now: datetime) -> Check:
    files = [*settings.backup_folder.glob("*.db")]
    if not files:
        begun = _changed(settings.data / "thirdline.db", birth=True)
        if now - begun < BACKUP_AGE:
            return Check("backup", Verdict.OK, "none yet; the first is taken within a day of running")
        return Check("backup", Verdict.WARN, "there is none", "Run: thirdline db backup")
    newest = max(files, key=lambda file: file.stat().st_mtime)
    age = now - _changed(newest)
    found = f"{newest.name}, {span_words(int(age.total_seconds()))} old"
    if age > BACKUP_AGE:
        return Check("backup", Verdict.WARN, found, "Run: thirdline db backup, or leave `thirdline run` running.")
    return Check("backup", Verdict.OK, found)


def holidays(base: Database, policy: Policy, now: datetime) -> Iterator[Check]:
    """Frozen far enough ahead, as the installed list has them, and nothing left to decide."""
    name, lists = "holidays", list_keys(policy.holidays)
    if not lists:
        yield Check(name, Verdict.OK, "the policy takes none from a list")
        return
    frozen = [one for one in base.read(lambda work: work.memory.holidays()) if one.list in lists]
    today = now.astimezone(ZoneInfo(policy.zone)).date()
    last = min((max((one.year for one in frozen if one.list == key), default=0) for key in lists), default=0)
    if last <= today.year:
        found = f"frozen until {last}" if last else "not frozen yet"
        yield Check(name, Verdict.WARN, found, "thirdline run freezes them, four years ahead.")
    else:
        sources = ", ".join(sorted({one.source for one in frozen}))
        yield Check(name, Verdict.OK, f"{', '.join(lists)} frozen until {last} (from {sources})")
    for difference in review(frozen, installed())[:_SHOWN]:
        cure = "The desk keeps to what is frozen; add or remove the date in the policy if that is wrong."
        yield Check(name, Verdict.WARN, str(difference), cure)
    for doubt in doubts(policy, frozen, since=today)[:_SHOWN]:
        text, _, cure = str(doubt).partition(". ")
        yield Check(name, Verdict.WARN, text, cure)


def outbox(settings: Settings, base: Database, now: datetime) -> Iterator[Check]:
    """What waits for a terminal does no harm where the desk has chat platforms: nobody need ever open one."""
    counts, oldest = base.read(lambda work: (work.outbox.counts(), _oldest(settings, work)))
    waiting = sum(counts[state] for state in (ParcelState.PLANNED, ParcelState.SENDING, ParcelState.AMBIGUOUS))
    found = f"{waiting} waiting, {counts[ParcelState.SENT]} delivered, {counts[ParcelState.DEAD]} given up"
    if counts[ParcelState.DEAD]:
        yield Check("outbox", Verdict.WARN, found, "thirdline.log says why each was given up.")
    elif oldest is not None and now - oldest > LATE:
        since = span_words(int((now - oldest).total_seconds()))
        yield Check("outbox", Verdict.WARN, f"{found}; the oldest for {since}", "Is the desk running? thirdline run")
    else:
        yield Check("outbox", Verdict.OK, found)


def _oldest(settings: Settings, work: UnitOfWork) -> datetime | None:
    waiting = (work.outbox.next_due(platform) for platform in platforms_of(settings, terminal=False))
    return min((due for due in waiting if due is not None), default=None)


def timers(base: Database, now: datetime) -> Iterator[Check]:
    due = base.read(lambda work: work.tickets.next_timer())
    if due is None:
        yield Check("timers", Verdict.OK, "nothing is due")
    elif now - due > LATE:
        late = span_words(int((now - due).total_seconds()))
        cure = "Is the desk running? thirdline run tells in one digest what was missed."
        yield Check("timers", Verdict.WARN, f"the oldest has been due for {late}", cure)
    else:
        yield Check("timers", Verdict.OK, f"the next is due {due:%Y-%m-%d %H:%M} UTC")


def clock(base: Database | None, now: datetime) -> Iterator[Check]:
    """A machine's clock that has fallen back shows before anybody trusts a due time."""
    stored = base.read(lambda work: work.memory.fact(ALIVE)) if base is not None else None
    alive = datetime.fromtimestamp(stored, UTC) if stored else None
    cure = "Set the machine's clock, and let NTP keep it."
    if now < MADE:
        yield Check("clock", Verdict.FAIL, f"{now:%Y-%m-%d %H:%M} UTC, before this program was made", cure)
    elif alive is not None and now < alive - LATE:
        found = f"{now:%Y-%m-%d %H:%M} UTC, and the desk last ran at {alive:%Y-%m-%d %H:%M}: it has fallen back"
        yield Check("clock", Verdict.FAIL, found, cure)
    else:
        last = f"; the desk last ran at {alive:%Y-%m-%d %H:%M}" if alive else ""
        yield Check("clock", Verdict.OK, f"{now:%Y-%m-%d %H:%M} UTC{last}")


def staff(base: Database) -> Iterator[Check]:
    people = base.read(lambda work: work.people.all())
    admins = [one.name for one in people if one.role is Role.ADMIN]
    if not people:
        yield Check("staff", Verdict.WARN, "nobody yet", "Who types `thirdline run` first becomes its admin.")
    elif not admins:
        cure = "thirdline run --as NAME makes NAME one, while there is none."
        yield Check("staff", Verdict.FAIL, f"{_people(len(people))} and no admin", cure)
    else:
        yield Check("staff", Verdict.OK, f"{_people(len(people))}; admin: {', '.join(admins[:_SHOWN])}")


def _people(count: int) -> str:
    return "1 person" if count == 1 else f"{count} people"


def _changed(file: Path, *, birth: bool = False) -> datetime:
    found = file.stat()
    return datetime.fromtimestamp(getattr(found, "st_birthtime", found.st_mtime) if birth else found.st_mtime, UTC)


def _bytes(count: int) -> str:
    for unit, size in (("GB", 10**9), ("MB", 10**6), ("kB", 10**3)):
        if count >= size:
            return f"{count / size:.0f} {unit}"
    return f"{count} B"
