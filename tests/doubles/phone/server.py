"""The server: the provider's API on loopback, in a thread of its own, and the network behind it."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web

from tests.beside import LoopThread, Site
from tests.doubles.phone.contract import Wrong, check
from tests.doubles.phone.exchange import Exchange
from tests.doubles.phone.recording import root, sound
from tests.doubles.phone.records import Json, Request
from tests.doubles.phone.rest import ROUTES, Asked, Refused, Rest
from tests.doubles.phone.state import State
from tests.doubles.phone.troubles import Trouble, Troubles
from tests.doubles.phone.webhooks import Webhooks

_MOST = 600.0
_CODES = {401: 20003, 404: 20404, 429: 20429, 500: 20500, 502: 20502, 503: 20503}
_TIMES = {"ringing": ("ringing", "in-progress"), "in-progress": ("in-progress",), "over": ()}


@dataclass(slots=True)
class Server:
    """The thread, and what runs on it."""

    state: State
    troubles: Troubles = field(default_factory=Troubles)
    thread: LoopThread = field(default_factory=LoopThread)
    webhooks: Webhooks = field(init=False)
    exchange: Exchange = field(init=False)
    rest: Rest = field(init=False)
    port: int = 0
    _runner: web.AppRunner | None = None
    _site: Site | None = None

    def __post_init__(self) -> None:
        self.webhooks = Webhooks(self.state)
        self.exchange = Exchange(self.state, self.webhooks, self.until)
        self.rest = Rest(self.state, self.exchange, self.troubles)

    def until(self, holds: Callable[[], object], seconds: float = 60.0) -> None:
        """Wait until that holds. It is looked at whenever something happens here, and now and then, since it may be
        about something elsewhere. Raises AssertionError after so many real seconds."""
        ends = time.monotonic() + seconds
        with self.state.news:
            while not holds():
                if time.monotonic() > ends:
                    raise AssertionError(f"It did not come to pass in {seconds} s; faults: {self.state.faults}")
                self.state.news.wait(0.02)

    # --- the thread ------------------------------------------------------------------------------------------

    def start(self) -> None:
        self.thread.start()
        self.thread.does(self._start())

    def stop(self) -> None:
        self.thread.does(self._end())
        self.thread.stop()

    async def _start(self) -> None:
        app = web.Application()
        base = f"{root(self.state)}/Accounts/{{account}}"
        app.router.add_get(f"{base}/Recordings/{{sid}}.wav", self._media)
        app.router.add_get(f"{base}/Recordings/{{sid}}.mp3", self._media)
        for method, path, operation in ROUTES:
            app.router.add_route(method, f"{base}{path}.json", self._handler(operation))
            app.router.add_route(method, f"{base}{path}", self._handler(operation))
        app.router.add_route("*", "/{rest:.*}", self._nothing)
        self._runner = web.AppRunner(app, shutdown_timeout=0.1, access_log=None, handler_cancellation=True)
        await self._runner.setup()
        await self.listen()
        self.state.base = f"http://127.0.0.1:{self.port}"

    async def listen(self) -> None:
        assert self._runner is not None
        self._site = Site(self._runner, "127.0.0.1", self.port, reuse_address=True)
        await self._site.start()
        server = self._site._server
        assert isinstance(server, asyncio.Server)
        self.port = server.sockets[0].getsockname()[1]

    async def deafen(self) -> None:
        """Nobody listens any more: connections are refused, those that are open are cut."""
        assert self._site is not None
        assert self._runner is not None
        await self._site.stop()
        server = self._runner.server
        for connection in list(server.connections if server is not None else ()):
            if connection.transport is not None:
                connection.transport.abort()

    async def _end(self) -> None:
        for task in [*self.state.tasks, *self.state.aside]:
            task.cancel()
        await self.webhooks.close()
        await self.state.lines.close()
        if self._runner is not None:
            await self._runner.cleanup()

    # --- requests --------------------------------------------------------------------------------------------

    def _handler(self, operation: str) -> Callable[[web.Request], Coroutine[Any, Any, web.StreamResponse]]:
        async def handle(request: web.Request) -> web.StreamResponse:
            return await self._api(operation, request)

        return handle

    async def _api(self, operation: str, request: web.Request) -> web.StreamResponse:
        at = time.monotonic()
        form = await request.post() if request.method == "POST" else request.query
        given = tuple((name, str(value)) for name, value in form.items())
        asked = Asked(request.path, request.match_info, given)
        trouble = self.troubles.next(operation, asked.get("To"))
        if trouble is not None:
            status = trouble.status
            if status == "refused" or status == "dropped_before":
                return self._cut(request, operation, given, at)
            if status == "timeout_before":
                return await self._hang(operation, given, at)
            if isinstance(status, int) and status:
                return self._failed(trouble, status, operation, given, at)
        status_code, body = self._done(operation, request, asked)
        if trouble is not None and trouble.status == "dropped_after":
            return self._cut(request, operation, given, at)
        if trouble is not None and trouble.status == "timeout_after":
            return await self._hang(operation, given, at)
        if trouble is not None and trouble.until:
            await self._reaches(str(body.get("sid", "")), trouble.until)
        self._note(operation, given, status_code, at)
        return _json(status_code, body)

    def _done(self, operation: str, request: web.Request, asked: Asked) -> tuple[int, Json]:
        """What the request comes to; its mistakes are faults."""
        try:
            self._check(operation, request, asked)
            return self.rest.do(operation, asked)
        except Refused as refused:
            return refused.status, _error(refused.status, refused.code, str(refused))

    def _check(self, operation: str, request: web.Request, asked: Asked) -> None:
        where = f"{request.method} {request.path}"
        if not self.rest.genuine(request.headers.get("Authorization", "")):
            self.state.fault(f"{where}: wrong credentials")
            raise Refused(401, 20003, "Authenticate")
        if request.match_info["account"] != self.state.account:
            self.state.fault(f"{where}: not this account")
            raise Refused(404, 20404, f"The requested resource {request.path} was not found")
        if request.path.endswith(".json") == (self.state.dialect == "telnyx"):
            self.state.fault(f"{where}: this provider calls it otherwise (.json)")
        if request.method == "POST" and request.query_string:
            self.state.fault(f"{where}: a query beside the form")
        wrongs = check(operation, asked.given)
        if asked.get("AsyncAmd").lower() == "true" and not asked.get("AsyncAmdStatusCallback"):
            wrongs.append(Wrong("AsyncAmd without a callback (21262)", refused=False))
        for wrong in wrongs:
            self.state.fault(f"{where}: {wrong.what}")
        refused = [wrong.what for wrong in wrongs if wrong.refused]
        if refused:
            raise Refused(400, 20001, "; ".join(refused))

    def _failed(self, trouble: Trouble, status: int, operation: str, given: Any, at: float) -> web.Response:
        self._note(operation, given, status, at)
        code = trouble.code or _CODES.get(status, 20001)
        headers = {} if trouble.retry_after is None else {"Retry-After": str(trouble.retry_after)}
        return _json(status, _error(status, code, "So the test wished."), headers)

    def _cut(self, request: web.Request, operation: str, given: Any, at: float) -> web.Response:
        self._note(operation, given, 0, at)
        if request.transport is not None:
            request.transport.abort()
        return web.Response()

    async def _hang(self, operation: str, given: Any, at: float) -> web.Response:
        self._note(operation, given, 0, at)
        # Cancelled when the app has had enough.
        await asyncio.sleep(_MOST)
        return web.Response()

    async def _reaches(self, sid: str, until: str) -> None:
        """Until the call is so far, and the app was told."""
        call = self.state.call(sid)
        while call is not None and (self.webhooks.pending or not (call.over or call.status in _TIMES[until])):
            self.state.stirred.clear()
            await self.state.stirred.wait()

    def _note(self, operation: str, given: Any, status: int, at: float) -> None:
        with self.state.news:
            self.state.requests.append(Request(operation, given, status, at))
            self.state.news.notify_all()

    async def _media(self, request: web.Request) -> web.Response:
        at = time.monotonic()
        if not self.rest.genuine(request.headers.get("Authorization", "")):
            self.state.fault(f"GET {request.path}: wrong credentials")
            return _json(401, _error(401, 20003, "Authenticate"))
        found = [one for one in self.state.recordings if one.sid == request.match_info["sid"] and not one.deleted]
        self._note("recordings_media", (), 200 if found else 404, at)
        if not found:
            return _json(404, _error(404, 20404, "There is no such recording."))
        return web.Response(body=sound(found[0].seconds), content_type="audio/wav")

    async def _nothing(self, request: web.Request) -> web.Response:
        self.state.fault(f"{request.method} {request.path}: there is nothing there")
        return _json(404, _error(404, 20404, f"The requested resource {request.path} was not found"))


def _error(status: int, code: int, message: str) -> Json:
    more = f"https://www.twilio.com/docs/errors/{code}"
    return {"code": code, "message": message, "more_info": more, "status": status}


def _json(status: int, body: Json, headers: dict[str, str] | None = None) -> web.Response:
    if status == 204:
        return web.Response(status=204)
    text = json.dumps(body)
    return web.Response(status=status, text=text, content_type="application/json", headers=headers)
