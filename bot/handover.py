"""Handing one parcel over to its channel: drawn as things stand now, and whatever comes of it written down."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

from bot.cards import Card
from bot.domain.errors import Refusal
from bot.ports import (
    CannotDeliver,
    Channel,
    Database,
    Kind,
    Outcome,
    Parcel,
    ParcelState,
    Patient,
    UnitOfWork,
    WallClock,
)
from bot.views.ticket_card import out_of_date

PATIENCE = 20.0
"""Real seconds that a platform may take over one parcel, unless it asks for more."""
LONGEST_PAUSE = 60
LONGEST_PAUSE_OF_A_PAGE = 15
"""Seconds until a page is tried again at the latest, unless its platform itself asks for more patience."""
REST = 5.0
"""Real seconds at most for which a place is left alone because of one parcel: the others must get past it."""

# How long news is worth delivering. A page, an alert and a customer's letter never grow too old to be wanted.
AGE_LIMIT = {Kind.NOTICE: timedelta(days=1), Kind.DIGEST: timedelta(days=2)}

log = logging.getLogger(__name__)

Draw = Callable[[UnitOfWork, Parcel, datetime], Card | None]
"""What a parcel says at the moment it is delivered; None where nobody wants it any more."""
Settled = Callable[[UnitOfWork, Parcel, Outcome, datetime], None]
"""Told what came of a page's or a letter's parcel, and of any that is given up, in the commit that writes it down."""

_HEARD_OF = (Kind.PAGE, Kind.LETTER)


def unheard(_work: UnitOfWork, _parcel: Parcel, _outcome: Outcome, _now: datetime) -> None:
    """For a desk without pages: the outbox is enough."""


class Handover:
    """One parcel from the outbox to a channel."""

    def __init__(
        self,
        database: Database,
        clock: WallClock,
        draw: Draw,
        patience: float = PATIENCE,
        settled: Settled = unheard,
    ) -> None:
        self._database = database
        self._clock = clock
        self._draw = draw
        self._patience = patience
        self._settled = settled

    async def carry(self, channel: Channel, parcel: Parcel) -> float | None:
        """Hand it over; it is sent, put back, withdrawn or buried afterwards. Returns the real seconds for which its
        place is better left alone, 0 unless it was put back; None where it was withdrawn, or leased by another since
        (this process had stood still), and its platform not troubled at all. Raises what the database raises."""
        if self._too_old(parcel):
            return await self._failed(parcel, CannotDeliver(f"it is more than {AGE_LIMIT[parcel.kind].days} days old"))
        now = self._clock.now()
        try:
            ours, card = await asyncio.to_thread(self._database.read, lambda work: self._looked_at(work, parcel, now))
        except Exception as error:  # One that cannot be drawn, like one of an adapter's bug, must not stop the rest.
            log.exception("Parcel %d (%s) to %s could not be drawn.", parcel.id, parcel.kind, channel.platform)
            return await self._failed(parcel, CannotDeliver(f"{type(error).__name__} while it was drawn"))
        if not ours:
            log.warning("Parcel %d to %s is another's by now, and left to them.", parcel.id, parcel.place)
            return None
        if card is None:
            await self._withdrawn(parcel)
            return None
        try:
            ref = await self._deliver(channel, replace(parcel, card=card))
        except CannotDeliver as trouble:
            return await self._failed(parcel, trouble)
        except Exception as error:  # An adapter's bug must not lose the parcel or stop the round.
            log.exception("Delivering parcel %d (%s) to %s failed.", parcel.id, parcel.kind, channel.platform)
            return await self._failed(parcel, CannotDeliver(f"{type(error).__name__} in the adapter", unknown=True))
        now = self._clock.now()

        await self._write_down(parcel, Outcome(ParcelState.SENT, ref), now, lambda work: sent(work, parcel, ref, now))
        return 0.0

    def _looked_at(self, work: UnitOfWork, parcel: Parcel, now: datetime) -> tuple[bool, Card | None]:
        """Whether it is still ours to hand over, and what it says."""
        ours = work.outbox.is_ours(parcel)
        return ours, self._draw(work, parcel, now) if ours else None

    async def _deliver(self, channel: Channel, parcel: Parcel) -> str:
        patience = channel.patience if isinstance(channel, Patient) else self._patience
        try:
            return await asyncio.wait_for(channel.deliver(parcel), patience)
        except TimeoutError:
            reason = f"{channel.platform} did not answer within {patience:g} s"
            raise CannotDeliver(reason, unknown=True) from None

    async def _failed(self, parcel: Parcel, trouble: CannotDeliver) -> float:
        now = self._clock.now()
        pause = max(1, round(trouble.retry_after or _pause_after(parcel)))
        hopeless = trouble.permanent or self._too_old(parcel)
        retry_at = None if hopeless else now + timedelta(seconds=pause)
        if hopeless:
            log.error("Parcel %d (%s) to %s is given up: %s", parcel.id, parcel.kind, parcel.place, trouble.reason)
        # What may have arrived once stays so until somebody has looked; an update can be repeated without harm.
        unknown = parcel.ref is None and (trouble.unknown or parcel.state is ParcelState.AMBIGUOUS)
        waiting = ParcelState.AMBIGUOUS if unknown else ParcelState.PLANNED
        outcome = Outcome(ParcelState.DEAD if hopeless else waiting, "", trouble.reason, final=hopeless)

        def put_back(work: UnitOfWork) -> None:
            work.outbox.failed(parcel, trouble.reason, retry_at, now, unknown=unknown)
            if hopeless:
                _told(work, parcel)

        await self._write_down(parcel, outcome, now, put_back)
        if hopeless:
            return 0.0
        return min(pause, REST) if trouble.alone else trouble.retry_after or min(pause, REST)

    async def _withdrawn(self, parcel: Parcel) -> None:
        now = self._clock.now()
        outcome = Outcome(ParcelState.WITHDRAWN)
        await self._write_down(parcel, outcome, now, lambda work: work.outbox.withdraw(parcel, now))

    async def _write_down(
        self, parcel: Parcel, outcome: Outcome, now: datetime, deed: Callable[[UnitOfWork], None]
    ) -> None:
        """What came of it, in one commit with what follows from that. Where that is what fails the parcel is written
        down all the same: otherwise it would be handed over again and again."""

        def told(work: UnitOfWork) -> None:
            deed(work)
            self._settled(work, parcel, outcome, now)

        heard_of = parcel.kind in _HEARD_OF or outcome.state is ParcelState.DEAD
        for _ in range(2 if heard_of else 0):
            try:
                return await asyncio.to_thread(self._database.write, told)
            except Exception as error:
                log.error("What follows from parcel %d is not done: %s", parcel.id, error, exc_info=not _of_desk(error))
        return await asyncio.to_thread(self._database.write, deed)

    def _too_old(self, parcel: Parcel) -> bool:
        limit = AGE_LIMIT.get(parcel.kind)
        return limit is not None and self._clock.now() - parcel.created_at > limit


def _of_desk(error: Exception) -> bool:
    return isinstance(error, Refusal)


def _pause_after(parcel: Parcel) -> float:
    """Seconds, doubled with each attempt. A pager that is deaf for days has more of them than a power has digits."""
    longest = LONGEST_PAUSE_OF_A_PAGE if parcel.kind is Kind.PAGE else LONGEST_PAUSE
    return min(2.0 ** min(parcel.attempts, LONGEST_PAUSE.bit_length()), longest)


def sent(work: UnitOfWork, parcel: Parcel, ref: str, now: datetime) -> None:
    """The parcel arrived, as the message `ref`."""
    work.outbox.sent(parcel, ref, now)
    _told(work, parcel)


def _told(work: UnitOfWork, parcel: Parcel) -> None:
    """Once an alert is told, or never will be, its ticket's card must show the promise as it now stands, too."""
    if parcel.kind is Kind.ALERT and parcel.ticket is not None:
        work.outbox.post(out_of_date(parcel.ticket))
