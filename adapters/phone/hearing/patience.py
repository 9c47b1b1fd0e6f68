"""Patience: a caller never waits long for the database, and what they pressed is kept until it is written down."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from typing import Any, TypeVar, cast

from adapters.phone.hearing.requests import Unheard
from bot.workers import Tasks, Workers

log = logging.getLogger(__name__)

T = TypeVar("T")

PATIENCE = 2.5
"""Seconds for which a caller hears nothing while the database works. Providers wait 15."""
KEPT_FOR = 3600.0
"""Seconds for which something is tried again: by then every page has gone other ways, many times."""
MOST = 5_000
"""So many deeds are kept at a time."""

_FIRST_PAUSE, _LONGEST_PAUSE = 0.2, 10.0


class Patience:
    """Runs deeds in threads, each until it is done though the database be away; who asks again joins what is under way.

    `patience` is in seconds, as is how long something is tried again.
    """

    def __init__(self, tasks: Tasks, workers: Workers, patience: float = PATIENCE, kept_for: float = KEPT_FOR) -> None:
        self._tasks = tasks
        self._workers = workers
        self._patience = patience
        self._kept_for = kept_for
        self._under_way: dict[str, asyncio.Task[object]] = {}

    async def done(self, name: str, deed: Callable[[], T]) -> T | None:
        """What comes of it; None while it goes on. `name` is the same for the same request that comes again, and holds
        no secret. Raises Unheard where the deed does, and when too much is under way."""
        task = self._under_way.get(name)
        if task is None:
            if len(self._under_way) >= MOST:
                raise Unheard(503, "too much is under way")
            task = self._under_way[name] = self._tasks.start(self._until_done(deed), "a telephone request")
            task.add_done_callback(lambda _: self._under_way.pop(name, None))
        await asyncio.wait({task}, timeout=self._patience)
        if not task.done() or task.cancelled():
            return None
        came = task.result()
        if isinstance(came, Unheard):
            raise came
        return cast("T | None", came)

    def forget(self, name: str) -> None:
        """Nobody waits for it any more, and nothing is lost with it."""
        task = self._under_way.get(name)
        if task is not None:
            task.cancel()

    async def _until_done(self, deed: Callable[[], T]) -> T | Unheard | None:
        """Whatever stops it (a database away, one that another replica was quicker at), it is tried again."""
        loop, pause = asyncio.get_running_loop(), _FIRST_PAUSE
        until = loop.time() + self._kept_for
        while True:
            try:
                return await self._workers.begin(deed)
            except Unheard as unheard:
                return unheard
            except Exception as error:
                if loop.time() + pause > until:
                    raise
                _tell(error, first=pause == _FIRST_PAUSE)
            await asyncio.sleep(pause)
            pause = min(pause * 2, _LONGEST_PAUSE)


def _tell(error: Exception, *, first: bool) -> None:
    """Once with all that is known; then that it goes on."""
    told: Any = error if first else None
    log.warning("A telephone request cannot be written down yet: %s.", type(error).__name__, exc_info=told)
