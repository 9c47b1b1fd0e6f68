"""Once: an event that a platform repeats joins the work of its first coming, and is not done or answered anew."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Callable, Coroutine
from typing import Any

from bot.workers import Tasks

REMEMBERED = 2_000
PATIENCE = 20.0
"""Seconds that an event's acknowledgement waits for the commit. A platform that sends it again after three is
better than an event which was acknowledged and then lost."""


class NotDone(Exception):
    """The work for an event met a fault, which the log tells, or goes on for too long: the platform must not be told
    that all is well."""


class Once:
    """Remembers what began lately, by request id. What survives a restart is the desk's own memory of requests."""

    def __init__(self, tasks: Tasks, patience: float = PATIENCE) -> None:
        self._tasks = tasks
        self._patience = patience
        self._begun: OrderedDict[str, asyncio.Task[object]] = OrderedDict()

    async def do(self, request: str, work: Callable[[], Coroutine[Any, Any, None]]) -> None:
        """Do it unless it was begun already; in either case wait for its end. Raises NotDone where that does not come
        within reason, and where it was a fault: then it begins anew when the event comes again."""
        task = self._begun.get(request)
        if task is None:
            task = self._begun[request] = self._tasks.start(_done(work()), f"the event {request}")
            while len(self._begun) > REMEMBERED:
                self._begun.popitem(last=False)
        await asyncio.wait({task}, timeout=self._patience)
        if not task.done():
            raise NotDone(request)
        if task.cancelled() or not task.result():
            if self._begun.get(request) is task:
                del self._begun[request]
            raise NotDone(request)


async def _done(work: Coroutine[Any, Any, None]) -> bool:
    await work
    return True
