"""Who stands on one layer of a schedule and when: its turns, cut to the days and hours on which the layer counts."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator
from datetime import date, timedelta

from bot.domain.hours import DAY
from bot.domain.rota import Days, Layer, Restriction
from bot.domain.spans import Span, WallClock
from bot.domain.turns import Turns, wall_midnight

DayOff = Callable[[date], bool]
"""Whether the policy's calendar has that date off."""

Stint = tuple[int, int, str]
"""UTC epoch seconds, half-open, and the person. Two people's stints overlap where a hand-over's wall time comes
twice."""

_MARGIN = 2 * DAY  # No offset from UTC reaches a day, so what a wall clock shows near a span lies well within this.


def stints(layer: Layer, wall: WallClock, span: Span, day_off: DayOff) -> list[Stint]:
    """The layer's stints within a span, by beginning; one person's touch nowhere. The wall clock must know the span and
    three days beyond it."""
    if not layer.rotation.people:
        return []
    allowed = _allowed(layer, wall, span, day_off)
    ends = [finish for _, finish in allowed]
    found: list[Stint] = []
    last: dict[str, int] = {}
    for begins, finishes, person in _turns(layer, wall, span):
        for opens, closes in allowed[bisect_right(ends, begins) :]:
            if opens >= finishes:
                break
            stint = max(begins, opens), min(finishes, closes), person
            before = last.get(person)
            if before is not None and stint[0] <= found[before][1]:
                found[before] = found[before][0], max(found[before][1], stint[1]), person
            else:
                last[person] = len(found)
                found.append(stint)
    return found


def _turns(layer: Layer, wall: WallClock, span: Span) -> Iterator[Stint]:
    """Whole turns, each from the first time its wall time comes to the last time the next one's does."""
    turns = Turns(layer.rotation)
    low, high = span[0] - _MARGIN, span[1] + _MARGIN
    turn = max(turns.at(low), 0)
    opens = turns.begins(turn)
    while opens < high:
        closes = turns.begins(turn + 1)
        begins, finishes = wall.cover(max(opens, low), min(closes, high))
        if begins < finishes:
            yield begins, finishes, turns.person(turn)
        turn, opens = turn + 1, closes


def _allowed(layer: Layer, wall: WallClock, span: Span, day_off: DayOff) -> list[Span]:
    """When the layer counts within the span, in order and apart."""
    low, high = span[0] - _MARGIN, span[1] + _MARGIN
    opens = low if layer.starts is None else max(low, wall_midnight(layer.starts))
    closes = high if layer.ends is None else min(high, wall_midnight(layer.ends) + DAY)
    if opens >= closes:
        return []
    begins, finishes = wall.cover(opens, closes)
    begins, finishes = max(begins, span[0]), min(finishes, span[1])
    if not layer.restrictions:
        return [(begins, finishes)] if begins < finishes else []
    first, last = wall.date_at(span[0]) - timedelta(days=1), wall.date_at(span[1]) + timedelta(days=1)
    windows = sorted(one for each in layer.restrictions for one in _windows(each, wall, first, last, day_off))
    return list(_joined((max(a, begins), min(b, finishes)) for a, b in windows))


def _windows(
    restriction: Restriction, wall: WallClock, first: date, last: date, day_off: DayOff
) -> Iterator[tuple[int, int]]:
    windows = restriction.windows or ((0, DAY),)
    for ahead in range((last - first).days + 1):
        day = first + timedelta(days=ahead)
        if restriction.weekdays and day.weekday() not in restriction.weekdays:
            continue
        if restriction.days is not Days.ANY and day_off(day) is not (restriction.days is Days.OFF):
            continue
        midnight = wall_midnight(day)
        for opens, closes in windows:
            yield wall.cover(midnight + opens, midnight + closes)


def _joined(spans: Iterable[Span]) -> Iterator[Span]:
    """Spans in order of their beginnings, made apart; those without a length are left out."""
    kept: Span | None = None
    for begins, finishes in spans:
        if begins >= finishes:
            continue
        if kept is None:
            kept = begins, finishes
        elif begins <= kept[1]:
            kept = kept[0], max(kept[1], finishes)
        else:
            yield kept
            kept = begins, finishes
    if kept is not None:
        yield kept
