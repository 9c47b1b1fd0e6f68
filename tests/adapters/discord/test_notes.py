"""Words in a ticket's thread: whose are kept as notes, what comes with them, and that they are told once."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.domain.history import Deed
from tests.adapters.discord.connected import Connected, connected
from tests.doubles.discord.fixtures import TALK
from tests.journeys.story import policy_with

OPEN = '/ticket open "printer on fire" --customer acme'


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Connected]:
    with connected(tmp_path, notes=True, members="none", server={"granted": ("message_content",)}) as desk:
        desk.says("ann", OPEN)
        desk.delivers()
        yield desk


def notes(desk: Connected) -> list[str]:
    events = desk.database.read(lambda work: work.tickets.history(1))
    return [str(one.data["text"]) for one in events if one.deed is Deed.NOTED]


def test_a_colleagues_words_are_a_note_and_not_told_there_again(desk: Connected) -> None:
    thread = desk.card().id
    desk.discord.says("Bob", thread, "the fuse is <@101>'s")
    desk.discord.until(lambda: notes(desk))
    desk.delivers()
    assert notes(desk) == ["the fuse is @Ann's"]
    assert len(desk.thread()) == 1
    assert desk.waiting() == []
    assert desk.changes == 1


def test_files_come_with_a_note_or_alone(desk: Connected) -> None:
    thread = desk.card().id
    desk.discord.says("Bob", thread, "see here", files=[("spool.log", b"all is well")])
    desk.discord.says("Bob", thread, "", files=[("fire.png", b"flames")])
    desk.discord.until(lambda: desk.changes == 2)
    told = desk.database.read(lambda work: [one.data.get("files") for one in work.tickets.history(1)])
    assert [one[0]["name"] for one in told if one] == ["spool.log", "fire.png"]


def test_a_command_typed_as_plain_words_is_no_note(desk: Connected) -> None:
    thread = desk.card().id
    said = desk.discord.says("Bob", thread, "/ticket claim")
    desk.discord.until(lambda: len(desk.thread()) == 2)
    told = desk.thread()[-1]
    assert told.reply_to == said.id
    assert "pick it from the list" in told.text
    desk.discord.says("Bob", thread, "/etc/printcap is gone")
    desk.discord.until(lambda: notes(desk))
    assert notes(desk) == ["/etc/printcap is gone"]


def test_words_of_others_and_elsewhere_are_none_of_its_business(desk: Connected) -> None:
    card = desk.card()
    desk.discord.member(106, "Max", roles=("support",))
    desk.discord.says("Max", card.id, "may I?")
    desk.discord.says("Bob", TALK, "lunch?")
    mine = desk.discord.starts_thread("Bob", TALK, "lunch")
    desk.discord.says("Bob", mine, "at noon")
    desk.discord.says("Bob", card.id, "a note")
    desk.discord.until(lambda: notes(desk))
    assert notes(desk) == ["a note"]


def test_who_writes_in_the_archive_is_heard(desk: Connected) -> None:
    thread = desk.card().id
    desk.discord.archives(thread)
    desk.discord.says("Bob", thread, "one more thing")
    desk.discord.until(lambda: notes(desk) == ["one more thing"])


def test_a_note_that_cannot_be_kept_is_said_below_it(tmp_path: Path) -> None:
    brief = policy_with(("text = 100000", "text = 40"))
    (tmp_path / "policy.toml").write_text(brief, encoding="utf-8")
    with connected(tmp_path, notes=True, server={"granted": ("message_content",)}) as desk:
        desk.says("ann", OPEN)
        desk.delivers()
        said = desk.discord.says("Bob", desk.card().id, "oh dear " * 40)
        desk.discord.until(lambda: len(desk.thread()) == 2)
        told = desk.thread()[-1]
        assert told.reply_to == said.id
        assert "characters" in told.text
        assert notes(desk) == []
