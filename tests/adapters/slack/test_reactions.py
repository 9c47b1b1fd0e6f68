"""Emoji: the desk's people open, claim, close and hurry tickets by a reaction; nobody else's means anything."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.domain.ticket import State
from bot.settings import SlackEmoji
from tests.adapters.slack.workplace import ANN, BOB, DESK, GUEST, HALL, STRANGER, TALK, VIC, Workplace, workplace
from tests.holding import held


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Workplace]:
    with workplace(tmp_path) as opened:
        yield opened


def test_a_ticket_sign_opens_a_ticket_from_a_message_of_a_public_channel(desk: Workplace) -> None:
    ts = desk.slack.says(
        STRANGER, HALL, "our printer burns & smells\nsince <@U0ANN> left", files=(("photo.png", b"x" * 5_000),)
    )
    desk.slack.reacts(ANN, "ticket", HALL, ts)
    event = desk.until_done(1, "opened")
    ticket = desk.town.ticket(1)
    assert ticket.subject == "our printer burns & smells"
    assert ticket.text.startswith("our printer burns & smells\nsince @ann left\n\nmax in #general: https://")
    assert (ticket.opened_by, ticket.source) == ("ann", "#general")
    assert [file["name"] for file in event.data["files"]] == ["photo.png"]
    assert "our printer burns" in desk.told(ANN, "#1").words
    desk.slack.says(BOB, HALL, "on my way", ts)
    assert desk.until_done(1, "noted").data["text"] == "on my way"


def test_one_message_makes_one_ticket(desk: Workplace) -> None:
    ts = desk.slack.says(STRANGER, HALL, "our printer burns")
    desk.slack.reacts(ANN, "ticket", HALL, ts)
    desk.until_done(1, "opened")
    desk.slack.reacts(BOB, "ticket", HALL, ts)
    for event in list(desk.slack.events):
        desk.slack.repeats(event)
    desk.slack.until_heard()
    assert len(desk.town.tickets()) == 1


def test_two_who_point_at_a_message_in_the_same_moment_make_one_ticket(desk: Workplace) -> None:
    ts = desk.slack.says(STRANGER, HALL, "our printer burns")
    with held(desk.town.folder):
        desk.slack.reacts(ANN, "ticket", HALL, ts)
        desk.slack.reacts(BOB, "ticket", HALL, ts)
        desk.slack.until(lambda: len(desk.slack.calls("chat.getPermalink")) == 2)
    desk.told(ANN, "#1")
    desk.told(BOB, "#1")
    assert len(desk.town.tickets()) == 1


def test_a_reply_in_a_thread_can_become_a_ticket(desk: Workplace) -> None:
    root = desk.slack.says(STRANGER, HALL, "good morning")
    reply = desk.slack.says(STRANGER, HALL, "and our printer burns", root)
    desk.slack.reacts(ANN, "ticket", HALL, reply)
    desk.until_done(1, "opened")
    assert desk.town.ticket(1).subject == "and our printer burns"
    assert desk.told(ANN, "#1").thread == root


def test_claim_close_and_urgent_on_whatever_stands_for_the_ticket(desk: Workplace) -> None:
    card = desk.ticket()
    desk.slack.reacts(BOB, "eyes", DESK, card)
    assert desk.until_done(1, "claimed").by == "bob"
    desk.slack.reacts(BOB, "rotating_light", DESK, card)
    desk.until_done(1, "priority")
    assert desk.town.ticket(1).priority == "urgent"
    desk.slack.reacts(ANN, "white_check_mark", DESK, card)
    desk.until_done(1, "closed")
    assert (desk.town.ticket(1).state, desk.town.ticket(1).resolution) == (State.CLOSED, "solved")
    desk.slack.until_heard()
    assert desk.slack.ephemerals(BOB) == []


def test_a_refusal_is_told_to_the_one_who_reacted(desk: Workplace) -> None:
    card = desk.ticket()
    desk.town.does("bob", "/ticket claim 1")
    desk.slack.reacts(ANN, "eyes", DESK, card)
    assert "Take it over" in desk.told(ANN, "Bob took #1").buttons


def test_nobody_elses_reaction_means_anything_nor_any_other_emoji(desk: Workplace) -> None:
    card = desk.ticket()
    ts = desk.slack.says(STRANGER, HALL, "hello")
    for user in (STRANGER, GUEST, VIC):
        for name in ("ticket", "eyes", "white_check_mark"):
            desk.slack.reacts(user, name, HALL, ts)
            desk.slack.reacts(user, name, DESK, card)
    desk.slack.reacts(ANN, "eyes", HALL, ts)
    desk.slack.reacts(ANN, "tada", DESK, card)
    desk.slack.reacts(ANN, "ticket", DESK, card)
    desk.slack.until_heard()
    assert len(desk.town.tickets()) == 1
    assert desk.deeds(1) == ["opened"]
    assert [desk.slack.ephemerals(user) for user in (ANN, STRANGER, VIC)] == [[], [], []]


def test_what_is_said_in_private_is_copied_by_no_emoji_but_by_whoever_has_seen_it(desk: Workplace) -> None:
    ts = desk.slack.says(STRANGER, TALK, "we will not renew with ACME")
    desk.slack.reacts(ANN, "ticket", TALK, ts)
    offer = desk.told(ANN, "said in private")
    assert not desk.town.tickets()
    desk.slack.press(ANN, offer, "Open a ticket from it")
    view = desk.slack.until(lambda: (view := desk.slack.view_of(ANN)) and view.inputs and view)
    desk.slack.submit(ANN, view, {"subject": "Renewal"})
    desk.until_done(1, "opened")
    assert desk.town.ticket(1).subject == "Renewal"
    desk.slack.says(BOB, TALK, "between us", ts)
    desk.slack.until_heard()
    assert desk.deeds(1) == ["opened"]


def test_in_the_desks_own_private_channel_nothing_becomes_wider(desk: Workplace) -> None:
    ts = desk.slack.says(BOB, DESK, "somebody rang: printer on fire")
    desk.slack.reacts(BOB, "ticket", DESK, ts)
    desk.until_done(1, "opened")
    assert desk.town.ticket(1).subject == "somebody rang: printer on fire"


def test_a_message_that_cannot_be_read_is_said_to_be(desk: Workplace) -> None:
    ts = desk.slack.says(STRANGER, HALL, "hello")
    desk.slack.fails("conversations.replies", error="missing_scope")
    desk.slack.reacts(ANN, "ticket", HALL, ts)
    desk.told(ANN, "cannot be read")
    assert not desk.town.tickets()


def test_other_emoji_can_be_set_and_all_of_it_turned_off(tmp_path: Path) -> None:
    with workplace(tmp_path / "other", emoji=SlackEmoji(claim="raised_hand")) as desk:
        card = desk.ticket()
        desk.slack.reacts(ANN, "eyes", DESK, card)
        desk.slack.reacts(BOB, "raised_hand::skin-tone-4", DESK, card)
        assert desk.until_done(1, "claimed").by == "bob"
    with workplace(tmp_path / "off", emoji=SlackEmoji(on=False)) as desk:
        card = desk.ticket()
        desk.slack.reacts(ANN, "eyes", DESK, card)
        desk.slack.until_heard()
        assert desk.deeds(1) == ["opened"]
