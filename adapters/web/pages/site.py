"""A part of the site: its pages, who may see them, and all that happens to a request before and after a page.

    site = Site(door, PassKind.STAFF, "desk", entrance="/desk/sign-in", folder=HERE / "templates")
    routes = site.routes([Room("/desk", get=board), Room("/desk/sign-out", post=sign_out)])

A page is a plain function from a `Visit` to a `Reply`; it runs in a thread and may raise `Turned` or a `Refusal`.
"""

from __future__ import annotations

import asyncio
import logging
import re
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, TypeVar

from aiohttp import web

from adapters.web.door import Door
from adapters.web.pages import errors, guarding
from adapters.web.pages.bodies import SMALL, read_away, read_form
from adapters.web.pages.clients import client_address
from adapters.web.pages.drawing import Drawing, Times
from adapters.web.pages.headers import file_headers, page_headers
from adapters.web.pages.limits import Limiter, Rate
from adapters.web.pages.visit import Form, Page, Reply, Turned, Visit, elsewhere
from adapters.web.server import have_patience
from adapters.web.uploads import Incoming
from bot.domain.errors import Refusal
from bot.ports import UnitOfWork
from bot.ports.intake import Pass, PassKind
from commands import visits

UPLOAD_PATIENCE = 300.0
"""Real seconds for a request with files, which may come over a slow line; other requests have the server's."""

_ANYTHING = Rate(3000, 60)
_PAGES = Rate(300, 60)
_FORMS = Rate(60, 60)
"""The first by the address of a client, the others by who is signed in, or else by the same."""

_PLAIN = re.compile(r"(?:[\w-]{1,100}/){1,6}", re.ASCII)

log = logging.getLogger(__name__)

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Room:
    """An address and its pages. Only those who are signed in may come in, unless it is `public`. `uploads`: its form
    brings files. `forms` is how often somebody may send it."""

    path: str
    get: Page | None = None
    post: Page | None = None
    public: bool = False
    uploads: bool = False
    forms: Rate = _FORMS

    @property
    def methods(self) -> str:
        return ", ".join([*(("GET", "HEAD") if self.get else ()), *(("POST",) if self.post else ())])


class Site:
    """The pages for one kind of visitor. `entrance` is where those are sent who are not signed in; `cookie` holds their
    session; `folder` has the templates, `layout.html` among them. `scripts` lets pages run files of ours. `hints`:
    visitors know the desk's commands, so a refusal may name one."""

    def __init__(
        self,
        door: Door,
        kind: PassKind,
        cookie: str,
        *,
        entrance: str,
        folder: Path,
        scripts: bool = False,
        hints: bool = False,
    ) -> None:
        self.door = door
        self.kind = kind
        self.limiter = Limiter()
        self._entrance = entrance
        self._hints = hints
        self._cookie = guarding.cookie_name(cookie, secure=door.secure)
        self._visit = guarding.cookie_name(guarding.VISIT, secure=door.secure)
        self._headers = page_headers(secure=door.secure, scripts=scripts)
        known = {
            "company": door.settings.company,
            "here": door.path,
            "asset": lambda name: door.path(door.asset(name)),
            "nonce": guarding.new_secret,
            "upload_mb": door.settings.web.upload_mb,
        }
        self._drawing = Drawing([folder], known)

    # --- what pages use --------------------------------------------------------------------------------------

    def page(
        self,
        visit: Visit,
        template: str,
        *,
        times: Times | None = None,
        status: int = 200,
        behind: Callable[[], object] | None = None,
        **values: Any,
    ) -> Reply:
        """A page from its template. Every template knows `visit`, `token`, `signed_in` and, where `times` are given,
        `when` and `line`. What is `behind` it is done once it is answered."""
        known = {"visit": visit, "token": visit.token, "signed_in": visit.session is not None}
        clock = {"when": times, "line": times.line} if times is not None else {}
        return Reply(self._drawing.html(template, known | clock | values), status, behind=behind)

    def go(self, path: str, session: str | None = None) -> Reply:
        """After a form: on to another page of ours."""
        return elsewhere(self.door.path(path), session)

    def allow(self, what: str, who: str, rate: Rate, now: datetime) -> None:
        """Count a try. Raises Turned (429)."""
        seconds = self.limiter.wait(what, who, rate, now)
        if seconds:
            raise Turned(429, headers={"Retry-After": str(seconds)})

    # --- what the server uses --------------------------------------------------------------------------------

    def routes(self, rooms: Sequence[Room], below: str = "") -> Sequence[web.RouteDef]:
        """The rooms, and a friendly answer to what else is asked for below the path `below`."""
        routes = [web.route("*", room.path, self._handler(room)) for room in rooms]
        if below:
            nowhere = Room(
                below + "/{rest:.*}", get=lambda visit: self._nearby(visit, below), post=_nowhere, public=True
            )
            routes.append(web.route("*", nowhere.path, self._handler(nowhere)))
        return routes

    def _nearby(self, visit: Visit, below: str) -> Reply:
        """A slash too many at the end leads to the page without it; nothing else leads anywhere."""
        rest = visit.path["rest"]
        if rest in ("", "/") or (rest.endswith("/") and _PLAIN.fullmatch(rest)):
            return self.go(f"{below}/{rest}".rstrip("/"))
        raise Turned(404)

    def _handler(self, room: Room) -> Callable[[web.Request], Awaitable[web.StreamResponse]]:
        async def handle(request: web.Request) -> web.StreamResponse:
            return await self._answer(request, room)

        return handle

    async def _answer(self, request: web.Request, room: Room) -> web.StreamResponse:
        came = _Came()
        try:
            reply = await self._admitted(request, room, came)
        except Turned as turned:
            reply = self._error(turned, came)
        except Refusal as refusal:
            reply = self._error(errors.turned(refusal, hints=self._hints), came)
        except ConnectionError:
            raise
        except web.HTTPException as fault:
            reply = self._error(Turned(fault.status), came)
        except web.RequestPayloadError:  # A body that is not packed as it says.
            reply = self._error(Turned(400), came)
        except Exception:
            log.exception(
                "A fault in a page: %s %s", request.method, room.path
            )  # Never the address: secrets lie in it.
            reply = self._error(Turned(500), came)
        if reply.behind is not None:
            self.door.tasks.start(self._behind(reply.behind), f"what is behind {room.path}")
        response = self._dressed(request, reply, came)
        if not await read_away(request, 2 * self._most(room)):
            response.force_close()
        return response

    async def _admitted(self, request: web.Request, room: Room, came: _Came) -> Reply:
        now = self.door.clock.now()
        deed = {"GET": room.get, "HEAD": room.get, "POST": room.post}.get(request.method)
        if deed is None:
            raise Turned(405, headers={"Allow": room.methods})
        posted = request.method == "POST"
        if posted:
            guarding.must_be_ours(request.headers, self.door.origin)
        client = client_address(
            request.remote, request.headers.getall("X-Forwarded-For", []), self.door.settings.web.proxies
        )
        self.allow("anything", client, _ANYTHING, now)
        secret = guarding.secret_in(request.cookies, self._cookie)
        session = await self._run(lambda: self._session(secret)) if secret else None
        who = session.subject if session is not None else client  # A whole office may have one address.
        self.allow("page", who, _PAGES, now)
        if posted:
            self.allow(room.path, who, room.forms, now)
        came.secret = secret if session is not None else ""
        if session is None and not room.public:
            return self.go(self._entrance, "" if secret else None)
        came.visit = guarding.secret_in(request.cookies, self._visit)
        if not came.secret and not came.visit:
            came.visit = came.fresh = "" if posted else guarding.new_secret()
        bearer = came.secret or came.visit
        incoming = Incoming(self.door.filing, self.door.workers)
        try:
            form = await self._form(request, room, bearer, incoming) if posted else Form()
        except BaseException:
            incoming.drop()
            raise
        token = guarding.form_token(self.door.signer, self.kind, bearer)
        visit = Visit(
            dict(request.match_info), dict(request.query), form, client, now, token, session, secret=came.secret
        )

        def done() -> Reply:
            try:
                return deed(visit)
            finally:  # Here, as it goes on although its browser may be gone.
                incoming.drop()

        return await self._run(done)

    async def _form(self, request: web.Request, room: Room, bearer: str, incoming: Incoming) -> Form:
        """What was sent, by the browser that was shown the form."""
        if room.uploads:
            have_patience(request, UPLOAD_PATIENCE)
        form = await read_form(request, self._most(room), incoming if room.uploads else None)
        guarding.must_hold(self.door.signer, self.kind, bearer, form.fields.get(guarding.FIELD, ""))
        return form

    def _session(self, secret: str) -> Pass | None:
        """Who is signed in; that they were here is written down now and then."""
        now, database = self.door.clock.now(), self.door.database
        found = database.read(lambda work: visits.session_at(work, self.kind, secret, now))
        later = visits.goes_on(found, now) if found is not None else None
        if later is not None:
            kept = later

            def seen(work: UnitOfWork) -> None:
                if work.passes.get(kept.digest) is not None:
                    work.passes.save(kept)

            database.write(seen)
        return later or found

    async def _run(self, deed: Callable[[], T]) -> T:
        return await asyncio.shield(self.door.workers.begin(deed))

    def _most(self, room: Room) -> int:
        """Bytes of a request."""
        return self.door.settings.web.upload_mb * 1_000_000 + SMALL if room.uploads else SMALL

    async def _behind(self, deed: Callable[[], object]) -> None:
        await self._run(deed)

    def _error(self, turned: Turned, came: _Came) -> Reply:
        told = errors.told(turned)
        signed_in = bool(came.secret) and not turned.out
        html = self._drawing.html("error.html", {"error": told, "signed_in": signed_in, "token": ""})
        return Reply(html, turned.status, turned.headers, session="" if turned.out else None)

    def _dressed(self, request: web.Request, reply: Reply, came: _Came) -> web.StreamResponse:
        response: web.StreamResponse
        if reply.file is not None:
            response = web.FileResponse(reply.file, headers={**file_headers(secure=self.door.secure), **reply.headers})
        else:
            headers = {**self._headers, **reply.headers}
            response = web.Response(
                text=reply.html, status=reply.status, headers=headers, content_type=reply.type, charset="utf-8"
            )
        self._set_cookies(response, reply, came)
        return response

    def _set_cookies(self, response: web.StreamResponse, reply: Reply, came: _Came) -> None:
        if came.fresh:
            self._give(response, self._visit, came.fresh, None)
        if reply.session:
            self._give(response, self._cookie, reply.session, int(visits.STAYS[self.kind].longest.total_seconds()))
            response.del_cookie(self._visit, path="/", secure=self.door.secure, httponly=True, samesite="Lax")
        elif reply.session == "":
            response.del_cookie(self._cookie, path="/", secure=self.door.secure, httponly=True, samesite="Lax")

    def _give(self, response: web.StreamResponse, name: str, secret: str, seconds: int | None) -> None:
        response.set_cookie(
            name, secret, max_age=seconds, path="/", secure=self.door.secure, httponly=True, samesite="Lax"
        )


def _nowhere(visit: Visit) -> Reply:
    raise Turned(404)


@dataclass(slots=True)
class _Came:
    """What is known of the browser so far: its session's secret where that counts, or its visit's, and whether that is
    a fresh one."""

    secret: str = ""
    visit: str = ""
    fresh: str = ""
