"""Answers to one person: said in the first way that Slack lets through, and never twice."""

from __future__ import annotations

from typing import Any

import pytest

from adapters.slack.hearing.answering import Spot
from tests.adapters.slack.office import DESK, TEAM, Office

ANN = TEAM["ann"]
SPOT = Spot(ANN, DESK)


@pytest.mark.parametrize("how", [{"lost_after": True}, {"status": 500}, {"error": "fatal_error"}])
def test_an_answer_that_may_have_been_read_is_not_said_again(desk: Office, how: dict[str, Any]) -> None:
    assert desk.counter is not None
    answer = desk.counter.plain("You have it.")
    desk.slack.fails("chat.postEphemeral", times=9, **how)
    assert desk.does(desk.counter.whisper.tell(SPOT, answer))
    assert len(desk.slack.calls("chat.postEphemeral")) == 1
    assert desk.slack.direct(ANN) == []


def test_what_was_surely_not_said_is_said_in_another_way(desk: Office) -> None:
    assert desk.counter is not None
    desk.slack.fails("chat.postEphemeral", error="user_not_in_channel")
    assert desk.does(desk.counter.whisper.tell(SPOT, desk.counter.plain("You have it.")))
    assert [one.text for one in desk.slack.direct(ANN)] == ["You have it."]
