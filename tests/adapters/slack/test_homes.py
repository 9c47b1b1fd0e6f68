"""App Home: drawn when somebody looks, and again when something has changed meanwhile."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest

from adapters.slack.hearing.homes import CLOCKS, Homes
from tests.adapters.slack.workplace import ANN, BOB, DESK, GUEST, STRANGER, Workplace, workplace
from tests.doubles.slack import View


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Workplace]:
    with workplace(tmp_path) as opened:
        yield opened


def shows(desk: Workplace, user: str, words: str) -> View:
    view: View = desk.slack.until(lambda: (view := desk.slack.home_of(user)) and words in view.words and view)
    return view


def test_a_page_is_drawn_when_it_is_opened_and_its_buttons_work(desk: Workplace) -> None:
    desk.ticket()
    desk.slack.opens_home(ANN)
    desk.slack.press(ANN, shows(desk, ANN, "printer on fire"), "Claim")
    desk.until_done(1, "claimed")
    desk.slack.until(lambda: "My tickets" in (desk.slack.home_of(ANN) or View()).words)


def test_a_form_that_is_opened_from_the_answer_of_another_is_a_deed_of_its_own(desk: Workplace) -> None:
    def modal(kind: str) -> View:
        found: View = desk.slack.until(lambda: (v := desk.slack.view_of(ANN)) and v["callback_id"] == kind and v)
        return found

    desk.slack.opens_home(ANN)
    desk.slack.press(ANN, shows(desk, ANN, "Nothing is yours"), "New ticket")
    desk.slack.submit(ANN, modal("form"), {"subject": "printer on fire", "customer": "acme"})
    first = modal("answer")
    desk.slack.press(ANN, first, "Reply")
    second = modal("form")
    assert second.id == first.id
    desk.slack.submit(ANN, second, {"text": "We are on our way."})
    assert desk.until_done(1, "replied").data["text"] == "We are on our way."


def test_it_is_drawn_again_when_something_changes(desk: Workplace) -> None:
    desk.slack.opens_home(ANN)
    shows(desk, ANN, "Nothing is yours")
    desk.slack.mentions(BOB, DESK, "open screen is black")
    shows(desk, ANN, "screen is black")


def test_a_page_that_is_as_it_was_is_not_sent_again(desk: Workplace) -> None:
    for _ in range(2):
        desk.slack.opens_home(ANN)
        shows(desk, ANN, "Nothing is yours")
    desk.slack.until(lambda: len(desk.slack.calls("views.publish")) == 2)
    assert desk.ways is not None
    assert desk.counter is not None
    desk.does(desk.counter.tasks.stop())  # Until Slack's answer is there, too.
    desk.does(desk.ways.homes.refresh())
    assert len(desk.slack.calls("views.publish")) == 2


def test_strangers_see_no_customers_and_guests_nothing(desk: Workplace) -> None:
    desk.ticket(customer="acme")
    desk.slack.opens_home(STRANGER)
    assert "printer" not in shows(desk, STRANGER, "support desk").words
    desk.slack.opens_home(GUEST)
    desk.slack.opens_home(ANN, tab="messages")
    desk.slack.until_heard()
    assert desk.slack.home_of(GUEST) is None
    assert desk.slack.home_of(ANN) is None


def test_a_page_that_slack_does_not_take_just_now_is_drawn_at_the_next_occasion(desk: Workplace) -> None:
    desk.slack.fails("views.publish", status=500)
    desk.slack.opens_home(ANN)
    desk.slack.until(lambda: desk.slack.calls("views.publish"))
    assert desk.ways is not None
    desk.does(desk.ways.homes.refresh())
    shows(desk, ANN, "Nothing is yours")


def test_it_is_drawn_again_when_another_replica_has_written_something(desk: Workplace) -> None:
    desk.slack.opens_home(ANN)
    shows(desk, ANN, "Nothing is yours")
    desk.town.does("bob", "/ticket open screen is black")  # Nobody in Slack, and nobody tells this process.
    shows(desk, ANN, "screen is black")


def test_its_clocks_go_on_while_somebody_may_look(desk: Workplace) -> None:
    assert desk.counter is not None
    watch = [0.0]
    homes = Homes(desk.counter, lambda: watch[0], look=0.01)
    desk.ticket(customer="acme")

    async def begin() -> asyncio.Task[None]:
        await homes.opened(ANN)
        return asyncio.create_task(homes.run())

    async def end() -> None:
        running.cancel()

    running = desk.does(begin())
    first = shows(desk, ANN, "printer on fire").words
    desk.town.clock.forward(hours=1)
    watch[0] = CLOCKS
    desk.slack.until(lambda: (view := desk.slack.home_of(ANN)) and view.words != first)
    desk.does(end())
