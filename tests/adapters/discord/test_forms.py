"""Forms, buttons and menus: pressed, filled in, refused and filled in again, whatever has been restarted meanwhile."""

from __future__ import annotations

from pathlib import Path

import pytest

from adapters.discord.drawing.cards import message
from bot.cards import Card, Choice
from bot.names import Names
from tests.adapters.discord.office import MAX, Office, office
from tests.doubles.discord.fixtures import DESK, TALK
from tests.holding import held

SUBJECT = "Subject"


def posted(desk: Office, *choices: Choice) -> None:
    """A card of the desk's in its channel, as if it had stood there for long."""
    body = message(Card(title=("#1 printer",), choices=choices), Names()).body()
    assert desk.rest is not None
    desk.does(desk.rest.call("POST", "/channels/{channel_id}/messages", channel_id=DESK, body=body))


def test_a_command_without_what_it_needs_asks_for_it_in_a_modal(desk: Office) -> None:
    form = desk.discord.slash("Ann", DESK, "ticket open").modal
    assert form.labels[:2] == ("Subject", "Customer")
    call = desk.discord.submits("Ann", form, {"Subject": "printer on fire", "Customer": "acme"})
    assert "printer on fire" in call.text
    assert call.answers[0].ephemeral
    assert desk.town.ticket(1).customer == "acme"
    assert desk.changes == 1


def test_what_was_given_with_the_command_is_not_asked_again(desk: Office) -> None:
    form = desk.discord.slash("Ann", DESK, "ticket open", {"customer": "acme", "text": "it burns"}).modal
    desk.discord.submits("Ann", form, {"Subject": "printer on fire"})
    assert (desk.town.ticket(1).customer, desk.town.ticket(1).text) == ("acme", "it burns")


def test_a_form_offers_all_that_may_be_chosen(desk: Office) -> None:
    desk.ticket()
    form = desk.discord.slash("Ann", DESK, "ticket close", {"ticket": "1"}).modal
    assert form.title == "Close #1"
    desk.discord.submits("Ann", form, {"Resolution": form.field("Resolution").options[0]["value"]})
    assert desk.town.ticket(1).state.value == "closed"


def test_a_button_is_a_command_however_old_its_message(desk: Office) -> None:
    desk.ticket()
    posted(desk, Choice("Claim", "ticket claim", {"ticket": 1}))
    call = desk.discord.press("Bob", desk.discord.messages(DESK)[-1], "Claim")
    assert "You have #1" in call.text
    assert call.answers[0].ephemeral
    assert "Bob" in desk.discord.press("Ann", desk.discord.messages(DESK)[-1], "Claim").text
    assert desk.town.ticket(1).owner == "bob"


def test_a_choice_of_a_menu_is_a_command(desk: Office) -> None:
    desk.ticket()
    rest = [Choice(word, f"ticket {word.lower()}", {"ticket": 1}, rest=True) for word in ("Claim", "Why")]
    posted(desk, *rest)
    assert "You have #1" in desk.discord.chooses("Ann", desk.discord.messages(DESK)[-1], "More…", ["Claim"]).text


def test_a_button_that_needs_words_opens_a_form_that_says_who_will_read_them(desk: Office) -> None:
    desk.ticket(customer="acme")
    posted(desk, Choice("Reply", "ticket reply", {"ticket": 1}, ("text",)))
    form = desk.discord.press("Ann", desk.discord.messages(DESK)[-1], "Reply").modal
    assert "it@acme.example" in str(form.payload)
    desk.discord.submits("Ann", form, {"Reply": "Put it out."})
    assert desk.town.history(1)[-1].data["text"] == "Put it out."


def test_a_form_that_is_refused_keeps_what_was_typed(desk: Office) -> None:
    form = desk.discord.slash("Ann", DESK, "ticket open").modal
    call = desk.discord.submits("Ann", form, {"Subject": "printer on fire", "Customer": "nobody knows"})
    assert "nobody knows" in call.text
    again = desk.discord.press("Ann", call, "Fill in again").modal
    assert again.field("Subject").value == "printer on fire"
    assert "printer on fire" in desk.discord.submits("Ann", again, {"Customer": "acme"}).text
    assert desk.town.ticket(1).customer == "acme"


@pytest.mark.parametrize("late", [False, True])
def test_a_form_that_went_through_cannot_be_filled_in_again(desk: Office, late: bool) -> None:
    form = desk.discord.slash("Ann", DESK, "ticket open").modal
    call = desk.discord.submits("Ann", form, {"Subject": "printer on fire", "Customer": "nobody knows"})
    again = desk.discord.press("Ann", call, "Fill in again").modal
    if late:
        with held(desk.town.folder):
            desk.discord.submits("Ann", again, {"Customer": "acme"})
    else:
        desk.discord.submits("Ann", again, {"Customer": "acme"})
    desk.discord.until(lambda: desk.changes == 1)
    # What was refused quotes the subject too: only once it is gone is there a single message to be found.
    desk.discord.until(lambda: not any("nobody knows" in one.text for one in desk.discord.ephemerals("Ann")))
    told = desk.told("Ann", "printer on fire")
    assert "Fill in again" not in str(told)


def test_very_long_words_are_not_lost_when_their_form_is_refused(desk: Office) -> None:
    desk.ticket()
    text = "é*_" * 1300
    form = desk.discord.slash("Ann", DESK, "ticket note", {"ticket": "1"}).modal
    desk.town.does("zoe", "/staff roles ann viewer")
    call = desk.discord.submits("Ann", form, {"Note": text})
    assert "staff" in call.text
    assert text in call.text or call.answers[0].files


def test_who_may_not_run_a_command_is_not_asked_to_fill_in_its_form(desk: Office) -> None:
    call = desk.discord.slash("Vic", TALK, "ticket open")
    assert call.kind == "message"
    assert "staff" in call.text


def test_when_it_is_too_late_for_a_form_a_button_opens_it(desk: Office) -> None:
    with held(desk.town.folder):
        call = desk.discord.slash("Ann", DESK, "ticket open")
        assert call.deferred
    desk.discord.until(lambda: call.text)
    form = desk.discord.press("Ann", call, "Fill in…").modal
    assert "printer on fire" in desk.discord.submits("Ann", form, {"Subject": "printer on fire"}).text


def test_a_button_of_a_command_that_is_no_more_says_so(desk: Office) -> None:
    posted(desk, Choice("Dance", "ticket dance", {"ticket": 1}))
    assert "does nothing any more" in desk.discord.press("Ann", desk.discord.messages(DESK)[-1], "Dance").text


@pytest.mark.parametrize("who", ["Vic", MAX])
def test_a_button_asks_who_presses_it(desk: Office, who: str | int) -> None:
    desk.ticket()
    desk.discord.member(MAX, "Max", roles=("support",))
    desk.discord.member(desk.discord.id_of("Vic"), "Vic", roles=("support",))
    posted(desk, Choice("Claim", "ticket claim", {"ticket": 1}))
    desk.discord.press(who, desk.discord.messages(DESK)[-1], "Claim")
    assert desk.town.ticket(1).owner is None


def test_forms_and_buttons_outlive_a_restart(tmp_path: Path) -> None:
    with office(tmp_path) as desk:
        desk.ticket()
        posted(desk, Choice("Claim", "ticket claim", {"ticket": 1}))
        form = desk.discord.slash("Ann", DESK, "ticket open").modal
        desk.restart()
        assert "no mail" in desk.discord.submits("Ann", form, {"Subject": "no mail"}).text
        assert "You have #1" in desk.discord.press("Ann", desk.discord.messages(DESK)[-1], "Claim").text
