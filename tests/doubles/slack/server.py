"""The server: Slack's Web API, sockets, response URLs and files on loopback, in a thread of its own."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from aiohttp import web

from tests.beside import LoopThread, listening
from tests.doubles.slack import api_chat, api_read, api_views, responding, shapes
from tests.doubles.slack.arguments import EVENT_SCOPES, METHODS
from tests.doubles.slack.delivery import Delivery
from tests.doubles.slack.seen import Json
from tests.doubles.slack.sockets import Sockets
from tests.doubles.slack.state import Refused, State
from tests.doubles.slack.troubles import Trouble, Troubles

# Bolt's clients tell the workspace with every call, as org-wide apps must.
_ALWAYS = frozenset({"team_id"})
_AS_JSON = frozenset({"blocks", "view", "metadata", "attachments"})

HANDLERS: Mapping[str, Callable[[State, Json], Json]] = {
    "auth.test": api_read.auth_test,
    "bots.info": api_read.bot_info,
    "chat.postMessage": api_chat.post_message,
    "chat.update": api_chat.update,
    "chat.postEphemeral": api_chat.post_ephemeral,
    "chat.delete": api_chat.delete,
    "chat.getPermalink": api_chat.permalink,
    "views.open": api_views.open_view,
    "views.push": api_views.push_view,
    "views.update": api_views.update_view,
    "views.publish": api_views.publish,
    "conversations.info": api_read.conversation_info,
    "conversations.list": api_read.conversation_list,
    "conversations.history": api_read.history,
    "conversations.replies": api_read.replies,
    "conversations.open": api_read.open_conversation,
    "conversations.members": api_read.members,
    "conversations.join": api_read.join,
    "users.conversations": api_read.user_conversations,
    "users.info": api_read.user_info,
    "users.list": api_read.user_list,
    "usergroups.list": api_read.group_list,
    "usergroups.users.list": api_read.group_users,
    "reactions.add": api_chat.add_reaction,
    "reactions.remove": api_chat.remove_reaction,
    "reactions.get": api_chat.get_reactions,
    "files.info": api_read.file_info,
    "team.info": api_read.team_info,
}


@dataclass(frozen=True, slots=True)
class Request:
    """A call that the app made: the method, its arguments, and the answer (None where the connection was dropped)."""

    method: str
    arguments: Json
    answer: Json | None
    at: float


@dataclass(slots=True)
class Server:
    """The thread, and what runs on it."""

    state: State = field(default_factory=State)
    troubles: Troubles = field(default_factory=Troubles)
    requests: list[Request] = field(default_factory=list)
    sockets: Sockets = field(init=False)
    delivery: Delivery = field(init=False)
    events: list[Json] = field(default_factory=list)
    thread: LoopThread = field(default_factory=LoopThread)
    _runner: web.AppRunner | None = None
    _tasks: set[asyncio.Task[None]] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.sockets = Sockets(self.state)
        self.delivery = Delivery(self.state, self.sockets)
        self.state.emit = self.emit

    def start(self) -> None:
        self.thread.start()
        self.thread.does(self._up())

    def stop(self) -> None:
        self.thread.does(self._down())
        self.thread.stop()

    async def _up(self) -> None:
        app = web.Application(client_max_size=20 * 1024**2)
        app.router.add_route("*", "/api/{method}", self._api)
        app.router.add_get("/link/", self.sockets.serve)
        app.router.add_post("/commands/{key:.+}", self._response_url)
        app.router.add_get("/files-pri/{file}/{name:.+}", self._file)
        self._runner, self.state.base = await listening(app, grace=0.1)

    async def _down(self) -> None:
        for task in list(self._tasks):
            task.cancel()
        await self.sockets.drop()
        if self.delivery.session is not None:
            await self.delivery.session.close()
        if self._runner is not None:
            await self._runner.cleanup()

    # --- events to the app -----------------------------------------------------------------------------------

    def emit(self, inner: Json) -> None:
        """Send an event on its way, where the app has subscribed to it with its scopes and is there to hear it."""
        if not self._heard(inner):
            return
        payload = shapes.event(self.state, inner)
        with self.state.news:
            self.events.append(payload)
        self.thread.loop.call_soon_threadsafe(self._begin, payload)

    def again(self, payload: Json) -> None:
        """Deliver an event once more; to be called on the loop."""
        self._begin(payload)

    def _begin(self, payload: Json) -> None:
        task = self.thread.loop.create_task(self.delivery.event(payload))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    def _heard(self, inner: Json) -> bool:
        kind = inner["type"]
        if kind == "message":
            kind = f"message.{inner['channel_type']}"
        place = inner.get("channel") or inner.get("item", {}).get("channel", "")
        channel = self.state.channels.get(place) if isinstance(place, str) else None
        if channel is not None and not channel.has_bot and not kind.startswith("member_"):
            return False
        needed = EVENT_SCOPES.get(kind, ())
        return not needed or any(scope in self.state.scopes for scope in needed)

    # --- the Web API -----------------------------------------------------------------------------------------

    async def _api(self, request: web.Request) -> web.StreamResponse:
        method = request.match_info["method"]
        arguments, token = await _read(request)
        if self.troubles.down:
            return _cut(request)
        trouble = self.troubles.next(method, arguments)
        if trouble is not None and trouble.delay:
            await asyncio.sleep(trouble.delay)
        if trouble is not None and trouble.lost_before:
            self._note(method, arguments, None)
            return _cut(request)
        answer, status, headers = self._answer(method, arguments, token, trouble)
        if trouble is not None and trouble.lost_after:
            self._note(method, arguments, None)
            return _cut(request)
        self._note(method, arguments, answer)
        if status >= 500:
            return web.Response(status=status, text="<html>Server Error</html>", content_type="text/html")
        return web.json_response(answer, status=status, headers=headers)

    def _note(self, method: str, arguments: Json, answer: Json | None) -> None:
        with self.state.news:
            self.requests.append(Request(method, arguments, answer, time.monotonic()))
            self.state.news.notify_all()

    def _answer(
        self, method: str, arguments: Json, token: str, trouble: Trouble | None
    ) -> tuple[Json, int, dict[str, str]]:
        scopes = ",".join(sorted(self.state.scopes))
        headers = {"x-oauth-scopes": scopes, "x-slack-req-id": self.state.id("req-")}
        if trouble is not None and trouble.status:
            return {}, trouble.status, headers
        if trouble is not None and trouble.rate_limit:
            return {"ok": False, "error": "ratelimited"}, 429, {**headers, "Retry-After": str(trouble.rate_limit)}
        try:
            if trouble is not None and trouble.error:
                raise Refused(trouble.error)
            with self.state.news:
                answer = {"ok": True, **self._call(method, arguments, token)}
                self.state.news.notify_all()
        except Refused as refused:
            if "retry_after" in refused.more:
                return {"ok": False, "error": refused.error}, 429, {**headers, "Retry-After": "1"}
            return {"ok": False, "error": refused.error, **refused.more}, 200, headers
        return answer, 200, headers

    def _call(self, method: str, arguments: Json, token: str) -> Json:
        known = METHODS.get(method)
        if known is None:
            self.state.fault(f"{method}: there is no such method here")
            raise Refused("unknown_method")
        if not token:
            raise Refused("not_authed")
        if known.app_token:
            if token != self.state.app_token:
                raise Refused("not_allowed_token_type" if token == self.state.bot_token else "invalid_auth")
            return {"url": self.sockets.ticket()}
        if token != self.state.bot_token:
            raise Refused("not_allowed_token_type" if token == self.state.app_token else "invalid_auth")
        if known.scopes != ("",) and not self.state.scopes.intersection(known.scopes):
            raise Refused("missing_scope", needed=known.scopes[0], provided=",".join(sorted(self.state.scopes)))
        for name in sorted(arguments.keys() - known.needs - known.takes - _ALWAYS):
            self.state.fault(f"{method}: no argument {name}")
        missing = sorted(name for name in known.needs if arguments.get(name) in (None, ""))
        if missing:
            self.state.fault(f"{method}: without {', '.join(missing)}")
            messages = [f"[ERROR] missing required field: {name}" for name in missing]
            raise Refused("invalid_arguments", response_metadata={"messages": messages})
        return HANDLERS[method](self.state, arguments)

    # --- response URLs and files -----------------------------------------------------------------------------

    async def _response_url(self, request: web.Request) -> web.StreamResponse:
        try:
            body = json.loads(await request.text())
        except ValueError:
            return web.json_response({"ok": False, "error": "invalid_payload"}, status=400)
        if self.troubles.down:
            return _cut(request)
        trouble = self.troubles.next("response_url", body)
        if trouble is not None and trouble.delay:
            await asyncio.sleep(trouble.delay)
        if trouble is not None and trouble.lost_before:
            return _cut(request)
        if trouble is not None and trouble.status:
            return web.Response(status=trouble.status)
        with self.state.news:
            answer, status = responding.respond(self.state, request.match_info["key"], body)
            self._note("response_url", body, answer)
        if trouble is not None and trouble.lost_after:
            return _cut(request)
        return web.json_response(answer, status=status) if status != 200 else web.Response(text="ok")

    async def _file(self, request: web.Request) -> web.StreamResponse:
        found = self.state.files.get(request.match_info["file"].rpartition("-")[2])
        if self.troubles.down:
            return _cut(request)
        trouble = self.troubles.next("file", {"file": request.match_info["file"]})
        if trouble is not None and (trouble.status or trouble.lost_before):
            return web.Response(status=trouble.status) if trouble.status else _cut(request)
        allowed = request.headers.get("Authorization") == f"Bearer {self.state.bot_token}"
        if not allowed or "files:read" not in self.state.scopes:
            # Slack shows its page for signing in, with 200, to whoever comes without a right.
            return web.Response(text="<!DOCTYPE html><html>Sign in to Slack</html>", content_type="text/html")
        if found is None:
            return web.Response(status=404)
        return web.Response(body=found[1], content_type=found[0]["mimetype"])


async def _read(request: web.Request) -> tuple[Json, str]:
    """The arguments of a call, from query, form or JSON, and its token."""
    arguments: Json = dict(request.query)
    if request.content_type == "application/json":
        text = await request.text()
        arguments |= json.loads(text) if text.strip() else {}
    elif request.can_read_body:
        arguments |= {name: value for name, value in (await request.post()).items() if isinstance(value, str)}
    for name in _AS_JSON & arguments.keys():
        if isinstance(arguments[name], str) and arguments[name]:
            arguments[name] = json.loads(arguments[name])
    token = request.headers.get("Authorization", "").removeprefix("Bearer ").strip()
    return arguments, str(arguments.pop("token", "") or token)


def _cut(request: web.Request) -> web.Response:
    """Drop the connection; nobody reads what is returned."""
    if request.transport is not None:
        request.transport.abort()
    return web.Response()
