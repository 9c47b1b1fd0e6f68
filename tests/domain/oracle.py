"""Business time by walking the wall clock minute by minute: slow, obvious, and nothing in common with the engine.

It asks the time zone what the wall shows at every minute of UTC, keeps the minutes that lie in a window of their
local date, and counts seconds one by one in them. A window whose border is shown twice reaches from the first time
its opening is shown to the last time its closing is. Windows and offsets are whole minutes here.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import lru_cache
from zoneinfo import ZoneInfo

from bot.domain.business_hours import EpochPause, Hours

MINUTE = 60


@lru_cache(maxsize=64)
def wall(zone: str, first: int, last: int) -> tuple[tuple[date, int], ...]:
    """Local date and minute of the day for every minute of UTC from `first` to `last`."""
    there = ZoneInfo(zone)
    shown = (datetime.fromtimestamp(second, UTC).astimezone(there) for second in range(first, last, MINUTE))
    return tuple((at.date(), at.hour * 60 + at.minute) for at in shown)


@dataclass(frozen=True)
class Oracle:
    """The answers for one set of hours from one UTC second to another, both whole minutes."""

    hours: Hours
    first: int
    last: int

    def open_minutes(self) -> set[int]:
        """Places, counted in minutes from `first`, of the minutes in which the desk is open."""
        shown = wall(self.hours.zone, self.first, self.last)
        places: dict[date, list[int]] = {}
        for place, (day, _) in enumerate(shown):
            places.setdefault(day, []).append(place)
        found: set[int] = set()
        for day, minutes in places.items():
            for opens, closes in self.hours.windows_on(day):
                within = [place for place in minutes if opens <= shown[place][1] * MINUTE < closes]
                if within:
                    found.update(range(within[0], within[-1] + 1))
        return found

    def running(self, start: int, end: int, pauses: Sequence[EpochPause]) -> Iterator[tuple[int, int]]:
        """Open, unpaused stretches of at most a minute, in order: one second long wherever anything begins or ends."""
        opened = self.open_minutes()
        ends = [end if until is None else until for _, until in pauses]
        borders = {second // MINUTE for second in (start, end, *(begin for begin, _ in pauses), *ends)}
        for minute in range(start // MINUTE, -(-end // MINUTE)):
            if minute - self.first // MINUTE not in opened:
                continue
            step = 1 if minute in borders else MINUTE
            for second in range(minute * MINUTE, (minute + 1) * MINUTE, step):
                if start <= second < end and not any(a <= second and (b is None or second < b) for a, b in pauses):
                    yield second, step

    def open_seconds(self, start: int, end: int, pauses: Sequence[EpochPause]) -> int:
        return sum(step for _, step in self.running(start, end, pauses))

    def due(self, start: int, seconds: int, pauses: Sequence[EpochPause]) -> int | None:
        """The earliest second at which so much has passed; None if that is not before the walk's end."""
        if seconds == 0:
            return start
        left = seconds
        for second, step in self.running(start, self.last, pauses):
            if left <= step:
                return second + left
            left -= step
        return None

    def is_open(self, second: int) -> bool:
        return (second - self.first) // MINUTE in self.open_minutes()
