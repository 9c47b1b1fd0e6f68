"""Whether somebody is called, how soon, and what comes next: the rules of escalating as values."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.contacts import CALL, CHAT, DEFAULT_PLAN, IMPORTANT_PLAN, TEXT, Contact, Reach
from bot.domain.escalating import (
    SHORTEST,
    Case,
    Place,
    Way,
    brought_forward,
    called,
    decide,
    exhausted,
    lasts,
    may_become,
    place_of,
    shrunk,
    tries,
    ways_to,
)
from bot.domain.escalation import Escalation, Step, Target, TargetKind
from bot.domain.hours import DeskState
from bot.domain.paging import Attempt, AttemptState, Missed, PageRule, Trigger

NOW = datetime(2026, 10, 10, 2, 14, tzinfo=UTC)
SAM = Target(TargetKind.PERSON, "sam")
RULES = (
    PageRule("worst", Trigger.OPENED, "level3", frozenset({"III"}), worst_cases=True),
    PageRule("urgent nights", Trigger.OPENED, "level3", frozenset({"III"}), False, frozenset({"urgent"}), "monitored"),
    PageRule("nearly late", Trigger.WARNING, "level3", warning=90),
    PageRule("late", Trigger.BREACH, "leads", frozenset({"II", "III"})),
)
SERVER_DOWN = Case(
    Trigger.OPENED, "III", DeskState.OPEN, "level", "ACME Ltd", "normal", "Recovery from a hardware failure", True
)

chains = st.builds(
    Escalation,
    st.just("chain"),
    st.lists(st.integers(0, 3600).map(lambda seconds: Step((SAM,), seconds)), max_size=6).map(tuple),
    st.integers(0, 5),
)
deadlines = st.integers(1, 100_000).map(lambda seconds: NOW + timedelta(seconds=seconds))


# --- whether ------------------------------------------------------------------------------------------------------


def test_the_first_rule_that_fits_decides_and_says_why() -> None:
    found = decide(RULES, SERVER_DOWN)
    assert (found.pages, found.rule, found.escalation) == (True, "worst", "level3")
    assert found.why == (
        "Rule worst fits a Level III ticket (Recovery from a hardware failure) that was opened in open hours, and the "
        "telephone is owed with its level."
    )


@pytest.mark.parametrize(
    ("case", "why"),
    [
        (replace(SERVER_DOWN, worst=False), "the nearest, worst, is for the worst cases."),
        (replace(SERVER_DOWN, worst=False, priority="urgent"), "the nearest, worst, is for the worst cases."),
        (replace(SERVER_DOWN, level="II"), "the nearest, worst, is for Level III."),
        (replace(SERVER_DOWN, telephone=""), "but ACME Ltd is not owed the telephone."),
        (replace(SERVER_DOWN, trigger=Trigger.HOTLINE), "No rule of the paging table is about a ticket"),
        (replace(SERVER_DOWN, trigger=Trigger.WARNING, warning=75), "nearly late, is for 90 % of the time used up."),
        (replace(SERVER_DOWN, trigger=Trigger.BREACH, level="I"), "late, is for Level II or III."),
    ],
)
def test_a_no_says_what_was_missing(case: Case, why: str) -> None:
    found = decide(RULES, case)
    assert not found.pages
    assert why in found.why


def test_hours_and_priority_count_together() -> None:
    quiet = replace(SERVER_DOWN, worst=False, priority="urgent")
    assert not decide(RULES, quiet).pages
    assert not decide(RULES, replace(quiet, hours=DeskState.CLOSED)).pages
    assert decide(RULES, replace(quiet, hours=DeskState.MONITORED)).rule == "urgent nights"


@given(st.sampled_from(Trigger), st.sampled_from(["I", "II", "III"]), st.sampled_from(DeskState), st.booleans())
def test_no_level_without_the_telephone_ever_calls(trigger: Trigger, level: str, hours: DeskState, worst: bool) -> None:
    case = Case(trigger, level, hours, "", worst=worst, warning=100)
    anything = tuple(PageRule(f"all {one}", one, "level3") for one in Trigger)
    assert not decide(anything, case).pages
    assert decide(anything, case).why


# --- how soon -----------------------------------------------------------------------------------------------------


@given(chains, deadlines)
def test_the_chain_ends_before_the_deadline_or_every_step_is_as_short_as_can_be(
    chain: Escalation, deadline: datetime
) -> None:
    found = shrunk(chain, NOW, deadline)
    shortest = [min(step.seconds, SHORTEST) for step in chain.steps]
    assert NOW + lasts(found) < deadline or [step.seconds for step in found.steps] == shortest


@given(chains, deadlines, deadlines)
def test_an_earlier_deadline_never_makes_a_step_longer(chain: Escalation, one: datetime, other: datetime) -> None:
    sooner, later = shrunk(chain, NOW, min(one, other)), shrunk(chain, NOW, max(one, other))
    for soon, late, written in zip(sooner.steps, later.steps, chain.steps, strict=True):
        assert min(written.seconds, SHORTEST) <= soon.seconds <= late.seconds <= written.seconds


@given(chains)
def test_a_far_deadline_one_that_has_passed_and_none_change_nothing(chain: Escalation) -> None:
    for deadline in (None, NOW, NOW - timedelta(days=1), NOW + lasts(chain) + timedelta(seconds=30)):
        assert shrunk(chain, NOW, deadline) == chain


@given(chains)
def test_every_chain_comes_to_its_alarm_after_so_many_steps(chain: Escalation) -> None:
    place, taken = Place(0, 0, not chain.steps), 0
    while not place.loud:
        taken += 1
        place = place_of(chain, place.round, place.step + 1)
    assert taken == len(chain.steps) * max(chain.rounds, 1)
    for _ in range(3):
        place = place_of(chain, place.round, max(len(chain.steps), 1))
        assert place.loud


# --- who ----------------------------------------------------------------------------------------------------------


def test_a_step_calls_everybody_behind_its_targets_once() -> None:
    targets = (
        Target(TargetKind.SCHEDULE, "level3"),
        SAM,
        Target(TargetKind.CHANNEL, "#alerts"),
        Target(TargetKind.SCHEDULE, "nobody"),
        Target(TargetKind.LEADS),
    )
    duty = {"level3": ("kim", "sam")}
    found = called(targets, lambda name: duty.get(name, ()), lambda: ("all",), lambda: ("lea", "kim"))
    assert found.people == ("kim", "sam", "lea")
    assert found.channels == ("#alerts",)
    assert [str(target) for target in found.nobody] == ["schedule:nobody"]


def test_only_what_is_verified_and_not_refused_counts_beside_chat_accounts() -> None:
    contacts = [
        Contact(1, "kim", CALL, "+14165550199", verified_at=NOW),
        Contact(2, "kim", CALL, "+14165550100"),
        Contact(3, "kim", TEXT, "+14165550177", verified_at=NOW, refused="STOP"),
        Contact(4, "kim", "slack", "@kim", verified_at=NOW),
    ]
    assert ways_to("kim", ["slack"], contacts) == [Way("slack", "@kim"), Way(CALL, "+14165550199", 1)]


def test_each_way_is_tried_at_its_own_time() -> None:
    ways = [Way("slack", "@kim"), Way("discord", "@kim"), Way(CALL, "+1", 1), Way(TEXT, "+1", 2)]
    found = [(seconds, way.kind) for seconds, way in tries(DEFAULT_PLAN, ways)]
    assert found == [(0, "slack"), (0, "discord"), (60, TEXT), (120, CALL), (240, CALL)]
    assert (0, CALL) in [(seconds, way.kind) for seconds, way in tries(IMPORTANT_PLAN, ways)]


def test_nobody_is_waited_for_who_has_not_what_their_plan_begins_with() -> None:
    assert [seconds for seconds, _ in tries(DEFAULT_PLAN, [Way(CALL, "+1", 1)])] == [0, 120]
    later = (Reach(CHAT, 60), Reach(CALL, 300))
    assert [seconds for seconds, _ in tries(later, [Way(CALL, "+1", 1)])] == [60]
    assert tries(DEFAULT_PLAN, []) == []


# --- what next ----------------------------------------------------------------------------------------------------


@given(st.lists(st.sampled_from(AttemptState)))
def test_news_in_any_order_never_goes_back(news: list[AttemptState]) -> None:
    state, over = AttemptState.PLANNED, False
    for told in news:
        before = state
        state = told if may_become(state, told) else state
        # What is over stays so; that its person acted all the same is the one thing that is still heard.
        assert not over or state is before or (before is AttemptState.MISSED and state is AttemptState.CONFIRMED)
        over = over or state.over


def attempt(id: int, person: str, kind: str = CALL, state: AttemptState = AttemptState.PLANNED, at: int = 0) -> Attempt:
    return Attempt(id, 1, person, kind, "x", NOW + timedelta(seconds=at), state=state)


def test_a_miss_brings_the_next_attempt_of_the_same_person_forward() -> None:
    first = attempt(1, "kim", state=AttemptState.RINGING)
    planned = [attempt(2, "sam", at=5), attempt(3, "kim", at=90), attempt(4, "kim", TEXT, at=30)]
    for why in (Missed.BUSY, Missed.REFUSED, Missed.MACHINE, Missed.HUNG_UP, Missed.WRONG_KEY, Missed.UNKNOWN):
        assert brought_forward(planned, first, why) == planned[2]
    assert brought_forward(planned, first, Missed.PASSED_ON) is None
    unread = attempt(5, "kim", "slack", AttemptState.SUBMITTED)
    assert brought_forward(planned, unread, Missed.UNKNOWN) is None
    assert brought_forward(planned, unread, Missed.NO_WAY) == planned[2]
    assert brought_forward([], first, Missed.BUSY) is None


def test_a_step_is_exhausted_when_nothing_of_it_is_left_for_anybody() -> None:
    gone, left = attempt(1, "kim", state=AttemptState.MISSED), attempt(2, "sam")
    assert exhausted([gone], 0, 0)
    assert not exhausted([gone, left], 0, 0)
    assert exhausted([gone, replace(left, step=1)], 0, 0)
