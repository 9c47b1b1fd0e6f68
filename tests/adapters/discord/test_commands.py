"""Slash commands: what somebody does, and what they alone are shown within three seconds."""

from __future__ import annotations

import logging
from pathlib import Path

import pytest

from tests.adapters.discord.office import MAX, Office, office
from tests.doubles.discord.fixtures import ANN, BOB, DESK, TALK
from tests.holding import held


def test_a_command_is_answered_to_the_caller_alone(desk: Office) -> None:
    call = desk.discord.slash("Ann", DESK, "ticket open", {"subject": "printer on fire", "customer": "acme"})
    assert call.kind == "message"
    assert "printer on fire" in call.text
    assert call.answers[0].ephemeral
    assert call.answers[0].notified == frozenset()
    assert desk.town.ticket(1).customer == "acme"
    assert desk.changes == 1


def test_a_command_that_only_looks_is_no_change(desk: Office) -> None:
    desk.ticket()
    assert "printer on fire" in desk.discord.slash("Bob", DESK, "ticket show", {"ticket": "#1"}).text
    assert desk.changes == 0


def test_flags_numbers_and_choices_arrive_as_the_desk_reads_them(desk: Office) -> None:
    desk.ticket()
    desk.discord.slash("Bob", DESK, "ticket claim", {"ticket": "1"})
    assert (
        "You took it over from Bob"
        in desk.discord.slash("Ann", DESK, "ticket claim", {"ticket": "1", "take": True}).text
    )
    desk.discord.slash("Ann", DESK, "ticket priority", {"ticket": "1", "priority": "urgent"})
    assert desk.town.ticket(1).priority.value == "urgent"
    assert "printer" not in desk.discord.slash("Ann", DESK, "ticket list", {"page": 2}).text


def test_verbs_for_which_there_is_no_room_stand_behind_more(desk: Office) -> None:
    desk.ticket()
    assert "printer" in desk.discord.slash("Ann", DESK, "ticket more export", {"ticket": "1"}).text


def test_a_ticket_is_found_by_words_of_its_subject(desk: Office) -> None:
    desk.ticket()
    desk.ticket("no mail")
    desk.discord.slash("Ann", DESK, "ticket claim", {"ticket": "mail"})
    assert desk.town.ticket(2).owner == "ann"
    desk.ticket("no mail either")
    assert "is not a ticket number" in desk.discord.slash("Ann", DESK, "ticket claim", {"ticket": "no"}).text


def test_a_colleague_is_named_by_a_mention(desk: Office) -> None:
    desk.ticket()
    desk.discord.slash("Ann", DESK, "ticket assign", {"ticket": "1", "owner": f"<@{BOB}>"})
    assert desk.town.ticket(1).owner == "bob"


def test_in_the_thread_of_a_card_the_ticket_is_understood(desk: Office) -> None:
    number = desk.ticket()
    card = desk.discord.says("Ann", DESK, "where the card is")
    desk.anchor(number, f"{DESK}:{card.id}")
    thread = desk.discord.starts_thread("Ann", DESK, "#1 printer on fire", card)
    assert "You have #1" in desk.discord.slash("Ann", thread, "ticket claim").text
    desk.discord.archives(thread)
    assert "printer on fire" in desk.discord.slash("Bob", thread, "ticket show").text


def test_history_says_where_it_was_and_names_no_private_channel(desk: Office) -> None:
    desk.discord.text_channel(299, "secret", private=True, roles=("support",))
    desk.discord.slash("Ann", TALK, "ticket open", {"subject": "one"})
    desk.discord.slash("Ann", 299, "ticket open", {"subject": "two"})
    assert desk.town.history(1)[0].data["place"] == "#talk"
    assert desk.town.history(2)[0].data["place"] == "a private channel"


def test_a_long_command_that_is_refused_is_given_back(desk: Office) -> None:
    told = desk.discord.slash("Ann", TALK, "ticket reply", {"ticket": "7", "text": "we looked and it is out"}).text
    assert 'You typed: /ticket reply ticket:7 text:"we looked and it is out"' in told
    assert "You typed" not in desk.discord.slash("Ann", TALK, "ticket reply", {"ticket": "7", "text": "done"}).text


def test_who_opens_a_ticket_beside_the_cards_is_told_in_one_line(desk: Office) -> None:
    call = desk.discord.slash("Ann", DESK, "ticket open", {"subject": "door", "customer": "acme"})
    assert "#1 door is open: its card is in this channel." in call.text
    assert "Nobody has claimed it" not in call.text


def test_somebody_the_desk_does_not_know_is_told_so(desk: Office) -> None:
    call = desk.discord.slash(MAX, DESK, "ticket open", {"subject": "help"})
    assert "Max is not known to this desk" in call.text
    assert not desk.town.tickets()


def test_who_is_too_low_is_told_which_role_it_takes(desk: Office) -> None:
    assert "staff" in desk.discord.slash("Vic", TALK, "ticket open", {"subject": "help"}).text


def test_the_bot_is_commanded_in_direct_messages_too(tmp_path: Path) -> None:
    with office(tmp_path, commands="global") as desk:
        alone = desk.discord.direct_channel("Ann")
        assert "door" in desk.discord.slash("Ann", alone, "ticket open", {"subject": "door"}).text
        assert desk.town.ticket(1).subject == "door"


def test_under_a_slow_database_a_word_comes_in_time_and_the_answer_when_it_is_there(desk: Office) -> None:
    with held(desk.town.folder):
        call = desk.discord.slash("Ann", DESK, "ticket open", {"subject": "printer on fire"})
        assert call.deferred
    assert "printer on fire" in desk.discord.until(lambda: call.text)
    assert call.answers[0].ephemeral


def test_an_answer_whose_token_has_died_comes_as_a_direct_message(desk: Office) -> None:
    with held(desk.town.folder):
        call = desk.discord.slash("Ann", DESK, "ticket open", {"subject": "printer on fire"})
        assert call.deferred
        desk.discord.passes(901)
    (told,) = desk.discord.until(lambda: desk.discord.direct("Ann"))
    assert "printer on fire" in told.text
    assert not [one for one in desk.discord.messages(DESK) if "printer" in one.text]


def test_where_direct_messages_are_closed_the_channel_says_that_there_was_an_answer(desk: Office) -> None:
    desk.discord.closes_direct("Ann")
    with held(desk.town.folder):
        desk.discord.slash("Ann", DESK, "ticket open", {"subject": "printer on fire"})
        desk.discord.passes(901)
    (told,) = desk.discord.until(lambda: desk.discord.messages(DESK))
    assert told.notified == {ANN}
    assert "printer" not in told.text


def test_discord_out_of_order_for_a_moment_delays_an_answer(desk: Office) -> None:
    desk.discord.fails("POST /interactions/*", status=503)
    assert "printer" in desk.discord.slash("Ann", DESK, "ticket open", {"subject": "printer on fire"}).text


def test_an_answer_that_discord_took_without_saying_so_is_one_answer(desk: Office) -> None:
    desk.discord.fails("POST /interactions/*", lost_after=True)
    call = desk.discord.slash("Ann", DESK, "ticket open", {"subject": "printer on fire"})
    assert "printer" in call.text
    assert len(desk.discord.ephemerals("Ann")) == 1
    assert not desk.discord.direct("Ann")


def test_an_answer_that_discord_does_not_take_is_a_sentence(desk: Office, caplog: pytest.LogCaptureFixture) -> None:
    desk.discord.fails("POST /interactions/*", status=400)
    with caplog.at_level(logging.WARNING):
        call = desk.discord.slash("Ann", DESK, "ticket open", {"subject": "printer on fire"})
    assert "could not be shown" in call.text
    assert any("400" in record.getMessage() for record in caplog.records)


def test_people_can_link_their_accounts_here(desk: Office) -> None:
    code = desk.town.says("zoe", "/desk link").card.data["code"]
    desk.town.does("zoe", "/staff link zoe discord none")
    assert (
        "You are **Zoe** (zoe, admin) here too now" in desk.discord.slash("Zoe", DESK, "desk link", {"code": code}).text
    )
    assert desk.discord.slash("Zoe", DESK, "staff list").text
