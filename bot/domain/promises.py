"""From the policy and the frozen holidays to the calendar that every promise is computed with."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Protocol

from bot.domain.business_hours import BeyondCalendar, BusinessHours, Hours
from bot.domain.policy import HolidayRule, Policy
from bot.domain.policy_data import policy_from_json
from bot.domain.sla import Promises

YEARS_WITHOUT_LIST = 25


class HolidayYear(Protocol):
    """One year of one holiday list, as the desk keeps it."""

    @property
    def list(self) -> str: ...
    @property
    def year(self) -> int: ...
    @property
    def days(self) -> Mapping[date, str]: ...


def list_keys(rule: HolidayRule) -> tuple[str, ...]:
    """The lists that a policy takes its days off from, one for each category: "CA-ON/public"."""
    if not rule.country:
        return ()
    place = f"{rule.country}-{rule.subdivision}" if rule.subdivision else rule.country
    return tuple(f"{place}/{category}" for category in rule.categories)


def hours_of(policy: Policy, holidays: Mapping[date, str]) -> Hours:
    """The opening hours: the policy's week, closed on those holidays but the removed ones, and on the added dates."""
    rule = policy.holidays
    closed = {day: name for day, name in holidays.items() if day not in rule.removed} | dict(rule.added)
    special = {day: (kept.name, kept.windows) for day, kept in policy.special.items()}
    return Hours(policy.zone, policy.weekly, closed, special, policy.monitored)


def holidays_of(policy: Policy, frozen: Iterable[HolidayYear]) -> dict[date, str]:
    """The frozen dates of the lists that the policy names, a date of several lists with each of its names once."""
    wanted = list_keys(policy.holidays)
    kept = sorted((one for one in frozen if one.list in wanted), key=lambda one: wanted.index(one.list))
    names: dict[date, dict[str, None]] = {}
    for one in kept:
        for day, name in one.days.items():
            names.setdefault(day, {})[name] = None
    return {day: "; ".join(found) for day, found in names.items()}


def years_of(policy: Policy, frozen: Iterable[HolidayYear]) -> tuple[int, int]:
    """The first and last year to lay a calendar out for: all that is frozen of the policy's lists.

    A policy that takes its days off from no list needs nothing frozen; it gets decades around its effective date.
    """
    lists = list_keys(policy.holidays)
    years = {one.year for one in frozen if one.list in lists}
    effective = policy.effective.year
    return (min(years), max(years)) if years else (effective - YEARS_WITHOUT_LIST, effective + YEARS_WITHOUT_LIST)


def promises_of(
    policy: Policy, frozen: Sequence[HolidayYear], version: int, first_year: int, last_year: int
) -> Promises:
    """What the policy promises from the first to the last year, as far as the holidays of those years are frozen.

    A year whose holidays are unknown is left out of the calendar and never taken for one without holidays: a
    question that reaches into it is refused (BeyondCalendar), and so is a policy with no year left.
    """
    years = _known_years(policy, frozen, first_year, last_year)
    hours = BusinessHours(hours_of(policy, holidays_of(policy, frozen)), years[0], years[-1], policy.working_day)
    return Promises(policy, hours, version)


def promises_from(text: str, frozen: Sequence[HolidayYear], version: int) -> Promises:
    """The promises of a stored policy (`policy_to_json`) with all that is frozen: what storage makes its own of."""
    policy = policy_from_json(text)
    return promises_of(policy, frozen, version, *years_of(policy, frozen))


def _known_years(policy: Policy, frozen: Sequence[HolidayYear], first: int, last: int) -> Sequence[int]:
    """The longest run of years in which every list is frozen; of two equally long ones the later."""
    have = {(one.list, one.year) for one in frozen}
    lists = list_keys(policy.holidays)
    best: list[int] = []
    run: list[int] = []
    for year in range(first, last + 1):
        run = [*run, year] if all((name, year) in have for name in lists) else []
        best = run if len(run) >= len(best) else best
    if not best:
        raise BeyondCalendar(
            f"The holidays of {' and '.join(lists)} are not known for any year from {first} to {last}.",
            "The desk freezes them when it starts; see them with /sla holidays.",
        )
    return best
