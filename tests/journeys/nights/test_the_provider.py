"""The provider is down, or does not say whether it took a call: somebody is called all the same, and once."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from tests.adapters.phone.night import KIM, Night
from tests.doubles.phone import Network
from tests.doubles.phone.engineers import PUBLIC
from tests.journeys.nights.plan import DOWN, WORST

Begins = Callable[..., Night]
OTHER = "+14165550101"


def _account(phones: Network) -> dict[str, Any]:
    own = {"account": phones.account, "token": phones.token, "number": phones.number, "api_url": phones.api_url}
    return {"provider": phones.state.dialect, **own}


@pytest.fixture
def second() -> Iterator[Network]:
    """Another provider's network, which outlives the desk."""
    with Network(account="AC" + "c" * 32, token="0th3r" + "d" * 27, number=OTHER, scale=0.005) as network:
        yield network
        assert network.faults == []


def test_the_second_account_takes_over_where_the_first_is_down(second: Network, alone: Begins) -> None:
    desk = alone("Sat 10 Oct 02:14", plan=WORST, second=_account(second))
    second.state.now = desk.clock.now
    second.points_to(PUBLIC, desk.phones.state.hosts[PUBLIC])
    away = desk.phones.person(KIM, "Kim")
    kim = second.person(KIM, "Kim", presses=[("press 1", "1")])
    desk.phones.down()
    desk.says("bob", DOWN)
    second.until(lambda: kim.calls, 30)
    second.until(lambda: kim.call.over, 30)
    desk.phones.up()
    desk.settles()

    assert desk.page().acknowledged_by == "kim"
    (call,) = desk.attempts(kind="call")[:1]
    assert call.provider == "second"
    assert call.ref.startswith("second:CA")
    assert not away.calls
    assert (len(kim.calls), kim.call.sender) == (1, OTHER)
    assert desk.phones.forgive() == []


def test_an_answer_that_was_lost_is_looked_up_and_nobody_is_called_twice(alone: Begins) -> None:
    desk = alone("Sat 10 Oct 02:14", plan=WORST)
    kim = desk.phones.person(KIM, "Kim", after=None, by_hand=True)
    desk.phones.fails("Calls", "timeout_after")
    desk.phones.callbacks(lost=True)
    desk.says("bob", DOWN)
    desk.settles()
    desk.passes(seconds=20)
    assert desk.phones.asked("calls_list"), "The desk asks what became of it."
    assert len(kim.calls) == 1
    kim.call.picks_up()
    kim.call.waits_to_hear("Press 1 to take it")
    kim.call.presses("1")
    kim.call.waits_to_hear("Ticket one is yours.")
    desk.settles()
    assert desk.page().acknowledged_by == "kim"
    assert desk.attempts(kind="call")[0].ref.endswith(kim.call.sid)


def test_the_provider_is_away_for_a_while_and_the_page_goes_on(alone: Begins) -> None:
    desk = alone("Sat 10 Oct 02:14", plan=WORST)
    kim = desk.phones.person(KIM, "Kim", presses=[("press 1", "1")])
    desk.phones.fails("*", 503, times=1000)
    desk.says("bob", DOWN)
    desk.passes(seconds=20)
    assert not kim.calls
    assert "Page 1" in "\n".join(desk.told("@kim")), "The message was there from the beginning."
    desk.phones.recovers()
    desk.passes(minutes=2)
    assert desk.page().acknowledged_by == "kim"
    assert desk.ticket().owner == "kim"
