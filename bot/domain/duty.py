"""Who is on call: a schedule's layers and what was changed for once, resolved into people at every instant.

A hand-over is a time on the wall of the schedule's zone. Where it comes twice a shift starts at the first and the one
before ends at the last, so that at a change of clocks shifts overlap and nobody is missing; where it is skipped, both
happen at the first instant after the gap.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import cache
from zoneinfo import ZoneInfo

from bot.domain.hours import DAY, Hours, zone_named
from bot.domain.rota import Change, Layer, Override, Schedule, Shift
from bot.domain.spans import Span, WallClock
from bot.domain.stints import DayOff, stints

OVERRIDE = "override"
"""The reason of a shift that no layer gave."""

LOOK_AHEAD = timedelta(days=3653)
"""How far `next_change` looks: ten years."""

_FOR_EVER = 10**12
_SHEET = 14 * DAY
_MOST_SHEETS = 512
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_EPOCH_DAY = date(1970, 1, 1).toordinal()
_CALENDAR = (date(2, 1, 1).toordinal() - _EPOCH_DAY) * DAY, (date(9998, 1, 1).toordinal() - _EPOCH_DAY) * DAY

_Crew = Mapping[str, str]
"""People on call together, in the order of their layers, each with the reason: a layer's name or OVERRIDE."""


@dataclass(frozen=True, slots=True)
class _Sheet:
    """A fortnight, resolved: from `starts[i]` on, `crews[i]` is on call; `people[i]` is the same without reasons."""

    starts: list[int]
    crews: list[_Crew]
    people: list[tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class _Written:
    """A layer as it was written for a time: it counts from `since` until before `until` (UTC seconds)."""

    layer: Layer
    zone: ZoneInfo
    since: int
    until: int


class Duty:
    """A schedule with its overrides, ready to be asked. Overrides of other schedules are left aside.

    `past` is how the schedule was written before, each until an instant, in order: who was on call then is told by it.

    Overrides count in the order of their ids, a later one over an earlier one. Where removals leave nobody of a layer,
    the layers below it count, so that somebody is called while there is anybody. A REPLACE with `instead` does nothing
    while that person is not on call: there is no place to take. Instants are whole UTC seconds; earlier fractions of a
    second belong to the second they are in. What was asked once is kept, fortnight by fortnight.
    """

    def __init__(
        self,
        schedule: Schedule,
        day_off: DayOff,
        overrides: Sequence[Override] = (),
        past: Sequence[tuple[Schedule, datetime]] = (),
    ) -> None:
        self.schedule = schedule
        self._layers = tuple(_written(schedule, past))
        self._day_off = cache(day_off)
        mine = (one for one in overrides if one.schedule == schedule.name and one.start < one.end)
        self._overrides = tuple(sorted(mine, key=lambda one: one.id))
        self._sheets: dict[int, _Sheet] = {}

    def on_call(self, at: datetime) -> tuple[str, ...]:
        """The people on call at an instant, those of the first layer first; empty where nobody is."""
        second = _second(at)
        sheet = self._sheets.get(second // _SHEET) or self._sheet(second // _SHEET)
        return sheet.people[bisect_right(sheet.starts, second) - 1]

    def shifts(self, start: datetime, end: datetime) -> list[Shift]:
        """Every stay on call between two instants, cut to them, by beginning. One person's shifts never touch: who
        stays on for another reason stays on, and `layer` names the reason at the shift's beginning."""
        begun: dict[str, tuple[int, str]] = {}
        found: list[Shift] = []
        span = _second(start), _second(end)
        for begins, _, crew in self._stretches(*span):
            for person in [one for one in begun if one not in crew]:
                found.append(_shift(person, *begun.pop(person), begins))
            for person, reason in crew.items():
                begun.setdefault(person, (begins, reason))
        found += [_shift(person, begins, reason, span[1]) for person, (begins, reason) in begun.items()]
        return sorted(found, key=lambda shift: (shift.start, shift.end, shift.person))

    def next_change(self, at: datetime) -> datetime | None:
        """The first instant after this one at which other people are on call; None if there is none in ten years."""
        second = _second(at)
        now = frozenset(self.on_call(at))
        for begins, _, crew in self._stretches(second, second + int(LOOK_AHEAD.total_seconds())):
            if crew.keys() != now:
                return _instant(begins)
        return None

    def gaps(self, start: datetime, end: datetime, counts: Callable[[str], bool]) -> list[tuple[datetime, datetime]]:
        """Where between two instants nobody is on call who counts, in order and apart."""
        counting = cache(counts)
        found: list[Span] = []
        for begins, finishes, crew in self._stretches(_second(start), _second(end)):
            if any(counting(person) for person in crew):
                continue
            if found and found[-1][1] == begins:
                begins = found.pop()[0]
            found.append((begins, finishes))
        return [(_instant(begins), _instant(finishes)) for begins, finishes in found]

    def _stretches(self, begin: int, finish: int) -> Iterator[tuple[int, int, _Crew]]:
        """The span in stretches of one crew each, without a hole; the next may have the same crew again."""
        at = begin
        while at < finish:
            number = at // _SHEET
            sheet = self._sheets.get(number) or self._sheet(number)
            place = bisect_right(sheet.starts, at) - 1
            while at < finish and place < len(sheet.starts):
                last = place + 1 == len(sheet.starts)
                until = min(finish, (number + 1) * _SHEET if last else sheet.starts[place + 1])
                yield at, until, sheet.crews[place]
                at, place = until, place + 1

    def _sheet(self, number: int) -> _Sheet:
        """Resolve one fortnight and keep it."""
        span = number * _SHEET, (number + 1) * _SHEET
        sheet = self._resolved(span) if _CALENDAR[0] <= span[0] < _CALENDAR[1] else _Sheet([span[0]], [{}], [()])
        if len(self._sheets) >= _MOST_SHEETS:
            self._sheets.clear()
        self._sheets[number] = sheet
        return sheet

    def _resolved(self, span: Span) -> _Sheet:
        turning = self._turning_points(span)
        active: set[tuple[int, int, str]] = set()
        known: dict[frozenset[tuple[int, int, str]], _Crew] = {}
        sheet = _Sheet([], [], [])
        for second in sorted(turning):
            for comes, mark in turning[second]:
                (active.add if comes else active.discard)(mark)
            key = frozenset(active)
            crew = known.get(key)
            if crew is None:
                crew = known.setdefault(key, self._crew(active))
            if not sheet.crews or sheet.crews[-1] != crew:
                sheet.starts.append(second)
                sheet.crews.append(crew)
                sheet.people.append(tuple(crew))
        return sheet

    def _turning_points(self, span: Span) -> dict[int, list[tuple[bool, tuple[int, int, str]]]]:
        """Who comes and goes at which second. A mark is (layer, when it began, person), or (-1, which, "") for an
        override."""
        first, last = (date.fromordinal(_EPOCH_DAY + second // DAY) for second in span)
        walls: dict[ZoneInfo, WallClock] = {}
        points: dict[int, list[tuple[bool, tuple[int, int, str]]]] = {span[0]: []}

        def mark(begins: int, finishes: int, one: tuple[int, int, str]) -> None:
            begins, finishes = max(begins, span[0]), min(finishes, span[1])
            if begins < finishes:
                points.setdefault(begins, []).append((True, one))
                if finishes < span[1]:
                    points.setdefault(finishes, []).append((False, one))

        for index, one in enumerate(self._layers):
            if one.since >= span[1] or one.until <= span[0]:
                continue
            if one.zone not in walls:
                walls[one.zone] = WallClock(one.zone, first - timedelta(days=3), last + timedelta(days=3))
            for begins, finishes, person in stints(one.layer, walls[one.zone], span, self._day_off):
                mark(max(begins, one.since), min(finishes, one.until), (index, begins, person))
        for index, override in enumerate(self._overrides):
            mark(_second(override.start), _second(override.end), (-1, index, ""))
        return points

    def _crew(self, active: set[tuple[int, int, str]]) -> _Crew:
        """Those of the highest priority that has somebody once the overrides have been carried out."""
        marks = sorted(active)
        overrides = [self._overrides[which] for index, which, _ in marks if index < 0]
        present = [(self._layers[index].layer, person) for index, _, person in marks if index >= 0]
        for priority in sorted({layer.priority for layer, _ in present}, reverse=True) or [0]:
            crew: dict[str, str] = {}
            for layer, person in present:
                if layer.priority == priority:
                    crew.setdefault(person, layer.name)
            for override in overrides:
                crew = _changed(crew, override)
            if crew:
                return crew
        return {}


def days_off(hours: Hours) -> DayOff:
    """What the policy's calendar says of a date: off is one on which the desk does not open at all."""
    return lambda day: not hours.windows_on(day)


def _written(schedule: Schedule, past: Sequence[tuple[Schedule, datetime]]) -> Iterator[_Written]:
    """Every layer that was ever in force, with its time."""
    since = -_FOR_EVER
    for one, until in (*((before, _second(at)) for before, at in past), (schedule, _FOR_EVER)):
        zone = zone_named(one.zone)
        yield from (_Written(layer, zone, since, until) for layer in one.layers)
        since = until


def _changed(crew: Mapping[str, str], override: Override) -> dict[str, str]:
    match override.change:
        case Change.ADD:
            return {**crew, override.person: crew.get(override.person, OVERRIDE)}
        case Change.REMOVE:
            return {person: why for person, why in crew.items() if person != override.person}
        case Change.REPLACE if not override.instead:
            return {override.person: OVERRIDE}
    place = (override.person, OVERRIDE)
    return dict(place if person == override.instead else (person, why) for person, why in crew.items())


def _shift(person: str, begins: int, reason: str, ends: int) -> Shift:
    return Shift(person, _instant(begins), _instant(ends), reason)


def _second(at: datetime) -> int:
    if at.tzinfo is None:
        raise ValueError("A time without a zone does not say when it is.")
    return (at - _EPOCH) // timedelta(seconds=1)


def _instant(second: int) -> datetime:
    return _EPOCH + timedelta(seconds=second)
