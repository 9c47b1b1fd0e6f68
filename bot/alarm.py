"""An alarm about the desk itself: said in the alerts channels past the outbox, which may be what the alarm is about."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping, Sequence
from concurrent.futures import Future
from dataclasses import replace

from bot.below import ALARM
from bot.cards import Card
from bot.handover import PATIENCE
from bot.ports import ALERTS, Channel, Kind, Parcel, Urgency, WallClock

PAUSES = (5.0, 15.0, 30.0, 60.0)
"""Real seconds between tries: a platform may be away, too."""

log = logging.getLogger(__name__)


class Alarm:
    """Speaks through these channels from `start` to `stop`, which belong into the event loop; called from any thread.
    `routes` says where the alerts channels are."""

    def __init__(
        self,
        channels: Mapping[str, Channel],
        routes: Callable[[str], Sequence[tuple[str, str]]],
        clock: WallClock,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._channels = channels
        self._routes = routes
        self._clock = clock
        self._sleep = sleep
        self._loop: asyncio.AbstractEventLoop | None = None
        self._under_way: set[Future[None]] = set()

    def start(self) -> None:
        self._loop = asyncio.get_running_loop()

    def stop(self) -> None:
        self._loop = None
        for one in list(self._under_way):
            one.cancel()

    def __call__(self, card: Card) -> None:
        """Say it, on each platform as soon as that takes it; nobody waits for it."""
        now = self._clock.now()
        number = int(now.timestamp())
        card = replace(card, data={**card.data, ALARM: True})
        for platform, place in self._routes(ALERTS):
            channel, loop = self._channels.get(platform), self._loop
            if channel is None or loop is None:
                continue
            parcel = Parcel(number, Kind.ALERT, platform, place, card, f"{ALARM}:{number}", Urgency.FIRST_PAGE, now)
            said = asyncio.run_coroutine_threadsafe(self._said(channel, parcel), loop)
            self._under_way.add(said)
            said.add_done_callback(self._under_way.discard)

    async def _said(self, channel: Channel, parcel: Parcel) -> None:
        for pause in (*PAUSES, None):
            try:
                await asyncio.wait_for(channel.deliver(parcel), PATIENCE)
            except Exception as error:
                log.warning("The alarm cannot be said on %s: %s", channel.platform, error or type(error).__name__)
            else:
                return
            if pause is not None:
                await self._sleep(pause)
