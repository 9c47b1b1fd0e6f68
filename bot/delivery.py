"""Delivery: what is due goes from the outbox to the ways to people, each at its own speed."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping

from bot.courier import PACE, Courier, Later, in_the_loop
from bot.handover import PATIENCE, Draw, Handover, Settled, unheard
from bot.ports import Channel, Database, WallClock

LEASE_SECONDS = 60
MOST = 200


class Delivery:
    """Carries parcels to the channels. One that takes no time is served in rounds, in the order of the outbox; each of
    the others has a courier of its own, which begins to carry once `connect` says that its platform is there.

    What is due for a platform that is not there just waits.
    """

    def __init__(
        self,
        database: Database,
        channels: Mapping[str, Channel],
        clock: WallClock,
        draw: Draw,
        patience: float = PATIENCE,
        pace: float = PACE,
        later: Later = in_the_loop,
        settled: Settled = unheard,
    ) -> None:
        self._database = database
        self._clock = clock
        self._handover = Handover(database, clock, draw, patience, settled)
        self._prompt = {name: channel for name, channel in channels.items() if channel.prompt}
        self._couriers = {
            name: Courier(channel, self._handover, database, clock, pace, later)
            for name, channel in channels.items()
            if not channel.prompt
        }

    @property
    def prompt(self) -> tuple[str, ...]:
        """The platforms that the rounds serve; the couriers look after their own due times."""
        return tuple(self._prompt)

    def connect(self, platform: str) -> None:
        """The platform is there: its courier begins, where it has one. From the event loop; again changes nothing."""
        if platform in self._couriers:
            self._couriers[platform].start()

    def wake(self) -> None:
        """Something was posted, or time has passed: the couriers look."""
        for courier in self._couriers.values():
            courier.wake()

    async def stop(self) -> None:
        """Finish what is under way to the platforms, and take nothing more."""
        await asyncio.gather(*(courier.stop() for courier in self._couriers.values()))

    async def round(self) -> int:
        """Carry what is due now to the prompt platforms, and wake the couriers; returns how many parcels were handled,
        by the round alone."""
        rounds = (self._serve(platform, channel) for platform, channel in self._prompt.items())
        counts = await asyncio.gather(*rounds, return_exceptions=True)
        self.wake()
        done = 0
        for count in counts:
            if isinstance(count, BaseException):  # Only the database can be the trouble; the others are served by now.
                raise count
            done += count
        return done

    async def settle(self) -> int:
        """Carry everything that is due now, everywhere and without pace; for scripts and tests, where the next line
        must see the news of this one. Leaves out couriers that run. Returns how many parcels were handled."""
        done = 0
        while count := await self._settle_once():
            done += count
        return done

    async def _settle_once(self) -> int:
        carried = [await courier.settle() for courier in self._couriers.values() if not courier.running]
        return await self.round() + sum(carried)

    async def _serve(self, platform: str, channel: Channel) -> int:
        now = self._clock.now()
        parcels = await asyncio.to_thread(
            self._database.write, lambda work: work.outbox.lease(now, LEASE_SECONDS, MOST, platform)
        )
        for parcel in parcels:
            await self._handover.carry(channel, parcel)
        return len(parcels)
