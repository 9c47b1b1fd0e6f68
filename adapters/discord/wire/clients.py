"""Clients: the one place that makes discord.py clients and asks Discord, at the addresses that the settings name."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Callable, Mapping
from typing import Any

import discord
import yarl
from discord.gateway import DiscordWebSocket
from discord.http import Route

from adapters.discord.wire.troubles import TROUBLES, AnswerLost, Away, refuses_token
from bot.proxies import proxy_to
from bot.settings import Discord

PATIENCE = 9.0
"""Seconds that one request may take: two of them fit into what delivery gives a parcel."""
LONGEST_WAIT = 30.0
"""Seconds that discord.py waits by itself when Discord asks for it; it takes no less."""
_REST_BETWEEN_SESSIONS = 5.0
_DISPATCH = 0

Hear = Callable[[str, Mapping[str, Any]], None]


def point_at(settings: Discord) -> None:
    """Have discord.py ask the API of the settings. It keeps the addresses with its classes, for the whole process."""
    Route.BASE = settings.api_url


def point_at_gateway(url: str) -> None:
    DiscordWebSocket.DEFAULT_GATEWAY = yarl.URL(url)


class Client(discord.Client):
    """A client that keeps no more of the server than its channels, roles and threads, and hands every event on as it
    came. `silence` is after how many seconds without a word a connection counts as dead."""

    def __init__(self, settings: Discord, hear: Hear, *, silence: float, content: bool) -> None:
        intents = discord.Intents(guilds=True, guild_messages=True, dm_messages=True, message_content=content)
        super().__init__(
            intents=intents,
            allowed_mentions=discord.AllowedMentions.none(),
            max_messages=None,
            member_cache_flags=discord.MemberCacheFlags.none(),
            chunk_guilds_at_startup=False,
            enable_debug_events=True,
            guild_ready_timeout=0.0,
            heartbeat_timeout=silence,
            max_ratelimit_timeout=LONGEST_WAIT,
            proxy=proxy_to(settings.api_url),
        )
        self._hear = hear
        self._rest = min(_REST_BETWEEN_SESSIONS, silence / 4)
        self.heard = time.monotonic()
        self.parted = False

    async def before_identify_hook(self, shard_id: int | None, *, initial: bool = False) -> None:
        if not initial:
            await asyncio.sleep(self._rest)

    async def on_socket_raw_receive(self, message: str) -> None:
        """Every frame of the gateway, heartbeats' answers too."""
        self.heard = time.monotonic()
        frame = json.loads(message)
        if frame.get("op") == _DISPATCH:
            self.parted = False
            self._hear(str(frame["t"]), frame["d"] or {})

    async def on_disconnect(self) -> None:
        self.parted = True


class _Once:
    """In the place of files, which discord.py winds back before each try: after the first there is no other."""

    def reset(self, *, seek: int) -> None:
        if seek:
            raise AnswerLost


class Rest:
    """Asks Discord's API by whatever client is there. Once the bot's token was refused nothing more is sent."""

    def __init__(self, patience: float = PATIENCE) -> None:
        self._patience = patience
        self._client: discord.Client | None = None
        self._asking: set[asyncio.Task[Any]] = set()
        self._once: dict[str, asyncio.Task[Any]] = {}
        self.refused = False

    def use(self, client: discord.Client | None) -> None:
        """From now on ask by this client, with its token; by None, nothing is asked."""
        self._client = client
        self.refused = False

    @property
    def bot(self) -> int:
        """The bot's own id; 0 while it is not known."""
        user = self._client.user if self._client is not None else None
        return user.id if user is not None else 0

    async def call(
        self,
        method: str,
        path: str,
        *,
        body: Any = None,
        query: Mapping[str, Any] | None = None,
        once: str = "",
        **variables: Any,
    ) -> Any:
        """What Discord answers. Raises one of TROUBLES.

        `once` names what would be done twice if it were asked twice: discord.py does not try it again by itself, and
        while one of that name is under way its answer is awaited instead.
        """
        asking = self._once.get(once)
        if asking is None:
            asking = self._begun(Route(method, path, **variables), body, query, once)
        # It is never cut off: discord.py, cut off while Discord asks all of us to wait, would wait for ever after.
        done, _ = await asyncio.wait({asking}, timeout=self._patience)
        if not done:
            raise TimeoutError
        return asking.result()

    def _begun(self, route: Route, body: Any, query: Mapping[str, Any] | None, once: str) -> asyncio.Task[Any]:
        if self._client is None or self.refused:
            raise Away("there is no connection")
        given: dict[str, Any] = ({} if body is None else {"json": body}) | ({"params": query} if query else {})
        if once:
            given["files"] = [_Once()]
        asking = asyncio.ensure_future(self._client.http.request(route, **given))
        self._asking.add(asking)
        asking.add_done_callback(self._asked)
        if once:
            self._once[once] = asking
            asking.add_done_callback(lambda done: self._once.pop(once, None))
        return asking

    def _asked(self, asking: asyncio.Task[Any]) -> None:
        self._asking.discard(asking)
        error = None if asking.cancelled() else asking.exception()
        if isinstance(error, TROUBLES) and refuses_token(error):
            self.refused = True
