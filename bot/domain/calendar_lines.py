"""A stretch of time as lines a person can check: which days counted, which did not, and why."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from bot.domain.hours import WEEKDAYS, DeskState, Hours
from bot.domain.spans import Span, WallClock

PAUSED = "paused"


@dataclass(frozen=True, slots=True)
class DayLine:
    """One line of the sum.

    `begins` and `ends` are in the desk's zone, `first_day` and `last_day` their local dates (the end's is that of
    the last moment before it). `open_seconds` is what the line counts, `paused_seconds` what a pause took away.
    `reason` is empty for ordinary open hours, else a holiday, a half day, "weekend", "paused", "before opening" …
    `all_day` marks dates without any opening hour, which read better without times of the day.
    """

    first_day: date
    last_day: date
    begins: datetime
    ends: datetime
    open_seconds: int
    state: DeskState
    reason: str = ""
    all_day: bool = False
    paused_seconds: int = 0


def day_lines(
    hours: Hours, wall: WallClock, spans: Sequence[Span], between: Span, pauses: Sequence[Span]
) -> tuple[DayLine, ...]:
    """The lines between two UTC seconds. Pauses are apart and in order; spans hold every opening and one more each way.

    A pause is one line however long it is. Between pauses each opening is a line, days without one are gathered
    while their reason stays the same, and ordinary nights are left out, except the closed time that it starts in.
    """
    book = _Book(hours, wall, spans)
    lines: list[DayLine] = []
    reached = between[0]
    for begins, ends in pauses:
        lines += book.unpaused(reached, begins, first=not lines)
        paused = book.line((begins, ends), hours.when_closed, PAUSED)
        lost = sum(b - a for a, b in book.open_within(begins, ends))
        state = DeskState.OPEN if lost else hours.when_closed
        lines.append(replace(paused, state=state, paused_seconds=lost))
        reached = ends
    lines += book.unpaused(reached, between[1], first=not lines)
    return tuple(lines)


@dataclass(frozen=True, slots=True)
class _Book:
    hours: Hours
    wall: WallClock
    spans: Sequence[Span]

    def unpaused(self, begins: int, ends: int, first: bool) -> list[DayLine]:
        """The lines of a stretch without a pause; the first of all also shows the closed time it starts in."""
        lines: list[DayLine] = []
        reached = begins
        for day, (midnight, next_midnight) in self.days(begins, ends):
            # From where the day before ended: clocks that go back over midnight show a part of it once more.
            today = max(reached, midnight), min(ends, next_midnight)
            reached = max(reached, today[1])
            if today[0] >= today[1]:
                continue
            opened = list(self.open_within(midnight, next_midnight))
            if not opened:
                lines = _gathered(lines, self.line(today, self.hours.when_closed, self.why_closed(day), all_day=True))
                continue
            if first and not lines:
                lines += self.waiting(today, opened)
            name = self.hours.name_of(day)
            lines += [self.line(part, DeskState.OPEN, name) for part in self.open_within(*today)]
        return lines

    def waiting(self, today: Span, opened: Sequence[Span]) -> list[DayLine]:
        """The closed time of an open day in which the stretch starts, if it does."""
        at, until = today
        later = [begins for begins, ends in opened if ends > at]
        if not later:
            return [self.line(today, self.hours.when_closed, "after closing")]
        if later[0] <= at:
            return []
        reason = "before opening" if later[0] == opened[0][0] else "between hours"
        return [self.line((at, min(later[0], until)), self.hours.when_closed, reason)]

    def line(self, span: Span, state: DeskState, reason: str, *, all_day: bool = False) -> DayLine:
        begins, ends = (datetime.fromtimestamp(second, self.wall.zone) for second in span)
        counted = span[1] - span[0] if state is DeskState.OPEN else 0
        last_day = self.wall.date_at(max(span[1] - 1, span[0]))
        return DayLine(begins.date(), last_day, begins, ends, counted, state, reason, all_day)

    def open_within(self, begins: int, ends: int) -> Iterator[Span]:
        for index in range(bisect_right(self.spans, begins, key=_closing), len(self.spans)):
            opens, closes = self.spans[index]
            if opens >= ends:
                return
            yield max(opens, begins), min(closes, ends)

    def days(self, begins: int, ends: int) -> Iterator[tuple[date, Span]]:
        day = self.wall.date_at(begins)
        last = max(day, self.wall.date_at(ends - 1))
        while day <= last:
            yield day, self.wall.span(day)
            day += timedelta(days=1)

    def why_closed(self, day: date) -> str:
        name = self.hours.name_of(day)
        if name:
            return name
        return "weekend" if day.weekday() >= 5 else f"no hours on {WEEKDAYS[day.weekday()]}s"


def _closing(span: Span) -> int:
    return span[1]


def _gathered(lines: list[DayLine], closed: DayLine) -> list[DayLine]:
    """The lines and one more closed day, made one with the last line if that is closed for the same reason."""
    last = lines[-1] if lines else None
    if last is None or not last.all_day or last.reason != closed.reason:
        return [*lines, closed]
    return [*lines[:-1], replace(last, last_day=closed.last_day, ends=closed.ends)]
