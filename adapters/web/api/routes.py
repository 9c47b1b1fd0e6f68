"""The routes of the API: a request becomes one transaction in a worker thread, and whatever comes of it an answer."""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import Awaitable, Callable, Sequence
from contextlib import AbstractAsyncContextManager, nullcontext
from dataclasses import replace
from typing import Any, TypeVar
from urllib.parse import urlencode

from aiohttp import web

from adapters.web.api.asking import Asking
from adapters.web.api.buckets import Buckets
from adapters.web.api.credentials import Admission, Guesses, token_of
from adapters.web.api.models import FileSent, NewMessage, NewTicket
from adapters.web.api.openapi import document
from adapters.web.api.operations import DOCUMENT, HOME, OPERATIONS, Operation
from adapters.web.api.problems import Problem, refused
from adapters.web.api.reading import SMALL, WORDS, body_of, chunks_of, must_accept_json, query_of, read_body
from adapters.web.api.repeats import HEADER, Answer, repeatable, under_way
from adapters.web.door import Door
from adapters.web.pages.clients import client_address
from adapters.web.pages.file_names import clean_name
from adapters.web.pages.headers import file_headers
from adapters.web.server import have_patience
from adapters.web.uploads import Incoming, Upload
from bot.api_keys import Token
from bot.domain.errors import Refusal

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
        self._strangers = Buckets(door.settings.web.api_rate, MINUTE)
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
        return await _guarded(lambda: self._describe(request))

    async def _describe(self, request: web.Request) -> web.StreamResponse:
        self._count_stranger(request)
        if self._described is None:
            self._described = _dumped(document(self._door.link(HOME) if self._door.origin else self._home))
        headers = {"Cache-Control": "public, max-age=300", "X-Content-Type-Options": "nosniff"}
        return web.Response(body=self._described, content_type="application/json", headers=headers)

    async def unknown(self, request: web.Request) -> web.StreamResponse:
        """Another method than there is, or another path."""
        return await _guarded(lambda: self._unknown(request))

    async def _unknown(self, request: web.Request) -> web.StreamResponse:
        self._count_stranger(request)
        allowed = {one.method for one in OPERATIONS if _fits(HOME + one.path, request.path)}
        if request.path == HOME + DOCUMENT:
            allowed.add("GET")
        if not allowed:
            raise Problem(404, "not_found", "There is nothing at this address.", f"See {HOME}{DOCUMENT}")
        if "GET" in allowed:
            allowed.add("HEAD")
        told = ", ".join(sorted(allowed))
        raise Problem(405, "method", f"Here can be done: {told}.", headers={"Allow": told})

    def _count_stranger(self, request: web.Request) -> None:
        """What is answered without a key costs its client as much. Raises Problem."""
        wait = self._strangers.take(self._client(request), self._door.clock.now()).wait
        if wait:
            headers = {"Retry-After": str(wait)}
            raise Problem(429, "too_many_requests", "Too many requests from your address.", "Wait a little.", headers)

    def _client(self, request: web.Request) -> str:
        forwarded = request.headers.getall("X-Forwarded-For", ())
        return client_address(request.remote, forwarded, self._door.settings.web.proxies)

    # --- in the event loop -----------------------------------------------------------------------------------

    async def _answer(self, operation: Operation, request: web.Request) -> web.StreamResponse:
        now, client = self._door.clock.now(), self._client(request)
        token: Token | None = None
        admission: Admission | None = None
        try:
            token = token_of(request.headers.get("Authorization"))
            self._guesses.must_not_go_on(client, token, now)
            admission = Admission(self._rates, token, operation.scope, now)
            async with self._room_for(operation, request):
                asking = await self._understood(operation, request, admission)
                answer = await self._done(asking)
        except (Problem, Refusal) as trouble:
            problem = trouble if isinstance(trouble, Problem) else refused(trouble)
            if problem.status == 401:
                self._guesses.must_not_go_on(client, None, now)
                self._guesses.was_wrong(client, token, now)
            problem.headers = {**(admission.told if admission is not None else {}), **problem.headers}
            raise problem from None
        self._guesses.was_right(token)
        return self._response(operation, request, answer, admission)

    def _room_for(self, operation: Operation, request: web.Request) -> AbstractAsyncContextManager[object]:
        """Bodies that are held as a whole are few at once where they are large."""
        return self._large if operation.body is not None and _is_large(request) else nullcontext()

    async def _understood(self, operation: Operation, request: web.Request, admission: Admission) -> Asking:
        """Raises Problem; what cannot be understood costs as much as what can."""
        incoming = Incoming(self._door.filing, self._door.workers)
        try:
            # Whoever may send much must show a key first, and has the time that it takes.
            if operation.takes_file or (operation.body is not None and _is_large(request)):
                await self._admitted(admission)
                have_patience(request, UPLOAD_PATIENCE)
            return await self._read(operation, request, admission, incoming)
        except BaseException as error:
            incoming.drop()
            if isinstance(error, Problem) and admission.left is None:
                await self._admitted(admission)
            raise

    async def _admitted(self, admission: Admission) -> None:
        await self._work(lambda: self._door.database.read(admission.key))

    async def _read(
        self, operation: Operation, request: web.Request, admission: Admission, incoming: Incoming
    ) -> Asking:
        if operation.answer is not None:
            must_accept_json(request)
        path = dict(request.match_info)
        asking = Asking(self._door, operation, admission, incoming, path, query_of(request, operation.query))
        header, named = request.headers.get(HEADER), (admission.token.id, request.method, request.path)
        if operation.takes_file:
            file = await self._file(request, asking.asked, incoming)
            told = repr((file.name, file.type, asking.asked.sender, file.digest)).encode()
            return replace(asking, uploads=(file,), repeat=repeatable(header, *named, told))
        if operation.body is None:
            tags = (one.strip().removeprefix("W/") for one in request.headers.get("If-None-Match", "").split(","))
            return replace(asking, known=frozenset(tags) - {""})
        model = operation.body
        files = issubclass(model, NewTicket | NewMessage)
        body = await read_body(request, WORDS + (self._most_files * 4 // 3 if files else 0))

        def understood() -> Asking:
            return replace(asking, asked=body_of(body, model), repeat=repeatable(header, *named, body))

        return understood() if len(body) <= SMALL else await self._work(understood)

    async def _file(self, request: web.Request, asked: FileSent, incoming: Incoming) -> Upload:
        chunks = chunks_of(request, self._most_files)
        return await incoming.take(clean_name(asked.name), asked.type, chunks, self._most_files)

    async def _done(self, asking: Asking) -> Answer:
        repeat = asking.repeat
        if repeat is None:
            done = await self._work(asking.done)
        else:
            if repeat.name in self._under_way:
                asking.incoming.drop()
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
        return await asyncio.shield(self._door.workers.begin(deed))  # It goes on although its client may be gone.

    def _response(
        self, operation: Operation, request: web.Request, answer: Answer, admission: Admission
    ) -> web.StreamResponse:
        if answer.file is not None:
            told = {**file_headers(secure=self._door.secure), **admission.told, **answer.headers}
            return web.FileResponse(answer.file, headers=told)
        headers = {
            "Cache-Control": "no-store",
            "X-Content-Type-Options": "nosniff",
            **admission.told,
            **answer.headers,
        }
        if answer.body is None:
            return web.Response(status=answer.status, headers=headers)
        if answer.body.get("next"):
            following = urlencode({**request.query, "cursor": answer.body["next"]})
            headers["Link"] = f'<{self._home}{operation.path}?{following}>; rel="next"'
        body = _dumped(answer.body)
        return web.Response(body=body, status=answer.status, content_type="application/json", headers=headers)


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


def _is_large(request: web.Request) -> bool:
    return not 0 <= _length(request) <= SMALL


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
