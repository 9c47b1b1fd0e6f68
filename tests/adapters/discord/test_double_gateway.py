"""The double's gateway through an unpatched client in a process of its own: resumed, silent, invalid, refused."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.adapters.discord.test_double import running
from tests.doubles.discord import Guild
from tests.doubles.discord.fixtures import TALK, settle


@pytest.fixture(scope="module")
def discord(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Guild]:
    with Guild(patience=1.0, heartbeat=0.3) as guild:
        settle(guild)
        with running(guild, tmp_path_factory.mktemp("bot") / "log"):
            yield guild
        assert guild.faults == []


def heard(discord: Guild, times: int) -> None:
    discord.until(lambda: sum(one.author == discord.bot_id for one in discord.messages(TALK)) == times)


def test_what_was_missed_is_replayed_when_the_connection_breaks(discord: Guild) -> None:
    discord.drops_gateway()
    for text in ("one", "two", "three"):
        discord.says("Bob", TALK, text)
    heard(discord, 3)
    assert (discord.identified, discord.resumed) == (1, 1)


def test_a_gateway_that_died_quietly_is_left_and_resumed(discord: Guild) -> None:
    discord.silences_gateway()
    discord.says("Bob", TALK, "into the void")
    heard(discord, 4)
    assert (discord.identified, discord.resumed) == (1, 2)


def test_discord_may_ask_for_a_new_connection(discord: Guild) -> None:
    discord.asks_to_reconnect()
    discord.until(lambda: discord.resumed == 3)
    discord.says("Bob", TALK, "again")
    heard(discord, 5)


def test_an_invalid_session_starts_anew(discord: Guild) -> None:
    discord.invalidates_session()
    discord.until(lambda: discord.identified == 2)
    discord.until_connected()
    assert discord.slash("Bob", TALK, "ticket open", {"subject": "door"}).text == "door for nobody"


def test_an_intent_that_was_not_granted_is_refused(tmp_path: Path) -> None:
    with Guild() as discord:
        settle(discord)
        with running(discord, tmp_path / "log", "content"):
            assert discord.close_codes == [4014]


def test_with_the_intent_words_are_read(tmp_path: Path) -> None:
    with Guild(granted=("message_content",)) as discord:
        settle(discord)
        with running(discord, tmp_path / "log", "content"):
            discord.says("Bob", TALK, "hello")
            discord.until(lambda: discord.messages(TALK)[-1].text == "heard 'hello'")
            assert discord.faults == []
