"""The platform: services are told while the desk runs; whether one of them is there is known when it is told."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

from adapters.apprise.services import hush, known, send
from bot.domain.contacts import SERVICE
from bot.domain.errors import NotFound, Refusal
from bot.ports import CannotDeliver, Channel, Health, Parcel, UnitOfWork, WallClock
from bot.settings import Settings
from bot.workers import Workers
from commands.desk import Desk

CONTACT = "contact:"
ANY = "json://localhost"
"""An address that needs nobody: to know it the library reads all its plugins, which takes it a moment."""

THREADS = 10
"""As many messages as a courier has under way. Threads of its own: a service that hangs must hold up nobody's page."""


class ApprisePlatform:
    """The port `Platform`, and its own channel. Nothing comes in this way, so `changed` is never called."""

    platform = "apprise"
    prompt = False

    def __init__(self, desk: Desk, settings: Settings, clock: WallClock, changed: Callable[[], None]) -> None:
        if not settings.apprise:
            raise Refusal("apprise is not set up.", "Write into the settings: apprise = true")
        self._database = desk.database
        self._inside = frozenset(settings.apprise_inside)
        self._clock = clock
        self._ready = False
        self._heard_at: datetime | None = None
        self._workers = Workers("apprise", THREADS)

    @property
    def channel(self) -> Channel:
        return self

    def routes(self) -> Sequence[Any]:
        """The desk's web server serves nothing for services."""
        return ()

    async def start(self) -> None:
        """Raises Refusal where the library does not do."""
        hush()
        if not await self._workers.begin(lambda: known(ANY)):
            raise Refusal(
                "The apprise library knows no services.", "pip install --force-reinstall 'thirdline[apprise]'"
            )
        self._ready, self._heard_at = True, self._clock.now()

    async def stop(self) -> None:
        self._ready = False

    def health(self) -> Health:
        return Health(self._ready, "ready" if self._ready else "not connected", self._heard_at)

    async def deliver(self, parcel: Parcel) -> str:
        """The service's address is a secret, so a parcel names only the contact whose address that is. Raises
        CannotDeliver."""
        await self._workers.begin(lambda: self._tell(parcel))
        self._heard_at = self._clock.now()
        return ""

    def _tell(self, parcel: Parcel) -> None:
        address = self._database.read(lambda work: _address(work, parcel.place))
        send(address, parcel.card, self._inside)


def _address(work: UnitOfWork, place: str) -> str:
    id = place.removeprefix(CONTACT)
    try:
        contact = work.contacts.get(int(id)) if id.isdecimal() else None
    except NotFound:
        contact = None
    if contact is None or contact.kind != SERVICE:
        raise CannotDeliver("that contact is gone", permanent=True)
    return contact.address
