"""Holiday dates: what is taken from the library, in which words, and what a person is asked to look at."""

import os
import subprocess
import sys
from datetime import date

import pytest

from bot.domain.errors import BadValue
from bot.holidays.source import holiday_dates, source

PUBLIC = ("public",)


def ontario(*years: int, categories: tuple[str, ...] = PUBLIC) -> dict[date, str]:
    return holiday_dates("CA", "ON", categories, years)


def test_ontario_has_its_nine_public_holidays_and_their_shifts() -> None:
    assert ontario(2026) == {
        date(2026, 1, 1): "New Year's Day",
        date(2026, 2, 16): "Family Day",
        date(2026, 4, 3): "Good Friday",
        date(2026, 5, 18): "Victoria Day",
        date(2026, 7, 1): "Canada Day",
        date(2026, 9, 7): "Labour Day",
        date(2026, 10, 12): "Thanksgiving Day",
        date(2026, 12, 25): "Christmas Day",
        date(2026, 12, 26): "Boxing Day",
        date(2026, 12, 28): "Boxing Day (observed)",
    }


def test_optional_and_government_days_come_only_when_asked_for() -> None:
    assert date(2026, 8, 3) not in ontario(2026)
    assert ontario(2026, categories=("public", "optional"))[date(2026, 8, 3)] == "Civic Holiday"
    assert date(2026, 9, 30) in ontario(2026, categories=("government",))
    assert date(2026, 2, 16) not in ontario(2026, categories=("government",))
    assert ontario(2026, categories=()) == {}


def test_only_the_years_asked_for_come_back() -> None:
    assert {day.year for day in ontario(2027, 2029)} == {2027, 2029}
    assert ontario() == {}


@pytest.mark.parametrize("language", ["C.UTF-8", "fr_CA.UTF-8", "th_TH.UTF-8"])
def test_names_do_not_follow_the_language_of_the_process(language: str) -> None:
    script = (
        "from datetime import date; from bot.holidays.source import holiday_dates; "
        "print(holiday_dates('CA', 'ON', ('public',), (2026,))[date(2026, 9, 7)])"
    )
    environment = os.environ | {"LANG": language, "LC_ALL": language, "LANGUAGE": language}
    said = subprocess.run([sys.executable, "-c", script], env=environment, capture_output=True, text=True, check=True)
    assert said.stdout.strip() == "Labour Day"


def test_other_countries_speak_english_where_the_list_can() -> None:
    assert holiday_dates("DE", "BE", PUBLIC, (2026,))[date(2026, 5, 1)] == "Labor Day"
    assert holiday_dates("GB", "ENG", PUBLIC, (2026,))[date(2026, 12, 25)] == "Christmas Day"


def test_the_source_names_the_library_and_its_version() -> None:
    library, version = source().split()
    assert library == "holidays"
    assert tuple(map(int, version.split("."))) >= (0, 101)


@pytest.mark.parametrize(
    ("country", "subdivision", "category", "complaint", "hint"),
    [
        ("ca", "ON", "public", '"ca" is no country', "CA"),
        ("CA", "Ontario", "public", '"Ontario" is no part of CA', "ON"),
        ("CA", "ON", "publik", '"publik" is no category of CA\'s holidays', "public"),
    ],
)
def test_an_unknown_list_is_refused_with_what_there_is(
    country: str, subdivision: str, category: str, complaint: str, hint: str
) -> None:
    with pytest.raises(BadValue, match=complaint) as refusal:
        holiday_dates(country, subdivision, (category,), (2026,))
    assert hint in refusal.value.hint
