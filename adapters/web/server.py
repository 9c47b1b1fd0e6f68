"""The one HTTP server of the desk: the routes it is given, and GET /health for monitors; small and slow to anger."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any

from aiohttp import web
from aiohttp.http import HttpProcessingError

from bot.domain.errors import Refusal
from bot.ports import Health

MOST_BYTES = 1_000_000
"""Of a request; no platform sends as much."""
PATIENCE = 15.0
"""Real seconds for a whole request, and until a silent connection is closed."""
SENDING = 900.0
"""Real seconds for an answer to be taken: the largest file over a slow line."""
FRESH = 1.0
"""Real seconds for which an answer about health holds, however many ask."""

_LIMIT = web.RequestKey("limit", asyncio.Timeout)

Report = Callable[[], Awaitable[tuple[bool, Mapping[str, Any]]]]
"""Whether all is well, and what may be told of it to anybody: no secrets."""


class WebServer:
    """Listens from `start` to `stop`. Port 0 takes a free one; `port` says which. `at_end` is awaited once nothing is
    asked any more; `sending` is how many real seconds an answer may take to be read."""

    def __init__(
        self,
        host: str,
        port: int,
        routes: Sequence[web.RouteDef],
        report: Report,
        at_end: Callable[[], Awaitable[None]] | None = None,
        sending: float = SENDING,
    ) -> None:
        self._host = host
        self._wanted = port
        self._report = report
        self._at_end = at_end
        self._asked = asyncio.Lock()
        self._answer: tuple[float, web.Response] | None = None
        app = web.Application(client_max_size=MOST_BYTES, middlewares=[_taken_within(sending), _in_time])
        app.on_response_prepare.append(_without_a_name)
        app.add_routes([web.get("/health", self._tell_health), *routes])
        self._runner = web.AppRunner(
            app,
            handle_signals=False,
            access_log=None,
            keepalive_timeout=PATIENCE,
            shutdown_timeout=PATIENCE,
            logger=_log_of_faults(),
        )
        self._listening = False

    async def start(self) -> None:
        """Listen. Raises Refusal when the address is taken or not ours."""
        await self._runner.setup()
        try:
            await web.TCPSite(self._runner, self._host, self._wanted).start()
        except OSError as error:
            await self._runner.cleanup()
            raise Refusal(
                f"The web server cannot listen on {self._host}:{self._wanted}: {error.strerror or error}.",
                "Set another host or port in [web].",
            ) from None
        self._listening = True

    async def stop(self) -> None:
        """Take no more requests, and answer those that are there."""
        self._listening = False
        await self._runner.cleanup()
        if self._at_end is not None:
            await self._at_end()

    @property
    def port(self) -> int:
        """The port that it listens on; 0 before it listens."""
        return int(self._runner.addresses[0][1]) if self._runner.addresses else 0

    def health(self) -> Health:
        words = f"listening on {self._host}:{self.port}" if self._listening else "not listening"
        return Health(self._listening, words)

    async def _tell_health(self, _request: web.Request) -> web.Response:
        async with self._asked:
            now = asyncio.get_running_loop().time()
            if self._answer is None or now - self._answer[0] >= FRESH:
                well, told = await self._report()
                answer = web.json_response({"ok": well, **told}, status=200 if well else 503)
                self._answer = now, answer
            made = self._answer[1]
        headers = {"Cache-Control": "no-store"}
        return web.Response(body=made.body, status=made.status, content_type="application/json", headers=headers)


def _log_of_faults() -> logging.Logger:
    """Where aiohttp writes what went wrong with us, and not what others send that is no HTTP: anybody could fill the
    log with that, and what they sent would stand in it."""
    log = logging.getLogger(f"{__name__}.faults")
    log.addFilter(_is_ours)
    return log


def _is_ours(record: logging.LogRecord) -> bool:
    fault = record.exc_info[1] if isinstance(record.exc_info, tuple) else None
    return not isinstance(fault, HttpProcessingError | web.RequestPayloadError)


async def _without_a_name(_request: web.Request, response: web.StreamResponse) -> None:
    """Which program answers, and which version of it, is nobody's business."""
    response.headers.pop("Server", None)


def _taken_within(seconds: float) -> Any:
    """Answers are sent within that time, or cut off: whoever reads slowly holds no file open for ever. aiohttp sends
    them, in the task of their request."""

    @web.middleware
    async def timed(
        request: web.Request, handler: Callable[[web.Request], Awaitable[web.StreamResponse]]
    ) -> web.StreamResponse:
        response = await handler(request)
        sending, loop = asyncio.current_task(), asyncio.get_running_loop()
        if sending is not None:
            timer = loop.call_later(seconds, _cut_off, sending, request)
            sending.add_done_callback(lambda _: timer.cancel())
        return response

    return timed


def _cut_off(sending: asyncio.Task[Any], request: web.Request) -> None:
    sending.cancel()
    if request.transport is not None:
        request.transport.abort()


@web.middleware
async def _in_time(
    request: web.Request, handler: Callable[[web.Request], Awaitable[web.StreamResponse]]
) -> web.StreamResponse:
    """Nobody holds a place for longer than a request can take, however slowly they send it."""
    try:
        async with asyncio.timeout(PATIENCE) as limit:
            request[_LIMIT] = limit
            return await handler(request)
    except TimeoutError:
        return web.Response(status=408, text="Too slow.\n")
    except web.RequestPayloadError:
        return web.Response(status=400, text="The body is not packed as its Content-Encoding says.\n")


def have_patience(request: web.Request, seconds: float) -> None:
    """Give a request so many real seconds from now on: for those that may send much over a slow line."""
    limit = request.get(_LIMIT)
    if limit is not None:
        limit.reschedule(asyncio.get_running_loop().time() + seconds)
