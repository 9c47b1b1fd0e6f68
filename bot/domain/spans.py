"""From opening hours on the wall clock to spans of real seconds: the one place where daylight saving is met.

A time zone is a row of stretches with a constant offset. Within a stretch, wall clock = UTC + offset; so a window
of the wall clock is laid over every stretch, cut to it, and what is left reaches from the first piece to the last.
All that looks special follows: an hour that is skipped leaves no piece, an hour that comes twice counts twice,
a date that a country jumped over (Samoa, 30 December 2011) has no length, and an open night has no hole.
"""

from __future__ import annotations

from bisect import bisect_right
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from bot.domain.hours import DAY, Hours

Span = tuple[int, int]
"""UTC epoch seconds, half-open."""

_EPOCH_DAY = date(1970, 1, 1).toordinal()
_MARGIN = 2 * DAY  # No offset reaches a day, so two days beyond the ends hold every stretch that matters.


class WallClock:
    """One zone's wall clock over a range of local dates, as stretches of constant offset."""

    __slots__ = ("_offsets", "_starts", "midnights", "zone")

    def __init__(self, zone: ZoneInfo, first: date, last: date) -> None:
        self.zone = zone
        self._starts, self._offsets = _stretches(zone, _midnight(first) - _MARGIN, _midnight(last) + _MARGIN + DAY)
        self.midnights = {
            midnight // DAY: begins
            for midnight in range(_midnight(first), _midnight(last) + DAY, DAY)
            for begins, ends in (self.cover(midnight, midnight + DAY),)
            if ends - begins == DAY
        }
        """Local day number (0 is 1970-01-01) to the UTC second of its midnight, for days of 24 hours."""

    def span(self, day: date, opens: int = 0, closes: int = DAY) -> Span:
        """When the wall clock shows that window of that date; begins and ends together if it never does."""
        midnight = _midnight(day)
        return self.cover(midnight + opens, midnight + closes)

    def cover(self, opens: int, closes: int) -> Span:
        """The same for wall-clock seconds counted from 1970-01-01 00:00 on the wall."""
        starts, offsets = self._starts, self._offsets
        at = max(bisect_right(starts, opens - DAY) - 1, 0)
        end = bisect_right(starts, closes + DAY)
        if end - at == 1:
            return opens - offsets[at], closes - offsets[at]
        pieces = []
        for index in range(at, end):
            begins = max(opens - offsets[index], starts[index])
            ends = closes - offsets[index]
            if index + 1 < len(starts):
                ends = min(ends, starts[index + 1])
            if begins < ends:
                pieces.append((begins, ends))
        if not pieces:
            gap = starts[min(at + 1, len(starts) - 1)]
            return gap, gap
        return pieces[0][0], pieces[-1][1]

    def date_at(self, second: int) -> date:
        """The local date at a UTC second."""
        return datetime.fromtimestamp(second, self.zone).date()


def open_spans(hours: Hours, wall: WallClock, first: date, last: date) -> list[Span]:
    """Every open span from the first to the last local date, in order, with touching spans made one."""
    spans: list[Span] = []
    weekly = hours.weekly
    irregular = hours.closed.keys() | hours.special.keys()
    for ordinal in range(first.toordinal(), last.toordinal() + 1):
        day = date.fromordinal(ordinal)
        midnight = (ordinal - _EPOCH_DAY) * DAY
        for opens, closes in hours.windows_on(day) if day in irregular else weekly[(ordinal + 6) % 7]:
            begins, ends = wall.cover(midnight + opens, midnight + closes)
            if begins == ends:
                continue
            if spans and begins <= spans[-1][1]:
                earlier, later = spans.pop()
                begins, ends = min(begins, earlier), max(ends, later)
            spans.append((begins, ends))
    return spans


def _midnight(day: date) -> int:
    """Wall-clock seconds of a date's 00:00, counted from 1970-01-01 00:00 on the wall."""
    return (day.toordinal() - _EPOCH_DAY) * DAY


def _stretches(zone: ZoneInfo, begin: int, finish: int) -> tuple[list[int], list[int]]:
    """The starts and offsets of all stretches; daily samples find the changes, halving finds their second."""

    def offset_at(second: int) -> int:
        offset = datetime.fromtimestamp(second, zone).utcoffset() or timedelta()
        return offset.days * DAY + offset.seconds

    starts, offsets = [begin], [offset_at(begin)]
    for sample in range(begin + DAY, finish + DAY, DAY):
        while offset_at(sample) != offsets[-1]:
            before, after = max(sample - DAY, starts[-1]), sample
            while after - before > 1:
                middle = (before + after) // 2
                if offset_at(middle) == offsets[-1]:
                    before = middle
                else:
                    after = middle
            starts.append(after)
            offsets.append(offset_at(after))
    return starts, offsets
