"""The gateway with a watch of our own: a connection that discord.py cannot mend, or takes for alive, is made anew.

discord.py resumes what breaks, and counts silence. What it does not survive is a fault of its own, and what it does not
see is a connection that it believes to be mending for ever: both end here with a new session.
"""

from __future__ import annotations

import asyncio
import logging
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any

import discord
from aiohttp import ClientError
from discord.gateway import KeepAliveHandler

from adapters.discord.wire.clients import Client, Hear, Rest, point_at, point_at_gateway
from adapters.discord.wire.troubles import REFUSED_TOKEN, TROUBLES, in_words, refuses_token
from bot.domain.errors import Refusal
from bot.ports import Health, WallClock
from bot.settings import Discord

SILENCE = 60.0
"""Seconds without a word of the gateway after which discord.py makes another connection: it speaks every 41."""
CONNECTING = 20.0
LONGEST_PAUSE = 90.0
"""Seconds: Discord resets the token of a bot that begins a thousand sessions in a day."""
SETTLED = 60.0
"""Seconds that a session must have lived for its successor to be made at once."""
CLOSING = 5.0

_BAD_TOKEN = 4004
_TROUBLES = (*TROUBLES, discord.DiscordException, ClientError)
_INVITE = "Invite it: `thirdline init discord` prints the address. And is discord.server the server's id?"
_TOKEN = f"discord.token: {REFUSED_TOKEN[0]}."
_TOKEN_CURE = f"{REFUSED_TOKEN[1]}."
_NO_WORDS = "Discord does not let the bot read messages any more"

log = logging.getLogger(__name__)


def _beats(loop: asyncio.AbstractEventLoop) -> Iterator[KeepAliveHandler]:
    """discord.py's threads that send heartbeats through that loop, which is one client's alone."""
    for thread in threading.enumerate():
        if isinstance(thread, KeepAliveHandler) and thread.ws.loop is loop:
            yield thread


def _end(beats: Sequence[KeepAliveHandler]) -> None:
    """discord.py tells them to stop and waits for none, and forgets the one of a connection that was never finished:
    whichever woke once the loop is gone would print a fault."""
    for beat in beats:
        beat.stop()
    for beat in beats:
        beat.join(CLOSING)


class Refused(Refusal):
    """Discord will not have us as things are set up; asking again helps nobody."""


class Over(ConnectionError):
    """discord.py has given this client up: there must be another."""


_FOR_GOOD = (Refused, Over, discord.PrivilegedIntentsRequired)
"""What another connection of the same client cannot mend."""


class Gateway:
    """One client of Discord's from `start` to `stop`, with its connection kept alive. `hear` gets every event as it
    came, in the event loop; `silence` is in real seconds."""

    def __init__(
        self, settings: Discord, rest: Rest, clock: WallClock, hear: Hear, *, content: bool, silence: float = SILENCE
    ) -> None:
        self._settings = settings
        self._rest = rest
        self._clock = clock
        self._hear = hear
        self._silence = silence
        self.client = Client(settings, self._heard, silence=silence, content=content)
        self._known = asyncio.Event()
        self._uninvited = False
        self._connecting: asyncio.Task[None] | None = None
        self._began = time.monotonic()
        self._trouble = ""
        self._before = ""
        self.replaced = 0

    @property
    def guild(self) -> discord.Guild | None:
        """The server as the gateway tells of it; None before that."""
        return self.client.get_guild(self._settings.server)

    async def start(self) -> None:
        """Raises Refused, with the cure, and discord.py's PrivilegedIntentsRequired; what else it raises says that
        Discord is away."""
        point_at(self._settings)
        try:
            await asyncio.wait_for(self._log_in(), CONNECTING)
            self._rest.use(self.client)
            await self._connect()
        except BaseException:
            await self.stop()
            raise

    async def stop(self) -> None:
        """Hang up, whatever the other side does."""
        self._rest.use(None)
        connecting, self._connecting = self._connecting, None
        if connecting is not None:
            connecting.cancel()
            await asyncio.gather(connecting, return_exceptions=True)
        with suppress(TimeoutError, *_TROUBLES):
            await asyncio.wait_for(self.client.close(), CLOSING)
        await self.client.http.close()
        await asyncio.to_thread(_end, [*_beats(asyncio.get_running_loop())])

    async def keep(self) -> None:
        """Keep it connected. Ends with Refused when the token is not taken any more, and with Over."""
        try:
            await self._keep()
        except discord.PrivilegedIntentsRequired as error:
            raise Over(_NO_WORDS) from error

    async def _keep(self) -> None:
        pause = 0.0
        while True:
            why = await self._wrong()
            log.warning("The connection to Discord is replaced: %s.", why)
            self._trouble = f"connecting again: {why}"
            pause = min(max(1.0, 2 * pause), LONGEST_PAUSE) if time.monotonic() - self._began < SETTLED else 0.0
            while True:
                await asyncio.sleep(pause)
                await self._hang_up()
                try:
                    await self._connect()
                except _FOR_GOOD:
                    raise
                except Exception as error:  # Whatever it is, the desk must not stay deaf.
                    self._say_again(error)
                else:
                    break
                pause = min(max(1.0, 2 * pause), LONGEST_PAUSE)
            self.replaced += 1
            self._trouble, self._before = "", why

    def health(self) -> Health:
        heard_at = self._heard_at()
        if self._trouble:
            return Health(False, self._trouble, heard_at)
        if self.client.parted:
            return Health(False, "connecting again: the connection was lost", heard_at)
        silent = time.monotonic() - self.client.heard
        if silent > self._silence:
            return Health(False, f"Discord has said nothing for {silent:.0f} s", heard_at)
        again = f" again ({self._before})" if self._before else ""
        return Health(True, f"connected to the gateway{again}", heard_at)

    # --- one connection --------------------------------------------------------------------------------------

    async def _log_in(self) -> None:
        await self.client.__aenter__()
        try:
            await self.client.login(self._settings.token.get_secret_value())
        except discord.LoginFailure as error:
            raise Refused(_TOKEN, _TOKEN_CURE) from error
        url = self._settings.gateway_url or str((await self._rest_of_login("/gateway"))["url"])
        point_at_gateway(url)

    async def _rest_of_login(self, path: str) -> Mapping[str, Any]:
        answer = await self.client.http.request(discord.http.Route("GET", path))
        return answer if isinstance(answer, dict) else {}

    async def _connect(self) -> None:
        """Begin a session, and wait until it has told of our server."""
        self._known.clear()
        self._uninvited = False
        self._began = self.client.heard = time.monotonic()
        self._connecting = asyncio.create_task(self.client.connect(), name="gateway of discord")
        known = asyncio.create_task(self._known.wait())
        await asyncio.wait({self._connecting, known}, timeout=CONNECTING, return_when=asyncio.FIRST_COMPLETED)
        known.cancel()
        if self._connecting.done():
            await self._ended(self._connecting)
        if self._uninvited:
            raise Refused(f"The bot is not in the server {self._settings.server}.", _INVITE)
        if not self._known.is_set():
            raise TimeoutError("the gateway did not tell of the server")

    async def _ended(self, connecting: asyncio.Task[None]) -> None:
        """Raise what it ended with."""
        try:
            await connecting
        except discord.ConnectionClosed as error:
            if error.code == _BAD_TOKEN:
                raise Refused(_TOKEN, _TOKEN_CURE) from error
            raise Over(f"Discord closed it with {error.code}") from error
        raise Over("it was closed")

    async def _hang_up(self) -> None:
        """Leave a connection for good, without waiting for the other side: it may be deaf."""
        connecting, self._connecting = self._connecting, None
        if connecting is not None:
            connecting.cancel()
            await asyncio.gather(connecting, return_exceptions=True)
        socket = self.client.ws
        if socket is not None and socket.open:
            with suppress(TimeoutError, *_TROUBLES):
                await asyncio.wait_for(socket.close(4000), CLOSING)

    async def _wrong(self) -> str:
        """Waits until something is wrong that discord.py does not mend, and says what. Raises Refused."""
        while True:
            await asyncio.sleep(min(1.0, self._silence / 4))
            if self._rest.refused:
                raise Refused(_TOKEN, _TOKEN_CURE)
            connecting = self._connecting
            if connecting is None or connecting.done():
                return await self._why_ended(connecting)
            silent = time.monotonic() - self.client.heard
            if silent > 2 * self._silence:
                return f"Discord had said nothing for {silent:.0f} s"

    async def _why_ended(self, connecting: asyncio.Task[None] | None) -> str:
        try:
            if connecting is not None:
                await self._ended(connecting)
        except _FOR_GOOD:
            raise
        except Exception as error:
            if not isinstance(error, _TROUBLES):
                log.exception("discord.py met a fault.")
            return f"it ended ({_told(error)})"
        return "it ended"

    # --- hearing ---------------------------------------------------------------------------------------------

    def _heard(self, event: str, data: Mapping[str, Any]) -> None:
        server = str(self._settings.server)
        if event == "READY" and server not in [str(one.get("id")) for one in data.get("guilds", ())]:
            self._uninvited = True
            self._known.set()
        if event == "GUILD_CREATE" and str(data.get("id")) == server:
            self._known.set()
        self._hear(event, data)

    def _say_again(self, error: Exception) -> None:
        if not isinstance(error, _TROUBLES):
            log.exception("A fault while connecting to Discord.")
        trouble = f"not connected: {_told(error)}"
        if trouble != self._trouble:
            log.warning("Discord, %s", trouble)
        self._trouble = trouble

    def _heard_at(self) -> datetime:
        return self._clock.now() - timedelta(seconds=int(time.monotonic() - self.client.heard))


def _told(error: Exception) -> str:
    return "Discord does not know the token" if refuses_token(error) else in_words(error)[0]
