"""The web server: the routes it was given, health for anybody who asks, and no patience with the greedy or the slow."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Callable, Coroutine, Mapping
from typing import Any

import pytest
from aiohttp import ClientSession, web

from adapters.web.server import MOST_BYTES, WebServer
from bot.domain.errors import Refusal


class Desk:
    """What is said of the desk's health, and how often it was asked."""

    def __init__(self) -> None:
        self.well = True
        self.asked = 0

    async def report(self) -> tuple[bool, Mapping[str, Any]]:
        self.asked += 1
        return self.well, {"database": self.well}


async def _echo(request: web.Request) -> web.Response:
    return web.Response(text=str(len(await request.read())))


async def _broken(request: web.Request) -> web.Response:
    raise RuntimeError("a secret that nobody outside may read")


ROUTES = [web.post("/echo", _echo), web.get("/broken", _broken)]


def served(story: Callable[[ClientSession, str, Desk], Coroutine[Any, Any, None]]) -> None:
    """Tell the story to a server on a free port."""

    async def run() -> None:
        desk = Desk()
        server = WebServer("127.0.0.1", 0, ROUTES, desk.report)
        await server.start()
        try:
            async with ClientSession() as session:
                await story(session, f"http://127.0.0.1:{server.port}", desk)
        finally:
            await server.stop()

    asyncio.run(run())


def test_health_is_told_with_a_status_for_machines_and_asked_for_once_however_many_want_it() -> None:
    async def story(session: ClientSession, url: str, desk: Desk) -> None:
        answers = await asyncio.gather(*(session.get(f"{url}/health") for _ in range(20)))
        assert {answer.status for answer in answers} == {200}
        assert await answers[0].json() == {"ok": True, "database": True}
        assert answers[0].headers["Cache-Control"] == "no-store"
        assert desk.asked <= 2

    served(story)


def test_a_desk_that_is_not_well_says_503() -> None:
    async def story(session: ClientSession, url: str, desk: Desk) -> None:
        desk.well = False
        answer = await session.get(f"{url}/health")
        assert (answer.status, await answer.json()) == (503, {"ok": False, "database": False})

    served(story)


def test_the_routes_of_the_platforms_are_there_and_nothing_else_is() -> None:
    async def story(session: ClientSession, url: str, desk: Desk) -> None:
        assert await (await session.post(f"{url}/echo", data=b"x" * 100)).text() == "100"
        assert (await session.get(f"{url}/")).status == 404
        assert (await session.post(f"{url}/health")).status == 405

    served(story)


def test_a_body_that_is_too_large_is_refused() -> None:
    async def story(session: ClientSession, url: str, desk: Desk) -> None:
        assert (await session.post(f"{url}/echo", data=b"x" * (MOST_BYTES + 1))).status == 413

    served(story)


@pytest.mark.filterwarnings("ignore")
def test_a_mistake_of_ours_tells_nobody_anything() -> None:
    async def story(session: ClientSession, url: str, desk: Desk) -> None:
        answer = await session.get(f"{url}/broken")
        assert answer.status == 500
        assert "secret" not in await answer.text()

    served(story)


def test_a_port_that_is_taken_is_one_sentence() -> None:
    async def run(port: int) -> None:
        server = WebServer("127.0.0.1", port, [], Desk().report)
        with pytest.raises(Refusal, match=f"cannot listen on 127.0.0.1:{port}"):
            await server.start()
        assert not server.health().well

    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        asyncio.run(run(taken.getsockname()[1]))
