"""A receiver of webhooks on loopback, as another system has it: it checks what is signed, and answers as it is told."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import json
from base64 import b64decode, b64encode
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web

SECRET = "whsec_" + b64encode(bytes(range(32))).decode()


@dataclass(slots=True)
class Receiver:
    """`heard` are the payloads that were taken, `ids` their names; `answers` what is answered, by the path that is
    asked, with headers; `asked` how often anybody came; `told` is set once something was taken."""

    port: int = 0
    heard: list[dict[str, Any]] = field(default_factory=list)
    ids: list[str] = field(default_factory=list)
    answers: dict[str, tuple[int, dict[str, str]]] = field(default_factory=dict)
    asked: list[web.BaseRequest] = field(default_factory=list)
    told: asyncio.Event = field(default_factory=asyncio.Event)

    def url(self, path: str = "/hooks") -> str:
        return f"http://127.0.0.1:{self.port}{path}"

    async def take(self, request: web.BaseRequest) -> web.StreamResponse:
        self.asked.append(request)
        body = await request.read()
        status, headers = self.answers.get(request.path, (204, {}))
        if status < 300:
            id, stamp = request.headers["webhook-id"], request.headers["webhook-timestamp"]
            key = b64decode(SECRET.removeprefix("whsec_"))
            expected = b64encode(hmac.new(key, f"{id}.{stamp}.".encode() + body, hashlib.sha256).digest()).decode()
            assert request.headers["webhook-signature"] == f"v1,{expected}"
            assert request.content_type == "application/json"
            self.ids.append(id)
            self.heard.append(json.loads(body))
            self.told.set()
        return web.Response(status=status, headers=headers)

    @property
    def types(self) -> list[str]:
        return [one["type"] for one in self.heard]


@asynccontextmanager
async def receiving() -> AsyncIterator[Receiver]:
    receiver = Receiver()
    runner = web.ServerRunner(web.Server(receiver.take), shutdown_timeout=0.1)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    receiver.port = int(runner.addresses[0][1])
    try:
        yield receiver
    finally:
        await runner.cleanup()
