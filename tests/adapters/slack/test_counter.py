"""The counter in bad moments: faults of ours, crowds, an end in the middle, people who change."""

from __future__ import annotations

import logging
from pathlib import Path

import pytest

from adapters.slack.hearing.counter import request_of
from commands.desk import Answer
from tests.adapters.slack.office import DESK, TEAM, Office, office
from tests.holding import held
from tests.town import words

ANN = TEAM["ann"]


def test_a_fault_of_ours_is_a_sentence_to_the_caller_and_a_traceback_in_the_log(
    desk: Office, caplog: pytest.LogCaptureFixture
) -> None:
    def broken() -> Answer:
        raise RuntimeError("a fault")

    assert desk.counter is not None
    with caplog.at_level(logging.ERROR):
        answer = desk.counter.answer(broken)
    assert not answer.ok
    assert "not with you" in words(answer.card)
    assert any(record.exc_info for record in caplog.records)


def test_two_hundred_commands_at_once_are_all_answered(desk: Office) -> None:
    desk.town.does("ann", "/ticket open printer on fire")
    asked = [desk.slack.commands(ANN, DESK, "/ticket", f"note 1 the note {number}") for number in range(200)]
    calls = [call() for call in asked]
    assert all(call.acknowledged for call in calls)
    assert len(desk.town.history(1)) == 201


def test_answers_under_way_are_given_before_the_desk_stops(tmp_path: Path) -> None:
    with office(tmp_path) as desk, held(desk.town.folder):
        call = desk.slack.command(ANN, DESK, "/ticket", "open printer on fire")
        assert "One moment" in call.words
    assert "printer on fire" in call.words


def test_somebody_who_becomes_a_guest_gets_nothing_from_then_on(desk: Office) -> None:
    counter = desk.counter
    assert counter is not None
    assert "printer" in desk.slack.command(ANN, DESK, "/ticket", "open printer on fire").words
    counter.speakers.changed({"id": ANN, "is_restricted": True, "profile": {"display_name": "Ann"}})
    assert "guests" in desk.slack.command(ANN, DESK, "/ticket", "claim 1").words
    assert desk.town.ticket(1).owner is None


def test_times_are_read_in_the_zone_that_slack_names(desk: Office) -> None:
    bob = TEAM["bob"]
    desk.slack.person(bob, "Bob", zone="America/Vancouver")
    assert desk.counter is not None
    desk.counter.speakers.changed(desk.slack.state.people[bob])
    desk.town.does("bob", "/ticket open printer on fire")
    call = desk.slack.command(bob, DESK, "/ticket", 'snooze 1 --until "2026-10-05 10:30"')
    assert "quiet until" in call.words
    until = desk.town.ticket(1).snoozed_until
    assert until is not None
    assert (until.hour, until.minute) == (17, 30)


def test_what_nobody_hears_is_acknowledged(desk: Office) -> None:
    assert desk.slack.global_shortcut(ANN, "no_such_shortcut").acknowledged


def test_what_comes_without_a_trigger_is_no_repeat_of_anything() -> None:
    assert (request_of("12.34.ab"), request_of("")) == ("slack:12.34.ab", "")
