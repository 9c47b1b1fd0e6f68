"""The arithmetic of a rotation: which turn it is, when turns begin, and whose they are, on the wall clock alone.

Wall-clock seconds are counted from 1970-01-01 00:00 on the wall, as `spans.WallClock` takes them. Counting there keeps
a hand-over at nine in the morning at nine in the morning, whatever the clocks do in between.
"""

from __future__ import annotations

from calendar import monthrange
from datetime import MAXYEAR, date

from bot.domain.hours import DAY
from bot.domain.rota import Rotation, Turn

_EPOCH_DAY = date(1970, 1, 1).toordinal()
_UNITS = {Turn.HOURS: 3600, Turn.DAYS: DAY, Turn.WEEKS: 7 * DAY}
_NEVER = 10**12
"""Wall-clock seconds beyond any calendar: a turn that would begin after it does not."""


def wall_midnight(day: date) -> int:
    """The wall-clock second at which a date begins."""
    return (day.toordinal() - _EPOCH_DAY) * DAY


class Turns:
    """One rotation's turns, numbered from 0. A turn of months always counts from the very first day: from the 31st it
    begins on 28 February and then on 31 March again."""

    __slots__ = ("_first", "_month", "_rotation", "_size")

    def __init__(self, rotation: Rotation) -> None:
        if rotation.length < 1:
            raise ValueError(f"A turn cannot last {rotation.length} {rotation.turn}.")
        self._rotation = rotation
        self._first = wall_midnight(rotation.first) + rotation.at
        self._size = _UNITS.get(rotation.turn, 0) * rotation.length
        self._month = rotation.first.year * 12 + rotation.first.month - 1

    def begins(self, turn: int) -> int:
        """The wall-clock second at which that turn begins, which is where the one before it ends."""
        if self._size:
            return self._first + turn * self._size
        year, month = divmod(self._month + turn * self._rotation.length, 12)
        if not 1 <= year <= MAXYEAR:
            return _NEVER if year > MAXYEAR else -_NEVER
        day = min(self._rotation.first.day, monthrange(year, month + 1)[1])
        return wall_midnight(date(year, month + 1, day)) + self._rotation.at

    def at(self, second: int) -> int:
        """The turn under way when the wall clock shows that second; negative before the first."""
        if self._size:
            return (second - self._first) // self._size
        on = date.fromordinal((second - self._rotation.at) // DAY + _EPOCH_DAY)
        turn = (on.year * 12 + on.month - 1 - self._month) // self._rotation.length
        return turn - (self.begins(turn) > second)

    def person(self, turn: int) -> str:
        """Whose turn that is."""
        people = self._rotation.people
        return people[turn % len(people)]
