"""The server: a world's REST API, gateway and files on loopback, in a thread of its own."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from concurrent.futures import Future
from dataclasses import dataclass, field
from threading import Event, Thread
from typing import Any, TypeVar

from aiohttp import web

from tests.doubles.discord.gateway import Gateway
from tests.doubles.discord.rest import BASE, Rest
from tests.doubles.discord.troubles import Troubles
from tests.doubles.discord.world import World

T = TypeVar("T")
LARGEST_UPLOAD = 30 * 1024**2


@dataclass(slots=True)
class Server:
    """The thread, its loop, and what runs on it."""

    world: World
    troubles: Troubles = field(default_factory=Troubles)
    rest: Rest = field(init=False)
    gateway: Gateway = field(init=False)
    base: str = ""
    loop: asyncio.AbstractEventLoop = field(default_factory=asyncio.new_event_loop)
    _thread: Thread | None = None
    _up: Event = field(default_factory=Event)
    _stop: asyncio.Event = field(default_factory=asyncio.Event)

    def __post_init__(self) -> None:
        self.rest = Rest(self.world, self.troubles)
        self.gateway = Gateway(self.world)
        self.world.subscribers.append(self.gateway.tell)

    def start(self) -> None:
        self._thread = Thread(target=self.loop.run_until_complete, args=(self._run(),), daemon=True)
        self._thread.start()
        if not self._up.wait(10):
            raise RuntimeError("The server did not start.")

    def stop(self) -> None:
        if self._thread is not None:
            self.loop.call_soon_threadsafe(self._stop.set)
            self._thread.join(10)
        self.loop.close()

    def ask(self, work: Coroutine[Any, Any, T]) -> Future[T]:
        """Run something on the loop, from a test's thread."""
        return asyncio.run_coroutine_threadsafe(work, self.loop)

    async def _run(self) -> None:
        app = web.Application(client_max_size=LARGEST_UPLOAD)
        app.router.add_route("*", BASE + "/{path:.*}", self.rest.serve)
        app.router.add_get("/gateway/", self.gateway.serve)
        app.router.add_get("/attachments/{path:.*}", self.rest.attachment)
        runner = web.AppRunner(app, shutdown_timeout=0.1, access_log=None)
        await runner.setup()
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        server = site._server
        assert isinstance(server, asyncio.Server)
        port = server.sockets[0].getsockname()[1]
        self.base = self.world.files.base = f"http://127.0.0.1:{port}"
        self.gateway.loop = self.loop
        self.gateway.url = self.rest.gateway_url = f"ws://127.0.0.1:{port}/gateway/"
        self._up.set()
        await self._stop.wait()
        self.gateway.loop = None
        await self.gateway.drop()
        await runner.cleanup()
        # Requests that were told to take long may still be at it.
        rest = asyncio.all_tasks() - {asyncio.current_task()}
        for other in rest:
            other.cancel()
        await asyncio.gather(*rest, return_exceptions=True)
        # What was closed just now lets go of its socket in the loop's next turns.
        await asyncio.sleep(0.01)
