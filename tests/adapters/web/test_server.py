"""The web server: the routes it was given, health for anybody who asks, and no patience with the greedy or the slow."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Callable, Coroutine, Mapping
from pathlib import Path
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


def test_what_is_no_http_is_refused_and_fills_no_log(caplog: pytest.LogCaptureFixture) -> None:
    host, packed = b"Host: desk\r\n", b"Content-Encoding: gzip\r\nContent-Length: 10\r\n\r\nnot packed"
    odd = {
        "two lengths": b"POST /echo HTTP/1.1\r\n" + host + b"Content-Length: 4\r\nContent-Length: 5\r\n\r\nsecret",
        "a length and chunks": b"POST /echo HTTP/1.1\r\n"
        + host
        + b"Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        "a blank before the colon": b"POST /echo HTTP/1.1\r\n" + host + b"Transfer-Encoding : chunked\r\n\r\n0\r\n\r\n",
        "no host": b"GET /health HTTP/1.1\r\n\r\n",
        "a huge cookie": b"GET /health HTTP/1.1\r\n" + host + b"Cookie: secret=" + b"x" * 20_000 + b"\r\n\r\n",
        "too many headers": b"GET /health HTTP/1.1\r\n" + host + b"X-A: secret\r\n" * 5000 + b"\r\n",
        "an address in bytes": b"GET /secret\xff\xfe HTTP/1.1\r\n" + host + b"\r\n",
        "TLS": b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
        "badly packed": b"POST /echo HTTP/1.1\r\nConnection: close\r\n" + host + packed,
    }

    async def story(session: ClientSession, url: str, desk: Desk) -> None:
        address, _, port = url.removeprefix("http://").partition(":")
        for what, sent in odd.items():
            reader, writer = await asyncio.open_connection(address, int(port))
            writer.write(sent)
            answer = await reader.read()
            writer.close()
            assert b"\r\nHTTP/1" not in answer, what
            assert b" 400 " in answer.split(b"\r\n")[0], what

    served(story)
    assert "secret" not in caplog.text
    assert not caplog.records


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


def test_no_answer_names_the_program_or_its_version() -> None:
    async def story(session: ClientSession, url: str, desk: Desk) -> None:
        for path in ("/health", "/nowhere", "/broken"):
            async with session.get(url + path) as answer:
                assert "Server" not in answer.headers, path

    served(story)


SIZE = 500_000_000


def test_who_does_not_read_what_they_asked_for_is_cut_off(tmp_path: Path) -> None:
    file = tmp_path / "large"
    with file.open("wb") as large:
        large.truncate(SIZE)

    async def send(_request: web.Request) -> web.StreamResponse:
        return web.FileResponse(file)

    async def run() -> int:
        server = WebServer("127.0.0.1", 0, [web.get("/large", send)], Desk().report, sending=0.5)
        await server.start()
        got = 0
        try:
            reader, writer = await asyncio.open_connection("127.0.0.1", server.port, limit=65_536)
            writer.write(b"GET /large HTTP/1.1\r\nHost: x\r\n\r\n")
            while chunk := await _read(reader):
                got += len(chunk)
                await asyncio.sleep(0.05)  # So it would take them minutes.
            writer.close()
        finally:
            await server.stop()
        return got

    assert 0 < asyncio.run(run()) < SIZE


@pytest.mark.parametrize("whole", [True, False], ids=["read", "hung up on"])
def test_a_file_is_sent_once_and_fills_no_log(tmp_path: Path, caplog: pytest.LogCaptureFixture, whole: bool) -> None:
    file, ask = tmp_path / "file", b"GET /file HTTP/1.1\r\nHost: x\r\n\r\n"
    with file.open("wb") as made:
        made.truncate(1000 if whole else SIZE)

    async def send(_request: web.Request) -> web.StreamResponse:
        return web.FileResponse(file)

    async def run() -> bytes:
        server = WebServer("127.0.0.1", 0, [web.get("/file", send)], Desk().report)
        await server.start()
        reader, writer = await asyncio.open_connection("127.0.0.1", server.port, limit=65_536)
        try:
            writer.write(ask)
            if not whole:
                assert await reader.read(1000)
                writer.transport.abort()
                return b""
            writer.write(ask.replace(b"Host", b"Connection: close\r\nHost"))
            return await reader.read()
        finally:
            writer.close()
            await server.stop()

    got = asyncio.run(run())
    assert (got.count(b"HTTP/1.1 200 OK"), got.count(b"\0")) == ((2, 2000) if whole else (0, 0))
    assert not caplog.records


async def _read(reader: asyncio.StreamReader) -> bytes:
    try:
        return await reader.read(65_536)
    except ConnectionError:
        return b""
