"""Holiday dates frozen into the desk's memory, so that no upgrade of a library moves a promise in silence."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Protocol
from zoneinfo import ZoneInfo

from bot.domain.policy import Policy
from bot.domain.promises import YEARS_AHEAD, YEARS_BACK, holidays_of, list_keys
from bot.ports import FrozenHolidays, UnitOfWork


class HolidaySource(Protocol):
    """Where dates come from before they are frozen."""

    @property
    def name(self) -> str:
        """The library and its version: "holidays 0.109"."""

    def days(self, list: str, year: int) -> Mapping[date, str]:
        """The dates of a list ("CA-ON/public") with their names. Raises BadValue for a list it does not know."""


@dataclass(frozen=True, slots=True)
class Difference:
    """A date on which what is frozen and what the installed library says part. The desk keeps to what is frozen."""

    list: str
    day: date
    frozen: str
    now: str

    def __str__(self) -> str:
        if self.frozen:
            return f"{self.day} {self.frozen} ({self.list}) is frozen, and no longer in the list"
        return f"{self.day} {self.now} ({self.list}) is new in the list, and not frozen"


@dataclass(frozen=True, slots=True)
class Doubt:
    """A holiday on a day that is closed anyway, with no day off in its place: a person has to decide once."""

    day: date
    name: str
    instead: date

    def __str__(self) -> str:
        return (
            f"{self.name} {self.day.year} falls on a {self.day:%A} and the list names no day off in its place. "
            f'Closed on {self.instead:%A} {self.instead}? Then add {self.instead} = "{self.name}" to [holidays.added].'
        )


def years_missing(policy: Policy, frozen: Iterable[FrozenHolidays], now: datetime) -> tuple[tuple[str, int], ...]:
    """The lists and years that should be frozen by now and are not: three years back, four ahead, at the desk."""
    have = {(one.list, one.year) for one in frozen}
    this = now.astimezone(ZoneInfo(policy.zone)).year
    years = range(this - YEARS_BACK, this + YEARS_AHEAD + 1)
    return tuple((name, year) for name in list_keys(policy.holidays) for year in years if (name, year) not in have)


def freeze_missing(
    work: UnitOfWork, policy: Policy, now: datetime, source: HolidaySource
) -> tuple[FrozenHolidays, ...]:
    """Freeze what is missing and return it. What is frozen already is never rewritten."""
    missing = years_missing(policy, work.memory.holidays(), now)
    added = tuple(FrozenHolidays(name, year, source.days(name, year), source.name, now) for name, year in missing)
    for one in added:
        work.memory.freeze(one)
    return added


def review(frozen: Iterable[FrozenHolidays], source: HolidaySource) -> tuple[Difference, ...]:
    """Where the installed library would say otherwise today. Dates are compared, not their names."""
    found = []
    for one in frozen:
        now = source.days(one.list, one.year)
        for day in sorted(one.days.keys() ^ now.keys()):
            found.append(Difference(one.list, day, one.days.get(day, ""), now.get(day, "")))
    return tuple(found)


def doubts(policy: Policy, frozen: Sequence[FrozenHolidays], since: date = date.min) -> tuple[Doubt, ...]:
    """Holidays on the desk's weekly days off that no list moves to a working day, such as Canada Day 2029.

    The law of the place may know a substitute day that a list leaves out. A date that the policy adds right after,
    or a removed holiday, settles the question. Days before `since` are past asking.
    """
    off = holidays_of(policy, frozen) | dict(policy.holidays.added)
    found = []
    for day, name in sorted(off.items()):
        if day < since or policy.weekly[day.weekday()] or day in policy.holidays.removed or "(" in name:
            continue
        instead = _next_working(policy, off, day)
        after = [day + timedelta(days=ahead) for ahead in range(1, (instead - day).days)]
        moved = any(day in policy.holidays.added or _moves(name, off.get(day, "")) for day in after)
        if not moved:
            found.append(Doubt(day, name, instead))
    return tuple(found)


def _moves(name: str, other: str) -> bool:
    """Whether the other day's name says that it stands in for this one: "Christmas Day (observed)"."""
    return any(f"{part} (" in other for part in name.split("; "))


def _next_working(policy: Policy, off: Mapping[date, str], day: date) -> date:
    for ahead in range(1, 32):
        later = day + timedelta(days=ahead)
        if policy.weekly[later.weekday()] and later not in off:
            return later
    return day + timedelta(days=1)
