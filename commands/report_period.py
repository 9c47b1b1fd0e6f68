"""The time that a report is of: from one day to another or a whole month, and the parts it is shown by."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from bot.domain.errors import BadValue
from bot.ports import UnitOfWork
from commands.record import today

USUAL = timedelta(days=28)
LONGEST = timedelta(days=731)
MOST_DAYS, MOST_WEEKS = 14, 26
"""So many days are shown one by one, so many weeks by the week, and more by the month."""

_NOT_YET = "A report looks back: /desk report --from 2026-09-01"


@dataclass(frozen=True, slots=True)
class Period:
    """The days from `first` to `last`, each from midnight to midnight at the desk."""

    first: date
    last: date
    zone: ZoneInfo

    @property
    def since(self) -> datetime:
        return datetime.combine(self.first, time(), self.zone)

    @property
    def until(self) -> datetime:
        return datetime.combine(self.last + timedelta(days=1), time(), self.zone)

    @property
    def parts(self) -> tuple[str, Sequence[date]]:
        """What it is shown by, and the first day of each such part."""
        days = [self.first + timedelta(days=number) for number in range((self.last - self.first).days + 1)]
        if len(days) <= MOST_DAYS:
            return "day", days
        if len(days) <= MOST_WEEKS * 7:
            return "week", [day for day in days if day == self.first or day.weekday() == 0]
        return "month", [day for day in days if day == self.first or day.day == 1]


def period_of(work: UnitOfWork, now: datetime, first: date | None, last: date | None, month: str) -> Period:
    """The usual four weeks, or what was asked for. Raises BadValue."""
    day = today(work, now)
    if month:
        if first or last:
            raise BadValue("A whole month has its own first and last day.", "/desk report --month last")
        first, last = _month(month, day)
        last = min(last, max(first, day))
    last = last or day
    first = first or last - USUAL + timedelta(days=1)
    if first > last:
        raise BadValue(f"{first} is after {last}.", "/desk report --from 2026-09-01 --until 2026-09-30")
    if first > day:
        raise BadValue(f"{first} has not come yet.", _NOT_YET)
    if last - first >= LONGEST:
        raise BadValue("That is more than two years.", "A report is of up to two years: /desk report --from 2026-01-01")
    return Period(first, last, ZoneInfo(work.promises.policy.zone))


def part_words(days: Sequence[date], at: int, period: Period, part: str) -> str:
    """The days of a part in words: "5 Oct", "5 to 11 Oct"."""
    first = days[at]
    last = days[at + 1] - timedelta(days=1) if at + 1 < len(days) else period.last
    if part == "day" or first == last:
        return f"{first:%a %-d %b}"
    return f"{first:%-d %b} to {last:%-d %b}"


def _month(text: str, day: date) -> tuple[date, date]:
    """ "last", "this" or "2026-10": its first day and its last."""
    word = text.strip().casefold()
    try:
        first = day.replace(day=1) if word in ("last", "this") else date.fromisoformat(f"{word}-01")
    except ValueError:
        raise BadValue(f"“{text[:40]}” is no month.", "/desk report --month last, or --month 2026-10") from None
    if word == "last":
        first = (first - timedelta(days=1)).replace(day=1)
    return first, (first + timedelta(days=31)).replace(day=1) - timedelta(days=1)
