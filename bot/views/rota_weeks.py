"""The coming weeks of a rota, day by day: who is on call in which hours of the wall clock, as bars of text."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from bot.cards import Line, Table
from bot.domain.duty import Duty
from bot.domain.rota import Shift
from bot.domain.spans import Span, WallClock
from bot.views.wording import listed

NOBODY, SEVERAL, SKIPPED = "!", "+", " "
_HOUR = 3600
_RULER = "0     6     12    18    "


@dataclass(frozen=True, slots=True)
class Stay:
    """Somebody's time on call within one day; UTC seconds."""

    person: str
    span: Span


@dataclass(frozen=True, slots=True)
class DayOfRota:
    """One date of the schedule's zone: its beginning and end (UTC seconds), its 24 hours on the wall, and who is on
    call. An hour that the clocks skip has no length."""

    day: date
    span: Span
    hours: tuple[Span, ...]
    stays: tuple[Stay, ...]


def days_of_rota(duty: Duty, first: date, days: int) -> list[DayOfRota]:
    """The days from a date on, each with its shifts cut to it."""
    last = first + timedelta(days=days - 1)
    wall = WallClock(ZoneInfo(duty.schedule.zone), first, last)
    shifts = duty.shifts(_instant(wall.span(first)[0]), _instant(wall.span(last)[1]))
    dates = [first + timedelta(days=ahead) for ahead in range(days)]
    return [_day(wall, day, shifts) for day in dates]


def letters(people: Iterable[str], names: Mapping[str, str]) -> dict[str, str]:
    """One letter for each person, from the name where it can be."""
    taken: dict[str, str] = {}
    for person in people:
        own = [letter.upper() for letter in names.get(person, person) if letter.isalpha() and len(letter.upper()) == 1]
        spare = [*own, *"ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789abcdefghijklmnopqrstuvwxyz", "?"]
        taken[person] = next(letter for letter in spare if letter not in taken.values() or letter == "?")
    return taken


def weeks_table(duty: Duty, first: date, weeks: int, names: Mapping[str, str]) -> tuple[Table, Line]:
    """Whole days as a table: the day, a bar of its 24 hours on the wall, and who takes over when; and below it what the
    letters of the bars mean. "!" is an hour in which nobody is on call for any part, "+" one of several people."""
    days = days_of_rota(duty, first, weeks * 7)
    people = sorted({stay.person for day in days for stay in day.stays})
    marks = letters(people, names)
    zone = ZoneInfo(duty.schedule.zone)
    rows = tuple(
        ((f"{one.day:%a} {one.day.day} {one.day:%b}",), (bar(one, marks),), (_told(one, names, zone),)) for one in days
    )
    meaning = [f"{mark} {names.get(person, person)}" for person, mark in marks.items()]
    bars = "".join(bar(one, marks) for one in days)
    meaning += [f"{mark} {said}" for mark, said in ((SEVERAL, "several"), (NOBODY, "nobody")) if mark in bars]
    return Table(("day", _RULER, "on call"), rows), (", ".join(meaning),)


def bar(day: DayOfRota, marks: Mapping[str, str]) -> str:
    """Twenty-four letters, one for each hour on the wall."""
    return "".join(_hour(hour, day.stays, marks) for hour in day.hours)


def _hour(hour: Span, stays: Sequence[Stay], marks: Mapping[str, str]) -> str:
    """Whoever is there for most of the hour; a gap of any length comes first, for it is what one looks for."""
    begins, ends = hour
    if begins == ends:
        return SKIPPED
    there: dict[str, int] = {}
    at = begins
    for stay in sorted(stays, key=lambda one: one.span):
        since, until = max(begins, stay.span[0]), min(ends, stay.span[1])
        if since < until:
            if since > at:
                return NOBODY
            at = max(at, until)
            there[stay.person] = there.get(stay.person, 0) + until - since
    if at < ends:
        return NOBODY
    if sum(there.values()) > ends - begins and len(there) > 1:
        return SEVERAL
    return marks[max(there, key=lambda person: there[person])]


def _told(day: DayOfRota, names: Mapping[str, str], zone: ZoneInfo) -> str:
    """ "Kim, Sam from 09:00"; "nobody until 09:00, then Sam"."""
    points = sorted({day.span[0], *(end for stay in day.stays for end in stay.span if day.span[0] < end < day.span[1])})
    said: list[str] = []
    for point in points:
        there = (one.person for one in day.stays if one.span[0] <= point < one.span[1])
        crew = sorted(names.get(person, person) for person in there)
        who = listed(crew) if crew else "nobody"
        said.append(f"{who} from {datetime.fromtimestamp(point, zone):%H:%M}" if said else who)
    return ", ".join(said)


def _day(wall: WallClock, day: date, shifts: Sequence[Shift]) -> DayOfRota:
    begins, ends = wall.span(day)
    hours = tuple(wall.span(day, hour * _HOUR, (hour + 1) * _HOUR) for hour in range(24))
    stays = [
        Stay(shift.person, (max(begins, int(shift.start.timestamp())), min(ends, int(shift.end.timestamp()))))
        for shift in shifts
    ]
    return DayOfRota(day, (begins, ends), hours, tuple(stay for stay in stays if stay.span[0] < stay.span[1]))


def _instant(second: int) -> datetime:
    return datetime.fromtimestamp(second, UTC)
