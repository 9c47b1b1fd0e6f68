"""The delivery round: take what is due from the outbox, hand it over, write down what came of it."""

from __future__ import annotations

import asyncio
import logging
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial

from bot.cards import Card
from bot.ports import CannotDeliver, Channel, Database, Kind, Parcel, UnitOfWork, WallClock
from bot.views.ticket_card import out_of_date

LEASE_SECONDS = 60
PATIENCE = 20.0
"""Real seconds that a platform may take over one parcel, well within the lease."""
MOST = 200
LONGEST_PAUSE = 300

# How long news is worth delivering. A page, an alert and a customer's letter never grow too old to be wanted.
AGE_LIMIT = {Kind.NOTICE: timedelta(days=1), Kind.DIGEST: timedelta(days=2)}

log = logging.getLogger(__name__)

Draw = Callable[[UnitOfWork, Parcel, datetime], Card]
"""What a parcel says at the moment it is delivered."""


class Delivery:
    """Carries parcels to the channels. Each platform has its own queue: a deaf one does not keep the others waiting."""

    def __init__(
        self,
        database: Database,
        channels: Mapping[str, Channel],
        clock: WallClock,
        draw: Draw,
        patience: float = PATIENCE,
    ) -> None:
        self._database = database
        self._channels = channels
        self._clock = clock
        self._draw = draw
        self._patience = patience

    async def round(self) -> int:
        """Deliver what is due now; returns how many parcels were handled."""
        now = self._clock.now()
        parcels = await asyncio.to_thread(
            self._database.write, lambda work: work.outbox.lease(now, LEASE_SECONDS, MOST)
        )
        queues: dict[str, list[Parcel]] = defaultdict(list)
        for parcel in parcels:
            queues[parcel.platform].append(parcel)
        carried = (self._carry(platform, queue) for platform, queue in queues.items())
        troubles = [one for one in await asyncio.gather(*carried, return_exceptions=True) if one is not None]
        if troubles:  # Only the database can be the trouble here; every other queue has come to its end by now.
            raise troubles[0]
        return len(parcels)

    async def settle(self) -> int:
        """Rounds until nothing is due; for scripts and tests, where the next line must see the news of this one."""
        done = 0
        while count := await self.round():
            done += count
        return done

    async def _carry(self, platform: str, queue: Sequence[Parcel]) -> None:
        """One platform's parcels in their order."""
        for parcel in queue:
            try:
                ref = await self._hand_over(platform, parcel)
            except CannotDeliver as trouble:
                await self._failed(parcel, trouble)
            except Exception as error:  # An adapter's bug must not lose the parcel or stop the round.
                log.exception("Delivering parcel %d (%s) to %s failed.", parcel.id, parcel.kind, platform)
                await self._failed(parcel, CannotDeliver(f"{type(error).__name__} in the adapter"))
            else:
                now = self._clock.now()
                await asyncio.to_thread(self._database.write, partial(sent, parcel=parcel, ref=ref, now=now))

    async def _hand_over(self, platform: str, parcel: Parcel) -> str:
        channel = self._channels.get(platform)
        if channel is None:
            raise CannotDeliver(f"{platform} is not connected")
        now = self._clock.now()
        card = await asyncio.to_thread(self._database.read, lambda work: self._draw(work, parcel, now))
        try:
            return await asyncio.wait_for(channel.deliver(replace(parcel, card=card)), self._patience)
        except TimeoutError:
            raise CannotDeliver(f"{platform} did not answer within {self._patience:g} s") from None

    async def _failed(self, parcel: Parcel, trouble: CannotDeliver) -> None:
        now = self._clock.now()
        pause = trouble.retry_after or _pause_after(parcel.attempts)
        limit = AGE_LIMIT.get(parcel.kind)
        too_old = limit is not None and now - parcel.created_at > limit
        retry_at = None if trouble.permanent or too_old else now + timedelta(seconds=max(1, round(pause)))
        if retry_at is None:
            log.error("Parcel %d (%s) to %s is given up: %s", parcel.id, parcel.kind, parcel.place, trouble.reason)

        def put_back(work: UnitOfWork) -> None:
            work.outbox.failed(parcel, trouble.reason, retry_at, now)
            if retry_at is None:
                _told(work, parcel)

        await asyncio.to_thread(self._database.write, put_back)


def _pause_after(attempts: int) -> float:
    """Seconds, doubled with each attempt. A pager that is deaf for days has more of them than a power has digits."""
    return min(2.0 ** min(attempts, LONGEST_PAUSE.bit_length()), LONGEST_PAUSE)


def sent(work: UnitOfWork, parcel: Parcel, ref: str, now: datetime) -> None:
    """The parcel arrived, as the message `ref`."""
    work.outbox.sent(parcel, ref, now)
    _told(work, parcel)


def _told(work: UnitOfWork, parcel: Parcel) -> None:
    """Once an alert is told, or never will be, its ticket's card must show the promise as it now stands, too."""
    if parcel.kind is Kind.ALERT and parcel.ticket is not None:
        work.outbox.post(out_of_date(parcel.ticket))
