"""A calendar's shifts taken into the desk as overrides, in the place of those that the import before made."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from bot.calendar.fixing import fixed
from bot.calendar.reading import LONGEST, Read, read_calendar
from bot.cli.house import opened
from bot.domain.contacts import EMAIL
from bot.domain.errors import BadValue
from bot.domain.rota import Override
from bot.ports import UnitOfWork

BY = "import"
"""Who made the overrides, as their history tells."""


@dataclass(frozen=True, slots=True)
class Import:
    """What is asked: a calendar, for a schedule, from now on for so many days; `dry`: only told."""

    data: bytes
    name: str
    schedule: str
    days: int
    dry: bool


@dataclass(frozen=True, slots=True)
class Imported:
    """What was read, and how many overrides of earlier imports were (or would be) taken back."""

    read: Read
    dropped: int


def imported(asked: Import, zone: ZoneInfo, data: Path | None, now: datetime) -> Imported:
    """Read the calendar, and keep its shifts unless it is a dry run. Raises BadValue where it has none: an empty
    calendar would silently take back what is there."""
    with opened(data) as house:
        people, earlier = house.database.read(lambda work: (_people(work), _earlier(work, asked.schedule, now)))
        # What the last import began before now is read again, so that the record of the past stays whole.
        start = min((one.start for one in earlier), default=now)
        end = now + timedelta(days=asked.days)
        read = read_calendar(asked.data, zone, start, end, lambda text: people.get(_folded(text)))
        if not read.shifts:
            raise BadValue(f"{asked.name} has no shift of anybody at the desk in that time.", _strangers(read))

        def keep(work: UnitOfWork) -> int:
            dropped = _earlier(work, asked.schedule, now)
            for one in dropped:
                work.rota.drop_override(one.id, BY, now)
            for override in fixed(asked.schedule, read.shifts, BY, f"from {Path(asked.name).name}", now):
                work.rota.add_override(override)
            return len(dropped)

        return Imported(read, len(earlier) if asked.dry else house.database.write(keep))


def _earlier(work: UnitOfWork, schedule: str, now: datetime) -> list[Override]:
    """What imports made, as far as it is not over."""
    return [one for one in work.rota.overrides(now, now + LONGEST, schedule) if one.by == BY]


def _people(work: UnitOfWork) -> dict[str, str]:
    """Short names by whatever a calendar may call people: those, full names, and verified mail addresses. A name that
    two have is nobody's."""
    found: dict[str, str] = {}
    shared: set[str] = set()
    mails = work.contacts.all()
    for staff in work.people.all():
        if staff.has_left:
            continue
        contacts = mails.get(staff.id, ())
        called = {staff.id, staff.name, *(one.address for one in contacts if one.kind == EMAIL and one.usable)}
        for name in map(_folded, called):
            if found.setdefault(name, staff.id) != staff.id:
                shared.add(name)
    ids = set(found.values())
    return {name: id for name, id in found.items() if name not in shared or (name in ids and name == id)}


def _folded(text: str) -> str:
    return " ".join(text.casefold().split())


def _strangers(read: Read) -> str:
    if read.strangers:
        return f"Nobody is named by “{read.strangers[0]}”."
    if read.backwards:
        return f"“{read.backwards[0]}” ends no later than it begins."
    return "Is it the right calendar?"
