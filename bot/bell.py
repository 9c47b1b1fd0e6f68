"""The bell: APScheduler turned into one call, at the next due time and every few seconds in any case.

Due times are rows, not jobs, so nothing is lost when the bell is late, doubled or silent for a while.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta

from apscheduler.schedulers.asyncio import AsyncIOScheduler

EVERY = 5.0
AGAIN = 3600.0
_TICK = "tick"
_DAILY = "daily"

log = logging.getLogger(__name__)

Tick = Callable[[], Awaitable[float | None]]
"""Does what is due and says in how many real seconds something is due next, if it knows."""
Daily = Callable[[], Awaitable[bool]]
"""Does the daily chores and says whether all of them were done; if not, they are tried again within the hour."""


class Bell:
    """Rings `tick`. Late and doubled rings are joined; a ring never overlaps the one before."""

    def __init__(self, tick: Tick, daily: Daily, every: float = EVERY, again: float = AGAIN) -> None:
        self._tick = tick
        self._daily = daily
        self._every = every
        self._again = again
        self._watch: asyncio.TimerHandle | None = None
        self._stopped = False
        self._scheduler = AsyncIOScheduler(timezone=UTC)

    def start(self) -> None:
        """Begin to ring; the event loop must be running."""
        once = {"coalesce": True, "max_instances": 1, "misfire_grace_time": None}
        self._scheduler.add_job(self._ring, "interval", seconds=self._every, id=_TICK, next_run_time=_soon(0), **once)
        self._scheduler.add_job(self._chores, "interval", hours=24, id=_DAILY, next_run_time=_soon(1), **once)
        self._scheduler.start()
        self._watch_over()

    def ring(self, after: float = 0.0) -> None:
        """Ring in that many real seconds at the latest: something is due, or was just posted."""
        self._bring_forward(_TICK, after)

    def _bring_forward(self, name: str, after: float) -> None:
        job = self._scheduler.get_job(name)
        wanted = _soon(after)
        if job is not None and (job.next_run_time is None or wanted < job.next_run_time):
            job.modify(next_run_time=wanted)

    def stop(self) -> None:
        """Stop ringing; a tick that runs goes on to its end."""
        self._stopped = True
        if self._watch is not None:
            self._watch.cancel()
        if self._scheduler.running:
            self._scheduler.shutdown(wait=False)

    def _watch_over(self) -> None:
        """By the loop's own time: after the machine's clock was set back, the scheduler would sleep until it is again
        as late as it was."""
        self.ring(self._every)
        self._watch = asyncio.get_running_loop().call_later(self._every, self._watch_over)

    async def _ring(self) -> None:
        try:
            # The scheduler's shutdown cancels what runs; a round goes on to its end all the same.
            after = await asyncio.shield(self._tick())
        except asyncio.CancelledError:
            self._end_of_waiting()
            return
        except Exception:
            log.exception("A round failed; the next one begins in %d seconds.", self._every)
            return
        if after is not None and after < self._every:
            self.ring(max(after, 0.02))

    async def _chores(self) -> None:
        try:
            well = await asyncio.shield(self._daily())
        except asyncio.CancelledError:
            self._end_of_waiting()
            return
        if not well:
            self._bring_forward(_DAILY, self._again)

    def _end_of_waiting(self) -> None:
        """Called while a CancelledError is handled. The scheduler would log the one of our own stop as a fault."""
        if not self._stopped:
            raise


def _soon(seconds: float) -> datetime:
    return datetime.fromtimestamp(time.time(), UTC) + timedelta(seconds=seconds)
