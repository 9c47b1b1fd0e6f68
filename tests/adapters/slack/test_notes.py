"""Notes: what the desk's people write in a ticket's thread is kept; everything else in a workspace is left alone."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.domain.history import Event
from bot.ports import Anchoring
from tests.adapters.slack.workplace import ANN, BOB, DESK, GUEST, HALL, STRANGER, VIC, Workplace, workplace


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Workplace]:
    with workplace(tmp_path) as opened:
        yield opened


def notes(desk: Workplace) -> list[Event]:
    return [event for event in desk.history(1) if event.deed.value in ("noted", "attached")]


def stands_for_ticket(desk: Workplace, ref: str, what: Anchoring) -> None:
    desk.town.database.write(lambda work: work.tickets.anchor(1, "slack", ref, what))


def test_a_message_in_a_tickets_thread_is_a_note_without_an_echo(desk: Workplace) -> None:
    thread = desk.ticket(customer="acme")
    ts = desk.slack.says(BOB, DESK, "call https://acme.example/a & ask <@U0ANN>\nfor the fuser", thread)
    event = desk.until_done(1, "noted")
    assert event.data["text"] == "call https://acme.example/a & ask @ann\nfor the fuser"
    assert event.by == "bob"
    assert event.data["message"] == f"{DESK}:{ts}"
    desk.slack.until_heard()
    assert desk.slack.ephemerals(BOB) == []
    assert [one.ts for one in desk.slack.replies(DESK, thread)] == [ts]
    assert desk.town.ticket(1).responded_at is None


def test_below_an_alert_and_a_source_message_it_is_the_same(desk: Workplace) -> None:
    desk.ticket()
    for what in (Anchoring.ALERT, Anchoring.SOURCE):
        ts = desk.slack.says(STRANGER, HALL, "our printer burns")
        stands_for_ticket(desk, f"{HALL}:{ts}", what)
        desk.slack.says(ANN, HALL, f"seen below the {what}", ts)
    desk.slack.until(lambda: len(notes(desk)) == 2)


def test_what_others_write_and_what_is_no_writing_is_left_alone(desk: Workplace) -> None:
    thread = desk.ticket()
    other = desk.slack.says(ANN, DESK, "lunch?")
    desk.slack.says(BOB, DESK, "at noon", other)
    desk.slack.says(BOB, DESK, "outside any thread")
    desk.slack.says(STRANGER, DESK, "me too", thread)
    desk.slack.says(GUEST, DESK, "and me", thread)
    desk.slack.says(VIC, DESK, "only looking", thread)
    desk.slack.bot_says(DESK, "build failed", thread)
    ts = desk.slack.says(BOB, DESK, "the fuser", thread)
    desk.until_done(1, "noted")
    desk.slack.edits(BOB, DESK, ts, "the toner")
    desk.slack.deletes(BOB, DESK, ts)
    desk.slack.until_heard()
    assert [event.data["text"] for event in notes(desk)] == ["the fuser"]


def test_a_note_that_its_writer_shows_to_the_whole_channel_is_one_too(desk: Workplace) -> None:
    thread = desk.ticket()
    desk.slack.says(BOB, DESK, "everybody look here", thread, broadcast=True)
    assert desk.until_done(1, "noted").data["text"] == "everybody look here"


def test_a_note_counts_once_however_often_its_event_comes(desk: Workplace) -> None:
    thread = desk.ticket()
    desk.slack.says(BOB, DESK, "the fuser", thread)
    desk.until_done(1, "noted")
    for event in list(desk.slack.events):
        desk.slack.repeats(event)
    desk.slack.says(BOB, DESK, "and the toner", thread)
    desk.slack.until(lambda: len(notes(desk)) >= 2)
    desk.slack.until_heard()
    assert len(notes(desk)) == 2


def test_a_note_that_cannot_be_kept_is_said_to_its_writer(desk: Workplace) -> None:
    thread = desk.ticket()
    desk.slack.says(BOB, DESK, "oh dear " * 12_501, thread)
    desk.slack.until_heard()
    assert "characters" in desk.told(BOB, "characters").words
    assert notes(desk) == []


def test_files_in_a_thread_are_recorded_with_the_note_or_alone(desk: Workplace) -> None:
    thread = desk.ticket()
    desk.slack.says(BOB, DESK, "the log", thread, files=(("spool.log", b"x" * 2_000), ("..\\..\\evil.exe", b"MZ")))
    desk.slack.until(lambda: len(notes(desk)) == 1)
    desk.slack.says(BOB, DESK, "", thread, files=(("photo.png", b"png"),))
    desk.slack.until(lambda: len(notes(desk)) == 2)
    shown = desk.town.does("ann", "/ticket files 1")
    assert "spool.log · 2 KB · text/plain · from Bob" in shown
    assert "photo.png · 3 bytes" in shown
    assert "https://town.slack.com/files/" in shown
    assert "copied" not in shown
    assert not (desk.town.folder / "files").exists()


def test_files_of_a_channel_shared_with_others_are_asked_for(desk: Workplace) -> None:
    thread = desk.ticket()
    file = desk.slack.file(BOB, "spool.log", b"x" * 2_000)
    hidden = {"id": file["id"], "file_access": "check_file_info"}
    desk.slack.says(BOB, DESK, "the log", thread, files=(hidden,))
    desk.until_done(1, "noted")
    assert "spool.log · 2 KB" in desk.town.does("ann", "/ticket files 1")


def test_a_file_that_slack_does_not_tell_of_keeps_no_note_from_being_kept(desk: Workplace) -> None:
    thread = desk.ticket()
    hidden = {"id": "F0GONE", "file_access": "check_file_info"}
    desk.slack.says(BOB, DESK, "the log", thread, files=(hidden,))
    assert desk.until_done(1, "noted").data["text"] == "the log"
