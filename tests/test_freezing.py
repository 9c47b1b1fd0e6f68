"""Frozen holidays: filled up once, never rewritten, and shown to a person where law and list may part."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import pytest

from bot.domain.business_hours import BeyondCalendar
from bot.domain.policy import HolidayRule, Policy, SpecialDay
from bot.domain.promises import holidays_of, hours_of, list_keys, promises_of, years_of
from bot.holidays.freezing import Doubt, HolidayDates, doubts, review, years_missing
from bot.holidays.source import holiday_dates, source
from bot.policy.file import PolicyError, policy_at, read_policy
from bot.ports import FrozenHolidays
from tests.test_policy_file import SHIPPED

NOW = datetime(2026, 11, 23, 15, 0, tzinfo=UTC)
LIBRARY = HolidayDates(source(), holiday_dates)


def frozen(policy: Policy, years: Iterable[int], library: HolidayDates = LIBRARY) -> list[FrozenHolidays]:
    return [
        FrozenHolidays(name, year, library.days(name, year), library.name, NOW)
        for name in list_keys(policy.holidays)
        for year in years
    ]


def with_rule(**changed: Any) -> Policy:
    policy = policy_at(None)
    return replace(policy, holidays=replace(policy.holidays, **changed))


def test_three_years_back_and_four_ahead_are_wanted() -> None:
    policy = policy_at(None)
    wanted = years_missing(policy, frozen(policy, [2024, 2026]), NOW)
    assert wanted == tuple(("CA-ON/public", year) for year in (2023, 2025, 2027, 2028, 2029, 2030))


def test_the_year_that_counts_is_the_desks_own() -> None:
    new_year_in_utc = datetime(2027, 1, 1, 2, 0, tzinfo=UTC)
    assert ("CA-ON/public", 2023) in years_missing(policy_at(None), [], new_year_in_utc)


def test_each_category_is_a_list_of_its_own_and_together_they_are_what_the_library_says() -> None:
    both = with_rule(categories=("public", "optional"))
    assert list_keys(both.holidays) == ("CA-ON/public", "CA-ON/optional")
    assert list_keys(HolidayRule("CA", "", ("public",))) == ("CA/public",)
    assert list_keys(HolidayRule()) == ()
    years = range(2024, 2031)
    together = holiday_dates("CA", "ON", ("public", "optional"), years)
    assert holidays_of(both, frozen(both, years)).keys() == together.keys()


def test_the_policys_own_dates_come_over_the_list() -> None:
    policy = with_rule(added={date(2026, 8, 3): "Civic Holiday"}, removed=frozenset({date(2026, 10, 12)}))
    half = {date(2026, 12, 24): SpecialDay("Christmas Eve", ((36_000, 46_800),))}
    hours = hours_of(replace(policy, special=half), holidays_of(policy, frozen(policy, [2026])))
    assert hours.windows_on(date(2026, 8, 3)) == ()
    assert hours.name_of(date(2026, 8, 3)) == "Civic Holiday"
    assert hours.windows_on(date(2026, 10, 12)) == ((36_000, 68_400),)
    assert hours.windows_on(date(2026, 12, 24)) == ((36_000, 46_800),)
    assert hours.windows_on(date(2026, 12, 25)) == ()


def test_a_year_whose_holidays_are_unknown_is_no_year_without_holidays() -> None:
    policy = policy_at(None)
    promises = promises_of(policy, frozen(policy, [2026, 2027]), 1, 2023, 2030)
    assert (promises.hours.first_year, promises.hours.last_year) == (2026, 2027)
    with pytest.raises(BeyondCalendar, match="CA-ON/public are not known"):
        promises_of(policy, [], 1, 2023, 2030)
    without_lists = with_rule(country="")
    assert promises_of(without_lists, [], 1, 2023, 2030).hours.last_year == 2030


def test_a_calendar_is_laid_out_over_all_that_is_frozen() -> None:
    policy = policy_at(None)
    assert years_of(policy, frozen(policy, [2019, 2026])) == (2019, 2026)
    assert years_of(with_rule(country=""), frozen(policy, [2019])) == (2001, 2051)


def test_an_upgrade_that_would_move_a_date_is_told_and_a_mere_rename_is_not() -> None:
    policy = policy_at(None)
    kept = frozen(policy, [2026, 2027])

    def tomorrow(
        country: str, subdivision: str | None, categories: Iterable[str], years: Iterable[int]
    ) -> Mapping[date, str]:
        dates = {day: f"Fête: {name}" for day, name in holiday_dates(country, subdivision, categories, years).items()}
        if date(2026, 12, 28) in dates:
            del dates[date(2026, 12, 28)]
            dates[date(2026, 8, 3)] = "Civic Holiday"
        return dates

    assert review(kept, LIBRARY) == ()
    told = [str(difference) for difference in review(kept, HolidayDates("holidays 9", tomorrow))]
    assert told == [
        "2026-08-03 Civic Holiday (CA-ON/public) is new in the list, and not frozen",
        "2026-12-28 Boxing Day (observed) (CA-ON/public) is frozen, and no longer in the list",
    ]


def test_canada_day_2029_is_asked_about_until_the_policy_says() -> None:
    policy = policy_at(None)
    kept = frozen(policy, range(2026, 2031))
    canada_days = (
        Doubt(date(2028, 7, 1), "Canada Day", date(2028, 7, 3)),
        Doubt(date(2029, 7, 1), "Canada Day", date(2029, 7, 2)),
    )
    assert doubts(policy, kept) == canada_days
    assert doubts(policy, kept, since=date(2029, 1, 1)) == canada_days[1:]
    assert "Closed on Monday 2029-07-02?" in str(canada_days[1])
    settled = with_rule(added={date(2029, 7, 2): "Canada Day"}, removed=frozenset({date(2028, 7, 1)}))
    assert doubts(settled, kept) == ()


def test_christmas_on_a_sunday_is_asked_about_and_a_christmas_with_its_monday_is_not() -> None:
    policy = policy_at(None)
    found = doubts(policy, frozen(policy, range(2030, 2035)))
    assert Doubt(date(2033, 12, 25), "Christmas Day", date(2033, 12, 27)) in found
    assert doubts(policy, frozen(policy, [2027])) == ()


def test_a_day_that_is_always_a_sunday_raises_no_question() -> None:
    policy = with_rule(country="DE", subdivision="BB")
    assert "Easter Sunday" not in {doubt.name for doubt in doubts(policy, frozen(policy, range(2026, 2030)))}


@pytest.mark.parametrize(
    ("old", "new"),
    [('country = "CA"', 'country = "ZZ"'), ('subdivision = "ON"', 'subdivision = "ONT"'), ('["public"]', '["publik"]')],
)
def test_a_list_that_the_library_does_not_know_is_refused_at_its_line(old: str, new: str) -> None:
    with pytest.raises(PolicyError) as caught:
        read_policy(SHIPPED.replace(old, new, 1), known=LIBRARY.known)
    line = SHIPPED[: SHIPPED.index(old)].count("\n") + 1
    assert [mistake.line for mistake in caught.value.mistakes] == [line]
    assert "holiday list knows" in caught.value.text
