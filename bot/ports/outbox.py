"""What is on its way to people: news as a command posts it, parcels as they are carried, and the outbox."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import IntEnum, StrEnum
from typing import Protocol

from bot.cards import Card


class Kind(StrEnum):
    """What a parcel is; the kind decides its age limit and what happens to it after a crash."""

    PAGE = "page"
    ALERT = "alert"
    LETTER = "letter"
    NOTICE = "notice"
    CARD = "card"
    DIGEST = "digest"


class Urgency(IntEnum):
    """Which parcel goes first when several wait: the lower number."""

    FIRST_PAGE = 0
    PAGE = 1
    BREACH = 2
    WARNING = 3
    REPLY = 4
    NOTICE = 5
    CARD = 6
    DIGEST = 7


class ParcelState(StrEnum):
    """planned → sending (leased) → sent; ambiguous after a crash in between; dead when it cannot be delivered;
    withdrawn when nobody wanted it any more at the moment of its delivery."""

    PLANNED = "planned"
    SENDING = "sending"
    SENT = "sent"
    AMBIGUOUS = "ambiguous"
    DEAD = "dead"
    WITHDRAWN = "withdrawn"


DESK = "#desk"
"""Where the cards of the tickets are."""
ALERTS = "#alerts"
"""Where warnings and breaches are; with a level after a slash, those of that level."""
ONLY = "only:"
"""How the address of news begins that goes to one place of one platform and nowhere else: "only:slack:@kim",
"only:phone:call:+14165550199". Pages are posted so, one parcel for each attempt."""


THREAD_LINE = "thread:"
"""How the keys of news begin that tell a ticket's thread what happened: on each platform they go one after the other,
in the order in which they were posted."""


@dataclass(frozen=True, slots=True)
class News:
    """What a command posts, in the commit of its reason. `to` is a logical place that the routes turn into addresses:
    "#desk", "#alerts", "#alerts/III", "#thread" (the thread below the ticket's card, on platforms that have threads),
    "@ann" (a person) or "mail:someone@example.com".

    `key` names what must not be doubled: a second NOTICE, ALERT, LETTER or PAGE of the same key and address is
    ignored. A CARD only says that a ticket's card is out of date: a second one of the same key joins the one that
    still waits, it is drawn when it is delivered, and it updates the message that was sent, in place.
    """

    kind: Kind
    to: str
    card: Card
    key: str
    urgency: Urgency = Urgency.NOTICE
    ticket: int | None = None
    not_before: datetime | None = None


@dataclass(frozen=True, slots=True)
class Parcel:
    """One row of the outbox, addressed to one platform. `ref` names the message it updates, where there is one."""

    id: int
    kind: Kind
    platform: str
    place: str
    card: Card
    key: str
    urgency: Urgency
    created_at: datetime
    attempts: int = 0
    ticket: int | None = None
    ref: str | None = None
    state: ParcelState = ParcelState.PLANNED
    error: str = ""


class Outbox(Protocol):
    """News on its way."""

    def post(self, news: News) -> int:
        """Returns how many addresses it goes to: none where no connected platform has that place."""

    def lease(
        self,
        now: datetime,
        seconds: int,
        most: int,
        platform: str | None = None,
        busy: Collection[str] = (),
        least: Urgency | None = None,
    ) -> Sequence[Parcel]:
        """Take planned parcels whose time has come (and `sending` ones whose lease ran out, as ambiguous), most urgent
        first: of one platform, if that is given, none for the places of it that are `busy`, and nothing less urgent
        than `least`."""

    def is_ours(self, parcel: Parcel) -> bool:
        """Whether nobody has leased it again since we did: who stood still for too long must not hand it over."""

    def sent(self, parcel: Parcel, ref: str, now: datetime) -> None: ...

    def failed(
        self, parcel: Parcel, reason: str, retry_at: datetime | None, now: datetime, *, unknown: bool = False
    ) -> None:
        """Put it back for `retry_at`, or bury it when that is None. If it is `unknown` whether it arrived it comes
        back as ambiguous, and nothing takes its place before that is found out."""

    def withdraw(self, parcel: Parcel, now: datetime) -> None:
        """Nobody wants it any more; it is not delivered and nobody has failed."""

    def waiting(self, platform: str) -> Mapping[str, int]:
        """How many parcels wait for each place of a platform."""

    def give_up(self, platform: str, place: str, reason: str, now: datetime) -> int:
        """What waits for a place ends there, as nobody will ever carry it; what is under way is left alone. Returns how
        many parcels that are."""

    def recall(self, ticket: int, key: str, now: datetime) -> bool:
        """Take back a ticket's news of that key while it waits; returns whether it did. What is under way, or may have
        arrived, goes on."""

    def next_due(self, platform: str | None = None, least: Urgency | None = None) -> datetime | None: ...

    def release(self, platform: str, now: datetime) -> int:
        """What was put back for later may go now, as something was mended; returns how many parcels that are."""

    def set_back(self, now: datetime) -> None:
        """The clock was set back: what waits for its next try may go now, and what somebody has leased comes back
        after a lease's time, not after the hours that come once more."""

    def newest(self) -> int:
        """A number that grows with what is posted, for whoever must notice that something was."""

    def of_ticket(self, number: int) -> Sequence[Parcel]: ...

    def prune(self, now: datetime) -> int:
        """Forget some parcels delivered more than 30 days ago or given up more than 90 days ago; returns how many, 0
        once none is left. Where their messages are is kept for updates."""

    def counts(self) -> Mapping[str, int]: ...
