"""Shortcuts: a ticket from a message, or from anywhere, in a form that is open at once."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.adapters.slack.workplace import ANN, BOB, GUEST, HALL, OUT, STRANGER, TALK, Workplace, workplace
from tests.doubles.slack import View


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Workplace]:
    with workplace(tmp_path) as opened:
        yield opened


def form(desk: Workplace, user: str = ANN) -> View:
    view: View = desk.slack.until(lambda: (view := desk.slack.view_of(user)) and view.inputs and view)
    return view


def until_shown(desk: Workplace, user: str, words: str) -> None:
    desk.slack.until(lambda: words in (desk.slack.view_of(user) or View()).words)


def test_a_message_becomes_a_ticket_with_its_words_its_link_its_author_and_its_files(desk: Workplace) -> None:
    ts = desk.slack.says(
        STRANGER, HALL, "our printer burns\nit smells, too", files=(("photo.png", b"x" * 5_000), ("log.txt", b"log"))
    )
    call = desk.slack.message_shortcut(ANN, HALL, ts, "open_ticket")
    assert call.acknowledged
    view = form(desk)
    assert "said in private" not in view.words
    desk.slack.submit(ANN, view, {"customer": "acme", "subject": "Printer on fire"})
    event = desk.until_done(1, "opened")
    ticket = desk.town.ticket(1)
    assert (ticket.subject, ticket.customer, ticket.opened_by) == ("Printer on fire", "acme", "ann")
    assert "our printer burns\nit smells, too" in ticket.text
    assert f"max in #general: https://town.slack.com/archives/{HALL}/p{ts.replace('.', '')}" in ticket.text
    assert [file["name"] for file in event.data["files"]] == ["photo.png", "log.txt"]
    desk.slack.says(BOB, HALL, "on my way", ts)
    desk.until_done(1, "noted")


def test_the_form_says_when_the_words_are_of_a_private_place(desk: Workplace) -> None:
    ts = desk.slack.says(STRANGER, TALK, "between us")
    desk.slack.message_shortcut(ANN, TALK, ts, "open_ticket")
    view = form(desk)
    assert "said in private" in view.words
    desk.slack.submit(ANN, view, {})
    desk.until_done(1, "opened")
    assert "max in a private channel: https://" in desk.town.ticket(1).text
    desk.slack.says(BOB, TALK, "still between us", ts)
    desk.slack.until_heard()
    assert desk.deeds(1) == ["opened"]


def test_it_works_where_the_app_is_not(desk: Workplace) -> None:
    ts = desk.slack.says(STRANGER, OUT, "our printer burns")
    desk.slack.message_shortcut(ANN, OUT, ts, "open_ticket")
    desk.slack.submit(ANN, form(desk), {})
    desk.until_done(1, "opened")
    assert "max in #elsewhere: https://" in desk.town.ticket(1).text


def test_a_ticket_can_be_opened_from_anywhere(desk: Workplace) -> None:
    assert desk.slack.global_shortcut(ANN, "new_ticket").acknowledged
    desk.slack.submit(ANN, form(desk), {"subject": "printer on fire"})
    desk.until_done(1, "opened")
    assert desk.town.ticket(1).subject == "printer on fire"
    assert desk.town.ticket(1).source == "Slack"


def test_those_who_may_not_are_told_so_in_its_place(desk: Workplace) -> None:
    ts = desk.slack.says(STRANGER, HALL, "our printer burns")
    for user, words in ((STRANGER, "not known to this desk"), (GUEST, "guests")):
        desk.slack.message_shortcut(user, HALL, ts, "open_ticket")
        until_shown(desk, user, words)
    assert not desk.town.tickets()


def test_a_message_of_which_there_is_a_ticket_is_refused_by_its_number(desk: Workplace) -> None:
    ts = desk.slack.says(STRANGER, HALL, "our printer burns")
    for user in (ANN, BOB):
        desk.slack.message_shortcut(user, HALL, ts, "open_ticket")
    assert desk.slack.submit(ANN, form(desk), {}).acknowledged
    desk.until_done(1, "opened")
    call = desk.slack.submit(BOB, form(desk, BOB), {})
    assert "#1" in str(call.ack)
    assert len(desk.town.tickets()) == 1


def test_many_files_and_a_long_message_still_fit(desk: Workplace) -> None:
    files = tuple((f"{'a very long name of a file ' * 4}{number}.png", b"x") for number in range(20))
    ts = desk.slack.says(STRANGER, HALL, "our printer burns " * 500, files=files)
    desk.slack.message_shortcut(ANN, HALL, ts, "open_ticket")
    desk.slack.submit(ANN, form(desk), {})
    event = desk.until_done(1, "opened")
    assert 1 <= len(event.data["files"]) <= 20
    assert " ".join(desk.town.ticket(1).text.split()).count("our printer burns") == 500
