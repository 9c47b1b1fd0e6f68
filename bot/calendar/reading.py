"""Shifts from a calendar that somebody keeps elsewhere: who its events name, for when; what is hostile is refused.

Only the command line reads calendars, with the libraries of the extra `calendar`; nothing else loads this.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from threading import Thread
from typing import Any

import icalendar
import recurring_ical_events

from bot.calendar.writing import PERSON
from bot.domain.errors import BadValue
from bot.domain.rota import Shift

MOST_BYTES = 2_000_000
MOST_EVENTS = 5_000
"""Events as they are written, and shifts that they make."""
LONGEST = timedelta(days=3 * 366)
"""How far one reading reaches."""
PATIENCE = 10.0
"""Real seconds for working out what repeats."""

_EARLIEST = date(1970, 1, 1)
_FREQUENCIES = ("DAILY", "WEEKLY", "MONTHLY", "YEARLY")
_FINE = ("BYSECOND", "BYMINUTE", "BYHOUR")
_APART = re.compile(r"\s*(?:[,;/&+|·–—:]| - | and | on call\b| on-call\b|\bon call:)\s*", re.IGNORECASE)

PersonOf = Callable[[str], str | None]
"""The short name of whom a text names; None for nobody."""


@dataclass(frozen=True, slots=True)
class Read:
    """What a calendar says: its shifts, by beginning; the titles of events that name nobody, each once; and of those
    that end no later than they begin, which are nobody's shift."""

    shifts: tuple[Shift, ...]
    strangers: tuple[str, ...]
    backwards: tuple[str, ...] = ()


def read_calendar(
    data: bytes, zone: tzinfo, start: datetime, end: datetime, person_of: PersonOf, patience: float = PATIENCE
) -> Read:
    """The shifts between two instants, cut to them. All-day events, and times without a zone, are of `zone`.

    Raises BadValue for what is no calendar, too large, or takes longer than `patience` to work out.
    """
    if end - start > LONGEST:
        raise BadValue(f"A calendar is read for {LONGEST.days} days at most.", "Say a nearer end.")
    if len(data) > MOST_BYTES:
        raise BadValue(f"The calendar has {len(data):,} bytes; {MOST_BYTES:,} are the most.", "Export less of it.")
    found: list[Read] = []
    trouble: list[Exception] = []

    def work() -> None:
        try:
            found.append(_read(data, zone, start, end, person_of))
        except Exception as error:
            trouble.append(error)

    # The libraries have no limit of their own, and a rule that never comes true keeps them busy for hours.
    worker = Thread(target=work, daemon=True)
    worker.start()
    worker.join(patience)
    if trouble:
        if isinstance(trouble[0], BadValue):
            raise trouble[0]
        raise BadValue("The calendar cannot be read.", _reason(trouble[0])) from trouble[0]
    if not found:
        raise BadValue("The calendar repeats in ways that take too long to work out.", "Export single events instead.")
    return found[0]


def _reason(error: Exception) -> str:
    said = " ".join(str(error).split())[:120]
    return f"It says: {said}" if said else ""


def _read(data: bytes, zone: tzinfo, start: datetime, end: datetime, person_of: PersonOf) -> Read:
    if b"BEGIN:VCALENDAR" not in data[:4096].upper():
        raise BadValue("This is no calendar: it does not begin with BEGIN:VCALENDAR.", "Export it as .ics.")
    if b"END:VCALENDAR" not in data[-256:].upper():
        raise BadValue("The calendar ends in the middle: END:VCALENDAR is missing.", "Export it again.")
    calendars = icalendar.Calendar.from_ical(data, multiple=True)
    events = [event for one in calendars for event in one.walk("VEVENT")]
    if len(events) > MOST_EVENTS:
        raise BadValue(f"The calendar has {len(events):,} events; {MOST_EVENTS:,} are the most.", "Export less of it.")
    for event in events:
        _must_be_tame(event)
    backwards: dict[str, None] = {}
    for event in [event for event in events if _is_backwards(event, zone)]:
        if _may_begin(event, zone, start, end):
            backwards[_title(event)] = None
        for one in calendars:  # The library would turn it round.
            one.subcomponents = [each for each in one.subcomponents if each is not event]
    shifts: list[Shift] = []
    strangers: dict[str, None] = {}
    for event in (event for one in calendars for event in recurring_ical_events.of(one).between(start, end)):
        if str(event.get("STATUS", "")).upper() == "CANCELLED":
            continue
        begins, ends = (max(start, min(end, _instant(event[key].dt, zone))) for key in ("DTSTART", "DTEND"))
        people = _people(event, person_of)
        if begins < ends and not people:
            strangers[_title(event)] = None
        shifts += [Shift(person, begins, ends, "calendar") for person in people if begins < ends]
        if len(shifts) > MOST_EVENTS:
            raise BadValue(f"The calendar makes more than {MOST_EVENTS:,} shifts.", "Say a nearer end.")
    shifts.sort(key=lambda shift: (shift.start, shift.end, shift.person))
    return Read(tuple(dict.fromkeys(shifts)), tuple(strangers), tuple(backwards))


def _title(event: Any) -> str:
    return str(event.get("SUMMARY", "")).strip()[:80] or "an event without a title"


def _may_begin(event: Any, zone: tzinfo, start: datetime, end: datetime) -> bool:
    return "RRULE" in event or start <= _instant(event["DTSTART"].dt, zone) < end


def _is_backwards(event: Any, zone: tzinfo) -> bool:
    """Whether it ends before it begins, or as it does. A date alone is a whole day; a time alone has no length."""
    if "DTSTART" not in event:
        return False
    begins = event["DTSTART"].dt
    if "DTEND" in event:
        return _instant(event["DTEND"].dt, zone) <= _instant(begins, zone)
    if "DURATION" in event:
        return bool(event["DURATION"].dt <= timedelta())
    return isinstance(begins, datetime)


def _must_be_tame(event: Any) -> None:
    """Rules that make thousands of events a day, or begin before there were telephones to carry, are not on-call."""
    rules = event.get("RRULE", [])
    for rule in rules if isinstance(rules, list) else [rules]:
        frequency = ",".join(map(str, rule.get("FREQ", [])))
        if frequency not in _FREQUENCIES:
            raise BadValue(f"An event repeats “{frequency[:20]}”.", "Days, weeks, months and years are understood.")
        if any(len(rule.get(part, [])) > 1 for part in _FINE):
            raise BadValue("An event repeats several times a day.", "Export single events instead.")
        if event.decoded("DTSTART") and _day(event.decoded("DTSTART")) < _EARLIEST:
            raise BadValue("An event repeats since before 1970.", "Let it begin later.")


def _day(value: date | datetime) -> date:
    return value.date() if isinstance(value, datetime) else value


def _instant(value: date | datetime, zone: tzinfo) -> datetime:
    """In UTC, in whole seconds; a time that comes twice is its first."""
    if not isinstance(value, datetime):
        value = datetime.combine(value, time())
    aware = value if value.tzinfo is not None else value.replace(tzinfo=zone)
    return aware.astimezone(UTC).replace(microsecond=0)


def _people(event: Any, person_of: PersonOf) -> Sequence[str]:
    """Whom an event names: by our own mark, by who is invited, or by its title, where several may stand."""
    for texts in (_marked(event), _invited(event), _titled(event)):
        found = dict.fromkeys(person for text in texts if (person := person_of(text)) is not None)
        if found:
            return tuple(found)
    return ()


def _marked(event: Any) -> Iterator[str]:
    if PERSON in event:
        yield str(event[PERSON])


def _invited(event: Any) -> Iterator[str]:
    invited = event.get("ATTENDEE", [])
    for one in invited if isinstance(invited, list) else [invited]:
        yield str(getattr(one, "params", {}).get("CN", ""))
        address = str(one).split(":", 1)[-1]
        yield address
        yield address.partition("@")[0]


def _titled(event: Any) -> Iterator[str]:
    title = str(event.get("SUMMARY", "")).strip()
    yield title
    yield from (part for part in _APART.split(title) if part.strip())
