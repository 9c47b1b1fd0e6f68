"""Discord's REST API on the wire: who is asking, how often, whether it is well formed, and what can go wrong."""

from __future__ import annotations

import asyncio
import io
import json
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import unquote

from aiohttp import BodyPartReader, web
from simcord.backend.errors import BackendError
from simcord.http.router import RequestContext, RouteNotImplemented, UnsupportedField

from tests.doubles.discord.contract import Route, route_of, violations
from tests.doubles.discord.own_routes import OWN, TooOften, onward, readable
from tests.doubles.discord.troubles import Trouble, Troubles
from tests.doubles.discord.world import Json, World

BASE = "/api/v10"
REQUESTS_A_SECOND = 50
# Interactions are answered and followed up by their own token, outside the limit for the whole bot.
BY_TOKEN = ("/interactions/", "/webhooks/")


@dataclass(frozen=True, slots=True)
class Request:
    """A request of the bot: what it asked, and what came of it (status 0 where the connection was dropped)."""

    method: str
    path: str
    query: Mapping[str, str]
    body: Any
    files: tuple[str, ...]
    status: int
    answer: Any
    at: float

    @property
    def name(self) -> str:
        return f"{self.method} {self.path}"


@dataclass(slots=True)
class Upload:
    """A file of a request, as simcord takes it."""

    filename: str
    fp: io.BytesIO
    description: str | None = None


@dataclass(slots=True)
class Answer:
    """What is sent back."""

    status: int
    body: Any
    headers: dict[str, str] = field(default_factory=dict)


@dataclass(slots=True)
class Rest:
    """The API over a world. Handlers run on the server's loop, one after the other."""

    world: World
    troubles: Troubles
    gateway_url: str = ""
    requests: list[Request] = field(default_factory=list)
    recent: list[float] = field(default_factory=list)
    invalid: int = 0

    async def serve(self, request: web.Request) -> web.StreamResponse:
        """Answer one request."""
        path, asked = request.raw_path.split("?")[0].removeprefix(BASE), time.monotonic()
        path = unquote(path)
        body, files, malformed = await _read(request)
        trouble = self.troubles.next(f"{request.method} {path}")
        if trouble is not None and trouble.slow:
            await asyncio.sleep(trouble.slow)
        if self.troubles.down or (trouble is not None and trouble.lost_before):
            return self._dropped(request, path, body, files, asked)
        with self.world.news:
            answer = self._answer(request, path, body, files, trouble, malformed)
            if trouble is None or not trouble.lost_after:
                names = tuple(one.filename for one in files)
                self._note(Request(request.method, path, dict(request.query), body, names, answer.status,
                                   answer.body, asked))  # fmt: skip
        if trouble is not None and trouble.lost_after:
            return self._dropped(request, path, body, files, asked)
        return _response(answer)

    async def attachment(self, request: web.Request) -> web.StreamResponse:
        """A file, as anybody with its address gets it."""
        with self.world.news:
            data = self.world.files.stored.get(unquote(request.path))
        return web.Response(body=data) if data is not None else web.Response(status=404)

    def _note(self, request: Request) -> None:
        self.requests.append(request)
        self.invalid += request.status in (401, 403, 429)
        self.world.news.notify_all()

    def _dropped(
        self, request: web.Request, path: str, body: Any, files: list[Upload], asked: float
    ) -> web.StreamResponse:
        if request.transport is not None:
            request.transport.abort()
        with self.world.news:
            names = tuple(one.filename for one in files)
            self._note(Request(request.method, path, dict(request.query), body, names, 0, None, asked))
        return web.Response(status=500)

    # --- what comes before the work --------------------------------------------------------------------------

    def _answer(
        self, request: web.Request, path: str, body: Any, files: list[Upload], trouble: Trouble | None, malformed: str
    ) -> Answer:
        name = f"{request.method} {path}"
        if not path.startswith(BY_TOKEN) and request.headers.get("Authorization") != f"Bot {self.world.token}":
            return Answer(401, {"message": "401: Unauthorized", "code": 0})
        if trouble is not None and trouble.rate_limit:
            return limited(trouble.rate_limit, everywhere=trouble.everywhere)
        if trouble is not None and trouble.status:
            return Answer(trouble.status, {"message": "Ordered by the test", "code": trouble.code})
        if (answer := self._too_many(path)) or (answer := self._bucket_full(name, path)):
            return answer
        route = route_of(request.method, path)
        if route is None:
            self.world.fault(f"{name}: no such route")
            return Answer(404, {"message": "404: Not Found", "code": 0})
        if malformed:
            self.world.fault(f"{name}: {malformed}")
            return Answer(400, {"message": "The request body contains invalid JSON.", "code": 50109})
        found = list(violations(route, request.query, body, len(files)))
        for violation in found:
            self.world.fault(f"{violation.text} in {readable(body)}")
        if not all(violation.overlooked for violation in found):
            return Answer(400, {"message": "Invalid Form Body", "code": 50035})
        answer = self._work(route, path, dict(request.query), body, files)
        answer.headers.update(self._bucket(name, path))
        return answer

    def _too_many(self, path: str) -> Answer | None:
        """More than fifty requests in a second are too many for one bot."""
        if path.startswith(BY_TOKEN):
            return None
        now = time.monotonic()
        self.recent = [at for at in self.recent if now - at < 1.0]
        if len(self.recent) >= REQUESTS_A_SECOND:
            self.world.fault(f"More than {REQUESTS_A_SECOND} requests in a second")
            return limited(self.recent[0] + 1.0 - now, everywhere=True)
        self.recent.append(now)
        return None

    def _bucket_full(self, name: str, path: str) -> Answer | None:
        limit = self.troubles.limit_of(name)
        if limit is None:
            return None
        now = time.monotonic()
        seen = limit.seen[_major(path)] = [at for at in limit.seen.get(_major(path), []) if now - at < limit.window]
        if len(seen) >= limit.count:
            answer = limited(seen[0] + limit.window - now)
            answer.headers.update(self._bucket(name, path))
            return answer
        seen.append(now)
        return None

    def _bucket(self, name: str, path: str) -> dict[str, str]:
        """The headers that tell a client how much it may still ask."""
        limit = self.troubles.limit_of(name)
        if limit is None:
            return {}
        seen, now = limit.seen.get(_major(path), []), time.monotonic()
        after = max(seen[0] + limit.window - now, 0.0) if seen else limit.window
        return {
            "X-RateLimit-Limit": str(limit.count),
            "X-RateLimit-Remaining": str(max(limit.count - len(seen), 0)),
            "X-RateLimit-Reset": f"{time.time() + after:.3f}",
            "X-RateLimit-Reset-After": f"{after:.3f}",
            "X-RateLimit-Bucket": f"{hash(limit.pattern) & 0xFFFFFFFF:08x}",
        }

    # --- the work --------------------------------------------------------------------------------------------

    def _work(self, route: Route, path: str, query: dict[str, str], body: Any, files: list[Upload]) -> Answer:
        if route.path in ("/gateway", "/gateway/bot"):
            return Answer(200, self._gateway())
        variables = dict(zip(route.segments, path.strip("/").split("/"), strict=True))
        arguments = {name[1:-1]: value for name, value in variables.items() if name.startswith("{")}
        # simcord's name for the token of an interaction or a webhook.
        for name in ("interaction_token", "webhook_token"):
            if name in arguments:
                arguments["token"] = arguments[name]
        context = RequestContext(
            self.world, arguments, json=body, params=query, files=files, method=route.method, path=path
        )
        try:
            done = OWN.get(route.name, onward)(self.world, context)
        except TooOften as refused:
            return limited(refused.wait, scope="shared")
        except (RouteNotImplemented, UnsupportedField) as unknown:
            self.world.fault(f"{route.name}: {unknown}")
            return Answer(501, {"message": str(unknown), "code": 0})
        except BackendError as refused:
            if refused.status == 400 and refused.code == 50035:
                self.world.fault(f"{route.name}: {refused.message} in {readable(body)}")
            self._refused(route, arguments, refused)
            return Answer(refused.status, refused.to_json())
        except (KeyError, TypeError, ValueError) as odd:
            self.world.fault(f"{route.name}: {odd!r} for {readable(body)}")
            return Answer(400, {"message": "Invalid Form Body", "code": 50035})
        self._done(route, arguments)
        return Answer(204 if done is None else 200, done)

    def _gateway(self) -> Json:
        starts = {"total": 1000, "remaining": 999, "reset_after": 86_400_000, "max_concurrency": 1}
        return {"url": self.gateway_url, "shards": 1, "session_start_limit": starts}

    def _done(self, route: Route, arguments: Mapping[str, str]) -> None:
        if route.path.startswith("/interactions/"):
            self.world.told.answered[int(arguments["interaction_id"])] = time.monotonic()

    def _refused(self, route: Route, arguments: Mapping[str, str], refused: BackendError) -> None:
        if route.path.startswith("/interactions/"):
            self.world.told.refused[int(arguments["interaction_id"])] = refused.message


def limited(wait: float, *, everywhere: bool = False, scope: str = "user") -> Answer:
    """Too many requests: come again after `wait` seconds."""
    headers = {"Retry-After": str(int(wait) + 1), "Via": "1.1 google"}
    headers["X-RateLimit-Scope"] = "global" if everywhere else scope
    if everywhere:
        headers["X-RateLimit-Global"] = "true"
    body = {"message": "You are being rate limited.", "retry_after": round(wait, 3), "global": everywhere}
    return Answer(429, body, headers)


def _major(path: str) -> str:
    """What a limit counts by: the channel, guild or webhook."""
    parts = path.strip("/").split("/")
    return "/".join(parts[:2])


def _response(answer: Answer) -> web.Response:
    if answer.body is None:
        return web.Response(status=answer.status, headers=answer.headers)
    # discord.py reads JSON only from exactly this type, without a charset.
    headers = answer.headers | {"Content-Type": "application/json"}
    return web.Response(body=json.dumps(answer.body).encode(), status=answer.status, headers=headers)


async def _read(request: web.Request) -> tuple[Any, list[Upload], str]:
    """The JSON body, the files, and what is wrong with them."""
    if request.content_type == "multipart/form-data":
        body, files = await _parts(request)
    else:
        text, files = await request.text(), []
        if not text:
            return None, [], ""
        if request.content_type != "application/json":
            return None, [], f"a body of type {request.content_type}"
        try:
            body = json.loads(text)
        except ValueError:
            return None, [], "a body that is no JSON"
    described = {str(one.get("id")): one for one in _attachments(body)}
    for index, upload in enumerate(files):
        upload.description = described.get(str(index), {}).get("description")
    return body, files, ""


async def _parts(request: web.Request) -> tuple[Any, list[Upload]]:
    body: Any = None
    files: list[Upload] = []
    async for part in await request.multipart():
        if not isinstance(part, BodyPartReader):
            continue
        if part.name == "payload_json":
            body = json.loads(await part.text())
        else:
            files.append(Upload(part.filename or "unknown", io.BytesIO(bytes(await part.read()))))
    return body, files


def _attachments(body: Any) -> list[Json]:
    if not isinstance(body, dict):
        return []
    places = (body, body.get("data") or {}, body.get("message") or {})
    return [one for place in places for one in place.get("attachments") or []]
