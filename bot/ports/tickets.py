"""What the desk keeps of tickets: their rows, histories and due times, and the messages that stand for them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from bot.domain.history import Event
from bot.domain.policy import ClockKind
from bot.domain.ticket import Priority, State, Ticket


@dataclass(frozen=True, slots=True)
class TicketFilter:
    """Which tickets a list shows. Empty fields do not narrow. `order`: "due" (earliest first), "newest", or "changed"
    (what has been left alone for the longest first). `text` is looked for in all that was written, or `in_subject`
    alone; `below` keeps to smaller numbers, and `after` to what comes after such a last change and number."""

    states: frozenset[State] = frozenset()
    owner: str | None = None
    unclaimed: bool = False
    customer: str | None = None
    level: str | None = None
    tag: str | None = None
    category: str | None = None
    priority: Priority | None = None
    text: str = ""
    due_from: datetime | None = None
    due_before: datetime | None = None
    opened_from: datetime | None = None
    opened_until: datetime | None = None
    order: str = "due"
    limit: int = 20
    offset: int = 0
    in_subject: bool = False
    changed_from: datetime | None = None
    below: int | None = None
    after: tuple[datetime, int] | None = None


@dataclass(frozen=True, slots=True)
class Timer:
    """A due time of a ticket: `kind` is a clock's kind, "wait" or "snooze". One row for each ticket and kind."""

    ticket: int
    kind: str
    at: datetime


@dataclass(frozen=True, slots=True)
class PromiseEnd:
    """A promised answer as it ended: `answered`, or its ticket was closed too late for one. `took` and `target` are
    open seconds of business time; `level` is the ticket's now. One that was due and `waits` still is broken, too."""

    kind: ClockKind
    level: str
    at: datetime
    due: datetime
    took: int
    target: int
    answered: bool
    ticket: int
    waits: bool = False

    @property
    def kept(self) -> bool:
        return self.at <= self.due and not self.waits


class Anchoring(StrEnum):
    """What a message on a platform is to its ticket."""

    CARD = "card"
    ALERT = "alert"
    SOURCE = "source"


@dataclass(frozen=True, slots=True)
class Anchor:
    """A message that stands for a ticket: what is said below it is said of the ticket. `ref` is the platform's own name
    of the message, as a channel's `deliver` returns it."""

    ref: str
    what: Anchoring


class Tickets(Protocol):
    """Tickets, their histories and their timers. Writes are seen by the same unit of work at once."""

    def next_number(self) -> int: ...

    def get(self, number: int) -> Ticket:
        """Raises NotFound."""

    def save(self, ticket: Ticket, event: Event, due: datetime | None, timers: Mapping[str, datetime]) -> None:
        """Append the event and write what the ticket now is, its earliest due time and its timers."""

    def rearm(self, number: int, due: datetime | None, timers: Mapping[str, datetime]) -> None:
        """Write the due time and the timers alone: nothing happened to the ticket, its promise moved."""

    def history(self, number: int) -> Sequence[Event]: ...

    def event(self, number: int, seq: int) -> Event:
        """One line of a ticket's history. Raises NotFound."""

    def find(self, wanted: TicketFilter) -> Sequence[Ticket]:
        """Tickets, in order. `text` is a full-text query over subject, text, replies and notes: all words must occur
        (prefix match), case and accents ignored; the same answers on every database."""

    def count(self, wanted: TicketFilter) -> int: ...

    def suggest(self, prefix: str, limit: int = 10) -> Sequence[Ticket]:
        """For completion: by number, words of the subject or customer; open ones first."""

    def opened_since(self, customer: str | None, at: datetime) -> int:
        """How many tickets of a customer were opened from then on; with None, of those that have no customer."""

    def promises_ended(
        self, since: datetime, until: datetime, level: str | None = None, customer: str | None = None
    ) -> Iterable[PromiseEnd]:
        """Every promise that ended from `since` until before `until`, oldest first, as it was written down then."""

    def opened_between(
        self, since: datetime, until: datetime, level: str | None = None, customer: str | None = None
    ) -> Mapping[str, int]:
        """How many tickets were opened then, by level."""

    def due_of(self, number: int) -> datetime | None: ...

    def timers_due(self, now: datetime, most: int) -> Sequence[tuple[Timer, Ticket]]:
        """Due timers with their tickets, oldest first. Taken by this unit of work alone."""

    def put_off(self, now: datetime) -> None:
        """Move the oldest due timer five minutes ahead: what it asks for failed, and the others must not wait."""

    def next_timer(self) -> datetime | None: ...

    def anchor(self, number: int, platform: str, ref: str, what: Anchoring) -> None:
        """Remember that a message stands for the ticket; the same again changes nothing."""

    def anchored(self, platform: str, ref: str) -> int | None:
        """The ticket that a message stands for."""

    def anchors(self, number: int, platform: str) -> Sequence[Anchor]:
        """The messages that stand for a ticket on a platform, oldest first."""

    def open_after(self, number: int, most: int) -> Sequence[tuple[Ticket, datetime | None, Mapping[str, datetime]]]:
        """Open tickets above that number with their stored due time and timers, for recomputing in chunks."""
