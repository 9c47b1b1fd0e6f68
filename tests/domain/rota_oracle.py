"""Who is on call, by walking the wall clock minute by minute: slow, obvious, and nothing in common with the engine.

It asks the time zone what the wall shows at every minute of UTC, paints everybody's minutes into one array for each
layer, and lays the layers and overrides over each other. Hand-overs and windows are whole minutes here.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

from bot.domain.rota import Change, Days, Layer, Override, Rotation, Schedule, Turn

Minutes = NDArray[np.int64]
_EPOCH = datetime.combine(date(1970, 1, 1), time())


def minute_of(wall: datetime) -> int:
    return int((wall - _EPOCH).total_seconds()) // 60


def months_later(begin: datetime, months: int) -> datetime:
    """The same day of a later month, or the last that it has."""
    month = begin.replace(day=1)
    for _ in range(months):
        month = (month + timedelta(days=31)).replace(day=1)
    last = (month + timedelta(days=31)).replace(day=1) - timedelta(days=1)
    return month.replace(day=min(begin.day, last.day))


@lru_cache(maxsize=64)
def walls(zone: str, first: datetime, days: int) -> tuple[Minutes, Minutes]:
    """What the wall shows at every minute: the latest it has shown so far, and the earliest it will show from then."""
    there = ZoneInfo(zone)
    begin = int(first.timestamp())
    shown = [
        minute_of(datetime.fromtimestamp(second, UTC).astimezone(there).replace(tzinfo=None))
        for second in range(begin, begin + days * 86_400, 60)
    ]
    wall = np.array(shown, dtype=np.int64)
    return np.maximum.accumulate(wall), np.minimum.accumulate(wall[::-1])[::-1]


@dataclass(frozen=True)
class RotaOracle:
    """One schedule over so many days from a whole minute of UTC. Everybody is a bit."""

    schedule: Schedule
    first: datetime
    days: int
    day_off: Callable[[date], bool]
    overrides: tuple[Override, ...] = ()

    def begins(self, wall: datetime) -> int:
        """The first minute at which the wall shows that time or, if it never does, a later one."""
        return int(np.searchsorted(walls(self.schedule.zone, self.first, self.days)[0], minute_of(wall)))

    def ends(self, wall: datetime) -> int:
        """The minute after the last at which the wall shows an earlier time."""
        return int(np.searchsorted(walls(self.schedule.zone, self.first, self.days)[1], minute_of(wall)))

    def on_call(self, bits: dict[str, int]) -> Minutes:
        """For each minute, the bits of those on call."""
        nobody = np.zeros(self.days * 1440, dtype=np.int64)
        result, anybody = nobody.copy(), nobody.copy()
        for priority in sorted({layer.priority for layer in self.schedule.layers}, reverse=True):
            here = nobody.copy()
            for layer in self.schedule.layers:
                if layer.priority == priority:
                    here |= self._layer(layer, bits)
            anybody |= here
            result = np.where((result == 0) & (here != 0), self._overridden(here, bits), result)
        return np.where(anybody == 0, self._overridden(nobody, bits), result)

    def _layer(self, layer: Layer, bits: dict[str, int]) -> Minutes:
        painted = np.zeros(self.days * 1440, dtype=np.int64)
        for number, (opens, closes) in enumerate(self._turns(layer.rotation)):
            if layer.rotation.people:
                bit = bits[layer.rotation.people[number % len(layer.rotation.people)]]
                painted[self.begins(opens) : self.ends(closes)] |= bit
        allowed = np.zeros(self.days * 1440, dtype=bool)
        for opens, closes in self._windows(layer):
            allowed[self.begins(opens) : self.ends(closes)] = True
        if layer.starts is not None:
            allowed[: self.begins(datetime.combine(layer.starts, time()))] = False
        if layer.ends is not None:
            allowed[self.ends(datetime.combine(layer.ends + timedelta(days=1), time())) :] = False
        return np.where(allowed, painted, 0)

    def _turns(self, rotation: Rotation) -> Iterator[tuple[datetime, datetime]]:
        opens = begin = datetime.combine(rotation.first, time()) + timedelta(seconds=rotation.at)
        number = 0
        while opens < self.first.replace(tzinfo=None) + timedelta(days=self.days + 2):
            number += 1
            if rotation.turn is Turn.MONTHS:
                closes = months_later(begin, number * rotation.length)
            else:
                closes = opens + timedelta(**{rotation.turn.value: rotation.length})
            yield opens, closes
            opens = closes

    def _windows(self, layer: Layer) -> Iterator[tuple[datetime, datetime]]:
        start = self.first.date() - timedelta(days=2)
        for midnight in (datetime.combine(start + timedelta(days=n), time()) for n in range(self.days + 4)):
            if not layer.restrictions:
                yield midnight, midnight + timedelta(days=1)
            for each in layer.restrictions:
                if each.weekdays and midnight.weekday() not in each.weekdays:
                    continue
                if each.days is not Days.ANY and self.day_off(midnight.date()) != (each.days is Days.OFF):
                    continue
                for opens, closes in each.windows or ((0, 86_400),):
                    yield midnight + timedelta(seconds=opens), midnight + timedelta(seconds=closes)

    def _overridden(self, minutes: Minutes, bits: dict[str, int]) -> Minutes:
        result = minutes.copy()
        for override in sorted(self.overrides, key=lambda one: one.id):
            start, end = (max(0, int((at - self.first).total_seconds()) // 60) for at in (override.start, override.end))
            here, bit = result[start:end], bits[override.person]
            match override.change:
                case Change.ADD:
                    here |= bit
                case Change.REMOVE:
                    here &= ~bit
                case Change.REPLACE if override.instead:
                    place = bits[override.instead]
                    here[:] = np.where(here & place, here & ~place | bit, here)
                case _:
                    here[:] = bit
        return result
