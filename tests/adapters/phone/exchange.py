"""A provider's API on loopback, small enough to be told what goes wrong: for tests of how pages go out."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import format_datetime
from typing import Any, Self

from aiohttp import web
from pydantic import SecretStr

from bot.settings import PhoneAccount
from tests.beside import Site

PATIENCE = 1.5
"""Seconds that a request may take in these tests: what hangs, hangs for longer."""

Happens = Callable[[], web.StreamResponse | None]


@dataclass(slots=True)
class Exchange:
    """`async with Exchange() as exchange`. `calls` and `texts` are what it took, as forms; `asked` every request's
    method and path; `next` what becomes of the next requests that place something: "ok", a status, "hang" (nothing is
    done), "took and hang" (it is), "reset" and "took and reset"."""

    prefix: str = "AC"
    number: str = "+14165550100"
    calls: list[dict[str, Any]] = field(default_factory=list)
    texts: list[dict[str, Any]] = field(default_factory=list)
    asked: list[tuple[str, str]] = field(default_factory=list)
    updates: list[tuple[str, dict[str, str]]] = field(default_factory=list)
    next: list[Any] = field(default_factory=list)
    lists: list[Any] = field(default_factory=list)
    error: dict[str, Any] = field(default_factory=dict)
    headers: dict[str, str] = field(default_factory=dict)
    at: datetime = datetime(2026, 3, 2, 15, 0, tzinfo=UTC)
    port: int = 0
    lines: list[dict[str, Any]] = field(default_factory=list)
    standing: dict[str, Any] = field(default_factory=lambda: {"friendly_name": "Desk", "status": "active"})
    _runner: web.AppRunner | None = None

    async def __aenter__(self) -> Self:
        app = web.Application()
        app.router.add_route("*", "/{path:.*}", self._answer)
        self._runner = web.AppRunner(app, shutdown_timeout=0.1)
        await self._runner.setup()
        site = Site(self._runner, "127.0.0.1", self.port)
        await site.start()
        self.port = self._runner.addresses[0][1]
        return self

    async def __aexit__(self, *exception: object) -> None:
        if self._runner is not None:
            await self._runner.cleanup()
            await asyncio.sleep(0.01)  # What was closed just now lets go of its socket in the loop's next turns.

    @property
    def account(self) -> PhoneAccount:
        return PhoneAccount(
            account=f"{self.prefix}1",
            token=SecretStr("token"),
            number=self.number,
            api_url=f"http://127.0.0.1:{self.port}/api",
        )

    async def _answer(self, request: web.Request) -> web.StreamResponse:
        self.asked.append((request.method, request.path))
        what = request.path.rsplit("/", 1)[1].removesuffix(".json")
        if request.method == "POST":
            form = await self._form(request)
            if what in ("Calls", "Messages", "messages"):
                return await self._place(self.calls if what == "Calls" else self.texts, form)
            self.updates.append((what, form))
            return await self._then(self.next, lambda: web.json_response({"sid": what}))
        return await self._then(self.lists, lambda: self._told(request, what))

    async def _form(self, request: web.Request) -> dict[str, Any]:
        if request.content_type == "application/json":
            return dict(await request.json())
        form = await request.post()
        return {name: values[0] if len(values := form.getall(name)) == 1 else values for name in form}

    async def _place(self, taken: list[dict[str, Any]], form: dict[str, Any]) -> web.StreamResponse:
        def take() -> web.StreamResponse:
            sid = f"{'CA' if taken is self.calls else 'SM'}{self.prefix}{len(taken) + 1}"
            taken.append(form | {"sid": sid, "at": self.at, "status": "queued"})
            return web.json_response({"sid": sid, "status": "queued", "data": {"id": sid}}, status=201)

        how = self.next[0] if self.next else "ok"
        if isinstance(how, str) and how.startswith("took"):
            take()
        return await self._then(self.next, take)

    async def _then(self, script: list[Any], done: Callable[[], web.StreamResponse]) -> web.StreamResponse:
        how = script.pop(0) if script else "ok"
        if isinstance(how, int):
            return web.json_response(self.error, status=how, headers=self.headers)
        if isinstance(how, dict):
            return web.json_response(how, status=400)
        if how.endswith("hang"):
            await asyncio.sleep(PATIENCE * 1.6)
            return web.Response(status=504)
        if how.endswith("reset"):
            raise ConnectionResetError
        if how == "page":
            return web.Response(text="<html>", content_type="text/html")
        return done()

    def _told(self, request: web.Request, what: str) -> web.StreamResponse:
        to = request.query.get("To")
        if what == "Calls":
            return web.json_response({"calls": [_call(one) for one in reversed(self.calls) if one["To"] == to]})
        if what == "Messages":
            return web.json_response({"messages": [_text(one) for one in reversed(self.texts) if one["To"] == to]})
        if what == "IncomingPhoneNumbers":
            return web.json_response({"incoming_phone_numbers": self.lines})
        for one in (*self.calls, *self.texts):
            if one["sid"] == what:
                return web.json_response(_call(one) if "Url" in one or "Twiml" in one else _text(one))
        if what.startswith(self.prefix):
            return web.json_response(self.standing)
        return web.json_response({"code": 20404, "message": "not found"}, status=404)


def _call(one: dict[str, Any]) -> dict[str, Any]:
    started = format_datetime(one["at"]) if one["status"] != "queued" else None
    return {
        "sid": one["sid"],
        "to": one["To"],
        "from": one["From"],
        "status": one["status"],
        "date_created": format_datetime(one["at"]),
        "start_time": started,
        "duration": one.get("seconds"),
        "direction": one.get("direction", "outbound-api"),
    }


def _text(one: dict[str, Any]) -> dict[str, Any]:
    return {
        "sid": one["sid"],
        "to": one["To"],
        "from": one["From"],
        "body": one["Body"],
        "status": one["status"],
        "date_created": format_datetime(one["at"]),
        "direction": "outbound-api",
    }
