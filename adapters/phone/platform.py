"""The platform: the telephone put together, connected between start and stop."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence

from aiohttp.web import RouteDef

from adapters.phone.hearing.callers import MACHINE, RECORDING, STATUS, Callers
from adapters.phone.hearing.recordings import Recordings
from adapters.phone.hearing.webhooks import Ears, Hearing
from adapters.phone.sending.channel import PhoneChannel
from adapters.phone.sending.failover import Accounts
from adapters.phone.sending.poll import Poll
from adapters.phone.wire.providers import provider_of
from adapters.phone.wire.pulse import EVERY, Pulse
from adapters.phone.wire.requests import PATIENCE
from bot.domain.errors import Refusal
from bot.ports import Channel, Health, WallClock
from bot.settings import Phone, Settings
from commands.desk import Desk
from commands.hotline import Hotline
from commands.hotline_receipts import told_machine, told_recording, told_status

MAIN, SECOND = "main", "second"

log = logging.getLogger(__name__)


class PhonePlatform:
    """The port `Platform`. `changed` is called after something was written here; `patience` is the seconds that one
    request to a provider may take, `pulse` those between two questions whether the accounts are well."""

    def __init__(
        self,
        desk: Desk,
        settings: Settings,
        clock: WallClock,
        changed: Callable[[], None],
        *,
        patience: float = PATIENCE,
        pulse: float = EVERY,
    ) -> None:
        if settings.phone is None:
            raise Refusal("The telephone is not set up.", "thirdline init phone")
        phone: Phone = settings.phone
        given = {MAIN: phone} | ({SECOND: phone.second} if phone.second is not None else {})
        providers = {name: provider_of(account, patience) for name, account in given.items()}
        self._accounts = Accounts(providers)
        self._channel = PhoneChannel(self._accounts, desk.database, phone, clock)
        callers = _callers(phone)
        self._hearing = Hearing(Ears(desk.database, clock, phone, providers, changed, callers))
        self._poll = Poll(self._accounts, desk.database, clock, changed, callers)
        self._recordings = Recordings(providers, desk.database, clock, settings.data)
        self._pulse = Pulse(providers, pulse)
        self._connected = False

    @property
    def channel(self) -> Channel:
        return self._channel

    def routes(self) -> Sequence[RouteDef]:
        """What the providers call."""
        return self._hearing.routes()

    async def start(self) -> None:
        """Never refuses and never waits for a provider: whatever one of them says now, a page must be tried, and the
        other account may be well. Health tells what is wrong."""
        for provider in self._accounts.providers.values():
            await provider.open()
        self._pulse.start()
        self._poll.start()
        self._recordings.start()
        self._connected = True

    async def stop(self) -> None:
        self._connected = False
        await self._recordings.stop()
        await self._poll.stop()
        await self._pulse.stop()
        await self._hearing.stop()
        for provider in self._accounts.providers.values():
            await provider.close()

    def health(self) -> Health:
        if not self._connected:
            return Health(False, "not connected")
        troubles = {name: self._trouble(name) for name in self._accounts.providers}
        told = [f"{self._tells(name)}: {trouble}" for name, trouble in troubles.items() if trouble]
        if told:
            rest = [self._tells(name) for name, trouble in troubles.items() if not trouble]
            beside = f"; {' and '.join(rest)} calls meanwhile" if rest else ""
            return Health(False, "; ".join(told) + beside, self._hearing.heard_at)
        return Health(True, " and ".join(map(self._tells, troubles)), self._hearing.heard_at)

    def _trouble(self, name: str) -> str:
        return self._pulse.troubles.get(name) or self._accounts.breakers[name].trouble

    def _tells(self, name: str) -> str:
        provider = self._accounts.providers[name]
        return f"{provider.name} {provider.number}"


def _callers(phone: Phone) -> Callers:
    """The hotline as the operator has set it. Without one nobody who calls in gets there, but /ticket dial does."""
    hotline = Hotline(phone.greeting, phone.waits, phone.record)
    return Callers(hotline.greet, hotline.talk, {STATUS: told_status, MACHINE: told_machine, RECORDING: told_recording})
