"""The platform: services are told while the desk runs; whether one of them is there is known when it is told."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

from adapters.apprise.services import hush, known, send
from bot.domain.errors import Refusal
from bot.ports import CannotDeliver, Channel, Health, Parcel, WallClock
from bot.settings import Settings
from commands.desk import Desk

ANY = "json://localhost"
"""An address that needs nobody: to know it the library reads all its plugins, which takes it a moment."""


class ApprisePlatform:
    """The port `Platform`, and its own channel. Nothing comes in this way, so `desk` and `changed` are not needed."""

    platform = "apprise"
    prompt = False

    def __init__(self, desk: Desk, settings: Settings, clock: WallClock, changed: Callable[[], None]) -> None:
        if not settings.apprise:
            raise Refusal("apprise is not set up.", "Write into the settings: apprise = true")
        self._clock = clock
        self._ready = False
        self._heard_at: datetime | None = None

    @property
    def channel(self) -> Channel:
        return self

    def routes(self) -> Sequence[Any]:
        """The desk's web server serves nothing for services."""
        return ()

    async def start(self) -> None:
        """Raises Refusal where the library does not do."""
        hush()
        if not await asyncio.to_thread(known, ANY):
            raise Refusal(
                "The apprise library knows no services.", "pip install --force-reinstall 'thirdline[apprise]'"
            )
        self._ready, self._heard_at = True, self._clock.now()

    async def stop(self) -> None:
        self._ready = False

    def health(self) -> Health:
        return Health(self._ready, "ready" if self._ready else "not connected", self._heard_at)

    async def deliver(self, parcel: Parcel) -> str:
        """The address is drawn with the page ("address" in the card's data): the outbox keeps no secrets. Raises
        CannotDeliver."""
        address = parcel.card.data.get("address")
        if not isinstance(address, str) or not address:
            raise CannotDeliver("nobody knows the service's address any more", permanent=True)
        await asyncio.to_thread(send, address, parcel.card)
        self._heard_at = self._clock.now()
        return ""
