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


class Once:
    """Remembers what began lately, by request id. What survives a restart is the desk's own memory of requests."""

    def __init__(self, tasks: Tasks) -> None:
        self._tasks = tasks
        self._begun: OrderedDict[str, asyncio.Task[object]] = OrderedDict()

    async def do(self, request: str, work: Callable[[], Coroutine[Any, Any, None]]) -> None:
        """Do it unless it was begun already; in either case wait for its end, within reason."""
        task = self._begun.get(request)
        if task is None:
            task = self._begun[request] = self._tasks.start(work(), f"the event {request}")
            while len(self._begun) > REMEMBERED:
                self._begun.popitem(last=False)
        await asyncio.wait({task}, timeout=PATIENCE)
