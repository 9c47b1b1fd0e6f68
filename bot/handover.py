"""Handing one parcel over to its channel: drawn as things stand now, and whatever comes of it written down."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

from bot.cards import Card
from bot.ports import CannotDeliver, Channel, Database, Kind, Parcel, ParcelState, UnitOfWork, WallClock
from bot.views.ticket_card import out_of_date

PATIENCE = 20.0
"""Real seconds that a platform may take over one parcel."""
LONGEST_PAUSE = 60
REST = 5.0
"""Real seconds at most for which a place is left alone because of one parcel: the others must get past it."""

# How long news is worth delivering. A page, an alert and a customer's letter never grow too old to be wanted.
AGE_LIMIT = {Kind.NOTICE: timedelta(days=1), Kind.DIGEST: timedelta(days=2)}

log = logging.getLogger(__name__)

Draw = Callable[[UnitOfWork, Parcel, datetime], Card]
"""What a parcel says at the moment it is delivered."""


class Handover:
    """One parcel from the outbox to a channel."""

    def __init__(self, database: Database, clock: WallClock, draw: Draw, patience: float = PATIENCE) -> None:
        self._database = database
        self._clock = clock
        self._draw = draw
        self._patience = patience

    async def carry(self, channel: Channel, parcel: Parcel) -> float:
        """Hand it over; it is sent, put back or buried afterwards. Returns the real seconds for which its place is
        better left alone: 0 unless it was put back. Raises what the database raises."""
        if self._too_old(parcel):
            return await self._failed(parcel, CannotDeliver(f"it is more than {AGE_LIMIT[parcel.kind].days} days old"))
        try:
            ref = await self._deliver(channel, parcel)
        except CannotDeliver as trouble:
            return await self._failed(parcel, trouble)
        except Exception as error:  # An adapter's bug must not lose the parcel or stop the round.
            log.exception("Delivering parcel %d (%s) to %s failed.", parcel.id, parcel.kind, channel.platform)
            return await self._failed(parcel, CannotDeliver(f"{type(error).__name__} in the adapter", unknown=True))
        now = self._clock.now()
        await asyncio.to_thread(self._database.write, lambda work: sent(work, parcel, ref, now))
        return 0.0

    async def _deliver(self, channel: Channel, parcel: Parcel) -> str:
        now = self._clock.now()
        card = await asyncio.to_thread(self._database.read, lambda work: self._draw(work, parcel, now))
        try:
            return await asyncio.wait_for(channel.deliver(replace(parcel, card=card)), self._patience)
        except TimeoutError:
            reason = f"{channel.platform} did not answer within {self._patience:g} s"
            raise CannotDeliver(reason, unknown=True) from None

    async def _failed(self, parcel: Parcel, trouble: CannotDeliver) -> float:
        now = self._clock.now()
        pause = max(1, round(trouble.retry_after or _pause_after(parcel.attempts)))
        hopeless = trouble.permanent or self._too_old(parcel)
        retry_at = None if hopeless else now + timedelta(seconds=pause)
        if hopeless:
            log.error("Parcel %d (%s) to %s is given up: %s", parcel.id, parcel.kind, parcel.place, trouble.reason)
        # What may have arrived once stays so until somebody has looked; an update can be repeated without harm.
        unknown = parcel.ref is None and (trouble.unknown or parcel.state is ParcelState.AMBIGUOUS)

        def put_back(work: UnitOfWork) -> None:
            work.outbox.failed(parcel, trouble.reason, retry_at, now, unknown=unknown)
            if hopeless:
                _told(work, parcel)

        await asyncio.to_thread(self._database.write, put_back)
        if hopeless:
            return 0.0
        return min(pause, REST) if trouble.alone else trouble.retry_after or min(pause, REST)

    def _too_old(self, parcel: Parcel) -> bool:
        limit = AGE_LIMIT.get(parcel.kind)
        return limit is not None and self._clock.now() - parcel.created_at > limit


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
