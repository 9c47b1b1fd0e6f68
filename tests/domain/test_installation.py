"""The installation plan: its days, and on which instants its milestones and its end are told."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from bot.domain.customers import Customer
from bot.domain.entitlement import entitlement
from bot.domain.hours import Hours
from bot.domain.installation import Plan, plan_of
from bot.domain.policy import Audience, Milestone
from bot.policy.file import policy_at
from tests.domain.calendars import ONTARIO, TEN_TO_SEVEN, TORONTO, WEEKEND_TOO

POLICY = policy_at(None)
ZONE = ZoneInfo(TORONTO)
BOTH = frozenset(Audience)


def plan(began: date, days: int = 30, *milestones: int) -> Plan:
    found = plan_of(
        Customer("leaf", "New Leaf", installed_on=began),
        replace(POLICY, installation_days=days, milestones=tuple(Milestone(day, f"step {day}") for day in milestones)),
    )
    assert found is not None
    return found


def test_who_has_no_installation_has_no_plan_and_neither_has_who_is_promised_none() -> None:
    assert plan_of(Customer("leaf", "New Leaf"), POLICY) is None
    installed = Customer("leaf", "New Leaf", installed_on=date(2026, 9, 2))
    assert plan_of(installed, replace(POLICY, installation_days=0)) is None


def test_milestones_are_told_on_their_days_and_the_end_on_the_day_after_the_last() -> None:
    hours = Hours(TORONTO, TEN_TO_SEVEN, ONTARIO)
    steps = plan(date(2026, 9, 2), 30, 7, 10).steps(hours)
    told = [(one.day, f"{one.at.astimezone(ZONE):%a %-d %b %H:%M}") for one in steps]
    assert told == [
        (7, "Wed 9 Sep 10:00"),
        (10, "Mon 14 Sep 10:00"),
        (31, "Mon 5 Oct 10:00"),
    ], "The 12th of September and the 3rd of October are Saturdays."


def test_a_milestone_that_nobody_is_told_of_is_none_and_the_desk_always_gets_the_handover() -> None:
    silent = replace(POLICY, milestones=(Milestone(3, "step", frozenset()),), handover=frozenset({Audience.CUSTOMER}))
    found = plan_of(Customer("leaf", "New Leaf", installed_on=date(2026, 9, 2)), silent)
    assert found is not None
    (over,) = found.steps(Hours(TORONTO, TEN_TO_SEVEN, ONTARIO))
    assert (over.day, over.milestone, over.tell) == (31, None, BOTH)


def test_a_plan_at_the_end_of_the_calendar_breaks_nothing() -> None:
    hours = Hours(TORONTO, TEN_TO_SEVEN, ONTARIO)
    for began in (date.min, date.max - timedelta(days=3), date.max):
        late = plan(began, 30, 7)
        assert len(late.steps(hours)) == 2
        begins, ends = late.lasts(TORONTO)
        assert begins <= ends


@given(
    st.dates(date(2027, 1, 1), date(2028, 12, 31)),
    st.integers(1, 60),
    st.sets(st.integers(0, 60), max_size=5),
    st.sampled_from((TEN_TO_SEVEN, WEEKEND_TOO)),
)
def test_going_day_by_day_each_step_comes_once_on_its_day_or_the_next_on_which_the_desk_opens(
    began: date, days: int, milestones: set[int], week: tuple[tuple[tuple[int, int], ...], ...]
) -> None:
    hours = Hours(TORONTO, week, ONTARIO)
    found = plan(began, days, *sorted(one for one in milestones if one <= days))
    wanted: dict[date, int] = {}
    for one in (*(one.day for one in found.milestones), days + 1):
        day = began + timedelta(days=one)
        while not hours.windows_on(day):
            day += timedelta(days=1)
        wanted[day] = wanted.get(day, 0) + 1
    steps = found.steps(hours)
    told: dict[date, int] = {}
    now = datetime.combine(began, time.min, ZONE)
    while (at := found.next_step(hours, now)) is not None:
        told[at.astimezone(ZONE).date()] = sum(step.at == at for step in steps)
        now = at
    assert told == wanted


@given(st.dates(date(2027, 1, 1), date(2028, 12, 31)), st.integers(-5, 70), st.integers(1, 60))
def test_the_plan_and_what_is_owed_agree_on_the_day(began: date, offset: int, days: int) -> None:
    today = began + timedelta(days=offset)
    who = Customer("leaf", "New Leaf", installed_on=began)
    policy = replace(POLICY, installation_days=days, milestones=())
    found = plan_of(who, policy)
    assert found is not None
    assert found.day(today) == entitlement(who, policy, today).installation_day
    begins, ends = found.lasts(TORONTO)
    noon = datetime.combine(today, time(12), ZONE)
    assert (begins <= noon < ends) == (found.day(today) is not None)
