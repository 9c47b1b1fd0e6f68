"""The double of Discord, seen through an unpatched discord.py: it gives, refuses and loses as Discord does."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.doubles.discord import Guild

ANN, BOB = 101, 102
DESK, TALK, TICKETS = 201, 202, 203


def settle(discord: Guild) -> None:
    discord.role(301, "support", mentionable=True)
    discord.member(ANN, "Ann", roles=("support",))
    discord.member(BOB, "Bob")
    discord.text_channel(DESK, "support-desk", private=True, roles=("support",))
    discord.text_channel(TALK, "talk")
    discord.forum(TICKETS, "tickets", tags=("high", "low"))


@contextmanager
def running(discord: Guild, log: Path, *more: str) -> Iterator[None]:
    """The sample bot, in a process of its own."""
    line = [sys.executable, "-m", "tests.adapters.discord.sample_bot", discord.api_url, discord.gateway_url]
    with log.open("w") as output, subprocess.Popen([*line, discord.token, *more], stderr=output) as bot:
        try:
            discord.until(lambda: bot.poll() is not None or (discord.connections and discord.commands), 20)
            yield
        finally:
            bot.kill()


@pytest.fixture
def discord() -> Iterator[Guild]:
    with Guild(patience=1.0, heartbeat=0.5) as guild:
        settle(guild)
        yield guild
        assert guild.faults == []


def test_a_bot_in_a_process_of_its_own_is_spoken_to(discord: Guild, tmp_path: Path) -> None:
    with running(discord, tmp_path / "log"):
        opened = discord.slash("Ann", "support-desk", "ticket open", {"subject": "printer on fire", "owner": BOB})
        assert opened.text == "printer on fire for Bob"
        discord.press("Ann", opened, "Claim")
        assert [one.text for one in discord.messages("support-desk")] == ["#7 is Ann's"]

        offered = discord.autocomplete("Ann", DESK, "ticket claim", focused="ticket", typed="pri")
        assert offered.choices == [{"name": "printer", "value": "printer"}]
        claimed = discord.slash("Ann", DESK, "ticket claim", {"ticket": "printer"})
        assert claimed.kind in ("deferred", "message")
        assert discord.until(lambda: claimed.text) == "claimed printer"
        assert [one.text for one in discord.ephemerals("Ann")] == ["claimed printer"]

        form = discord.slash("Ann", DESK, "ticket open").modal
        assert form.labels == ("Subject", "Level")
        assert discord.submits("Ann", form, {"Subject": "no mail", "Level": "High"}).text == "no mail at 1"

        said = discord.says("Ann", DESK, "the door is stuck")
        assert discord.context_menu("Ann", "Open ticket from this", said).text == "from 'the door is stuck'"
        discord.until(lambda: discord.messages(DESK)[-1].text == "heard ''")
        assert discord.slash("Ann", DESK, "ticket slow", {"seconds": 1.5}).answered is False
