"""Connections: a platform that is away is tried again, one that refuses is told, and health is kept for the doctor."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import pytest

from bot.connections import FACT, LONGEST_PAUSE, Connections
from bot.domain.errors import Refusal
from bot.ports import Health
from storage.database import SqlDatabase
from tests.storage.desk import HandClock, open_database

START = datetime(2026, 10, 5, 14, 0, tzinfo=UTC)


@dataclass
class Chat:
    """A platform whose starts fail as often as they are told to."""

    troubles: list[Exception] = field(default_factory=list)
    now: Health = field(default_factory=lambda: Health(True, "connected", START))
    started: int = 0
    stopped: int = 0

    async def start(self) -> None:
        self.started += 1
        if self.troubles:
            raise self.troubles.pop(0)

    async def stop(self) -> None:
        self.stopped += 1

    def health(self) -> Health:
        return self.now


@dataclass
class Heard:
    """A watcher that remembers."""

    words: list[str] = field(default_factory=list)
    refusals: list[str] = field(default_factory=list)

    def told(self, platform: str, health: Health) -> None:
        self.words.append(f"{platform}: {health.words}")

    def refused(self, platform: str, refusal: Refusal) -> None:
        self.refusals.append(f"{platform}: {refusal.text}")


class Lobby:
    """Connections over one platform; pauses take no time, and are counted."""

    def __init__(self, database: SqlDatabase, chat: Chat) -> None:
        self.database, self.chat, self.heard = database, chat, Heard()
        self.pauses: list[float] = []
        self.connected: list[str] = []
        self.all = Connections({"slack": chat}, database, self.connected.append, self.heard, self._sleep)

    async def _sleep(self, seconds: float) -> None:
        self.pauses.append(seconds)

    async def open(self) -> None:
        self.all.start()
        for _ in range(100):
            await asyncio.sleep(0)

    def fact(self) -> dict[str, object] | None:
        found: dict[str, object] | None = self.database.read(lambda work: work.memory.fact(f"{FACT}slack"))
        return found


@pytest.fixture
def database(sqlite_url: str) -> Iterator[SqlDatabase]:
    opened = open_database(sqlite_url, HandClock())
    yield opened
    opened.close()


def test_a_platform_that_is_away_is_tried_again_with_growing_pauses(database: SqlDatabase) -> None:
    lobby = Lobby(database, Chat([ConnectionError("away")] * 8))
    asyncio.run(lobby.open())
    assert (lobby.connected, lobby.chat.started) == (["slack"], 9)
    assert lobby.pauses == [1, 2, 4, 8, 16, 32, LONGEST_PAUSE, LONGEST_PAUSE]


def test_a_refusal_is_told_and_not_tried_again(database: SqlDatabase) -> None:
    async def run() -> None:
        await lobby.open()
        await lobby.all.look(START)

    lobby = Lobby(database, Chat([Refusal("The token is refused.", "Make a new one.")]))
    asyncio.run(run())
    assert (lobby.connected, lobby.chat.started) == ([], 1)
    assert lobby.heard.refusals == ["slack: The token is refused."]
    assert lobby.heard.words == ["slack: The token is refused. Make a new one."]


def test_health_is_told_when_it_changes_and_kept_now_and_then(database: SqlDatabase) -> None:
    async def run() -> None:
        await lobby.open()
        await lobby.all.look(START)
        lobby.chat.now = Health(True, "connected", START + timedelta(seconds=9))
        await lobby.all.look(START + timedelta(seconds=10))
        first = lobby.fact()
        await lobby.all.look(START + timedelta(seconds=30))
        second = lobby.fact()
        lobby.chat.now = Health(False, "silent")
        await lobby.all.look(START + timedelta(seconds=31))
        epoch = int(START.timestamp())
        assert first == {"well": True, "words": "connected", "heard_at": epoch, "at": epoch}
        assert second == first | {"heard_at": epoch + 9, "at": epoch + 30}
        assert lobby.fact() == {"well": False, "words": "silent", "heard_at": None, "at": epoch + 31}

    lobby = Lobby(database, Chat())
    asyncio.run(run())
    assert lobby.heard.words == ["slack: connected", "slack: silent"]


def test_before_a_platform_is_reached_its_health_says_why(database: SqlDatabase) -> None:
    async def run() -> None:
        assert lobby.all.health()["slack"] == Health(False, "connecting", connecting=True)
        await lobby.all.look(START)
        assert lobby.heard.words == []
        await lobby.open()
        await lobby.all.stop()

    lobby = Lobby(database, Chat())
    asyncio.run(run())
    assert lobby.chat.stopped == 1


def test_a_desk_can_be_stopped_while_a_platform_is_away(database: SqlDatabase) -> None:
    async def forever(seconds: float) -> None:
        await asyncio.Event().wait()

    async def run() -> None:
        connections = Connections({"slack": chat}, database, lambda name: None, sleep=forever)
        connections.start()
        await asyncio.sleep(0)
        await connections.stop()
        assert connections.health()["slack"].words == "cannot be reached yet (ConnectionError)"

    chat = Chat([ConnectionError("away")])
    asyncio.run(run())
    assert (chat.started, chat.stopped) == (1, 1)


def test_connecting_is_no_trouble_before_it_failed(database: SqlDatabase) -> None:
    async def run() -> None:
        await lobby.open()
        lobby.chat.now = Health(False, "mail is taken; support: connecting", connecting=True)
        await lobby.all.look(START)
        assert lobby.heard.words == []
        lobby.chat.now = Health(False, "mail is taken; support: refused")
        await lobby.all.look(START + timedelta(seconds=1))
        lobby.chat.now = Health(True, "mail is taken; support: read")
        await lobby.all.look(START + timedelta(seconds=2))

    lobby = Lobby(database, Chat())
    asyncio.run(run())
    assert lobby.heard.words == ["slack: mail is taken; support: refused", "slack: mail is taken; support: read"]


def test_to_be_stopped_is_no_trouble(database: SqlDatabase, caplog: pytest.LogCaptureFixture) -> None:
    async def run() -> None:
        await lobby.open()
        await lobby.all.look(START)
        await lobby.all.stop()
        lobby.chat.now = Health(False, "not connected")
        await lobby.all.look(START + timedelta(seconds=1))

    lobby = Lobby(database, Chat())
    asyncio.run(run())
    assert lobby.heard.words == ["slack: connected"]
    assert not caplog.records
