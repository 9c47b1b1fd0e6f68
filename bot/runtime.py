"""The running desk: sweep and delivery in their order, what was missed while it was away, and the daily chores."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Protocol

from bot.bell import Bell
from bot.clocks import MovableClock, seconds_until
from bot.connections import Connections
from bot.delivery import Delivery
from bot.ports import Database, Health, UnitOfWork, WallClock

ALIVE = "alive_at"
AWAY_AFTER = timedelta(seconds=60)
NOTE_EVERY = timedelta(seconds=15)
SOON = 0.1
"""Real seconds after a command until the round that sees to it: one round for all that are said meanwhile."""

A_MOMENT = 1.0

THREADS = 32
"""For what blocks: rounds, couriers, chores, the names of hosts looked up. A small machine's usual handful would be
taken by what hangs, and pages would wait for it."""

log = logging.getLogger(__name__)

Away = tuple[datetime, datetime]


class Guard(Protocol):
    """Who watches over a desk that runs."""

    def start(self) -> None: ...

    def stop(self) -> None: ...

    def health(self) -> Health: ...


class Runtime:
    """Starts and stops the desk's own life, and does each of its rounds: what is due first, then what there is to
    deliver. Without `delivery` nobody is there to be told anything, and what there is waits for a desk that has
    somebody. `connections` are the ways to people, which never keep a round waiting. `guard` watches over all of it.
    """

    def __init__(
        self,
        database: Database,
        clock: WallClock,
        delivery: Delivery | None,
        sweep: Callable[[Database, datetime, Away | None], int],
        chores: Callable[[datetime], bool],
        connections: Connections | None = None,
        guard: Guard | None = None,
    ) -> None:
        self._database = database
        self._clock = clock
        self._delivery = delivery
        self._sweep = sweep
        self._chores = chores
        self._connections = connections
        self._guard = guard
        self._noted: datetime | None = None
        self._ended: float | None = None
        self._round = asyncio.Lock()
        self._again = False
        self._loop: asyncio.AbstractEventLoop | None = None
        self.bell = Bell(self.tick, self.daily)

    @property
    def last_round(self) -> datetime | None:
        """When a round last came to its end, to within some seconds."""
        return self._noted

    @property
    def ended(self) -> float | None:
        """When the last round came to its end, by the monotonic clock."""
        return self._ended

    def health(self) -> Mapping[str, Health]:
        """How each way to people is."""
        return self._connections.health() if self._connections is not None else {}

    def watched(self) -> Health:
        """What the one who watches over the desk has found."""
        return Health(True, "nobody watches over it") if self._guard is None else self._guard.health()

    def start(self) -> None:
        """From now on the bell rings and the platforms are connected; the event loop must be running."""
        self._loop = asyncio.get_running_loop()
        self._loop.set_default_executor(ThreadPoolExecutor(THREADS, thread_name_prefix="desk"))
        self.bell.start()
        if self._connections is not None:
            self._connections.start()
        if self._guard is not None:
            self._guard.start()

    async def stop(self) -> None:
        """Ring no more, let nobody in any more, and finish what is under way."""
        if self._guard is not None:
            self._guard.stop()
        self.bell.stop()
        self._loop = None
        if self._delivery is not None:
            await self._delivery.stop()
        if self._connections is not None:
            await self._connections.stop()

    def connected(self, platform: str) -> None:
        """A platform is there: what waited for it goes out. From the event loop."""
        if self._delivery is not None:
            self._delivery.connect(platform)
        self.changed()

    def changed(self) -> None:
        """Somebody has told the desk something: who has to be told of it is told soon. From any thread, and cheap."""
        loop = self._loop
        if loop is not None:
            with suppress(RuntimeError):  # The loop was closed just now; then nothing is to be woken.
                loop.call_soon_threadsafe(self._wake)

    def _wake(self) -> None:
        if self._delivery is not None:
            self._delivery.wake()
        if self._round.locked():
            self._again = True  # The bell does not ring into a round; this one says that it wants another.
        elif self._loop is not None:
            self.bell.ring(SOON)

    async def tick(self) -> float | None:
        """One round. Returns the real seconds until something is due next."""
        async with self._round:
            self._again = False
            now = self._clock.now()
            away = await asyncio.to_thread(self._away, now)
            await asyncio.to_thread(self._sweep, self._database, now, away)
            while self._delivery is not None and await self._delivery.round():
                pass
            # At its end: a round with a slow channel may take minutes, and the desk was there all the time.
            await asyncio.to_thread(self._alive, self._clock.now())
            if self._connections is not None:
                await self._connections.look(self._clock.now())
            self._ended = time.monotonic()
            rest = await asyncio.to_thread(self._rest, now)
            return min(SOON, rest or SOON) if self._again else rest

    async def settle(self) -> None:
        """Do all that is due now and deliver it everywhere, for the next line of a script to see."""
        await self.tick()
        if self._delivery is not None:
            await self._delivery.settle()

    async def advance(self, clock: MovableClock, to: datetime) -> None:
        """Move a hand-moved clock on, stopping at each due time on the way, as time itself would."""
        stop = None
        while True:
            at = await asyncio.to_thread(self._database.read, self._next_due)
            before, stop = stop, to if at is None or at > to else max(at, clock.now())
            stop = min(to, stop + timedelta(seconds=1)) if stop == before else stop
            clock.set(stop)
            self._noted = stop
            await self.tick()
            if stop == to:
                return

    async def daily(self) -> bool:
        """Once a day and at the start: freeze holidays ahead, prune, back up. Returns whether all of it was done."""
        return await asyncio.to_thread(self._chores, self._clock.now())

    def _away(self, now: datetime) -> Away | None:
        """The time since the last sign of life, when that is longer than a round can take."""
        last = self._noted
        if last is None:
            stored = self._database.read(lambda work: work.memory.fact(ALIVE))
            last = None if stored is None else datetime.fromtimestamp(stored, now.tzinfo)
        speed = max(getattr(self._clock, "speed", 1.0), 1.0)
        if last is None or now - last <= AWAY_AFTER * speed:
            return None
        log.warning("The desk was not running from %s to %s.", last.isoformat(), now.isoformat())
        return last, now

    def _alive(self, now: datetime) -> None:
        stale = self._noted is None or not timedelta(0) <= now - self._noted < NOTE_EVERY
        if stale:
            self._database.write(lambda work: work.memory.set_fact(ALIVE, int(now.timestamp())))
        self._noted = now if stale else self._noted

    def _rest(self, now: datetime) -> float | None:
        """What was due at the beginning of a round, and is at its end, waits a little: it made trouble."""
        at = self._database.read(self._next_due)
        if at is None:
            return None
        rest = seconds_until(self._clock, at)
        return rest if rest is None or at > now else max(rest, A_MOMENT)

    def _next_due(self, work: UnitOfWork) -> datetime | None:
        """Of timers, pages, calls and reminders, and of what the rounds deliver; the couriers of slow platforms have
        alarms of their own."""
        served = self._delivery.prompt if self._delivery is not None else ()
        looked = (work.tickets.next_timer(), work.pages.next_due(), work.calls.next_due(), work.reminders.next_due())
        times = (*looked, *(work.outbox.next_due(platform) for platform in served))
        return min((at for at in times if at is not None), default=None)
