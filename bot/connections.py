"""Connections: the chat platforms of a running desk are connected, connected again, watched, and told of in health."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Protocol

from bot.domain.errors import Refusal
from bot.ports import Database, Health, UnitOfWork

FACT = "health:"
KEPT_EVERY = timedelta(seconds=30)
LONGEST_PAUSE = 60.0
CONNECTING = Health(False, "connecting", connecting=True)

log = logging.getLogger(__name__)

Sleep = Callable[[float], Awaitable[None]]


class Watcher(Protocol):
    """Who is told how the connections are. Called in the event loop."""

    def told(self, platform: str, health: Health) -> None:
        """How a platform is has changed."""

    def refused(self, platform: str, refusal: Refusal) -> None:
        """A platform will not have us, and waiting will not help."""


class Quiet:
    """A watcher for whom the log is enough."""

    def told(self, platform: str, health: Health) -> None:
        """Nothing to add."""

    def refused(self, platform: str, refusal: Refusal) -> None:
        """Nothing to add."""


@dataclass(slots=True)
class _Seen:
    """What was last told of a platform, and when it was last written down."""

    health: Health
    kept_at: datetime | None = None


class Connected(Protocol):
    """What a connection is to the desk: a platform, or the web server that platforms call."""

    async def start(self) -> None: ...

    async def stop(self) -> None: ...

    def health(self) -> Health: ...


class Connections:
    """`connected` is called with a platform's name whenever it has been started."""

    def __init__(
        self,
        platforms: Mapping[str, Connected],
        database: Database,
        connected: Callable[[str], None],
        watcher: Watcher | None = None,
        sleep: Sleep = asyncio.sleep,
    ) -> None:
        self._platforms = platforms
        self._database = database
        self._connected = connected
        self._watcher = watcher or Quiet()
        self._sleep = sleep
        self._trouble = dict.fromkeys(platforms, CONNECTING)
        self._seen: dict[str, _Seen] = {}
        self._tasks: list[asyncio.Task[None]] = []
        self._stopping = False

    def start(self) -> None:
        """Begin to connect; nobody waits for it."""
        self._tasks = [asyncio.create_task(self._connect(name)) for name in self._platforms]

    async def stop(self) -> None:
        """Let go of every platform; one that makes trouble keeps none of the others."""
        self._stopping = True
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        stopped = (platform.stop() for platform in self._platforms.values())
        for trouble in await asyncio.gather(*stopped, return_exceptions=True):
            if isinstance(trouble, Exception):
                log.warning("A platform did not stop in good order: %s", trouble)

    def health(self) -> Mapping[str, Health]:
        """How each platform is, as it says itself once it was reached."""
        return {name: self._trouble.get(name) or platform.health() for name, platform in self._platforms.items()}

    async def look(self, now: datetime) -> None:
        """Tell what has changed, and keep it in the desk's memory now and then, for whoever asks from outside.

        That a platform is let go of at the end is no trouble, nor is one that is still connecting.
        """
        if self._stopping:
            return
        stale: dict[str, Any] = {}
        for name, health in self.health().items():
            seen = self._seen.setdefault(name, _Seen(CONNECTING))
            changed = (health.well, health.words) != (seen.health.well, seen.health.words)
            if changed and not health.connecting:
                log.log(logging.INFO if health.well else logging.WARNING, "%s: %s", name, health.words)
                self._watcher.told(name, health)
            if changed or seen.kept_at is None or not timedelta(0) <= now - seen.kept_at < KEPT_EVERY:
                stale[FACT + name] = as_fact(health, now)
                seen.kept_at = now
            seen.health = health
        if stale:
            await asyncio.to_thread(self._keep, stale)

    def _keep(self, facts: Mapping[str, Any]) -> None:
        def keep(work: UnitOfWork) -> None:
            for name, value in facts.items():
                work.memory.set_fact(name, value)

        self._database.write(keep)

    async def _connect(self, name: str) -> None:
        """Until the platform is there; it looks after its connection itself from then on."""
        pause = 1.0
        while True:
            try:
                await self._platforms[name].start()
            except Refusal as refusal:
                self._trouble[name] = Health(False, " ".join(part for part in (refusal.text, refusal.hint) if part))
                self._watcher.refused(name, refusal)
                return
            except Exception as error:
                log.warning("%s cannot be reached yet: %s", name, error, exc_info=log.isEnabledFor(logging.DEBUG))
                self._trouble[name] = Health(False, f"cannot be reached yet ({type(error).__name__})")
            else:
                self._trouble.pop(name)
                self._connected(name)
                return
            await self._sleep(pause)
            pause = min(2 * pause, LONGEST_PAUSE)


def as_fact(health: Health, now: datetime) -> dict[str, Any]:
    """Health as it is kept in the desk's memory, instants in epoch seconds: `at` is when this was so."""
    heard = None if health.heard_at is None else int(health.heard_at.timestamp())
    return {"well": health.well, "words": health.words, "heard_at": heard, "at": int(now.timestamp())}
