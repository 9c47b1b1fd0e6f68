"""The double's callbacks, wrong in every way that a provider's or a stranger's can be."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from tests.adapters.phone.scripted import Stage, official, staged
from tests.doubles.phone import UNSIGNED, Network, Press

KIM = "+14165550199"
EVERYTHING = ["initiated", "ringing", "answered", "completed"]
RIGHT = ["initiated", "ringing", "in-progress", "completed"]


@pytest.fixture
def stage() -> Iterator[Stage]:
    with staged(scale=0.005) as stage:
        stage.app["/say"] = '<Response><Gather action="/key"><Say>Hello.</Say></Gather></Response>'
        stage.app["/key"] = "<Response><Say>Thank you.</Say></Response>"
        stage.phones.person(KIM, after=1)
        yield stage


def statuses(stage: Stage) -> list[str]:
    """What the app was told of a call that was answered and left alone."""
    stage.calls(KIM, status_callback=stage.app.url("/status"), status_callback_event=EVERYTHING)
    stage.phones.until(lambda: stage.phones.calls and stage.phones.calls[-1].over)
    stage.phones.quiet()
    return [one["CallStatus"] for one in stage.app.at("/status")]


@pytest.mark.parametrize(
    ("wish", "told"),
    [
        ({}, RIGHT),
        ({"lost": True}, []),
        ({"event": "answered", "lost": True}, ["initiated", "ringing", "completed"]),
        ({"doubled": True}, [one for one in RIGHT for _ in range(2)]),
        ({"reversed": True}, RIGHT[::-1]),
        ({"event": "ringing", "late": 600}, ["initiated", "in-progress", "completed", "ringing"]),
    ],
)
def test_callbacks_are_lost_doubled_reversed_and_late(stage: Stage, wish: dict[str, Any], told: list[str]) -> None:
    if wish:
        stage.phones.callbacks("status", **wish)
    statuses(stage)
    stage.phones.until(lambda: [one["CallStatus"] for one in stage.app.at("/status")] == told)


@pytest.mark.parametrize("wrong", ["forged", "unsigned", "other_account"])
def test_callbacks_of_strangers_are_told_by_the_providers_own_library(stage: Stage, wrong: str) -> None:
    stage.phones.callbacks("status", **{wrong: True})  # type: ignore[arg-type]
    statuses(stage)
    assert [one.status for one in stage.phones.sent if one.kind == "status"] == [403] * 4


def test_a_stranger_may_come_before_the_right_one(stage: Stage) -> None:
    stage.phones.callbacks("status", "completed", extra=UNSIGNED)
    statuses(stage)
    assert [one.status for one in stage.phones.sent if one.kind == "status"] == [204, 204, 204, 403, 204]


def test_a_request_comes_again_byte_by_byte(stage: Stage) -> None:
    statuses(stage)
    (first, *_) = [one for one in stage.phones.sent if one.kind == "status"]
    assert stage.phones.replay(first).status == 204
    assert stage.app.at("/status")[-1] == stage.app.at("/status")[0]


def test_the_answer_to_a_call_may_come_after_its_callbacks(stage: Stage) -> None:
    stage.phones.answers_slowly("Calls", until="over")
    stage.calls(KIM, status_callback=stage.app.url("/status"), status_callback_event=EVERYTHING)
    assert [one["CallStatus"] for one in stage.app.at("/status")] == RIGHT
    stage.phones.quiet()


def test_a_webhook_that_takes_too_long_is_an_application_error() -> None:
    with staged(scale=0.005, patience=1.0) as stage:
        stage.app["/say"] = "<Response/>"
        stage.app.slow["/say"] = 1.5
        kim = stage.phones.person(KIM, after=1)
        stage.calls(KIM)
        stage.phones.until(lambda: kim.calls and kim.call.over)
        assert "application error" in kim.heard[-1]
        assert "no answer in time" in stage.phones.forgive()[0]
        assert len(stage.app.at("/say")) == 1


def test_a_fallback_is_asked_where_the_first_address_fails(stage: Stage) -> None:
    stage.app["/broken"] = 500
    kim = stage.phones.person(KIM, after=1)
    stage.calls(KIM, "/broken", fallback_url=stage.app.url("/key"))
    stage.phones.until(lambda: kim.calls and kim.call.over)
    assert kim.heard == ["Thank you."]
    assert "the fallback is asked" in stage.phones.forgive()[0]


def test_an_address_may_say_how_often_it_is_asked_again(stage: Stage) -> None:
    stage.app["/broken"] = 500
    stage.calls(KIM, "/broken#rc=2&rp=5xx")
    stage.phones.until(lambda: stage.phones.calls[-1].over)
    assert len(stage.app.at("/broken")) == 3
    stage.phones.forgive()


def test_a_desk_that_is_not_there_is_asked_twice() -> None:
    with Network(scale=0.005) as phones:
        phones.person(KIM, after=1)
        client = official(phones)
        client.calls.create(to=KIM, from_=phones.number, url="http://127.0.0.1:9/say")
        phones.until(lambda: phones.calls and phones.calls[-1].over)
        assert [one.status for one in phones.sent] == [0, 0]
        assert "no connection" in phones.forgive()[0]


def test_signatures_are_made_over_the_public_address(stage: Stage) -> None:
    stage.app.public = "https://desk.example"
    stage.phones.points_to("https://desk.example", stage.app.base)
    kim = stage.phones.person(KIM, after=1, presses=[Press("Hello", "1")])
    stage.calls(KIM)
    stage.phones.until(lambda: kim.calls and kim.call.over)
    assert kim.heard == ["Hello.", "Thank you."]
    assert all(one.genuine for one in stage.app.asked)


def test_a_provider_that_is_down_refuses_connections_and_comes_back(stage: Stage) -> None:
    stage.phones.down()
    with pytest.raises(OSError, match="refused"):
        stage.calls(KIM)
    stage.phones.up()
    assert stage.calls(KIM).startswith("CA")
    stage.phones.quiet()
