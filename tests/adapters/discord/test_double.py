"""The double of Discord, seen through an unpatched discord.py: it gives, refuses and loses as Discord does."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.doubles.discord import Guild
from tests.doubles.discord.fixtures import ANN, BOB, DESK, TALK, settle


@contextmanager
def running(discord: Guild, log: Path, *more: str) -> Iterator[None]:
    """The sample bot, in a process of its own."""
    line = [sys.executable, "-m", "tests.adapters.discord.sample_bot", discord.api_url, discord.gateway_url]
    with log.open("w") as output, subprocess.Popen([*line, discord.token, *more], stderr=output) as bot:
        try:
            discord.until(lambda: bot.poll() is not None or (discord.connections and discord.commands), 60)
            yield
        finally:
            bot.kill()


@pytest.fixture
def discord() -> Iterator[Guild]:
    with Guild(patience=3.0, heartbeat=0.5) as guild:
        settle(guild)
        yield guild
        assert guild.faults == []


def test_a_bot_in_a_process_of_its_own_is_spoken_to(discord: Guild, tmp_path: Path) -> None:
    with running(discord, tmp_path / "log"):
        opened = discord.slash("Ann", "desk", "ticket open", {"subject": "printer on fire", "owner": BOB})
        assert opened.text == "printer on fire for Bob"
        discord.press("Ann", opened, "Claim")
        assert [one.text for one in discord.messages("desk")] == ["#7 is Ann's"]

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


def test_who_is_late_is_not_heard(discord: Guild, tmp_path: Path) -> None:
    with running(discord, tmp_path / "log"):
        late = discord.slash("Ann", DESK, "ticket slow", {"seconds": 3.3})
        assert not late.answered
        discord.until(lambda: late.late)

        call = discord.slash("Ann", DESK, "ticket think", {"seconds": 0.5})
        assert call.deferred
        discord.passes(900)
        assert discord.until(lambda: discord.messages(DESK))[0].text == f"<@{ANN}>: thought, but 50027"
        assert discord.messages(DESK)[0].notified == frozenset()


def test_the_bot_is_spoken_to_alone_and_in_threads(discord: Guild, tmp_path: Path) -> None:
    with running(discord, tmp_path / "log"):
        alone = discord.direct_channel("Ann")
        discord.says("Ann", alone, "hello", files=[("log.txt", b"all is well")])
        heard = discord.until(lambda: len(discord.direct("Ann")) == 3 and discord.direct("Ann"))
        assert [one.text for one in heard] == ["hello", "log.txt is b'all is well'", "heard 'hello'"]
        assert discord.slash("Ann", alone, "ticket open", {"subject": "door"}).text == "door for nobody"

        said = discord.says("Ann", TALK, "the door")
        thread = discord.starts_thread("Ann", TALK, "#7 door", said)
        opened = discord.slash("Bob", thread, "ticket open", {"subject": "door"})
        discord.archives(thread)
        assert discord.press("Bob", opened, "Claim").kind == "update"
        assert [one.text for one in discord.replies("#7 door")] == ["#7 is Bob's"]
