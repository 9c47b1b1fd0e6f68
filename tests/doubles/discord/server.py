"""The server: a world's REST API, gateway and files on loopback, in a thread of its own."""

from __future__ import annotations

from dataclasses import dataclass, field

from aiohttp import web

from tests.beside import LoopThread, listening
from tests.doubles.discord.gateway import Gateway
from tests.doubles.discord.rest import BASE, Rest
from tests.doubles.discord.troubles import Troubles
from tests.doubles.discord.world import World

LARGEST_UPLOAD = 30 * 1024**2


@dataclass(slots=True)
class Server:
    """The thread, and what runs on it."""

    world: World
    troubles: Troubles = field(default_factory=Troubles)
    rest: Rest = field(init=False)
    gateway: Gateway = field(init=False)
    base: str = ""
    thread: LoopThread = field(default_factory=LoopThread)
    _runner: web.AppRunner | None = None

    def __post_init__(self) -> None:
        self.rest = Rest(self.world, self.troubles)
        self.gateway = Gateway(self.world)
        self.world.subscribers.append(self.gateway.tell)

    def start(self) -> None:
        self.thread.start()
        self.thread.does(self._up())

    def stop(self) -> None:
        if not self.thread.loop.is_closed():
            self.thread.does(self._down())
            self.thread.stop()

    async def _up(self) -> None:
        app = web.Application(client_max_size=LARGEST_UPLOAD)
        app.router.add_route("*", BASE + "/{path:.*}", self.rest.serve)
        app.router.add_get("/gateway/", self.gateway.serve)
        app.router.add_get("/attachments/{path:.*}", self.rest.attachment)
        self._runner, self.base = await listening(app, grace=0.1)
        self.world.files.base = self.base
        self.gateway.loop = self.thread.loop
        self.gateway.url = self.rest.gateway_url = f"{self.base.replace('http', 'ws', 1)}/gateway/"

    async def _down(self) -> None:
        self.gateway.loop = None
        await self.gateway.drop()
        if self._runner is not None:
            await self._runner.cleanup()
