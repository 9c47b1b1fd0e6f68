"""A courier: carries one platform's parcels, the most urgent first, at the pace that each of its places takes.

A parcel is leased only when it can go at once. So what is urgent never stands behind what was leased before it, and a
platform that is slow, or asks for patience, keeps nobody waiting but itself. Where a provider takes only so many
parcels a second, the most urgent of those that wait goes next.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Sequence
from typing import Protocol

from bot.clocks import seconds_until
from bot.handover import PATIENCE, Handover
from bot.ports import AtItsPace, Channel, Database, Paced, Parcel, Patient, UnitOfWork, Urgency, WallClock

AT_ONCE = 8
"""Parcels under way to different places of a platform."""
URGENT_BESIDE = 2
"""How many more there may be of what nothing may hold back."""
LEAST_URGENT = Urgency.BREACH
"""The last of the urgencies that count as such."""
PACE = 1.0
"""Real seconds from one message at a place to the next: what chat platforms ask for, unless a channel knows better."""
AFTER_UPDATE = 0.2
"""The part of it after a message was changed in place, which platforms count more kindly."""
LEASE_SECONDS = round(2 * PATIENCE)
"""How long a parcel is ours: a lease that runs out under way would make two messages of one."""
AFTER_TROUBLE = 5.0

log = logging.getLogger(__name__)


class Cancellable(Protocol):
    def cancel(self) -> None: ...


Later = Callable[[float, Callable[[], None]], Cancellable]
"""Calls something in so many real seconds; the event loop's own way, unless a test moves time by hand."""


def in_the_loop(seconds: float, call: Callable[[], None]) -> Cancellable:
    return asyncio.get_running_loop().call_later(seconds, call)


class Courier:
    """Carries from `start` to `stop`. Everything but the constructor belongs into the event loop."""

    def __init__(
        self,
        channel: Channel,
        handover: Handover,
        database: Database,
        clock: WallClock,
        pace: float = PACE,
        later: Later = in_the_loop,
    ) -> None:
        self._channel = channel
        self._handover = handover
        self._database = database
        self._clock = clock
        self._pace = channel.pace if isinstance(channel, AtItsPace) else pace
        self._lease_seconds = round(2 * channel.patience) if isinstance(channel, Patient) else LEASE_SECONDS
        self._later = later
        # Places that take nothing now: a parcel is under way there, or they are given time.
        self._busy: set[str] = set()
        self._resting: dict[str, Cancellable] = {}
        self._under_way: set[asyncio.Task[None]] = set()
        # Until the provider takes another parcel, and which one it has to digest.
        self._gap: tuple[int, Cancellable] | None = None
        self._woken = asyncio.Event()
        self._alarm: Cancellable | None = None
        self._task: asyncio.Task[None] | None = None
        self._stopped = False

    @property
    def running(self) -> bool:
        return self._task is not None

    def start(self) -> None:
        """Begin to carry; again changes nothing."""
        if self._task is None:
            self._task = asyncio.create_task(self._work(), name=f"courier of {self._channel.platform}")

    def wake(self) -> None:
        """Something may be due."""
        self._woken.set()

    async def stop(self) -> None:
        """Take nothing more, and finish what is under way."""
        self._stopped = True
        self._woken.set()
        if self._task is not None:
            await self._task
        await self._all_arrived()
        for alarm in (*self._resting.values(), self._gap[1] if self._gap else None, self._alarm):
            if alarm is not None:
                alarm.cancel()

    async def settle(self) -> int:
        """Carry all that is due now, without pace, for scripts and tests. Returns how many. Not while it runs."""
        done = 0
        while parcels := await asyncio.to_thread(self._database.write, self._lease):
            done += len(parcels)
            for parcel in parcels:
                self._send_off(parcel)
            await self._all_arrived()
            for place, alarm in list(self._resting.items()):
                alarm.cancel()
                self._rested(place)
        return done

    # --- the loop --------------------------------------------------------------------------------------------

    async def _work(self) -> None:
        mended = False
        while not self._stopped:
            self._woken.clear()
            try:
                if not mended:  # An operator who starts the desk again has probably mended what it waited for.
                    await asyncio.to_thread(self._database.write, self._release)
                    mended = True
                if not await self._took_one():
                    await self._woken.wait()
            except Exception as error:  # The database is away, mostly; whatever it is, the courier must not die of it.
                log.warning("The courier of %s has to wait: %s", self._channel.platform, error)
                self._ring_in(AFTER_TROUBLE)
                await self._woken.wait()

    async def _took_one(self) -> bool:
        """Send the most urgent parcel that can go now on its way. Otherwise the alarm is set for the next one."""
        least = None if len(self._under_way) < AT_ONCE else LEAST_URGENT
        if self._gap is not None or len(self._under_way) >= AT_ONCE + URGENT_BESIDE:
            return False
        platform = self._channel.platform
        due = await asyncio.to_thread(self._database.read, lambda work: work.outbox.next_due(platform, least))
        now = self._clock.now()
        if due is None:
            return False
        if due > now:
            wait = seconds_until(self._clock, due)
            self._ring_in(AFTER_TROUBLE if wait is None else wait)
            return False
        parcels = await asyncio.to_thread(self._database.write, lambda work: self._lease(work, least))
        for parcel in parcels:
            self._leave_gap(parcel)
            self._send_off(parcel)
        return bool(parcels)

    def _lease(self, work: UnitOfWork, least: Urgency | None = None) -> Sequence[Parcel]:
        if self._stopped:  # It may have been stopped while the database was asked what is due.
            return ()
        busy = frozenset(self._busy)
        return work.outbox.lease(
            self._clock.now(), self._lease_seconds, 1, platform=self._channel.platform, busy=busy, least=least
        )

    def _release(self, work: UnitOfWork) -> None:
        work.outbox.release(self._channel.platform, self._clock.now())

    def _send_off(self, parcel: Parcel) -> None:
        self._busy.add(parcel.place)
        task = asyncio.create_task(self._carry(parcel))
        self._under_way.add(task)
        task.add_done_callback(self._arrived)

    def _arrived(self, task: asyncio.Task[None]) -> None:
        self._under_way.discard(task)
        self._woken.set()  # There is room for another parcel, to some other place.

    async def _carry(self, parcel: Parcel) -> None:
        pause: float | None = 0.0
        try:
            pause = await self._handover.carry(self._channel, parcel)
        except Exception as error:  # It was handed over or not: its lease runs out, and then it is looked up.
            log.warning("What came of parcel %d could not be written down: %s", parcel.id, error)
        finally:
            if pause is None:
                self._rest(parcel.place, 0.0)
                self._gap_over(parcel)
            else:
                pace = self._pace * (AFTER_UPDATE if parcel.ref else 1.0)
                self._rest(parcel.place, max(pace, pause))

    def _leave_gap(self, parcel: Parcel) -> None:
        gap = self._channel.gap(parcel) if isinstance(self._channel, Paced) else 0.0
        if gap > 0:
            self._gap = parcel.id, self._later(gap, lambda: self._gap_over(parcel))

    def _gap_over(self, parcel: Parcel) -> None:
        """The provider takes another one; after a parcel that was withdrawn, at once."""
        if self._gap is not None and self._gap[0] == parcel.id:
            self._gap[1].cancel()
            self._gap = None
            self._woken.set()

    # --- time ------------------------------------------------------------------------------------------------

    def _rest(self, place: str, seconds: float) -> None:
        """Leave the place alone for a while."""
        if seconds <= 0:
            self._busy.discard(place)
        else:
            self._resting[place] = self._later(seconds, lambda: self._rested(place))

    def _rested(self, place: str) -> None:
        self._resting.pop(place, None)
        self._busy.discard(place)
        self._woken.set()

    def _ring_in(self, seconds: float) -> None:
        if self._alarm is not None:
            self._alarm.cancel()
        self._alarm = self._later(seconds, self.wake)

    async def _all_arrived(self) -> None:
        while self._under_way:
            await asyncio.wait(self._under_way)
