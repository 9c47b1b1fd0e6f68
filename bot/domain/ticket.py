"""A ticket: what its history adds up to. `Ticket.after(event)` is the only way it changes."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from bot.domain.errors import Conflict
from bot.domain.history import Deed, Event
from bot.domain.policy import ClockKind
from bot.domain.sla import Clock, clock_from_data, instant


class State(StrEnum):
    """Where a ticket is in its life: nobody has it, somebody has it, the customer's turn, done."""

    NEW = "new"
    OPEN = "open"
    WAITING = "waiting"
    CLOSED = "closed"


OPEN_STATES = frozenset({State.NEW, State.OPEN, State.WAITING})


class Priority(StrEnum):
    """How urgent the desk holds a ticket to be; it orders work and promises nothing."""

    LOW = "low"
    NORMAL = "normal"
    HIGH = "high"
    URGENT = "urgent"


@dataclass(frozen=True, slots=True)
class Ticket:
    """Everything a card shows. Instants are aware UTC, whole seconds. `clocks` holds the running ones only."""

    number: int
    subject: str
    level: str
    opened_at: datetime
    opened_by: str
    source: str
    state: State = State.NEW
    customer: str | None = None
    requester: str = ""
    text: str = ""
    owner: str | None = None
    owned_since: datetime | None = None
    priority: Priority = Priority.NORMAL
    category: str = ""
    tags: frozenset[str] = frozenset()
    watchers: frozenset[str] = frozenset()
    clocks: tuple[Clock, ...] = ()
    responded_at: datetime | None = None
    wait_until: datetime | None = None
    snoozed_until: datetime | None = None
    acted_at: datetime | None = None
    closed_at: datetime | None = None
    resolution: str = ""
    partner: str = ""
    merged_into: int | None = None
    phone_credit: bool = False
    changed_at: datetime | None = None
    seq: int = 0

    def clock(self, kind: ClockKind) -> Clock | None:
        """The running clock of that kind."""
        return next((clock for clock in self.clocks if clock.kind is kind), None)

    @property
    def closed(self) -> bool:
        return self.state is State.CLOSED

    def must_be_open(self) -> None:
        """Raises Conflict if the ticket is closed, saying what to do instead."""
        if self.merged_into is not None:
            raise Conflict(f"#{self.number} was merged into #{self.merged_into}.", f"/ticket show {self.merged_into}")
        if self.closed:
            raise Conflict(f"#{self.number} is closed.", f"/ticket reopen {self.number}")

    def after(self, event: Event) -> Ticket:
        """The ticket once this has happened. Pure: replaying the history from `opened` gives the same value."""
        changed = _AFTER[event.deed](self, event)
        acted = event.at if event.by not in ("clock", "customer") else self.acted_at
        return replace(changed, seq=event.seq, acted_at=acted, changed_at=event.at)


def opened(event: Event) -> Ticket:
    """The ticket that an `opened` event brings into being."""
    data = event.data
    return Ticket(
        number=event.ticket,
        subject=data["subject"],
        text=data.get("text", ""),
        level=data["level"],
        customer=data.get("customer"),
        requester=data.get("requester", ""),
        priority=Priority(data.get("priority", Priority.NORMAL)),
        category=data.get("category", ""),
        tags=frozenset(data.get("tags", ())),
        opened_at=event.at,
        opened_by=event.by,
        source=event.source,
        clocks=tuple(Clock(ClockKind(kind), event.at) for kind in data["starts"]),
        changed_at=event.at,
        seq=event.seq,
    )


def replay(events: Iterable[Event]) -> Ticket:
    """The ticket that a whole history adds up to. Its first event opens it."""
    rest = iter(events)
    ticket = opened(next(rest))
    for event in rest:
        ticket = ticket.after(event)
    return ticket


def _responded(ticket: Ticket, event: Event) -> Ticket:
    """What staff did that reached the customer: it stops both response clocks, even a paused one."""
    if event.data.get("credit"):
        ticket = replace(ticket, phone_credit=True)
    if not event.data.get("responds"):
        return ticket
    kept = tuple(clock for clock in ticket.clocks if clock.kind is ClockKind.RESOLUTION)
    return replace(ticket, clocks=kept, responded_at=ticket.responded_at or event.at, snoozed_until=None)


def _claimed(ticket: Ticket, event: Event) -> Ticket:
    owner = event.data.get("owner", event.by)
    state = State.OPEN if ticket.state is State.NEW else ticket.state
    return replace(_responded(ticket, event), owner=owner, owned_since=event.at, state=state)


def _released(ticket: Ticket, event: Event) -> Ticket:
    state = State.NEW if ticket.state is State.OPEN else ticket.state
    return replace(ticket, owner=None, owned_since=None, state=state)


def _awake(ticket: Ticket) -> State:
    return State.OPEN if ticket.owner else State.NEW


def _said(ticket: Ticket, event: Event) -> Ticket:
    """The customer's words: they end a wait, and start the next-response clock when the last word was ours."""
    ticket = _resumed(ticket, event) if ticket.state is State.WAITING else ticket
    starts = event.data.get("starts")
    if starts and ticket.clock(ClockKind(starts)) is None:
        ticket = replace(ticket, clocks=(*ticket.clocks, Clock(ClockKind(starts), event.at)))
    return replace(ticket, snoozed_until=None)


def _waiting(ticket: Ticket, event: Event) -> Ticket:
    until = event.data.get("until")
    return replace(
        ticket,
        state=State.WAITING,
        wait_until=None if until is None else instant(until),
        clocks=tuple(clock.pause(event.at) for clock in ticket.clocks),
    )


def _resumed(ticket: Ticket, event: Event) -> Ticket:
    clocks = tuple(clock.resume(event.at) for clock in ticket.clocks)
    return replace(ticket, state=_awake(ticket), wait_until=None, clocks=clocks)


def _closed(ticket: Ticket, event: Event) -> Ticket:
    return replace(
        ticket,
        state=State.CLOSED,
        closed_at=event.at,
        resolution=event.data.get("resolution", ""),
        clocks=(),
        wait_until=None,
        snoozed_until=None,
    )


def _reopened(ticket: Ticket, event: Event) -> Ticket:
    clocks = tuple(Clock(ClockKind(kind), event.at) for kind in event.data["starts"])
    return replace(
        ticket,
        state=_awake(ticket),
        closed_at=None,
        resolution="",
        merged_into=None,
        clocks=clocks,
    )


def _merged(ticket: Ticket, event: Event) -> Ticket:
    return replace(_closed(ticket, event), merged_into=event.data["into"])


def _absorbed(ticket: Ticket, event: Event) -> Ticket:
    """Another ticket came in: the event states what the two owe together, and who and what came along."""
    return replace(
        ticket,
        level=event.data["level"],
        clocks=tuple(clock_from_data(clock) for clock in event.data["clocks"]),
        tags=ticket.tags | set(event.data.get("tags", ())),
        watchers=ticket.watchers | set(event.data.get("watchers", ())),
        phone_credit=ticket.phone_credit or bool(event.data.get("credit")),
    )


def _retold(ticket: Ticket, event: Event) -> Ticket:
    """Due times moved: the event states for each clock how many of its new stages lie behind it."""
    told = event.data.get("told", {})
    return replace(ticket, clocks=tuple(replace(c, told=told.get(c.kind.value, c.told)) for c in ticket.clocks))


def _owed(ticket: Ticket, event: Event) -> Ticket:
    """Another level, or another customer with a level and an address of its own."""
    return replace(
        _retold(ticket, event),
        level=event.data["level"],
        customer=event.data.get("customer", ticket.customer),
        requester=event.data.get("requester", ticket.requester),
    )


def _alerted(ticket: Ticket, event: Event) -> Ticket:
    kind, told = ClockKind(event.data["clock"]), event.data["told"]
    clocks = tuple(replace(c, told=told) if c.kind is kind else c for c in ticket.clocks)
    return replace(ticket, clocks=clocks)


def _snoozed(ticket: Ticket, event: Event) -> Ticket:
    until = event.data.get("until")
    return replace(ticket, snoozed_until=None if until is None else instant(until))


def _unchanged(ticket: Ticket, event: Event) -> Ticket:
    return ticket


_AFTER: Mapping[Deed, Callable[[Ticket, Event], Ticket]] = {
    Deed.OPENED: lambda _, event: opened(event),
    Deed.CLAIMED: _claimed,
    Deed.ASSIGNED: _claimed,
    Deed.RELEASED: _released,
    Deed.REPLIED: _responded,
    Deed.CALLED: _responded,
    Deed.REMOTE: _responded,
    Deed.NOTED: _unchanged,
    Deed.SAID: _said,
    Deed.WAITING: _waiting,
    Deed.RESUMED: _resumed,
    Deed.CLOSED: _closed,
    Deed.REOPENED: _reopened,
    Deed.LEVEL: _owed,
    Deed.PRIORITY: lambda ticket, event: replace(ticket, priority=Priority(event.data["priority"])),
    Deed.CATEGORY: lambda ticket, event: replace(ticket, category=event.data["category"]),
    Deed.CUSTOMER: _owed,
    Deed.TAGGED: lambda ticket, event: replace(ticket, tags=ticket.tags | set(event.data["tags"])),
    Deed.UNTAGGED: lambda ticket, event: replace(ticket, tags=ticket.tags - set(event.data["tags"])),
    Deed.MERGED: _merged,
    Deed.ABSORBED: _absorbed,
    Deed.REFERRED: lambda ticket, event: replace(ticket, partner=event.data["partner"]),
    Deed.SNOOZED: _snoozed,
    Deed.WATCHED: lambda ticket, event: replace(ticket, watchers=ticket.watchers | {event.data["person"]}),
    Deed.UNWATCHED: lambda ticket, event: replace(ticket, watchers=ticket.watchers - {event.data["person"]}),
    Deed.ALERTED: _alerted,
    Deed.RECOMPUTED: _retold,
}
