"""Plain words to the bot: who writes to it, or begins with its name, is told of the commands, once; nobody else is."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.adapters.discord.connected import Connected, connected
from tests.doubles.discord.fixtures import TALK


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Connected]:
    """Without the privileged intent: Discord shows a bot what is said to it in any case."""
    with connected(tmp_path) as desk:
        yield desk


def test_a_direct_message_is_answered_in_a_sentence(desk: Connected) -> None:
    said = desk.discord.says("Ann", desk.discord.direct_channel("Ann"), "please open a ticket")
    desk.discord.until(lambda: len(desk.discord.direct("Ann")) == 2)
    told = desk.discord.direct("Ann")[-1]
    assert told.reply_to == said.id
    assert "pick a command" in told.text


def test_the_bots_name_in_a_channel_is_answered_and_other_words_are_not(desk: Connected) -> None:
    bot = desk.discord.world.bot_user.id
    first = desk.discord.says("Ann", TALK, f"<@{bot}> claim 1")
    desk.discord.until(lambda: len(desk.discord.messages(TALK)) == 2)
    desk.discord.says("Ann", TALK, "I asked", reply_to=desk.discord.messages(TALK)[-1])
    desk.discord.says("Ann", TALK, "lunch?")
    last = desk.discord.says("Ann", TALK, f"<@{bot}> ?")
    desk.discord.until(lambda: len(desk.discord.messages(TALK)) == 6)
    assert [one.reply_to for one in desk.discord.messages(TALK) if "pick a command" in one.text] == [first.id, last.id]
