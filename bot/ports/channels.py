"""What the desk needs of a way to people, and how a delivery there can end."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol, runtime_checkable

from bot.ports.outbox import Parcel, ParcelState


class CannotDeliver(Exception):
    """The one error of a delivery. `permanent` says that trying again is useless; `retry_after` is in seconds, for the
    whole place, or for this parcel `alone`: what an operator has to mend first keeps nothing waiting once it is mended.
    `unknown` says that it may have arrived all the same: then it comes back as ambiguous."""

    def __init__(
        self,
        reason: str,
        *,
        permanent: bool = False,
        retry_after: float | None = None,
        alone: bool = False,
        unknown: bool = False,
    ) -> None:
        super().__init__(reason)
        self.reason = reason
        self.permanent = permanent
        self.retry_after = retry_after
        self.alone = alone
        self.unknown = unknown


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of handing a parcel over: SENT as the message `ref`, put back (PLANNED, or AMBIGUOUS where it may have
    arrived), DEAD or WITHDRAWN, with the reason in words. `final` says that the parcel will not be handed over again.
    """

    state: ParcelState
    ref: str = ""
    reason: str = ""
    final: bool = True


class Channel(Protocol):
    """A way to people that carries parcels. Returning means delivered; the string names the message for updates."""

    @property
    def platform(self) -> str: ...

    @property
    def prompt(self) -> bool:
        """Whether it takes no time: then its parcels go within the round. A slow one has a courier of its own."""

    async def deliver(self, parcel: Parcel) -> str: ...


@runtime_checkable
class Paced(Protocol):
    """A channel whose provider takes only so many parcels a second, wherever they go."""

    def gap(self, parcel: Parcel) -> float:
        """Real seconds for which nothing else is sent off once this parcel was; 0 for none."""


@runtime_checkable
class AtItsPace(Protocol):
    """A channel whose places take more, or less, than a message a second."""

    @property
    def pace(self) -> float:
        """Real seconds from one message at a place to the next; 0 where it takes the next once it has one."""


@runtime_checkable
class Patient(Protocol):
    """A channel that may take longer over a parcel than the others: what is cut short has often arrived all the
    same."""

    @property
    def patience(self) -> float:
        """Real seconds."""


@dataclass(frozen=True, slots=True)
class Health:
    """How a platform's connection is: `heard_at` is the last sign of life from the other side (aware UTC). While it is
    `connecting` it is not well yet, and nothing has failed that anybody need be told of."""

    well: bool
    words: str
    heard_at: datetime | None = None
    connecting: bool = False


class Platform(Protocol):
    """A chat platform that the desk is connected to: its channel out, and its ways in between start and stop."""

    @property
    def channel(self) -> Channel: ...

    async def start(self) -> None:
        """Connect. Raises Refusal, with the cure, when the platform will not have us; comes back from being away."""

    async def stop(self) -> None: ...

    def health(self) -> Health: ...
