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
    with Guild(patience=3.0, heartbeat=0.3) as guild:
        settle(guild)
        with running(guild, tmp_path_factory.mktemp("bot") / "log"):
            yield guild
        assert guild.faults == []


def hears(discord: Guild, *texts: str) -> None:
    """The bot answers everything that Bob says from now on."""
    before = len(discord.messages(TALK))
    for text in texts:
        discord.says("Bob", TALK, text)
    discord.until(lambda: len(discord.messages(TALK)) == before + 2 * len(texts))


def test_what_was_missed_is_replayed_when_the_connection_breaks(discord: Guild) -> None:
    before = discord.identified, discord.resumed
    discord.drops_gateway()
    hears(discord, "one", "two", "three")
    assert (discord.identified, discord.resumed) == (before[0], before[1] + 1)


def test_a_gateway_that_died_quietly_is_left_and_resumed(discord: Guild) -> None:
    before = discord.identified, discord.resumed
    discord.silences_gateway()
    hears(discord, "into the void")
    assert (discord.identified, discord.resumed) == (before[0], before[1] + 1)


def test_discord_may_ask_for_a_new_connection(discord: Guild) -> None:
    before = discord.resumed
    discord.asks_to_reconnect()
    discord.until(lambda: discord.resumed == before + 1)
    hears(discord, "again")


def test_an_invalid_session_starts_anew(discord: Guild) -> None:
    before = discord.identified
    discord.invalidates_session()
    discord.until(lambda: discord.identified == before + 1)
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
