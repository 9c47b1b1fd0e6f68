"""Holiday dates frozen into the desk's memory, so that no upgrade of a library moves a promise in silence."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Protocol
from zoneinfo import ZoneInfo

from bot.domain.policy import HolidayRule, Policy
from bot.domain.promises import holidays_of, list_keys
from bot.ports import FrozenHolidays, UnitOfWork

YEARS_BACK = 3
YEARS_AHEAD = 4

Dates = Callable[[str, str | None, Iterable[str], Iterable[int]], Mapping[date, str]]
"""Country, subdivision, categories and years to dates and names; BadValue for what it does not know."""


class HolidaySource(Protocol):
    """Where dates come from before they are frozen."""

    @property
    def name(self) -> str:
        """The library and its version: "holidays 0.109"."""

    def days(self, list: str, year: int) -> Mapping[date, str]:
        """One year of one list, such as "CA-ON/public"."""


@dataclass(frozen=True, slots=True)
class HolidayDates:
    """A source made of a function that knows dates, such as `bot.holidays.source.holiday_dates`."""

    name: str
    dates: Dates

    def days(self, list: str, year: int) -> Mapping[date, str]:
        """One year of one list, such as "CA-ON/public"."""
        place, _, category = list.partition("/")
        country, _, subdivision = place.partition("-")
        return self.dates(country, subdivision or None, (category,), (year,))

    def of_rule(self, rule: HolidayRule, year: int) -> Mapping[date, str]:
        """One year of all lists of a policy."""
        return self.dates(rule.country, rule.subdivision or None, rule.categories, (year,))

    def known(self, rule: HolidayRule) -> None:
        """Raises BadValue for a country, subdivision or category that the library does not know."""
        self.dates(rule.country, rule.subdivision or None, rule.categories or ("public",), (2026,))


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
    """Holidays on a weekday that is off anyway, for which no working day of their own is given off.

    Laws and lists disagree about these: Canada Day 2029 is a Sunday, Ontario's list puts nothing in its place, the
    law the Monday; Christmas on a Sunday is moved onto Boxing Day, which is off already. A date that the policy adds
    within the week after, or a removed holiday, settles the question; a day that falls on the same weekday every
    year, such as Easter Sunday, raises none. Days before `since` are past asking.
    """
    dates = holidays_of(policy, frozen)
    years = {day.year for day in dates}
    found: list[Doubt] = []
    for day, name in sorted(dates.items()):
        settled = policy.weekly[day.weekday()] or day in policy.holidays.removed or _added_after(policy, day)
        if settled or _has_its_own_day(policy, day, name, dates) or _same_weekday_always(name, dates, years):
            continue
        taken = {doubt.instead for doubt in found} | dates.keys()
        found.append(Doubt(day, name, _next_working(policy, taken, day)))
    return tuple(doubt for doubt in found if doubt.day >= since)


def _added_after(policy: Policy, day: date) -> bool:
    return any(timedelta() < added - day <= timedelta(days=7) for added in dict(policy.holidays.added))


def _has_its_own_day(policy: Policy, day: date, name: str, dates: Mapping[date, str]) -> bool:
    """Whether a working day close by is off under this name before any other: "Christmas Day (observed)"."""
    near = (day + timedelta(days=distance) for distance in range(-2, 5))
    return any(policy.weekly[other.weekday()] and dates.get(other, "").startswith(name) for other in near)


def _same_weekday_always(name: str, dates: Mapping[date, str], years: set[int]) -> bool:
    namesakes = [day for day, its in dates.items() if its == name]
    return len(years) > 1 and len({day.weekday() for day in namesakes}) == 1 and {d.year for d in namesakes} == years


def _next_working(policy: Policy, off: Iterable[date], day: date) -> date:
    taken = set(off)
    for ahead in range(1, 32):
        later = day + timedelta(days=ahead)
        if policy.weekly[later.weekday()] and later not in taken:
            return later
    return day + timedelta(days=1)
