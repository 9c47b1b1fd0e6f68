"""The door for Slack over HTTP: one path, signed requests only, for desks that have a public address."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import datetime

from aiohttp import web
from slack_bolt.adapter.aiohttp import to_aiohttp_response, to_bolt_request
from slack_bolt.app.async_app import AsyncApp

from bot.ports import WallClock

PATH = "/slack/events"
LARGEST = 1024 * 1024
"""Bytes; what Slack sends stays far below."""
GRACE = 3.0


class HttpDoor:
    """Hands Slack's requests to the app between open and close; before and after, Slack is told to come again."""

    def __init__(self, clock: WallClock) -> None:
        self._clock = clock
        self._app: AsyncApp | None = None
        self._answering = 0
        self._idle = asyncio.Event()
        self._idle.set()
        self.heard_at: datetime | None = None

    def routes(self) -> Sequence[web.RouteDef]:
        return (web.post(PATH, self._hear),)

    def open(self, app: AsyncApp) -> None:
        """The app must verify signatures."""
        self._app = app

    async def close(self) -> None:
        """Take nothing more, and finish the answers under way."""
        self._app = None
        try:
            await asyncio.wait_for(self._idle.wait(), GRACE)
        except TimeoutError:
            return

    async def _hear(self, request: web.Request) -> web.StreamResponse:
        app = self._app
        if app is None:
            return web.Response(status=503, headers={"Retry-After": "5"})
        if (request.content_length or 0) > LARGEST:
            return web.Response(status=413)
        self._answering += 1
        self._idle.clear()
        try:
            try:
                heard = await to_bolt_request(request)
            except ValueError:  # Neither text nor JSON: no signature of Slack's can be on it.
                return web.Response(status=400)
            answer = await app.async_dispatch(heard)
            if answer.status != 401:
                self.heard_at = self._clock.now()
            return await to_aiohttp_response(answer)
        finally:
            self._answering -= 1
            if not self._answering:
                self._idle.set()
