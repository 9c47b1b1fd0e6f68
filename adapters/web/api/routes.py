"""The routes of the API: a request becomes one transaction in a worker thread, and whatever comes of it an answer."""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, nullcontext
from datetime import datetime
from typing import Any, TypeVar
from urllib.parse import urlencode

from aiohttp import web

from adapters.web.api.buckets import Buckets, Left
from adapters.web.api.credentials import Guesses, is_stale, key_for, token_of
from adapters.web.api.deeds import Call
from adapters.web.api.models import NewMessage, NewTicket
from adapters.web.api.openapi import document
from adapters.web.api.operations import DOCUMENT, HOME, OPERATIONS, Operation
from adapters.web.api.problems import Problem, is_certain, refused
from adapters.web.api.reading import SMALL, WORDS, body_of, contents_of, must_accept_json, query_of, read_body
from adapters.web.api.repeats import HEADER, Answer, Repeatable, repeatable, under_way
from adapters.web.door import Door
from adapters.web.pages.clients import client_address
from adapters.web.server import have_patience
from bot.api_keys import Token
from bot.domain.attachments import Attachment
from bot.domain.errors import Conflict, Refusal
from bot.ports import UnitOfWork

MINUTE = 60
LARGE_AT_ONCE = 4
"""Bodies with files that are held at once: each takes several times its size."""
UPLOAD_PATIENCE = 60.0
"""Real seconds for a request with such a body."""

T = TypeVar("T")

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]

log = logging.getLogger(__name__)


def api_routes(door: Door) -> Sequence[web.RouteDef]:
    """All of them; what else is asked below /api is answered in the same way."""
    api = Api(door)
    known = [web.route(one.method, HOME + one.path, api.handler(one)) for one in OPERATIONS]
    heads = [web.head(HOME + one.path, api.handler(one)) for one in OPERATIONS if one.method == "GET"]
    return [*known, *heads, web.get(HOME + DOCUMENT, api.describe), web.route("*", "/api{rest:(/.*)?}", api.unknown)]


class Api:
    """What the routes share: limits, and the requests that are under way."""

    def __init__(self, door: Door) -> None:
        self._door = door
        self._rates = Buckets(door.settings.web.api_rate, MINUTE)
        self._guesses = Guesses()
        self._under_way: set[str] = set()
        self._large = asyncio.Semaphore(LARGE_AT_ONCE)
        self._home = door.path(HOME)
        self._most_files = door.settings.web.upload_mb * 1_000_000
        self._described: bytes | None = None

    def handler(self, operation: Operation) -> Handler:
        async def handle(request: web.Request) -> web.StreamResponse:
            return await _guarded(lambda: self._answer(operation, request))

        return handle

    async def describe(self, request: web.Request) -> web.StreamResponse:
        """GET /openapi.json, for everybody: it holds nothing of this desk's but its address."""
        if self._described is None:
            self._described = _dumped(document(self._door.link(HOME) if self._door.origin else self._home))
        headers = {"Cache-Control": "public, max-age=300", "X-Content-Type-Options": "nosniff"}
        return web.Response(body=self._described, content_type="application/json", headers=headers)

    async def unknown(self, request: web.Request) -> web.StreamResponse:
        """Another method than there is, or another path."""
        allowed = {one.method for one in OPERATIONS if _fits(HOME + one.path, request.path)}
        if request.path == HOME + DOCUMENT:
            allowed.add("GET")
        if not allowed:
            return Problem(404, "not_found", "There is nothing at this address.", f"See {HOME}{DOCUMENT}").response()
        if "GET" in allowed:
            allowed.add("HEAD")
        told = ", ".join(sorted(allowed))
        return Problem(405, "method", f"Here can be done: {told}.", headers={"Allow": told}).response()

    # --- in the event loop -----------------------------------------------------------------------------------

    async def _answer(self, operation: Operation, request: web.Request) -> web.StreamResponse:
        now = self._door.clock.now()
        client = client_address(
            request.remote, request.headers.getall("X-Forwarded-For", ()), self._door.settings.web.proxies
        )
        token: Token | None = None
        try:
            must_accept_json(request)
            token = token_of(request.headers.get("Authorization"))
            self._guesses.must_not_go_on(client, token, now)
            async with await self._room_for(operation, request, token):
                asking = await self._read(operation, request, token, now)
                answer, left = await self._done(asking)
        except Problem as problem:
            if problem.status == 401 and "Authorization" in request.headers:
                self._guesses.must_not_go_on(client, None, now)
                self._guesses.was_wrong(client, token, now)
            raise
        self._guesses.was_right(token)
        return self._response(operation, request, answer, left)

    async def _room_for(
        self, operation: Operation, request: web.Request, token: Token
    ) -> AbstractAsyncContextManager[object]:
        """Whoever may send much must show a key first, and has the time that it takes. Raises Problem."""
        if operation.body is None or 0 <= _length(request) <= SMALL:
            return nullcontext()
        await self._work(lambda: self._door.database.read(lambda work: key_for(work, token, operation.scope)))
        have_patience(request, UPLOAD_PATIENCE)
        return self._large

    async def _read(self, operation: Operation, request: web.Request, token: Token, now: datetime) -> Asking:
        subject, query = request.match_info.get(operation.subject, ""), query_of(request, operation.query)
        tags = frozenset(one.strip().removeprefix("W/") for one in request.headers.get("If-None-Match", "").split(","))
        if operation.body is None:
            return Asking(self, operation, token, now, subject, query, tags - {""})
        files = issubclass(operation.body, NewTicket | NewMessage)
        body = await read_body(request, WORDS + (self._most_files * 4 // 3 if files else 0))
        model, header = operation.body, request.headers.get(HEADER)

        def understood() -> Asking:
            repeat = repeatable(header, token.id, request.method, request.path, body)
            return Asking(self, operation, token, now, subject, body_of(body, model), repeat=repeat)

        return understood() if len(body) <= SMALL else await self._work(understood)

    async def _done(self, asking: Asking) -> tuple[Answer, Left]:
        repeat = asking.repeat
        if repeat is None:
            done = await self._work(asking.done)
        else:
            if repeat.name in self._under_way:
                raise under_way()
            self._under_way.add(repeat.name)
            try:
                done = await self._work(asking.done)
            finally:
                self._under_way.discard(repeat.name)
        if asking.operation.writes:
            self._door.changed()
        return done

    async def _work(self, deed: Callable[[], T]) -> T:
        return await self._door.workers.begin(deed)

    def _response(self, operation: Operation, request: web.Request, answer: Answer, left: Left) -> web.StreamResponse:
        headers = {
            "Cache-Control": "no-store",
            "X-Content-Type-Options": "nosniff",
            **self._limits(left),
            **answer.headers,
        }
        if operation.query is not None and answer.body["next"] is not None:
            following = urlencode({**request.query, "cursor": answer.body["next"]})
            headers["Link"] = f'<{self._home}{operation.path}?{following}>; rel="next"'
        if answer.body is None:
            return web.Response(status=answer.status, headers=headers)
        body = _dumped(answer.body)
        return web.Response(body=body, status=answer.status, content_type="application/json", headers=headers)

    def _limits(self, left: Left) -> Mapping[str, str]:
        """As draft-ietf-httpapi-ratelimit-headers-10 has it."""
        return {
            "RateLimit-Policy": f'"key";q={self._rates.most};w={self._rates.seconds}',
            "RateLimit": f'"key";r={left.requests};t={left.reset}',
        }

    # --- in a worker thread ----------------------------------------------------------------------------------

    def spent(self, id: str, now: datetime) -> Left:
        """One of the key's requests. Raises Problem."""
        left = self._rates.take(id, now)
        if left.wait:
            headers = {"Retry-After": str(left.wait), **self._limits(left)}
            raise Problem(429, "too_many_requests", "Too many requests with this key.", "Wait a little.", headers)
        return left

    def keep(self, asked: Any) -> tuple[Attachment, ...]:
        """Write the files that came with it into the folder of files. Raises Problem or BadValue."""
        files = asked.files if isinstance(asked, NewTicket | NewMessage) else ()
        contents = contents_of(files, self._most_files)
        return tuple(
            Attachment(file.name, size=len(content), type=file.type, kept=self._door.filing.keep(content))
            for file, content in zip(files, contents, strict=True)
        )

    def drop(self, files: Sequence[Attachment]) -> None:
        self._door.filing.drop(file.kept for file in files)

    @property
    def home(self) -> str:
        return self._home

    @property
    def door(self) -> Door:
        return self._door


class Asking:
    """One request on its way through a worker thread."""

    def __init__(
        self,
        api: Api,
        operation: Operation,
        token: Token,
        now: datetime,
        subject: str,
        asked: Any,
        known: frozenset[str] = frozenset(),
        repeat: Repeatable | None = None,
    ) -> None:
        self.operation = operation
        self.repeat = repeat
        self._api = api
        self._token = token
        self._now = now
        self._subject = subject
        self._asked = asked
        self._known = known

    def done(self) -> tuple[Answer, Left]:
        """Blocks until it is committed. Raises Problem or Refusal, and then nothing was done."""
        database = self._api.door.database
        if not self.operation.writes:
            answer, left, stale = database.read(self._do)
            if stale:
                database.write(lambda work: work.keys.used(self._token.id, self._now))
            return answer, left
        files: tuple[Attachment, ...] = ()
        if getattr(self._asked, "files", ()):
            # Nobody without a key has anything written to the disk.
            database.read(lambda work: key_for(work, self._token, self.operation.scope))
            files = self._api.keep(self._asked)
        try:
            answer, left, _ = database.write(lambda work: self._do(work, files))
        except Conflict as conflict:
            self._api.drop(files)
            return self._answered_elsewhere(conflict)
        except Exception as error:
            # Where the database was lost it may have been saved for all that: a file too many is better than one lost.
            if isinstance(error, Problem) or is_certain(error):
                self._api.drop(files)
            raise
        if "Idempotency-Replayed" in answer.headers:
            self._api.drop(files)
        return answer, left

    def _answered_elsewhere(self, conflict: Conflict) -> tuple[Answer, Left]:
        """What another replica has answered to the same request meanwhile. Raises the conflict where that is none."""
        known = None if self.repeat is None else self._api.door.database.read(self.repeat.answered)
        if known is None:
            raise conflict
        return known, self._api.spent(self._token.id, self._now)

    def _do(self, work: UnitOfWork, files: tuple[Attachment, ...] = ()) -> tuple[Answer, Left, bool]:
        operation, repeat = self.operation, self.repeat
        key = key_for(work, self._token, operation.scope)
        left, stale = self._api.spent(key.id, self._now), is_stale(key, self._now)
        if stale and operation.writes:
            work.keys.used(key.id, self._now)
        known = repeat.answered(work) if repeat is not None else None
        if known is not None:
            return known, left, False
        call = Call(key, self._now, self._api.home, self._subject, self._asked, files, self._known)
        answer = operation.deed(work, call)
        if repeat is not None:
            repeat.remember(work, answer, self._now)
        return answer, left, stale


async def _guarded(answer: Callable[[], Awaitable[web.StreamResponse]]) -> web.StreamResponse:
    """Whatever happens is an answer, and tells nothing of the inside."""
    try:
        return await answer()
    except Problem as problem:
        return problem.response()
    except Refusal as refusal:
        return refused(refusal).response()
    except Exception:
        log.exception("A request to the API failed.")
        return Problem(500, "fault", "The fault is ours and has been written down.", "Try again.").response()


def _length(request: web.Request) -> int:
    """Of the body, as it is announced; below 0 where it is not."""
    if request.content_length is not None:
        return request.content_length
    return -1 if request.body_exists else 0


def _fits(pattern: str, path: str) -> bool:
    ours, theirs = pattern.split("/"), path.split("/")
    return len(ours) == len(theirs) and all(a == b or (b and a[:1] == "{") for a, b in zip(ours, theirs, strict=True))


def _dumped(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "replace")
