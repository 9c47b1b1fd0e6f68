"""Work for a platform's callers: in threads, as the desk blocks; answered in time; and kept to its end."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Coroutine
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

log = logging.getLogger(__name__)

T = TypeVar("T")

PROMPT = 1.5
"""Seconds for which an answer is awaited before the caller hears that it will come: half of what Slack and Discord
give."""

THREADS = 32
"""Commands at work at the same time; they mostly wait for the same commit."""

AT_THE_END = 10.0
"""Seconds that answers under way get when the desk stops."""


class Tasks:
    """Work that goes on after a caller was answered: kept until it is done, its faults told, awaited at the end."""

    def __init__(self) -> None:
        self._running: set[asyncio.Task[object]] = set()

    def start(self, work: Coroutine[Any, Any, object], what: str) -> asyncio.Task[object]:
        """`what` names it in the log, with ids and no words of anybody's."""
        task = asyncio.create_task(self._watched(work, what))
        self._running.add(task)
        task.add_done_callback(self._running.discard)
        return task

    async def stop(self, seconds: float = AT_THE_END) -> None:
        """Let what is under way come to its end; what takes longer than that is given up."""
        if not self._running:
            return
        _, late = await asyncio.wait(set(self._running), timeout=seconds)
        for task in late:
            task.cancel()
        await asyncio.gather(*late, return_exceptions=True)

    async def _watched(self, work: Coroutine[Any, Any, object], what: str) -> object:
        try:
            return await work
        except Exception:
            log.exception("A fault in %s.", what)
            return None


class Workers:
    """The threads in which the desk works for a platform's callers."""

    def __init__(self, name: str, threads: int = THREADS) -> None:
        self._pool = ThreadPoolExecutor(threads, thread_name_prefix=name)

    def begin(self, deed: Callable[[], T]) -> asyncio.Future[T]:
        return asyncio.get_running_loop().run_in_executor(self._pool, deed)

    def stop(self) -> None:
        self._pool.shutdown(wait=False, cancel_futures=False)


async def in_time(work: asyncio.Future[T], seconds: float = PROMPT) -> bool:
    """Whether it is done within that time; it goes on in any case."""
    if not work.done():
        await asyncio.wait({work}, timeout=seconds)
    return work.done()
