"""Shifts as an iCalendar text (RFC 5545), in UTC throughout, with names that stay when it is written again."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime, timedelta

from bot.domain.duty import Duty
from bot.domain.rota import Shift

BEFORE, AHEAD = timedelta(days=31), timedelta(days=366)
"""What a subscribed calendar holds: the last month and the coming year."""

PERSON = "X-THIRDLINE-PERSON"
_LONGEST_LINE = 75  # Octets, without the line's end.


def shifts_around(duty: Duty, now: datetime, person: str = "") -> list[Shift]:
    """What a subscribed calendar holds of a schedule, or of one person on it.

    It begins with a month, so that a shift that reaches into it keeps its name for that long.
    """
    start = (now - BEFORE).astimezone(UTC).replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    return [shift for shift in duty.shifts(start, now + AHEAD) if person in ("", shift.person)]


def calendar_text(shifts: Mapping[str, Iterable[Shift]], now: datetime, names: Mapping[str, str]) -> str:
    """Shifts by schedule as one calendar; `names` are what people are called. The same shift has the same UID in every
    calendar that is written, whenever it is."""
    title = ", ".join(shifts)
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Thirdline//On call//EN", "METHOD:PUBLISH"]
    lines += [f"X-WR-CALNAME:{_plain(f'On call: {title}')}", "REFRESH-INTERVAL;VALUE=DURATION:PT1H"]
    for schedule, several in shifts.items():
        for shift in several:
            lines += _event(schedule, shift, now, names.get(shift.person, shift.person))
    return "".join(f"{part}\r\n" for line in (*lines, "END:VCALENDAR") for part in _folded(line))


def _event(schedule: str, shift: Shift, now: datetime, name: str) -> Iterator[str]:
    yield "BEGIN:VEVENT"
    yield f"UID:{_instant(shift.start)}-{shift.person}-{schedule}@thirdline"
    yield f"DTSTAMP:{_instant(now)}"
    yield f"DTSTART:{_instant(shift.start)}"
    yield f"DTEND:{_instant(shift.end)}"
    yield f"SUMMARY:{_plain(f'{name} on call · {schedule}')}"
    yield f"DESCRIPTION:{_plain(f'{name}, by {shift.layer}')}"
    yield f"{PERSON}:{_plain(shift.person)}"
    yield "TRANSP:TRANSPARENT"
    yield "END:VEVENT"


def _instant(at: datetime) -> str:
    return f"{at.astimezone(UTC):%Y%m%dT%H%M%SZ}"


def _plain(text: str) -> str:
    """Names come from people: what means something to a calendar is written so that it does not, line ends too."""
    text = "".join(letter if letter.isprintable() or letter == "\n" else " " for letter in text.replace("\r\n", "\n"))
    for letter in ("\\", ";", ","):
        text = text.replace(letter, f"\\{letter}")
    return text.replace("\n", "\\n")


def _folded(line: str) -> Iterator[str]:
    """A line in parts that are short enough, none broken within a letter."""
    room, part = _LONGEST_LINE, ""
    for letter in line:
        size = len(letter.encode("utf-8", "replace"))
        if size > room:
            yield part
            part, room = " ", _LONGEST_LINE - 1
        part += letter
        room -= size
    yield part
