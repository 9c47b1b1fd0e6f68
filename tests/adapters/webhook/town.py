"""A town whose desk tells another system of its tickets, delivered without pace."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from adapters.webhook.platform import WebhookPlatform
from bot.clocks import MovableClock
from bot.delivery import Delivery
from bot.ports import Parcel, Speaker
from bot.settings import Settings
from bot.wiring import House, build
from commands.drawing import draw
from commands.settling import settled
from tests.adapters.webhook.receiver import SECRET, Receiver, receiving
from tests.town import MONDAY_TEN, words


class Hooked:
    """The house, what it tells others, and its people."""

    def __init__(self, house: House, clock: MovableClock, receiver: Receiver, **platform: Any) -> None:
        self.house = house
        self.clock = clock
        self.receiver = receiver
        self.platform = WebhookPlatform(house.desk, house.settings, clock, lambda: None, **platform)
        self.delivery = Delivery(house.database, {"webhook": self.platform}, clock, draw, settled=settled)

    def says(self, line: str) -> None:
        answer = self.house.desk.say(Speaker("console", "ann", "Ann"), line)
        assert answer.ok, answer.card

    async def tells(self, *lines: str) -> list[str]:
        """Say lines, deliver what follows, and return the names of the events that were heard from then on."""
        before = len(self.receiver.heard)
        for line in lines:
            self.says(line)
        await self.delivery.settle()
        return self.receiver.types[before:]

    def alerts(self) -> list[str]:
        """What the desk was told in #alerts since it was last asked."""
        now = self.clock.now()
        told = self.house.database.write(lambda work: work.outbox.lease(now, 3600, 50, "console"))
        return [words(one.card) for one in told if one.place == "#alerts"]

    def parcels(self, number: int = 1) -> list[Parcel]:
        found = self.house.database.read(lambda work: work.outbox.of_ticket(number))
        return [one for one in found if one.platform == "webhook"]


@asynccontextmanager
async def hooked(
    folder: Path, hooks: Mapping[str, Mapping[str, Any]] | None = None, **platform: Any
) -> AsyncIterator[Hooked]:
    """In a folder with a settled town. By default there is one webhook, “crm”, that hears all. A path as `url` is one
    of the receiver's, and PORT in it its port."""
    async with receiving() as receiver:
        wanted = {"crm": {"url": "/hooks", "inside": True}} if hooks is None else hooks
        made: dict[str, Any] = {
            name: {"secret": SECRET, **hook, "url": _address(str(hook["url"]), receiver)}
            for name, hook in wanted.items()
        }
        clock = MovableClock(MONDAY_TEN)
        house = build(Settings.model_validate({"data": folder, "webhooks": made}), clock, ("console",))
        found = Hooked(house, clock, receiver, **platform)
        await found.platform.start()
        try:
            yield found
        finally:
            await found.platform.stop()
            house.close()


def _address(url: str, receiver: Receiver) -> str:
    return receiver.url(url) if url.startswith("/") else url.replace("PORT", str(receiver.port))
