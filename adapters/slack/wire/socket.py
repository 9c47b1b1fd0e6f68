"""Socket Mode with a watch of our own: a connection that is lost, says goodbye or has fallen silent is replaced whole.

A session that the library mends by itself can end up connected and deaf. So here every session has one life: nothing of
it is used again, and whether it lives is told by what Slack sends of its own accord, events and pings. Answers to our
pings do not count, as whatever stands in between gives those.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Awaitable
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any

from aiohttp import ClientSession, ClientTimeout, ClientWebSocketResponse, WSMessage, WSMsgType
from slack_bolt.adapter.socket_mode.async_internals import run_async_bolt_app, send_async_response
from slack_bolt.app.async_app import AsyncApp
from slack_sdk.errors import SlackApiError
from slack_sdk.socket_mode.aiohttp import SocketModeClient
from slack_sdk.socket_mode.async_client import AsyncBaseSocketModeClient
from slack_sdk.socket_mode.request import SocketModeRequest
from slack_sdk.web.async_client import AsyncWebClient

from adapters.slack.wire.discretion import sdk_logger
from adapters.slack.wire.troubles import REFUSED_TOKEN, TROUBLES, code_of, in_words
from bot.domain.errors import Refusal
from bot.ports import Health, WallClock

SILENCE = 60.0
"""Seconds without a frame of Slack's after which a connection is held to be deaf: it pings about twice as often."""
CONNECTING = 15.0
LONGEST_PAUSE = 30.0
SETTLED = 30.0
"""Seconds that a connection must have lived for its successor to be made at once."""
GRACE = 3.0
"""Seconds that answers under way are given: no caller of Slack's waits longer."""
CLOSING = 5.0
WATCH_AGAIN = 0.5
UNWATCHED = "nobody watches the connection: its watch is begun again"

_NO_SOCKETS = frozenset({"missing_scope", "not_allowed_token_type", "app_not_found", "socket_mode_disabled"})
_CURE = (
    "api.slack.com/apps → your app → Basic Information → App-Level Tokens: one with connections:write, as"
    " slack.app_token; and turn on Socket Mode."
)
_SLACK_SPOKE = frozenset({WSMsgType.TEXT, WSMsgType.BINARY, WSMsgType.PING})

log = logging.getLogger(__name__)


class _Heard(ClientWebSocketResponse):
    """A connection that knows when the other side last said something of its own accord."""

    heard = 0.0

    async def receive(self, timeout: float | None = None) -> WSMessage:  # noqa: ASYNC109 (as the library has it)
        message = await super().receive(timeout)
        if message.type in _SLACK_SPOKE:
            self.heard = time.monotonic()
        return message


class _Session(SocketModeClient):
    """One connection, from its address to its end."""

    def __init__(self, client: AsyncWebClient, proxy: str | None, ping: float) -> None:
        super().__init__(
            app_token=client.token or "",
            logger=sdk_logger(),
            web_client=client,
            proxy=proxy,
            auto_reconnect_enabled=False,
            ping_interval=ping,
        )
        # Without one, the library takes the environment's proxy even for what the environment exempts.
        self.proxy = proxy
        self.began = time.monotonic()
        self.parted = asyncio.Event()

    async def open(self, url: str) -> None:
        await self.aiohttp_client_session.close()
        self.aiohttp_client_session = ClientSession(
            ws_response_class=_Heard, timeout=ClientTimeout(total=None, connect=CONNECTING)
        )
        self.wss_uri = url
        connecting: Awaitable[None] = self.connect()  # type: ignore[no-untyped-call]  # The library leaves it bare.
        await asyncio.wait_for(connecting, CONNECTING)
        self.began = time.monotonic()

    async def end(self) -> None:
        """Close it, whatever the other side does, and leave nothing running."""
        self.closed = True
        with suppress(TimeoutError):
            if self.current_session is not None:
                await asyncio.wait_for(self.current_session.close(), CLOSING)
        tasks = [self.message_processor, self.current_session_monitor, self.message_receiver]
        for task in filter(None, tasks):
            task.cancel()
        await asyncio.gather(*filter(None, tasks), return_exceptions=True)
        await self.aiohttp_client_session.close()

    async def connect_to_new_endpoint(self, force: bool = False) -> None:
        """Slack asks for another connection: that is made beside this one, so that nothing falls in between."""
        self.parted.set()

    @property
    def heard(self) -> float:
        """When Slack was last heard, on the monotonic clock."""
        return max(self.began, getattr(self.current_session, "heard", 0.0))

    @property
    def is_over(self) -> bool:
        ended = (self.message_receiver, self.message_processor)
        gone = self.current_session is None or self.current_session.closed
        return gone or any(task is None or task.done() for task in ended)


class SocketLink:
    """Keeps one good connection to Slack between start and stop. `client` holds the app's token; `silence` is in real
    seconds."""

    def __init__(
        self,
        app: AsyncApp,
        client: AsyncWebClient,
        clock: WallClock,
        proxy: str | None = None,
        silence: float = SILENCE,
    ) -> None:
        self._app = app
        self._client = client
        self._clock = clock
        self._proxy = proxy
        self._silence = silence
        self._session: _Session | None = None
        self._keeper: asyncio.Task[None] | None = None
        self._closings: set[asyncio.Task[None]] = set()
        self._answering: set[asyncio.Task[Any]] = set()
        self._stopping = False
        self._trouble = ""
        self._last_heard = time.monotonic()
        self._before = ""
        self.replaced = 0

    async def start(self) -> None:
        """Raises Refusal when Slack does not take the app token, and what the client raises when Slack is away."""
        try:
            self._session = await self._connected()
        except SlackApiError as error:
            if code_of(error) in REFUSED_TOKEN | _NO_SOCKETS:
                raise Refusal(f"slack.app_token: {in_words(error)[0]}.", _CURE) from error
            raise
        self._watch()

    async def stop(self) -> None:
        """Take nothing more, finish the answers under way, hang up."""
        self._stopping = True
        if self._keeper is not None:
            self._keeper.cancel()
            await asyncio.gather(self._keeper, return_exceptions=True)
        if self._answering:
            await asyncio.wait(set(self._answering), timeout=GRACE)
        if self._session is not None:
            self._hang_up(self._session, 0.0)
            self._session = None
        await asyncio.gather(*self._closings, return_exceptions=True)

    def health(self) -> Health:
        silent = time.monotonic() - self._heard()
        heard_at = self._heard_at()
        if self._trouble:
            return Health(False, self._trouble, heard_at)
        if self._session is None:
            return Health(False, "not connected", heard_at)
        if silent > self._silence:
            return Health(False, f"Slack has said nothing for {silent:.0f} s", heard_at)
        again = f" again ({self._before})" if self._before else ""
        return Health(True, f"connected by Socket Mode{again}", heard_at)

    def _watch(self) -> None:
        """Begin to look after the connection."""
        if self._session is None or self._stopping:
            return
        if self._trouble == UNWATCHED:
            self._trouble, self._before = "", "its watch had ended by a fault"
        self._keeper = asyncio.create_task(self._keep(self._session), name="socket of slack")
        self._keeper.add_done_callback(self._unwatched)

    def _unwatched(self, keeper: asyncio.Task[None]) -> None:
        """A watch that is over, whatever ended it, is begun anew: a connection that nobody watches goes deaf."""
        if self._stopping:
            return
        fault = None if keeper.cancelled() else keeper.exception()
        log.error("The watch over the connection to Slack has ended by a fault.", exc_info=fault)
        self._trouble = UNWATCHED
        asyncio.get_running_loop().call_later(WATCH_AGAIN, self._watch)

    # --- keeping it alive ------------------------------------------------------------------------------------

    async def _keep(self, session: _Session) -> None:
        pause = 0.0
        while True:
            why = await self._wrong(session)
            gently = session.parted.is_set()
            log.log(logging.INFO if gently else logging.WARNING, "The connection to Slack is replaced: %s.", why)
            pause = 0.0 if time.monotonic() - session.began > SETTLED or not pause else pause
            if gently:
                successor = await self._another(pause, "")
                self._hang_up(session, GRACE)
            else:
                self._hang_up(session, 0.0)
                successor = await self._another(pause, why)
            lived_briefly = time.monotonic() - session.began < SETTLED
            pause = min(max(1.0, 2 * pause), LONGEST_PAUSE) if lived_briefly else 0.0
            session = self._session = successor
            self.replaced += 1
            self._trouble = ""
            self._before = "" if gently else why

    async def _wrong(self, session: _Session) -> str:
        """Waits until something is wrong with the connection, and says what."""
        while True:
            with suppress(TimeoutError):
                await asyncio.wait_for(session.parted.wait(), min(1.0, self._silence / 4))
            self._last_heard = max(self._last_heard, session.heard)
            if session.parted.is_set():
                return "Slack asked for it"
            if session.is_over:
                return "the connection was lost"
            silent = time.monotonic() - session.heard
            if silent > self._silence:
                return f"Slack had said nothing for {silent:.0f} s"

    async def _another(self, pause: float, why: str) -> _Session:
        """Another connection, however long it takes."""
        self._trouble = f"connecting again: {why}" if why else ""
        while True:
            await asyncio.sleep(pause)
            try:
                return await self._connected()
            except Exception as error:  # Whatever it is, the desk must not stay deaf.
                if not isinstance(error, TROUBLES):
                    log.exception("A fault while connecting to Slack.")
                what, cure = in_words(error)
                trouble = f"not connected: {what}.{f' {cure}.' if cure else ''}"
                if trouble != self._trouble:
                    log.warning("Slack, %s", trouble)
                self._trouble = trouble
            pause = min(max(1.0, 2 * pause), LONGEST_PAUSE)

    async def _connected(self) -> _Session:
        answer = await self._client.apps_connections_open(app_token=self._client.token or "")
        session = _Session(self._client, self._proxy, ping=min(10.0, self._silence / 3))
        session.socket_mode_request_listeners.append(self._hear)
        try:
            await session.open(str(answer["url"]))
        except BaseException:
            self._hang_up(session, 0.0)
            raise
        return session

    def _hang_up(self, session: _Session, grace: float) -> None:
        """Close it while nobody waits: the other side of a deaf connection does not answer a goodbye either."""

        async def close() -> None:
            await asyncio.sleep(grace)
            await session.end()

        task = asyncio.create_task(close())
        self._closings.add(task)
        task.add_done_callback(self._closings.discard)

    # --- hearing ---------------------------------------------------------------------------------------------

    async def _hear(self, session: AsyncBaseSocketModeClient, request: SocketModeRequest) -> None:
        """Answer one envelope on the connection that it came by. What is not answered comes again."""
        task = asyncio.current_task()
        if self._stopping or task is None:
            return
        self._answering.add(task)
        try:
            started = time.time()
            answer = await run_async_bolt_app(self._app, request)
            await send_async_response(session, request, answer, started)
        finally:
            self._answering.discard(task)

    def _heard(self) -> float:
        return max(self._last_heard, self._session.heard if self._session is not None else 0.0)

    def _heard_at(self) -> datetime:
        return self._clock.now() - timedelta(seconds=int(time.monotonic() - self._heard()))
