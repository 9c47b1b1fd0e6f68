"""Telling: at which instant the desk tells what belongs to a day, so that people are there to read it."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from enum import Enum
from zoneinfo import ZoneInfo

from bot.domain.hours import Hours, clock_text

NINE = 9 * 3600
"""In the morning: when a desk that is open then tells; any other tells when it opens."""
_FAR = 14
"""Days looked through for one on which the desk opens; past them the day itself will do, at nine."""


class Closed(Enum):
    """Where to go from a day on which the desk is closed: to the last one before it, for what must not come too late,
    or to the next one, for what has its time once the day is there. The value is the step in days."""

    BEFORE = -1
    AFTER = 1


def told_at(hours: Hours, day: date, closed: Closed) -> datetime:
    """The instant, in UTC."""
    for step in range(_FAR + 1):
        if not _there_is(day, step * closed.value):
            break
        other = day + timedelta(days=step * closed.value)
        if windows := hours.windows_on(other):
            return _instant(hours, other, _hour(windows))
    return _instant(hours, day, NINE)


def _there_is(day: date, days: int) -> bool:
    """Whether the calendar, and a zone's offset from UTC with it, goes so far."""
    return date(2, 1, 1).toordinal() <= day.toordinal() + days <= date(9998, 12, 31).toordinal()


def _hour(windows: tuple[tuple[int, int], ...]) -> int:
    """Nine where the desk is open then, or else its first opening after that, or its first of the day."""
    if any(opens <= NINE < closes for opens, closes in windows):
        return NINE
    return min((opens for opens, _ in windows if opens > NINE), default=windows[0][0])


def _instant(hours: Hours, day: date, second: int) -> datetime:
    clamped = min(max(day, date(2, 1, 1)), date(9998, 12, 31))
    local = datetime.combine(clamped, time.fromisoformat(clock_text(second)), ZoneInfo(hours.zone))
    return local.astimezone(UTC)
