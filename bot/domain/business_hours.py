"""The desk's two questions about time: when is this much open time over, and how much open time lies between.

A `BusinessHours` lays opening hours out once, as spans of real seconds and the open time that lies before each.
Every answer is then a bisection and some sums, exact to the second, and never a walk. Everything is half-open:
19:00:00 is closed, yet a promise used up exactly at closing is due at 19:00:00, the earliest instant at which
its open time has passed.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, date, datetime
from itertools import accumulate
from operator import index as to_int
from operator import itemgetter
from typing import TypeVar
from zoneinfo import ZoneInfo

from bot.domain.calendar_lines import DayLine, day_lines
from bot.domain.errors import BadValue, Refusal
from bot.domain.hours import DAY, DeskState, Hours, Window, window, zone_named
from bot.domain.spans import Span, WallClock, open_spans

__all__ = [
    "BeyondCalendar",
    "BusinessHours",
    "DayLine",
    "DeskState",
    "Hours",
    "NoOpenTime",
    "Pause",
    "Window",
    "window",
]

Pause = tuple[datetime, datetime | None]
"""From, until (None: still paused), aware and half-open. Several may overlap, repeat, touch or be empty."""

EpochPause = tuple[int, int | None]
"""The same in UTC epoch seconds."""

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_YEARS = range(1902, 9990)  # What every platform's time functions and zone tables can say.
_moment = datetime.fromtimestamp
_NEVER = 2**62
_BEGINNING = itemgetter(0)
_Instant = TypeVar("_Instant", int, datetime)


class BeyondCalendar(Refusal):
    """The answer lies before the first or after the last year that the calendar knows."""


class NoOpenTime(Refusal):
    """The calendar has no open second at all, so nothing could ever fall due."""


class BusinessHours:
    """Opening hours laid out from the first to the last year, both included, local dates.

    Instants go in as aware datetimes of any zone (a naive one is a BadValue; parts of a second are dropped) and
    come out in UTC; the methods on epoch seconds do the same without datetimes. A question whose answer would
    need a date outside those years raises BeyondCalendar, and hours without any opening NoOpenTime.
    """

    __slots__ = (
        "_begin",
        "_ends",
        "_finish",
        "_local_epoch",
        "_midnights",
        "_shift",
        "_starts",
        "_upto",
        "_wall",
        "first_year",
        "hours",
        "last_year",
        "working_day",
        "zone",
    )

    def __init__(self, hours: Hours, first_year: int, last_year: int, working_day: int | None = None) -> None:
        if not (first_year in _YEARS and last_year in _YEARS and first_year <= last_year):
            raise BadValue(f"A calendar from {first_year} to {last_year} cannot be made.")
        first, last = date(first_year, 1, 1), date(last_year, 12, 31)
        self.hours = hours
        self.zone: ZoneInfo = zone_named(hours.zone)
        self.first_year = first_year
        self.last_year = last_year
        self._wall = WallClock(self.zone, first, last)
        self._begin = self._wall.span(first)[0]
        self._finish = self._wall.span(last)[1]
        spans = open_spans(hours, self._wall, first, last)
        if not spans:
            raise NoOpenTime(
                f"The desk would never be open from {first_year} to {last_year}.",
                "Give at least one day opening hours.",
            )
        # An empty span before the first and one after the last spare every question two checks of the border. A span
        # is named by its place from 1, which is what bisecting the starts answers; _upto[n] is the open time up to
        # the end of span n. Inside span n, open time and UTC seconds run alike, _shift[n] apart.
        spans = [(self._begin, self._begin), *spans, (self._finish, self._finish)]
        self._starts = [*(begins for begins, _ in spans), _NEVER]
        self._ends = [self._begin, *(ends for _, ends in spans)]
        self._upto = list(accumulate((ends - begins for begins, ends in spans), initial=0))
        self._shift = [ends - before for ends, before in zip(self._ends, self._upto, strict=True)]
        self._local_epoch = datetime(1970, 1, 1, tzinfo=self.zone)
        self._midnights = self._wall.midnights
        self.working_day: int = working_day or _usual_day(hours)
        """Open seconds of one full working day: what "1 day" means, whatever half days lie on the way."""

    @property
    def spans(self) -> Sequence[Span]:
        """Every open span in UTC epoch seconds, in order; none touch."""
        return list(zip(self._starts[1:-2], self._ends[2:-1], strict=True))

    @property
    def horizon(self) -> Span:
        """The UTC epoch seconds that the calendar knows, half-open."""
        return self._begin, self._finish

    # -- the two questions -------------------------------------------------------------------------------------

    def due(self, start: datetime, seconds: int, pauses: Sequence[Pause] = ()) -> datetime | None:
        """The earliest instant at which that many open, unpaused seconds have passed since `start`, in UTC.

        None while an open-ended pause holds it. A pause that begins after the answer does not move it.
        """
        due = self._due(self._second(start), seconds, pauses, self._second)
        return None if due is None else _moment(due, UTC)

    def open_seconds(self, start: datetime, end: datetime, pauses: Sequence[Pause] = ()) -> int:
        """Open, unpaused seconds between two instants; none if `end` is not after `start`."""
        return self.open_seconds_epoch(self._second(start), self._second(end), self._seconds(pauses) if pauses else ())

    def due_epoch(self, start: int, seconds: int, pauses: Sequence[EpochPause] = ()) -> int | None:
        """`due` in UTC epoch seconds."""
        return self._due(start, seconds, pauses, to_int)

    def open_seconds_epoch(self, start: int, end: int, pauses: Sequence[EpochPause] = ()) -> int:
        """`open_seconds` in UTC epoch seconds."""
        if end <= start:
            return 0
        total = self._position(end) - self._position(start)
        if pauses:
            for begins, ends in _merged(pauses, start):
                if begins >= end:
                    break
                total -= self._position(end if ends is None or ends > end else ends) - self._position(begins)
        return total

    # -- about one instant ---------------------------------------------------------------------------------------

    def state(self, at: datetime) -> DeskState:
        """What the desk is at that instant."""
        return DeskState.OPEN if self._span_at(epoch(at)) is not None else self.hours.when_closed

    def next_opening(self, at: datetime) -> datetime:
        """The first open instant from `at` on, in UTC: `at` itself (whole second) while the desk is open."""
        second = epoch(at)
        if self._span_at(second) is None:
            index = bisect_left(self._starts, second)
            if self._starts[index] == self._finish:
                raise self._beyond()
            second = self._starts[index]
        return _moment(second, UTC)

    def closes_at(self, at: datetime) -> datetime | None:
        """When the opening that `at` lies in ends, in UTC; None while the desk is closed, or open to the last day."""
        span = self._span_at(epoch(at))
        return None if span is None or span[1] == self._finish else _moment(span[1], UTC)

    def explain(self, start: datetime, end: datetime, pauses: Sequence[Pause] = ()) -> tuple[DayLine, ...]:
        """The time between two instants as lines a person can add up: their open seconds make `open_seconds`."""
        begins, ends = epoch(start), epoch(end)
        if ends <= begins:
            return ()
        if begins < self._begin or ends > self._finish:
            raise self._beyond()
        held = [
            (max(a, begins), ends if b is None else min(b, ends)) for a, b in _merged(self._seconds(pauses), begins)
        ]
        # The openings of whole days around, so that "before opening" can be told from "between hours".
        low, high = bisect_left(self._ends, begins - 2 * DAY, 1), bisect_right(self._starts, ends + 2 * DAY)
        around = list(zip(self._starts[low - 1 : high], self._ends[low : high + 1], strict=False))
        return day_lines(self.hours, self._wall, around, (begins, ends), [(a, b) for a, b in held if a < b])

    # -- inside --------------------------------------------------------------------------------------------------

    def _due(
        self,
        start: int,
        seconds: int,
        pauses: Sequence[tuple[_Instant, _Instant | None]],
        second: Callable[[_Instant], int],
    ) -> int | None:
        """`due` for instants that `second` turns into epoch seconds, one by one, as far as they matter."""
        if seconds <= 0:
            if seconds < 0:
                raise BadValue(f"A promise cannot be shorter than nothing ({seconds} s).")
            return start
        if not self._begin <= start < self._finish:
            raise self._beyond()
        starts, upto, shift = self._starts, self._upto, self._shift
        span = bisect_right(starts, start)
        target = start - shift[span]
        if target > upto[span]:  # In the closed time after that span.
            target = upto[span]
        target += seconds
        if pauses:
            # Each pause that begins before the target moves it by the open time that it takes away.
            here, reached, latest = span, start, -_NEVER
            for paused, resumed in pauses:
                begins = second(paused)
                if begins < latest:
                    return self._due(start, seconds, sorted(pauses, key=lambda pause: second(pause[0])), second)
                latest = begins
                if begins < reached:
                    begins = reached
                if begins >= starts[here]:
                    if begins >= self._finish:
                        continue
                    here = bisect_right(starts, begins, here)
                paused_at = begins - shift[here]
                if paused_at > upto[here]:
                    paused_at = upto[here]
                if target <= paused_at:
                    continue  # Too late to matter, as all that follow, unless one is out of order.
                if resumed is None:
                    return None
                ends = second(resumed)
                if ends <= begins:
                    continue
                if ends >= starts[here]:
                    if ends > self._finish:
                        raise self._beyond()
                    here += 1
                    if ends >= starts[here]:
                        here = bisect_right(starts, ends, here)
                resumed_at = ends - shift[here]
                if resumed_at > upto[here]:
                    resumed_at = upto[here]
                target += resumed_at - paused_at
                reached, span = ends, here
        if target > upto[-1]:
            raise self._beyond()
        # Most promises end in the opening they began in, or in the next.
        if target > upto[span]:
            span += 1
            if target > upto[span]:
                span = bisect_left(upto, target, span)
        return shift[span] + target

    def _second(self, at: datetime) -> int:
        """`epoch`, much faster for the desk's own zone on days of 24 hours."""
        if at.tzinfo is self.zone:
            wall = at - self._local_epoch  # Of one zone, so Python subtracts what the wall clock shows.
            try:
                return self._midnights[wall.days] + wall.seconds
            except KeyError:
                pass
        return epoch(at)

    def _seconds(self, pauses: Sequence[Pause]) -> list[EpochPause]:
        second = self._second
        return [(second(begins), None if ends is None else second(ends)) for begins, ends in pauses]

    def _position(self, at: int) -> int:
        """Open seconds of the calendar up to an instant."""
        if not self._begin <= at <= self._finish:
            raise self._beyond()
        span = bisect_right(self._starts, at)
        position, most = at - self._shift[span], self._upto[span]
        return position if position < most else most

    def _span_at(self, at: int) -> Span | None:
        if not self._begin <= at < self._finish:
            raise self._beyond()
        span = bisect_right(self._starts, at)
        return (self._starts[span - 1], self._ends[span]) if at < self._ends[span] else None

    def _beyond(self) -> BeyondCalendar:
        return BeyondCalendar(
            f"This needs a date outside the calendar, which knows {self.first_year} to {self.last_year}.",
            "Extend the calendar's holidays to the years you need.",
        )


def epoch(at: datetime) -> int:
    """An aware datetime as UTC epoch seconds, parts of a second dropped. A naive one is a BadValue."""
    try:
        since = at - _EPOCH
    except TypeError as error:
        raise BadValue(f"{at} has no time zone, so it could be many instants.") from error
    return since.days * DAY + since.seconds


def _merged(pauses: Sequence[EpochPause], start: int) -> Iterator[EpochPause]:
    """The pauses from `start` on as their union: sorted, apart from each other, none empty."""
    reached = start
    for begins, ends in sorted(pauses, key=_BEGINNING):
        if ends is None:
            yield max(begins, reached), None
            return
        if ends > reached and ends > begins:
            yield max(begins, reached), ends
            reached = ends


def _usual_day(hours: Hours) -> int:
    """Open seconds of the most usual day that has any; of two equally usual ones the longer."""
    days = [*hours.weekly] if any(hours.weekly) else [windows for _, windows in hours.special.values()]
    lengths = Counter(sum(closes - opens for opens, closes in windows) for windows in days if windows)
    return max(lengths, key=lambda length: (lengths[length], length))
