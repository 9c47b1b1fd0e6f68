"""What goes on beside a test: an event loop in a thread of its own, and servers of aiohttp's on loopback."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from concurrent.futures import Future
from threading import Thread
from typing import Any, TypeVar

from aiohttp import web

T = TypeVar("T")
PATIENCE = 60.0
"""Real seconds that anything there may take before the test fails: a slow machine is no failure."""


class LoopThread:
    """An event loop in a thread of its own. Everything but `loop` is for other threads."""

    def __init__(self) -> None:
        self.loop = asyncio.new_event_loop()
        self._thread = Thread(target=self.loop.run_forever, daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        """End what is still at it there, and the thread. Once is enough, and twice does no harm."""
        if self.loop.is_closed():
            return
        if self._thread.is_alive():
            self.does(_ended())
            self.loop.call_soon_threadsafe(self.loop.stop)
            self._thread.join(PATIENCE)
        self.loop.close()

    def begins(self, work: Coroutine[Any, Any, T]) -> Future[T]:
        """Have something done, and go on."""
        return asyncio.run_coroutine_threadsafe(work, self.loop)

    def does(self, work: Coroutine[Any, Any, T]) -> T:
        """Have something done, and wait for it. Raises what it raised."""
        return self.begins(work).result(PATIENCE)

    def calls(self, what: Callable[[], T]) -> T:
        """The same with a plain function."""

        async def work() -> T:
            return what()

        return self.does(work())


async def listening(app: web.Application, *, grace: float = 1.0) -> tuple[web.AppRunner, str]:
    """Serve it on loopback; returns what is to be cleaned up and the address, without a slash at its end. `grace` is
    how many real seconds a request may go on at the end."""
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=grace)
    await runner.setup()
    await Site(runner, "127.0.0.1", 0).start()
    return runner, f"http://127.0.0.1:{runner.addresses[0][1]}"


class Site(web.TCPSite):
    """Lets in whoever has come before it closes: of a server that closes in between, asyncio leaves a socket open."""

    async def stop(self) -> None:
        server = self._server
        for listens in server.sockets if isinstance(server, asyncio.Server) else ():
            asyncio.get_running_loop().remove_reader(listens.fileno())
        await _some_turns()
        await super().stop()


async def _ended() -> None:
    others = asyncio.all_tasks() - {asyncio.current_task()}
    for task in others:
        task.cancel()
    await asyncio.gather(*others, return_exceptions=True)
    await _some_turns()  # In which what was closed lets go of its socket.


async def _some_turns() -> None:
    for _ in range(10):
        await asyncio.sleep(0)
