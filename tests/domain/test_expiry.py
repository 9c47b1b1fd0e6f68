"""When the end of a subscription is told: what ends, on which day it is told, and what is told after being away."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.customers import Customer, Subscription
from bot.domain.entitlement import level_of
from bot.domain.expiry import endings, next_warning, warnings, warnings_due
from bot.domain.hours import Hours
from bot.domain.policy import Expiry, Way
from bot.domain.telling import Closed, told_at
from bot.policy.file import policy_at
from tests.domain.calendars import ALWAYS, LUNCH, ONTARIO, TEN_TO_SEVEN, TORONTO, WEEKEND_TOO, weekly

POLICY = policy_at(None)
FIRST = date(2027, 12, 1)
"""A leap day and both changes of the clocks follow."""
ZONE = ZoneInfo(TORONTO)
HOURS = Hours(TORONTO, TEN_TO_SEVEN, ONTARIO)


def bought(level: str, first: int, last: int, *, phone: bool = False) -> Subscription:
    """A subscription by days from the first of the test's days."""
    return Subscription("gateway", level, FIRST + timedelta(days=first), FIRST + timedelta(days=last), phone)


def customer(*subscriptions: Subscription) -> Customer:
    return Customer("acme", "ACME Ltd", subscriptions=subscriptions)


def ends_on(*subscriptions: Subscription) -> list[int]:
    """The last days of what is covered, by days from the first."""
    return [(one.last - FIRST).days for one in endings(customer(*subscriptions), POLICY, FIRST)]


@pytest.mark.parametrize(
    ("case", "subscriptions", "ends"),
    [
        ("nothing was bought", [], []),
        ("one ends", [bought("II", -9, 40)], [40]),
        ("it was renewed in time", [bought("II", -9, 40), bought("II", 41, 99)], [99]),
        ("it was renewed lower", [bought("III", -9, 40), bought("II", 41, 99)], [40, 99]),
        ("it was renewed higher", [bought("II", -9, 40), bought("III", 41, 99)], [99]),
        (
            "a gap is an ending, whatever days of grace there are",
            [bought("II", -9, 40), bought("II", 43, 99)],
            [40, 99],
        ),
        ("a lower one goes on", [bought("III", -9, 40), bought("I", -9, 99)], [40, 99]),
        ("a lower one ends beside it", [bought("III", -9, 99), bought("I", -9, 40)], [99]),
        ("the telephone goes", [bought("II", -9, 40, phone=True), bought("II", -9, 99)], [40, 99]),
        ("it ended before", [bought("II", -9, -1)], []),
    ],
)
def test_what_ends_is_what_is_covered_no_more(case: str, subscriptions: list[Subscription], ends: list[int]) -> None:
    assert ends_on(*subscriptions) == ends, case


def test_a_subscription_without_an_end_is_never_told() -> None:
    assert endings(customer(Subscription("gateway", "II", date.min, date.max)), POLICY, FIRST) == ()
    near = customer(Subscription("gateway", "II", date.min, date.max - timedelta(days=1)))
    assert len(warnings(near, POLICY, HOURS, FIRST)) == 3
    old = customer(Subscription("gateway", "II", date.min, date.min + timedelta(days=3)))
    assert [one.days for one in warnings(old, POLICY, HOURS, date.min)] == [0]


# --- for any customer at all --------------------------------------------------------------------------------------

SPAN = 150
days = st.integers(0, SPAN)


@st.composite
def some_subscription(draw: st.DrawFn) -> Subscription:
    first, last = sorted((draw(days), draw(days)))
    return bought(draw(st.sampled_from(("I", "II", "III"))), first, last, phone=draw(st.booleans()))


customers = st.lists(some_subscription(), max_size=5).map(lambda found: customer(*found))
weeks = st.sampled_from(
    (TEN_TO_SEVEN, LUNCH, WEEKEND_TOO, ALWAYS, weekly("Tue", "06:00-08:00"), weekly("", "9:00-10:00"))
)


def covered(who: Customer, day: date) -> tuple[int, bool]:
    """The highest rank that runs on a day, 0 for none, and whether the telephone is owed."""
    running = [one for one in who.subscriptions if one.start <= day <= one.end]
    levels = [level_of(one, POLICY) for one in running]
    phone = any(one.phone_option for one in running) or any(Way.TELEPHONE in one.ways for one in levels)
    return max((one.rank for one in levels), default=0), phone


@given(customers)
def test_endings_are_what_going_day_by_day_finds(who: Customer) -> None:
    slowly = []
    for n in range(SPAN + 1):
        day = FIRST + timedelta(days=n)
        (rank, phone), (then, still) = covered(who, day), covered(who, day + timedelta(days=1))
        if rank and (then < rank or (phone and not still)):
            slowly.append(day)
    assert [one.last for one in endings(who, POLICY, FIRST)] == slowly


@given(customers, weeks, st.lists(st.integers(0, 60), min_size=1, max_size=4, unique=True))
def test_going_from_one_instant_to_the_next_tells_every_warning_once(
    who: Customer, week: tuple[tuple[tuple[int, int], ...], ...], warn: list[int]
) -> None:
    policy = replace(POLICY, expiry=Expiry(tuple(sorted(warn, reverse=True))))
    hours = Hours(TORONTO, week, ONTARIO)
    now = datetime.combine(FIRST, time.min, ZONE).astimezone(UTC)
    told, begun = [], now
    while (at := next_warning(who, policy, hours, now.astimezone(ZONE).date(), now)) is not None:
        assert at > now
        now = at
        since = datetime.combine(at.astimezone(ZONE).date(), time.min, ZONE)
        for one in warnings_due(warnings(who, policy, hours, since.date()), at, now):
            told.append((one.ending.last, one.days))
    expected = [one for one in warnings(who, policy, hours, FIRST) if one.at > begun]
    # Where two come at one instant, as on the day before a weekend, the nearer one says what the other would.
    wanted = {(one.ending.last, one.at): one.days for one in sorted(expected, key=lambda one: -one.days)}
    assert sorted(told) == sorted((last, days) for (last, _), days in wanted.items())
    assert len(set(told)) == len(told)


@given(customers, weeks, st.integers(1, SPAN), st.integers(0, 90))
def test_after_being_away_only_the_newest_warning_of_each_ending_is_told(
    who: Customer, week: tuple[tuple[tuple[int, int], ...], ...], left: int, away: int
) -> None:
    hours = Hours(TORONTO, week, ONTARIO)
    since = datetime.combine(FIRST + timedelta(days=left), time(8), ZONE)
    now = since + timedelta(days=away)
    found = warnings(who, POLICY, hours, since.date())
    told = warnings_due(found, since, now)
    assert len({one.ending.last for one in told}) == len(told)
    for one in told:
        missed = [other for other in found if other.ending == one.ending and since <= other.at <= now]
        assert one.days == min(other.days for other in missed)


@given(customers, weeks)
def test_no_warning_comes_after_its_ending(who: Customer, week: tuple[tuple[tuple[int, int], ...], ...]) -> None:
    for one in warnings(who, POLICY, Hours(TORONTO, week, ONTARIO), FIRST):
        assert one.at.astimezone(ZONE).date() <= one.ending.last - timedelta(days=one.days)


# --- when people are there ------------------------------------------------------------------------------------------

CHANGED = {date(2028, 2, 29): ("Leap day", ((12 * 3600, 14 * 3600),)), date(2028, 3, 13): ("Late", ((61_200, 68_400),))}


@pytest.mark.parametrize("closed", list(Closed))
@pytest.mark.parametrize("week", [TEN_TO_SEVEN, LUNCH, WEEKEND_TOO, weekly("Mon Thu", "08:00-12:00")])
def test_it_is_told_when_the_desk_is_open_day_by_day_over_three_years(
    week: tuple[tuple[tuple[int, int], ...], ...], closed: Closed
) -> None:
    hours = Hours(TORONTO, week, ONTARIO, CHANGED)
    for n in range(3 * 366):
        day = date(2026, 6, 1) + timedelta(days=n)
        local = told_at(hours, day, closed).astimezone(ZONE)
        second = local.hour * 3600 + local.minute * 60
        windows = hours.windows_on(local.date())
        assert any(opens <= second < closes for opens, closes in windows), day
        assert second == (9 * 3600 if any(opens <= 9 * 3600 < closes for opens, closes in windows) else windows[0][0])
        passed = (local.date() - day).days * closed.value
        between = [day + timedelta(days=step * closed.value) for step in range(passed)]
        assert passed >= 0
        assert not any(hours.windows_on(one) for one in between), "Nobody is made to wait for nothing."


def test_a_desk_that_never_opens_tells_at_nine_of_the_day_itself() -> None:
    never = Hours(TORONTO, weekly("", "9:00-10:00"))
    for closed in Closed:
        assert told_at(never, date(2028, 2, 29), closed) == datetime(2028, 2, 29, 9, tzinfo=ZONE)
        told_at(never, date.min, closed)
        told_at(never, date.max, closed)
