"""SLA clocks: what pauses them, when people are told, and that nothing is told twice."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.policy import ClockKind, Policy, SupportLevel, Target
from bot.domain.sla import Clock, Promises, clock_from_data, clock_to_data
from bot.policy.file import policy_at
from tests.domain.calendars import HOUR, LUNCH, local, standard

FIRST = ClockKind.FIRST_RESPONSE


def utc(year: int, month: int, day: int) -> datetime:
    return datetime(year, month, day, tzinfo=UTC)


@pytest.fixture(scope="module")
def policy() -> Policy:
    return policy_at(None)


@pytest.fixture(scope="module")
def promises(policy: Policy) -> Promises:
    return Promises(policy, standard())


def level(promises: Promises, name: str) -> SupportLevel:
    return promises.policy.level(name)


def told(promises: Promises, clock: Clock, name: str, until: str) -> list[tuple[str, str]]:
    """The names of the stages due by a Toronto time, each with its own."""
    zone = promises.hours.zone
    stages = promises.stages_due(clock, level(promises, name), local(until))
    return [(stage.name, f"{stage.at.astimezone(zone):%a %H:%M:%S}") for stage in stages]


def test_a_level_promises_its_span_and_a_day_is_a_working_day(promises: Promises) -> None:
    assert [promises.target(FIRST, level(promises, name)) for name in ("I", "II", "III")] == [
        9 * HOUR,
        6 * HOUR,
        3 * HOUR,
    ]
    assert promises.target(ClockKind.RESOLUTION, level(promises, "III")) is None
    assert promises.due(Clock(ClockKind.RESOLUTION, utc(2026, 6, 9)), level(promises, "III")) is None


def test_a_working_day_follows_the_hours_unless_the_policy_names_it(policy: Policy) -> None:
    assert Promises(policy, standard(LUNCH)).working_day == 8 * HOUR
    assert Promises(replace(policy, working_day=7 * HOUR), standard()).working_day == 7 * HOUR


def test_a_clock_started_out_of_hours_runs_from_the_next_opening(promises: Promises) -> None:
    clock = Clock(FIRST, local("2026-10-09 19:00"))
    assert promises.due(clock, level(promises, "III")) == local("2026-10-13 13:00")


def test_warnings_breach_and_reminders_come_in_business_time_and_grow_slower(promises: Promises) -> None:
    clock = Clock(FIRST, local("2026-10-09 17:30"))
    assert told(promises, clock, "III", "2026-10-20 19:00") == [
        ("50%", "Fri 19:00:00"),
        ("75%", "Tue 10:45:00"),
        ("90%", "Tue 11:12:00"),
        ("breach", "Tue 11:30:00"),
        ("reminder 1", "Tue 12:30:00"),
        ("reminder 2", "Tue 14:30:00"),
        ("reminder 3", "Tue 18:30:00"),
        ("reminder 4", "Wed 18:30:00"),
        ("reminder 5", "Thu 18:30:00"),
        ("reminder 6", "Fri 18:30:00"),
        ("reminder 7", "Mon 18:30:00"),
        ("reminder 8", "Tue 18:30:00"),
    ]


def test_a_warning_never_falls_into_closed_time(promises: Promises) -> None:
    clock = Clock(FIRST, local("2026-06-12 17:00"))
    assert told(promises, clock, "III", "2026-06-15 10:15") == [("50%", "Fri 18:30:00"), ("75%", "Mon 10:15:00")]


def test_what_was_told_is_not_told_again(promises: Promises) -> None:
    clock = Clock(FIRST, local("2026-10-09 17:30"), told=3)
    stage = promises.next_stage(clock, level(promises, "III"))
    assert stage is not None
    assert (stage.name, stage.breached) == ("breach", True)
    assert told(promises, replace(clock, told=4), "III", "2026-10-13 12:29:59") == []


def test_a_warning_is_no_breach(promises: Promises) -> None:
    stage = promises.next_stage(Clock(FIRST, local("2026-10-09 17:30")), level(promises, "III"))
    assert stage is not None
    assert not stage.breached


def test_a_long_absence_brings_no_endless_reminders(promises: Promises) -> None:
    clock = Clock(FIRST, local("2026-01-05 10:00"))
    assert len(promises.stages_due(clock, level(promises, "III"), local("2029-06-01 10:00"), most=20)) == 20


def test_without_reminders_the_breach_is_the_last_word(policy: Policy) -> None:
    promises = Promises(replace(policy, reminders=()), standard())
    clock = Clock(FIRST, local("2026-06-09 10:00"))
    assert [stage for stage, _ in told(promises, clock, "III", "2026-07-09 10:00")] == ["50%", "75%", "90%", "breach"]


def test_a_share_that_is_no_whole_second_is_rounded_up(policy: Policy) -> None:
    odd = replace(policy.level("I"), targets={FIRST: Target(0, 7)})
    promises = Promises(policy, standard())
    stage = promises.stage(Clock(FIRST, local("2026-06-09 10:00")), odd, 0)
    assert stage is not None
    assert stage.at == local("2026-06-09 10:00:04")


def test_a_paused_clock_has_no_due_time_and_a_resumed_one_has_it_later(promises: Promises) -> None:
    clock = Clock(FIRST, local("2026-06-09 10:00")).pause(local("2026-06-09 11:00"))
    assert clock.paused
    assert promises.due(clock, level(promises, "III")) is None
    resumed = clock.resume(local("2026-06-10 11:00"))
    assert not resumed.paused
    assert promises.due(resumed, level(promises, "III")) == local("2026-06-10 13:00")


def test_a_warning_before_the_pause_stays_and_those_after_wait(promises: Promises) -> None:
    clock = Clock(FIRST, local("2026-06-09 10:00")).pause(local("2026-06-09 12:00"))
    assert told(promises, clock, "III", "2026-06-30 19:00") == [("50%", "Tue 11:30:00")]


def test_a_pause_after_the_breach_does_not_undo_it(promises: Promises) -> None:
    clock = Clock(FIRST, local("2026-06-09 10:00")).pause(local("2026-06-09 14:00"))
    assert promises.due(clock, level(promises, "III")) == local("2026-06-09 13:00")
    assert [stage for stage, _ in told(promises, clock, "III", "2026-06-30 19:00")][-2:] == ["breach", "reminder 1"]


def test_pausing_twice_and_resuming_twice_change_nothing_more() -> None:
    clock = Clock(FIRST, utc(2026, 6, 9)).pause(utc(2026, 6, 10))
    assert clock.pause(utc(2026, 6, 11)) == clock
    resumed = clock.resume(utc(2026, 6, 12))
    assert resumed.resume(utc(2026, 6, 13)) == resumed
    assert Clock(FIRST, utc(2026, 6, 9)).resume(utc(2026, 6, 10)) == Clock(FIRST, utc(2026, 6, 9))


def test_a_change_of_level_counts_from_the_clocks_own_start(promises: Promises) -> None:
    clock = Clock(FIRST, local("2026-06-09 10:00")).pause(local("2026-06-09 11:00")).resume(local("2026-06-09 12:00"))
    assert promises.due(clock, level(promises, "I")) == local("2026-06-10 11:00")
    assert promises.due(clock, level(promises, "III")) == local("2026-06-09 14:00")


@given(
    start=st.integers(0, 3 * 365 * 24 * 60),
    pauses=st.lists(st.tuples(st.integers(0, 5000), st.integers(0, 5000)), max_size=4),
    name=st.sampled_from(["I", "II", "III"]),
)
def test_stages_never_go_back_in_time_and_a_clock_survives_storage(
    promises: Promises, start: int, pauses: list[tuple[int, int]], name: str
) -> None:
    started = utc(2025, 1, 2) + timedelta(minutes=start)
    held = tuple((started + timedelta(minutes=at), started + timedelta(minutes=at + long)) for at, long in pauses)
    clock = Clock(FIRST, started, held)
    assert clock_from_data(clock_to_data(clock)) == clock
    stages = [promises.stage(clock, level(promises, name), number) for number in range(9)]
    instants = [stage.at for stage in stages if stage is not None]
    assert len(instants) == 9
    assert instants == sorted(instants)
    assert promises.due(clock, level(promises, name)) == instants[3]
