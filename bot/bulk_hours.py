"""Business time for very many tickets at once, as when a changed calendar moves every open promise.

The same tables as `BusinessHours`, asked by numpy: whole arrays of UTC epoch seconds in, arrays out, and the same
answers. Rows with pauses take the scalar way.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from bot.domain.business_hours import BeyondCalendar, BusinessHours, EpochPause
from bot.domain.errors import BadValue

Seconds = NDArray[np.int64]
RowPauses = Mapping[int, Sequence[EpochPause]]
"""Row number to its pauses in UTC epoch seconds, for the rows that have any."""

NEVER = int(np.iinfo(np.int64).max)
"""The due time of a row that an open-ended pause holds; it sorts after every real one."""

_CHUNK = 1 << 15  # Rows at a time: the arrays in between stay in the processor's cache.
_MOST_CELLS = 1 << 19  # Beyond this the shortcut would itself no longer fit there.


def due_many(hours: BusinessHours, starts: ArrayLike, seconds: ArrayLike, pauses: RowPauses | None = None) -> Seconds:
    """`BusinessHours.due_epoch` for every row, NEVER where a pause holds it; `seconds` may be one number for all.

    A row that would leave the calendar raises BeyondCalendar, and a negative length BadValue, for the whole batch.
    """
    return BulkHours(hours).due(starts, seconds, pauses)


def open_seconds_many(
    hours: BusinessHours, starts: ArrayLike, ends: ArrayLike, pauses: RowPauses | None = None
) -> Seconds:
    """`BusinessHours.open_seconds_epoch` for every row; a row that leaves the calendar raises BeyondCalendar."""
    return BulkHours(hours).open_seconds(starts, ends, pauses)


class BulkHours:
    """One calendar's tables as arrays, for callers with many batches to ask."""

    def __init__(self, hours: BusinessHours) -> None:
        self.hours = hours
        self._begin, self._finish = hours.horizon
        # As in BusinessHours: an empty span first, so that every instant has a span that began before it.
        spans = np.array([(self._begin, self._begin), *hours.spans], dtype=np.int64)
        self._ends_upto = np.cumsum(spans[:, 1] - spans[:, 0])
        self._shift = spans[:, 1] - self._ends_upto
        self._starts = _Table(spans[:, 0], "right")
        self._upto = _Table(self._ends_upto, "left")

    def due(self, starts: ArrayLike, seconds: ArrayLike, pauses: RowPauses | None = None) -> Seconds:
        """See `due_many`."""
        begins, lengths = _rows(starts, seconds)
        held = pauses or {}
        if held:
            lengths = lengths.copy()
            asked = {row: int(lengths[row]) for row in held}
            lengths[list(held)] = 0  # Nothing to do for the arrays: these rows are answered below.
        found = np.empty(begins.shape, dtype=np.int64)
        for low in range(0, found.size, _CHUNK):
            part = slice(low, low + _CHUNK)
            found[part] = self._due(begins[part], lengths[part])
        for row, its in held.items():
            due = self.hours.due_epoch(int(begins[row]), asked[row], its)
            found[row] = NEVER if due is None else due
        return found

    def open_seconds(self, starts: ArrayLike, ends: ArrayLike, pauses: RowPauses | None = None) -> Seconds:
        """See `open_seconds_many`."""
        begins, finishes = _rows(starts, ends)
        found = np.empty(begins.shape, dtype=np.int64)
        for low in range(0, found.size, _CHUNK):
            part = slice(low, low + _CHUNK)
            found[part] = self._between(begins[part], finishes[part])
        for row, its in (pauses or {}).items():
            found[row] = self.hours.open_seconds_epoch(int(begins[row]), int(finishes[row]), its)
        return found

    def _due(self, begins: Seconds, lengths: Seconds) -> Seconds:
        if lengths.min() < 0:
            raise BadValue("A promise cannot be shorter than nothing.")
        asked = lengths > 0
        target = self._position(begins) + lengths
        outside = (begins < self._begin) | (begins >= self._finish) | (target > self._ends_upto[-1])
        self._check(outside & asked)
        target = np.minimum(target, self._ends_upto[-1])
        due: Seconds = np.where(asked, self._shift[self._upto.find(target)] + target, begins)
        return due

    def _between(self, begins: Seconds, ends: Seconds) -> Seconds:
        forward = ends > begins
        self._check(forward & ((begins < self._begin) | (ends > self._finish)))
        open_seconds: Seconds = np.where(forward, self._position(ends) - self._position(begins), 0)
        return open_seconds

    def _position(self, at: Seconds) -> Seconds:
        """Open seconds of the calendar up to each instant; what lies outside is taken for its border."""
        within = np.clip(at, self._begin, self._finish)
        span = self._starts.find(within) - 1
        position: Seconds = np.minimum(within - self._shift[span], self._ends_upto[span])
        return position

    def _check(self, outside: NDArray[np.bool_]) -> None:
        if outside.any():
            raise BeyondCalendar(
                f"{int(outside.sum())} of these need a date outside the calendar, which knows "
                f"{self.hours.first_year} to {self.hours.last_year}.",
                "Extend the calendar's holidays to the years you need.",
            )


class _Table:
    """A rising column searched for many values, with the answers of numpy's `searchsorted` in less than half the time.

    The column is laid over even cells, as wide as the least distance between two entries allows, so that a cell
    holds at most one entry: each cell knows how many entries lie before it, and one comparison does the rest.
    """

    def __init__(self, column: Seconds, side: Literal["left", "right"]) -> None:
        self._column = np.append(column, NEVER)
        self._side = side
        least = int(np.diff(column).min()) if column.size > 1 else 1
        self._first = int(column[0])
        self._bits = max(least, 1).bit_length() - 1
        cells = ((int(column[-1]) - self._first) >> self._bits) + 2
        self._before: NDArray[np.int32] | None = None
        if cells <= _MOST_CELLS:
            borders = self._first + (np.arange(cells, dtype=np.int64) << self._bits)
            self._before = np.searchsorted(column, borders, "left").astype(np.int32)

    def find(self, values: Seconds) -> NDArray[np.int64]:
        if self._before is None:
            return np.asarray(np.searchsorted(self._column, values, self._side), dtype=np.int64)
        cells = np.minimum((values - self._first) >> self._bits, self._before.size - 1)
        place = self._before[cells]
        entry = self._column[place]
        passed = entry <= values if self._side == "right" else entry < values
        return np.asarray(place + passed, dtype=np.int64)


def _rows(one: ArrayLike, other: ArrayLike) -> tuple[Seconds, Seconds]:
    first, second = np.broadcast_arrays(np.atleast_1d(np.asarray(one)), np.asarray(other))
    if not (np.issubdtype(first.dtype, np.integer) and np.issubdtype(second.dtype, np.integer)):
        raise BadValue("Batches are counted in whole seconds.")
    return first.astype(np.int64, copy=False), second.astype(np.int64, copy=False)
