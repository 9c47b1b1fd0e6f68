"""Buttons: what is pressed is done or asked for, wherever it was pressed and however old it is."""

from __future__ import annotations

import json
from typing import Any

from adapters.slack.drawing.blocks import message
from adapters.slack.drawing.home import home_view
from bot.cards import Card, Choice, Home, Section, say
from tests.adapters.slack.office import DESK, GUEST, TEAM, Office
from tests.doubles.slack import Message, View
from tests.holding import held

ANN, BOB = TEAM["ann"], TEAM["bob"]


def posted(desk: Office, *choices: Choice, thread: str = "") -> Message:
    """A card in the desk channel, as delivery posts it."""
    assert desk.counter is not None
    drawn = message(Card(title=("a card",), choices=choices), desk.counter.names())
    below = {"thread_ts": thread} if thread else {}
    body: dict[str, Any] = {"channel": DESK, "text": drawn.text, "blocks": drawn.blocks, **below}
    answer = desk.does(desk.counter.client.api_call("chat.postMessage", json=body))
    return desk.slack.message(DESK, str(answer["ts"]))


def ticket(desk: Office, claimed: str = "") -> None:
    desk.town.does("bob", "/ticket open printer on fire --customer acme")
    if claimed:
        desk.town.does(claimed, "/ticket claim 1")


def shown(desk: Office, user: str, words: str) -> None:
    desk.slack.until(lambda: any(words in one.words for one in desk.slack.ephemerals(user)))


def modal(desk: Office, user: str, words: str = "") -> View:
    found: View = desk.slack.until(
        lambda: (v := desk.slack.view_of(user)) and v["callback_id"] != "loading" and words in v.words and v
    )
    return found


CLAIM = Choice("Claim", "ticket claim", {"ticket": 1})


def test_a_pressed_button_does_its_deed_and_answers_who_pressed_it(desk: Office) -> None:
    ticket(desk)
    assert desk.slack.press(ANN, posted(desk, CLAIM), "Claim").acknowledged
    shown(desk, ANN, "You have #1")
    assert desk.town.ticket(1).owner == "ann"
    assert not desk.slack.ephemerals(BOB)


def test_in_a_thread_the_answer_stands_in_the_thread(desk: Office) -> None:
    ticket(desk)
    root = posted(desk)
    desk.slack.press(ANN, posted(desk, CLAIM, thread=root.ts), "Claim")
    shown(desk, ANN, "You have #1")
    assert desk.slack.ephemerals(ANN)[0].thread == root.ts


def test_the_same_press_twice_is_one_deed(desk: Office) -> None:
    ticket(desk)
    call = desk.slack.press(ANN, posted(desk, CLAIM), "Claim")
    desk.slack.again(call)
    desk.slack.until(lambda: len(desk.slack.ephemerals(ANN)) == 2)
    assert len(desk.town.history(1)) == 2
    assert all("You have #1" in one.words for one in desk.slack.ephemerals(ANN))


def test_of_two_who_claim_at_once_the_second_is_told_who_was_first_and_may_take_it_over(desk: Office) -> None:
    ticket(desk)
    card = posted(desk, CLAIM)
    both = [desk.slack.presses(user, card, "Claim") for user in (ANN, BOB)]
    assert all(call().acknowledged for call in both)
    desk.slack.until(lambda: desk.slack.ephemerals(ANN) and desk.slack.ephemerals(BOB))
    first, second = (ANN, BOB) if desk.town.ticket(1).owner == "ann" else (BOB, ANN)
    answer = desk.slack.ephemerals(second)[0]
    assert "Take it over" in answer.buttons
    desk.slack.press(second, answer, "Take it over")
    shown(desk, second, "You took it over")
    assert desk.town.ticket(1).owner == ("bob" if second == BOB else "ann")
    assert len(desk.slack.ephemerals(first)) == 1


def test_a_button_that_asks_opens_a_form_that_knows_what_the_button_knew(desk: Office) -> None:
    ticket(desk, "ann")
    desk.slack.press(ANN, posted(desk, Choice("Reply", "ticket reply", {"ticket": 1})), "Reply")
    view = modal(desk, ANN)
    assert view.inputs == ["Reply"]
    call = desk.slack.submit(ANN, view, {"text": "On our way."})
    assert call.ack == {"response_action": "clear"}
    assert any("On our way." in json.dumps(dict(event.data)) for event in desk.town.history(1))


def test_a_button_of_a_command_that_is_gone_says_so(desk: Office) -> None:
    desk.slack.press(ANN, posted(desk, Choice("Frobnicate", "ticket frobnicate", {"ticket": 1})), "Frobnicate")
    shown(desk, ANN, "does nothing any more")


def test_a_button_that_was_tampered_with_says_so_and_does_nothing(desk: Office) -> None:
    ticket(desk)
    card = posted(desk, CLAIM)
    for block in card["blocks"]:
        for element in block.get("elements", ()):
            element |= {"value": "[nonsense"} if element.get("type") == "button" else {}
    desk.slack.press(ANN, card, "Claim")
    shown(desk, ANN, "does nothing any more")
    assert desk.town.ticket(1).owner is None


def test_a_guest_who_presses_a_button_gets_a_sentence(desk: Office) -> None:
    ticket(desk)
    desk.slack.press(GUEST, posted(desk, CLAIM), "Claim")
    shown(desk, GUEST, "guests")
    assert desk.town.ticket(1).owner is None


def test_under_a_slow_database_a_press_is_acknowledged_and_answered_in_the_end(desk: Office) -> None:
    ticket(desk)
    card = posted(desk, CLAIM)
    with held(desk.town.folder):
        assert desk.slack.press(ANN, card, "Claim").acknowledged
        shown(desk, ANN, "One moment")
    shown(desk, ANN, "You have #1")


def home(desk: Office, user: str, *choices: Choice) -> View:
    """Somebody's Home tab with these buttons."""
    assert desk.counter is not None
    page = Home(say("Your tickets"), (Section("Mine", (Card(title=("#1 printer",), choices=choices),)),))
    body = {"user_id": user, "view": home_view(page, desk.counter.names())}
    desk.does(desk.counter.client.api_call("views.publish", json=body))
    found = desk.slack.home_of(user)
    assert found is not None
    return found


def test_in_the_home_tab_the_answer_is_a_modal(desk: Office) -> None:
    ticket(desk)
    desk.slack.press(ANN, home(desk, ANN, CLAIM), "Claim")
    assert "You have #1" in modal(desk, ANN).words
    assert desk.town.ticket(1).owner == "ann"
    assert desk.changes == 1


def test_a_form_from_the_home_tab_ends_in_the_answer(desk: Office) -> None:
    ticket(desk, "ann")
    desk.slack.press(ANN, home(desk, ANN, Choice("Reply", "ticket reply", {"ticket": 1})), "Reply")
    call = desk.slack.submit(ANN, modal(desk, ANN), {"text": "On our way."})
    assert (call.ack or {})["response_action"] == "update"
    assert "Your reply is kept as a letter" in modal(desk, ANN).words


def test_a_button_in_a_modal_is_answered_in_the_modal(desk: Office) -> None:
    ticket(desk)
    desk.slack.press(ANN, home(desk, ANN, Choice("Show", "ticket show", {"ticket": 1})), "Show")
    view = modal(desk, ANN, "printer on fire")
    desk.slack.press(ANN, view, "Claim")
    assert modal(desk, ANN, "You have #1").id == view.id


def test_a_button_that_asks_in_a_modal_turns_it_into_the_form(desk: Office) -> None:
    ticket(desk, "ann")
    desk.slack.press(ANN, home(desk, ANN, Choice("Show", "ticket show", {"ticket": 1})), "Show")
    view = modal(desk, ANN, "printer on fire")
    desk.slack.press(ANN, view, "Reply")
    form = desk.slack.until(lambda: (v := desk.slack.view_of(ANN)) and v.inputs and v)
    assert form.id == view.id
