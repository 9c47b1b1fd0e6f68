"""Mentions: in a thread, where Slack runs no slash command, the desk's grammar is spoken to the bot."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.adapters.slack.workplace import ANN, BOB, DESK, GUEST, HALL, STRANGER, TALK, VIC, Workplace, workplace
from tests.doubles.slack import Workspace
from tests.holding import held


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Workplace]:
    with workplace(tmp_path) as opened:
        yield opened


@pytest.mark.parametrize("words", ["claim", "Claim", "ticket claim", "/ticket claim 1", ": claim #1"])
def test_in_a_thread_the_ticket_is_understood_and_so_is_the_group(desk: Workplace, words: str) -> None:
    thread = desk.ticket()
    desk.slack.mentions(BOB, DESK, words, thread)
    desk.until_done(1, "claimed")
    assert desk.town.ticket(1).owner == "bob"
    answer = desk.told(BOB, "You have #1")
    assert answer.thread == thread
    assert desk.history(1)[-1].data["message"].startswith(f"{DESK}:")


def test_a_reply_keeps_what_was_typed(desk: Workplace) -> None:
    thread = desk.ticket(customer="acme")
    said = "reply Is it < 5 V & > 3 V? See https://acme.example/a?b=1&c=2, and “ask” <@U0BOB>\nThank you"
    desk.slack.mentions(ANN, DESK, said, thread)
    event = desk.until_done(1, "replied")
    assert event.data["text"] == ("Is it < 5 V & > 3 V? See https://acme.example/a?b=1&c=2, and “ask” @bob\nThank you")


def test_a_mention_of_a_person_is_their_name_at_the_desk(desk: Workplace) -> None:
    thread = desk.ticket()
    desk.slack.mentions(ANN, DESK, f"assign <@{BOB}>", thread)
    desk.until_done(1, "assigned")
    assert desk.town.ticket(1).owner == "bob"


def test_long_dashes_before_an_option_were_two_short_ones(desk: Workplace) -> None:
    thread = desk.ticket()
    desk.town.does("bob", "/ticket claim 1")
    desk.slack.mentions(ANN, DESK, "claim —take", thread)
    desk.slack.until(lambda: desk.town.ticket(1).owner == "ann")


def test_elsewhere_a_mention_opens_a_ticket_whose_thread_it_then_is(desk: Workplace) -> None:
    ts = desk.slack.mentions(ANN, HALL, "open printer on fire --customer acme")
    desk.until_done(1, "opened")
    assert desk.town.ticket(1).source == "#general"
    assert desk.told(ANN, "printer on fire").channel == HALL
    desk.slack.says(BOB, HALL, "the fuser again", ts)
    assert desk.until_done(1, "noted").data["text"] == "the fuser again"


def test_a_ticket_opened_by_words_in_private_has_no_thread_there(desk: Workplace) -> None:
    ts = desk.slack.mentions(ANN, TALK, "open printer on fire")
    desk.until_done(1, "opened")
    desk.slack.says(BOB, TALK, "between us: they do not pay", ts)
    desk.slack.until_heard()
    assert desk.town.ticket(1).source == "a private channel"
    assert desk.deeds(1) == ["opened"]


def test_words_that_mean_nothing_are_met_with_what_they_may_mean_and_a_form(desk: Workplace) -> None:
    desk.slack.mentions(ANN, HALL, "claimm the printer")
    answer = desk.told(ANN, "does not understand “claimm the printer”")
    assert "Did you mean: claim" in answer.words
    desk.slack.press(ANN, answer, "Open a ticket with these words")
    view = desk.slack.until(lambda: (view := desk.slack.view_of(ANN)) and view.inputs and view)
    desk.slack.submit(ANN, view, {})
    desk.until_done(1, "opened")
    assert desk.town.ticket(1).subject == "claimm the printer"


def test_in_a_thread_such_words_can_be_kept_as_a_note(desk: Workplace) -> None:
    thread = desk.ticket()
    desk.slack.mentions(ANN, DESK, "have a look at the fuser", thread)
    said = desk.told(ANN, "does not understand")
    for _ in range(2):
        desk.slack.press(ANN, said, "Keep them as a note")
        assert desk.until_done(1, "noted").data["text"] == "have a look at the fuser"
    desk.slack.until(lambda: sum("note" in one.words.lower() for one in desk.slack.ephemerals(ANN)) >= 3)
    assert desk.deeds(1).count("noted") == 1, "A double click keeps them once."


def test_words_that_lack_something_are_answered_with_a_button_that_asks_for_it(desk: Workplace) -> None:
    thread = desk.ticket()
    desk.slack.mentions(ANN, DESK, "close", thread)
    desk.slack.press(ANN, desk.told(ANN, "needs a resolution"), "Fill in the rest")
    view = desk.slack.until(lambda: (view := desk.slack.view_of(ANN)) and view.inputs and view)
    desk.slack.submit(ANN, view, {"resolution": "solved"})
    desk.until_done(1, "closed")


def test_a_mention_counts_once_however_often_it_comes(desk: Workplace) -> None:
    thread = desk.ticket()
    desk.slack.mentions(ANN, DESK, "note found it", thread)
    desk.until_done(1, "noted")
    for event in list(desk.slack.events):
        desk.slack.repeats(event)
    desk.slack.mentions(BOB, DESK, "claim", thread)
    desk.until_done(1, "claimed")
    assert desk.deeds(1) == ["opened", "noted", "claimed"]


def test_a_refusal_is_for_the_one_who_asked(desk: Workplace) -> None:
    thread = desk.ticket()
    desk.town.does("bob", "/ticket claim 1")
    desk.slack.mentions(ANN, DESK, "claim", thread)
    assert "Bob took #1" in desk.told(ANN, "Bob").words
    assert [one for one in desk.slack.replies(DESK, thread) if one.get("user") not in (ANN, BOB)] == []


def test_strangers_hear_whom_to_ask_and_guests_that_it_is_not_for_them(desk: Workplace) -> None:
    desk.slack.mentions(STRANGER, HALL, "list")
    assert "Ask Zoe" in desk.told(STRANGER, "not known to this desk").words
    desk.slack.mentions(GUEST, HALL, "open let me in")
    desk.told(GUEST, "guests")
    desk.slack.mentions(VIC, HALL, "open let me in")
    desk.told(VIC, "viewer")
    assert not desk.town.tickets()


def test_direct_messages_are_answered_there(desk: Workplace) -> None:
    desk.slack.says(ANN, desk.slack.direct_channel(ANN), "open printer on fire")
    desk.until_done(1, "opened")
    assert desk.town.ticket(1).source == "a direct message"
    assert any("printer on fire" in one.words and one.get("user") != ANN for one in desk.slack.direct(ANN))
    desk.slack.says(ANN, desk.slack.direct_channel(ANN), "my screen is black")
    assert "Open a ticket with these words" in desk.told(ANN, "does not understand").buttons
    desk.slack.says(STRANGER, desk.slack.direct_channel(STRANGER), "hello?")
    desk.told(STRANGER, "Ask Zoe")


def test_a_very_long_message_still_gets_its_button(desk: Workplace) -> None:
    desk.slack.mentions(ANN, HALL, "oh dear " * 500)
    assert "Open a ticket with these words" in desk.told(ANN, "does not understand").buttons


def test_while_the_database_is_slow_a_word_is_said_and_what_slack_repeats_is_done_once(tmp_path: Path) -> None:
    def impatient(slack: Workspace) -> None:
        slack._server.delivery.patience = 0.3

    with workplace(tmp_path, impatient) as desk:
        thread = desk.ticket()
        with held(tmp_path):
            desk.slack.mentions(BOB, DESK, "claim", thread)
            desk.slack.says(ANN, DESK, "the fuser", thread)
            desk.told(BOB, "One moment")
        desk.told(BOB, "You have #1")
        desk.slack.until(lambda: len(desk.deeds(1)) == 3)
        assert _moments(desk) == 1
        desk.slack.mentions(BOB, DESK, "note that is all", thread)
        desk.slack.until(lambda: len(desk.deeds(1)) == 4)
        assert sorted(desk.deeds(1)) == ["claimed", "noted", "noted", "opened"]
        assert _moments(desk) <= 2, "One for each thing that was said, if it was slow."


def _moments(desk: Workplace) -> int:
    return [one.text for one in desk.slack.ephemerals(BOB)].count("One moment…")


@pytest.mark.parametrize("words", ["claim", "claim --nonsense", "look at this", "reply"])
def test_files_beside_words_in_a_thread_are_recorded_whatever_the_words_do(desk: Workplace, words: str) -> None:
    thread = desk.ticket()
    desk.slack.mentions(BOB, DESK, words, thread, files=(("spool.log", b"x"),))
    desk.until_done(1, "attached")
    desk.slack.until_heard()
    for event in list(desk.slack.events):
        desk.slack.repeats(event)
    desk.slack.until_heard()
    assert desk.town.does("ann", "/ticket files 1").count("spool.log ·") == 1


def test_files_beside_words_that_keep_them_are_recorded_once(desk: Workplace) -> None:
    thread = desk.ticket()
    desk.slack.mentions(BOB, DESK, "note the log", thread, files=(("spool.log", b"x"),))
    desk.until_done(1, "noted")
    desk.slack.until_heard()
    assert desk.deeds(1) == ["opened", "noted"]
