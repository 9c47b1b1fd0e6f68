"""Words that nobody heard: what is written while the desk or its database is away is a note all the same, or said."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TypeVar

import pytest

from bot.domain.history import Deed
from bot.ports import Database, UnitOfWork
from tests.adapters.discord.connected import Connected, connected
from tests.doubles.discord import Guild, Message
from tests.doubles.discord.fixtures import TALK

T = TypeVar("T")
OPEN = '/ticket open "printer on fire" --customer acme'
PULSE = {"heartbeat": 0.2}


class Faltering:
    """A database that cannot be read a number of times."""

    def __init__(self, database: Database, times: int) -> None:
        self._database = database
        self._times = times

    def write(self, deed: Callable[[UnitOfWork], T]) -> T:
        return self._database.write(deed)

    def read(self, deed: Callable[[UnitOfWork], T]) -> T:
        if self._times:
            self._times -= 1
            raise ConnectionError("the database is away")
        return self._database.read(deed)


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Connected]:
    with connected(
        tmp_path, notes=True, members="none", silence=1.0, server={**PULSE, "granted": ("message_content",)}
    ) as desk:
        desk.says("ann", OPEN)
        desk.delivers()
        yield desk


def notes(desk: Connected, number: int = 1) -> list[str]:
    events = desk.database.read(lambda work: work.tickets.history(number))
    return [str(one.data["text"]) for one in events if one.deed is Deed.NOTED]


def is_past(desk: Connected, message: Message) -> None:
    """Wait until all up to this message is dealt with: a desk that stops before that may look once more."""

    async def mark() -> int:
        hearing = desk.platform._hearing
        assert hearing is not None
        return hearing._mark.settle() or 0

    desk.discord.until(lambda: desk.does(mark()) >= message.id)


def heard(desk: Connected, thread: int, words: str) -> None:
    """Bob's words are a note, and the desk knows that it may begin after them."""
    said = desk.discord.says("Bob", thread, words)
    desk.discord.until(lambda: notes(desk) == [words])
    is_past(desk, said)


def looks(desk: Connected) -> int:
    """How often messages were fetched."""
    return len(desk.discord.calls("GET", "/messages"))


def test_what_is_written_while_the_desk_is_down_is_a_note_of_its_writer_once_it_is_back(desk: Connected) -> None:
    thread = desk.card().id
    heard(desk, thread, "before")
    desk.stop()
    desk.discord.says("Bob", thread, "the fuse")
    desk.discord.says("Lea", thread, "is new")
    last = desk.discord.says("Bob", TALK, "lunch?")
    desk.start()
    desk.discord.until(lambda: notes(desk) == ["before", "the fuse", "is new"])
    is_past(desk, last)
    desk.stop()
    desk.start()
    desk.discord.says("Bob", thread, "after")
    desk.discord.until(lambda: "after" in notes(desk))
    assert notes(desk) == ["before", "the fuse", "is new", "after"]
    assert looks(desk) == 1


def test_what_is_written_between_two_sessions_is_a_note(desk: Connected) -> None:
    thread = desk.card().id
    heard(desk, thread, "before")
    desk.discord.invalidates_session()
    desk.discord.says("Bob", thread, "meanwhile")
    desk.discord.until(lambda: desk.discord.identified == 2)
    desk.discord.until(lambda: notes(desk) == ["before", "meanwhile"])


def test_what_was_written_before_the_desk_first_came_is_not_fetched(desk: Connected) -> None:
    desk.discord.until(lambda: desk.discord.commands)
    assert looks(desk) == 0
    desk.stop()
    thread = desk.card().id
    desk.discord.says("Bob", thread, "the first words ever")
    desk.start()
    desk.discord.until(lambda: notes(desk) == ["the first words ever"])


def test_what_is_written_while_notes_are_off_is_never_one(tmp_path: Path) -> None:
    granted = {"granted": ("message_content",)}
    with connected(tmp_path, notes=True, server=granted) as desk:
        desk.says("ann", OPEN)
        desk.delivers()
        thread = desk.card().id
        heard(desk, thread, "before")
        desk.stop()
        off = Connected(tmp_path, desk.discord, people=False)
        off.start()
        desk.discord.says("Bob", thread, "not for the desk")
        off.close()
        desk.start()
        desk.discord.says("Bob", thread, "after")
        desk.discord.until(lambda: "after" in notes(desk))
        assert notes(desk) == ["before", "after"]
        assert looks(desk) == 0


def test_of_more_than_a_hundred_words_in_a_thread_the_log_says_so(
    desk: Connected, caplog: pytest.LogCaptureFixture
) -> None:
    thread = desk.card().id
    heard(desk, thread, "before")
    desk.stop()
    for number in range(101):
        desk.discord.says("Bob", thread, f"note {number}")
    with caplog.at_level(logging.WARNING):
        desk.start()
        desk.discord.until(lambda: len(notes(desk)) == 101)
    assert notes(desk)[-1] == "note 99"
    assert "only 100 are read" in caplog.text


def test_a_look_that_discord_refuses_for_now_is_made_again(desk: Connected) -> None:
    thread = desk.card().id
    heard(desk, thread, "before")
    desk.stop()
    desk.discord.says("Bob", thread, "meanwhile")
    desk.discord.fails("GET /channels/*/messages", status=403)
    desk.start()
    desk.discord.until(lambda: notes(desk) == ["before", "meanwhile"])


def test_a_note_outlives_a_database_that_is_away_for_a_moment(desk: Connected) -> None:
    thread = desk.card().id
    desk.desk.database = Faltering(desk.database, 2)
    desk.discord.says("Bob", thread, "the fuse")
    desk.discord.until(lambda: notes(desk) == ["the fuse"])
    assert len(desk.thread()) == 1


def test_a_note_that_the_database_did_not_take_is_said_below_it_and_nowhere_else(desk: Connected) -> None:
    thread = desk.card().id
    mine = desk.discord.starts_thread("Bob", TALK, "lunch")
    desk.desk.database = Faltering(desk.database, 6)
    desk.discord.says("Bob", mine, "at noon")
    said = desk.discord.says("Bob", thread, "the fuse")
    desk.discord.until(lambda: len(desk.thread()) == 2)
    told = desk.thread()[-1]
    assert told.reply_to == said.id
    assert "not kept" in told.text
    assert len(desk.discord.messages(mine)) == 1
    assert notes(desk) == []


# --- commands ------------------------------------------------------------------------------------------------------


def test_health_says_that_the_commands_could_not_be_registered(tmp_path: Path) -> None:
    def refuse(discord: Guild) -> None:
        discord.fails("PUT *", status=403, code=50001)

    with connected(tmp_path, prepare=refuse) as desk:
        desk.discord.until(lambda: not desk.health.well)
        assert "without the scope applications.commands" in desk.health.words
        desk.stop()
        desk.start()
        desk.discord.until(lambda: desk.discord.commands and desk.health.well)


def test_a_bot_that_is_invited_again_registers_its_commands_again(tmp_path: Path) -> None:
    with connected(tmp_path) as desk:
        desk.discord.until(lambda: desk.discord.commands)
        desk.discord.sends_bot_away()
        desk.discord.until(lambda: not desk.health.well)
        assert not desk.discord.commands
        desk.discord.invites_bot_again()
        desk.discord.until(lambda: desk.discord.commands and desk.health.well)
