"""The platform: the whole of Discord put together, connected between start and stop."""

from __future__ import annotations

import asyncio
import logging
import time
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import discord

from adapters.discord.hearing.listening import Hearing
from adapters.discord.hearing.notes import PAUSES
from adapters.discord.sending.channel import DiscordChannel
from adapters.discord.sending.places import Places, is_private
from adapters.discord.wire.clients import Rest
from adapters.discord.wire.discretion import hush
from adapters.discord.wire.gateway import LONGEST_PAUSE, SETTLED, SILENCE, Gateway, Refused
from adapters.discord.wire.troubles import TROUBLES, in_words
from bot.below import AN_OPERATORS_PAUSE
from bot.domain.errors import Refusal
from bot.ports import Channel, Health, WallClock
from bot.settings import Discord, Settings
from bot.views.wording import listed
from commands.desk import Desk

_NO_CONTENT = (
    "messages in threads are not kept as notes: turn on Message Content Intent"
    " (discord.com/developers/applications → your app → Bot), or set discord.notes = false"
)

EARLY = 1_000
"""Events of the gateway's that are kept while the desk is not ready for them."""

log = logging.getLogger(__name__)


class DiscordPlatform:
    """The port `Platform`. `changed` is called after something was written here; `silence` is after how many real
    seconds without a word of Discord's its connection is replaced, `rest` for how many nothing is asked once Discord
    has refused the token; `pauses` are those before another try to keep a note, in real seconds."""

    def __init__(
        self,
        desk: Desk,
        settings: Settings,
        clock: WallClock,
        changed: Callable[[], None],
        *,
        silence: float = SILENCE,
        rest: float = AN_OPERATORS_PAUSE,
        pauses: Sequence[float] = PAUSES,
    ) -> None:
        if settings.discord is None:
            raise Refusal("Discord is not set up.", "thirdline init discord")
        self._desk = desk
        self._settings: Discord = settings.discord
        self._clock = clock
        self._changed = changed
        self._silence = silence
        self._pause = rest
        self._pauses = pauses
        self._rest = Rest()
        self._gateway: Gateway | None = None
        self._hearing: Hearing | None = None
        self._places = Places(self._rest, settings.channels_of("discord"), self._guild)
        self._channel = DiscordChannel(self._rest, desk.database, self._places, self._settings, clock)
        self._keeper: asyncio.Task[None] | None = None
        self._trouble = ""
        self._deaf = False
        self._early: deque[tuple[str, Mapping[str, Any]]] = deque(maxlen=EARLY)

    @property
    def channel(self) -> Channel:
        return self._channel

    def routes(self) -> Sequence[Any]:
        """The desk's web server serves nothing for Discord."""
        return ()

    async def start(self) -> None:
        """Raises Refusal, with the cure, when Discord will not have us, and ConnectionError while it is away."""
        hush()
        await self._connect()
        self._keeper = asyncio.create_task(self._keep(), name="keeper of discord")

    async def stop(self) -> None:
        """Hear nothing more, answer whom we have heard, and hang up."""
        keeper, self._keeper = self._keeper, None
        if keeper is not None:
            keeper.cancel()
            await asyncio.gather(keeper, return_exceptions=True)
        await self._part()

    def health(self) -> Health:
        if self._trouble:
            return Health(False, self._trouble)
        if self._gateway is None:
            return Health(False, "not connected")
        health = self._gateway.health()
        guild = self._guild()
        if not health.well:
            return health
        if guild is None:
            return Health(False, f"the bot is in the server {self._settings.server} no longer", health.heard_at)
        missing = [place for place in dict.fromkeys(self._places.own()) if self._places.seen(place) is None]
        if missing:
            where = f"the bot sees no channel {listed(missing, 'or')}: let it in, with View Channel"
            return Health(False, f"{guild.name}: {where}", health.heard_at)
        trouble = self._hearing.trouble if self._hearing is not None else ""
        if trouble:
            what = f"{guild.name}: people may see no commands, which could not be registered: {trouble}"
            return Health(False, what, health.heard_at)
        deaf = f"; {_NO_CONTENT}" if self._deaf else ""
        return Health(True, f"{guild.name}: {health.words}{deaf}", health.heard_at)

    # --- one life --------------------------------------------------------------------------------------------

    async def _connect(self) -> None:
        try:
            try:
                self._deaf = False
                await self._begin(content=self._settings.notes)
            except discord.PrivilegedIntentsRequired:
                log.warning("Discord: %s.", _NO_CONTENT)
                self._deaf = True
                await self._begin(content=False)
        except (*TROUBLES, discord.DiscordException) as error:
            await self._part()
            raise ConnectionError(in_words(error)[0]) from error
        except BaseException:
            await self._part()
            raise
        self._look_around()
        log.info("Discord: connected to %s.", getattr(self._guild(), "name", "the server"))

    async def _begin(self, *, content: bool) -> None:
        gateway = Gateway(self._settings, self._rest, self._clock, self._heard, content=content, silence=self._silence)
        await gateway.start()
        self._gateway = gateway
        hearing = Hearing(
            self._desk,
            self._settings,
            self._rest,
            self._places,
            self._changed,
            notes=content,
            pauses=self._pauses,
        )
        try:
            await hearing.start(gateway.client.application_id or 0)
        except BaseException:
            await hearing.stop()
            raise
        self._hearing = hearing
        while self._early:
            hearing.heard(*self._early.popleft())

    async def _part(self) -> None:
        self._early.clear()
        hearing, self._hearing = self._hearing, None
        if hearing is not None:
            await hearing.stop()
        gateway, self._gateway = self._gateway, None
        if gateway is not None:
            await gateway.stop()

    async def _keep(self) -> None:
        """Stay connected; once the token was refused, ask again only after a long rest."""
        pause, began = 0.0, time.monotonic()
        while True:
            try:
                if self._gateway is not None:
                    await self._gateway.keep()
                await self._connect()
            except Refused as refused:
                pause = self._pause
                self._trouble = f"{refused.text} {refused.hint}"
                log.error("Discord: %s", self._trouble)
            except Exception as error:  # Whatever it is, the desk must come back to Discord.
                if not isinstance(error, ConnectionError):
                    log.exception("A fault in the connection to Discord.")
                lived = time.monotonic() - began > SETTLED
                pause = 1.0 if lived else min(max(1.0, 2 * pause), LONGEST_PAUSE)
                told = str(error) if isinstance(error, ConnectionError) else type(error).__name__
                self._trouble = f"not connected: {told}"
                log.warning("Discord, %s.", self._trouble)
            else:
                self._trouble, began = "", time.monotonic()
                continue
            try:
                await self._part()
            except Exception:
                log.exception("A fault in parting from Discord.")
            await asyncio.sleep(pause)

    # --- the server ------------------------------------------------------------------------------------------

    def _guild(self) -> discord.Guild | None:
        return self._gateway.guild if self._gateway is not None else None

    def _look_around(self) -> None:
        """Say what an operator should know of the desk's channels; none of it keeps us from starting."""
        for place in dict.fromkeys(self._places.own()):
            if self._places.seen(place) is None:
                log.warning("Discord: the bot sees no channel called %s.", place)
        desk = next(iter(self._places.rooms()), None)
        if desk is not None and not is_private(desk):
            log.warning(
                "The desk's Discord channel #%s is public: everybody in the server reads customers' tickets. Make it"
                " private, and those who see it can be the desk's people.",
                desk.name,
            )

    # --- what is heard and what changes ----------------------------------------------------------------------

    def _heard(self, event: str, data: Mapping[str, Any]) -> None:
        """An event of the gateway's. Nobody is spoken to before everything is ready: what is told until then waits."""
        if self._hearing is None:
            self._early.append((event, data))
        else:
            self._hearing.heard(event, data)
