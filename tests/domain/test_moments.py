"""Times as people say them, and as the desk itself writes them."""

from __future__ import annotations

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest

from bot.domain import moments
from bot.domain.business_hours import BusinessHours
from bot.domain.errors import BadValue
from bot.domain.promises import hours_of
from bot.domain.sla import Promises
from bot.policy.file import policy_at

TORONTO = ZoneInfo("America/Toronto")
TODAY = date(2026, 10, 13)


@pytest.fixture(scope="module")
def promises() -> Promises:
    policy = policy_at(None)
    return Promises(policy, BusinessHours(hours_of(policy, {}), 2025, 2028, policy.working_day))


def _instant(text: str, promises: Promises) -> str:
    """What it means on Tuesday, 13 October 2026, at noon in Toronto."""
    found = moments.moment(text, datetime(2026, 10, 13, 16, tzinfo=UTC), TORONTO, promises)
    return f"{found.astimezone(TORONTO):%Y-%m-%d %H:%M}"


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("Thu 24 Dec 17:00", "2026-12-24 17:00"),
        ("Thursday, 24 December 17:00", "2026-12-24 17:00"),
        ("Thu 2026-12-24 17:00", "2026-12-24 17:00"),
        ("Wed 14 Oct", "2026-10-14 10:00"),
        ("24 Dec 17:00", "2026-12-24 17:00"),
        ("Tue 13 Oct 10:00", "2026-10-13 10:00"),
        ("Tue 10:00", "2026-10-20 10:00"),
        ("Tue", "2026-10-20 10:00"),
        ("Wed", "2026-10-14 10:00"),
        ("10:00", "2026-10-14 10:00"),
        ("3h", "2026-10-13 15:00"),
        ("1d", "2026-10-14 12:00"),
    ],
)
def test_a_time_is_read_as_the_desk_writes_it_and_as_people_say_it(said: str, meant: str, promises: Promises) -> None:
    assert _instant(said, promises) == meant


def test_a_weekday_that_is_not_the_dates_is_refused_with_the_right_one() -> None:
    with pytest.raises(BadValue, match="24 dec is a Thursday"):
        moments.day("Fri 24 Dec", TODAY)


@pytest.mark.parametrize("text", ["31 Feb", "Mon 31 Feb", "Mon nonsense", "Moonday 2 Mar", "Thu 24 Dez"])
def test_what_is_no_date_is_refused(text: str) -> None:
    with pytest.raises(BadValue, match=r"does not exist|is not a date"):
        moments.day(text, TODAY)


@pytest.mark.parametrize("text", ["9999-12-31 23:00", "9999-12-31T23:59:59-12:00", "0001-01-01T00:00+14:00"])
def test_a_time_beyond_the_last_day_that_there_is_is_refused(text: str, promises: Promises) -> None:
    with pytest.raises(BadValue, match=r"too far away|does not exist"):
        _instant(text, promises)


def _to_come(text: str, promises: Promises) -> datetime:
    return moments.to_come(text, datetime(2026, 10, 13, 16, tzinfo=UTC), TORONTO, promises)


@pytest.mark.parametrize(
    "text",
    ["yesterday", "2020-01-01", "2026-10-12", "Mon 12 Oct 2026", "today", "2026-10-13 11:59", "2026-10-13T15:59Z"],
)
def test_a_day_that_is_over_is_past_as_it_was_typed_whenever_the_desk_opens_next(text: str, promises: Promises) -> None:
    with pytest.raises(BadValue, match=f"^{text} is past"):
        _to_come(text, promises)


@pytest.mark.parametrize("text", ["today 17:30", "tomorrow", "12 Oct 2027", "12 Oct", "0m", "Tue", "2026-10-13T16:00Z"])
def test_a_time_to_come_is_read_as_any_other(text: str, promises: Promises) -> None:
    assert f"{_to_come(text, promises).astimezone(TORONTO):%Y-%m-%d %H:%M}" == _instant(text, promises)
