"""Socket Mode as Slack speaks it: tickets, hello, envelopes and their acknowledgements, pings, and goodbyes."""

from __future__ import annotations

import asyncio
import contextlib
import json
import time
from dataclasses import dataclass, field
from typing import Any

from aiohttp import WSMsgType, web

from tests.doubles.slack.seen import Json
from tests.doubles.slack.state import APP, State

MOST_SOCKETS = 10


@dataclass(slots=True, eq=False)
class Socket:
    """One connection; a deaf one stays open and says nothing, and a `mute` one does not even answer pings."""

    connection: web.WebSocketResponse
    transport: asyncio.Transport | None
    deaf: bool = False
    mute: bool = False
    leaving: bool = False


@dataclass(slots=True)
class Sockets:
    """All of an app's connections. Lives on the server's loop."""

    state: State
    ping_every: float = 5.0
    tickets: set[str] = field(default_factory=set)
    open: list[Socket] = field(default_factory=list)
    envelopes: list[Json] = field(default_factory=list)
    welcomed: int = 0
    _waiting: dict[str, asyncio.Future[Json]] = field(default_factory=dict)
    _turn: int = 0

    def ticket(self) -> str:
        """A URL that is good for one connection."""
        id = self.state.id("ticket-")
        self.tickets.add(id)
        return f"{self.state.base.replace('http', 'ws', 1)}/link/?ticket={id}&app_id={APP}"

    async def serve(self, request: web.Request) -> web.StreamResponse:
        """One connection, from hello to its end."""
        ticket = request.query.get("ticket", "")
        if ticket not in self.tickets:
            return web.Response(status=408, text="invalid ticket")
        self.tickets.discard(ticket)
        connection = web.WebSocketResponse(autoping=False)
        await connection.prepare(request)
        socket = Socket(connection, request.transport)
        if len(self.open) >= MOST_SOCKETS:
            await connection.send_json({"type": "disconnect", "reason": "too_many_websockets", "debug_info": _HOST})
            await connection.close()
            return connection
        await connection.send_json(
            {
                "type": "hello",
                "num_connections": len(self.open) + 1,
                "debug_info": {**_HOST, "build_number": 71, "approximate_connection_time": 18060},
                "connection_info": {"app_id": APP},
            }
        )
        with self.state.news:
            self.open.append(socket)
            self.welcomed += 1
            self.state.news.notify_all()
        pinger = asyncio.create_task(self._ping(socket))
        try:
            await self._listen(socket)
        finally:
            pinger.cancel()
            with self.state.news:
                self.open.remove(socket)
                self.state.news.notify_all()
        return connection

    async def _listen(self, socket: Socket) -> None:
        async for frame in socket.connection:
            if frame.type is WSMsgType.PING and not socket.mute:
                await socket.connection.pong(frame.data)
            elif frame.type is WSMsgType.TEXT and not socket.deaf:
                self._acknowledged(json.loads(frame.data))

    def _acknowledged(self, answer: Json) -> None:
        waiting = self._waiting.pop(str(answer.get("envelope_id")), None)
        if waiting is not None and not waiting.done():
            waiting.set_result(answer)

    async def _ping(self, socket: Socket) -> None:
        with contextlib.suppress(ConnectionError, RuntimeError):
            while True:
                await asyncio.sleep(self.ping_every)
                if not socket.mute and not socket.deaf:
                    await socket.connection.ping(b"Ping from applink-1")

    async def send(
        self, kind: str, payload: Json, attempt: int, reason: str, patience: float
    ) -> tuple[Json | None, float, str]:
        """Send an envelope to one of the connections. Returns the answer's payload (None without one), the seconds
        that it took, and why there is none."""
        able = [one for one in self.open if not one.leaving]
        if not able:
            return None, 0.0, "connection_failed"
        self._turn += 1
        socket = able[self._turn % len(able)]
        id = self.state.id("envelope-")
        envelope: dict[str, Any] = {
            "envelope_id": id,
            "type": kind,
            "payload": payload,
            "accepts_response_payload": kind != "events_api",
        }
        if kind == "events_api":
            envelope |= {"retry_attempt": attempt, "retry_reason": reason}
        self.envelopes.append(envelope)
        waiting = self._waiting[id] = asyncio.get_running_loop().create_future()
        started = time.monotonic()
        try:
            if not socket.deaf:
                await socket.connection.send_json(envelope)
            answer = await asyncio.wait_for(waiting, patience)
        except TimeoutError:
            return None, time.monotonic() - started, "timeout"
        except (ConnectionError, RuntimeError):
            return None, time.monotonic() - started, "connection_failed"
        finally:
            self._waiting.pop(id, None)
        return answer.get("payload") or {}, time.monotonic() - started, ""

    async def part(self, reason: str, *, close: bool) -> None:
        """Say goodbye on every connection: "warning", "refresh_requested" or "link_disabled"."""
        for socket in list(self.open):
            with contextlib.suppress(ConnectionError, RuntimeError):
                await socket.connection.send_json({"type": "disconnect", "reason": reason, "debug_info": _HOST})
                if close:
                    socket.leaving = True
                    await socket.connection.close()

    async def drop(self) -> None:
        """Cut every connection without a word."""
        for socket in list(self.open):
            socket.leaving = True
            if socket.transport is not None:
                socket.transport.abort()

    def deafen(self, *, mute: bool) -> None:
        for socket in self.open:
            socket.deaf, socket.mute = True, mute


_HOST = {"host": "applink-town-1"}
