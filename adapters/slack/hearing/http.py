"""The door for Slack over HTTP: one path, signed requests only, for desks that have a public address.

What people do comes as a form and goes straight to whoever answers it; events come as JSON and go to Bolt. People
wait, and Bolt loses a form in which somebody wrote the word "payload".
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import parse_qsl

from aiohttp import web
from slack_bolt.adapter.aiohttp import to_aiohttp_response, to_bolt_request
from slack_bolt.app.async_app import AsyncApp
from slack_sdk.signature import SignatureVerifier

from bot.ports import WallClock

PATH = "/slack/events"
LARGEST = 1024 * 1024
"""Bytes; what Slack sends stays far below."""
GRACE = 3.0

Answer = Callable[[Mapping[str, Any]], Awaitable[str | None]]
"""Gives the body of an acknowledgement, JSON or empty, or None where it is for the app to say."""

_FORM = "application/x-www-form-urlencoded"


@dataclass(frozen=True, slots=True)
class _Hosts:
    """Who hears what comes through the door."""

    app: AsyncApp
    answer: Answer
    verifier: SignatureVerifier


class HttpDoor:
    """Hands Slack's requests to the app between open and close; before and after, Slack is told to come again."""

    def __init__(self, clock: WallClock) -> None:
        self._clock = clock
        self._hosts: _Hosts | None = None
        self._answering = 0
        self._idle = asyncio.Event()
        self._idle.set()
        self.heard_at: datetime | None = None

    def routes(self) -> Sequence[web.RouteDef]:
        return (web.post(PATH, self._hear),)

    def open(self, app: AsyncApp, answer: Answer, signing_secret: str) -> None:
        """`answer` is asked about the forms that bear Slack's signature; all else goes to the app, which must verify
        signatures, too."""
        self._hosts = _Hosts(app, answer, SignatureVerifier(signing_secret))

    async def close(self) -> None:
        """Take nothing more, and finish the answers under way."""
        self._hosts = None
        try:
            await asyncio.wait_for(self._idle.wait(), GRACE)
        except TimeoutError:
            return

    async def _hear(self, request: web.Request) -> web.StreamResponse:
        hosts = self._hosts
        if hosts is None:
            return web.Response(status=503, headers={"Retry-After": "5"})
        if (request.content_length or 0) > LARGEST:
            return web.Response(status=413)
        self._answering += 1
        self._idle.clear()
        try:
            answer = await _answered(hosts, request)
            if answer.status not in (400, 401):
                self.heard_at = self._clock.now()
            return answer
        finally:
            self._answering -= 1
            if not self._answering:
                self._idle.set()


async def _answered(hosts: _Hosts, request: web.Request) -> web.Response:
    try:
        said = None
        if request.content_type == _FORM and _is_signed(hosts.verifier, request, await request.text()):
            said = await hosts.answer(_read(await request.text()))
        heard = await to_bolt_request(request) if said is None else None
    except ValueError:  # Neither text nor JSON: no signature of Slack's can be on it.
        return web.Response(status=400)
    if heard is not None:
        return await to_aiohttp_response(await hosts.app.async_dispatch(heard))
    return web.Response(text=said, content_type="application/json" if said else "text/plain")


def _is_signed(verifier: SignatureVerifier, request: web.Request, text: str) -> bool:
    at, signature = request.headers.get("X-Slack-Request-Timestamp"), request.headers.get("X-Slack-Signature")
    try:
        return verifier.is_valid(text, at, signature)
    except (ValueError, TypeError):  # No number for a time, or a signature of other letters than Slack's.
        return False


def _read(text: str) -> Mapping[str, Any]:
    """A slash command is the form itself; what people do in messages and views is JSON within it."""
    form = dict(parse_qsl(text, keep_blank_values=True))
    payload = form.get("payload")
    found = form if payload is None else json.loads(payload)
    return found if isinstance(found, Mapping) else {}
