"""A ticket: what its history adds up to. `Ticket.after(event)` is the only way it changes."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, fields, replace
from datetime import datetime
from enum import StrEnum
from operator import attrgetter
from typing import Any

from bot.domain.errors import Conflict
from bot.domain.history import Deed, Event
from bot.domain.policy import ClockKind
from bot.domain.sla import Clock, clock_from_data, instant


class State(StrEnum):
    """Where a ticket is in its life: nobody has seen to it, somebody has, the customer's turn, done."""

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
    """Everything a card shows. Instants are aware UTC, whole seconds. `clocks` holds the running ones only. `rating` is
    the customer's, from 1 to 5, 0 without one. `unverified`: whoever opened it may not be who they say they are, and
    nobody is paged for it before one of the desk has vouched for them."""

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
    rating: int = 0
    unverified: bool = False
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
            raise Conflict(f"#{self.number} is closed.", f"To open it again: /ticket reopen {self.number}")

    def after(self, event: Event) -> Ticket:
        """The ticket once this has happened. Pure: replaying the history from `opened` gives the same value."""
        changes = _AFTER[event.deed](self, event)
        if event.by not in ("clock", "customer"):
            changes["acted_at"] = event.at
        values = [*values_of(self)]
        for name, value in {**changes, "seq": event.seq, "changed_at": event.at}.items():
            values[_PLACES[name]] = value
        return Ticket(*values)


FIELDS = tuple(field.name for field in fields(Ticket))
values_of: Callable[[Ticket], tuple[Any, ...]] = attrgetter(*FIELDS)
"""All that a ticket holds, in the order of `FIELDS`."""
_PLACES = {name: place for place, name in enumerate(FIELDS)}


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
        source=data.get("place", event.source),
        clocks=tuple(Clock(ClockKind(kind), event.at) for kind in data["starts"]),
        unverified=bool(data.get("unverified")),
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


Changes = dict[str, Any]
"""What an event changes of a ticket, by field; each deed below says so and nothing more."""


def _responded(ticket: Ticket, event: Event) -> Changes:
    """What staff did that reached the customer: it stops both response clocks, even a paused one."""
    credit: Changes = {"phone_credit": True} if event.data.get("credit") else {}
    if not event.data.get("responds"):
        return credit
    kept = tuple(clock for clock in ticket.clocks if clock.kind is ClockKind.RESOLUTION)
    state = State.OPEN if ticket.state is State.NEW else ticket.state
    answered: Changes = {"responded_at": ticket.responded_at or event.at, "snoozed_until": None, "state": state}
    return {**credit, **answered, "clocks": kept}


def _claimed(ticket: Ticket, event: Event) -> Changes:
    owner = event.data.get("owner", event.by)
    state = State.OPEN if ticket.state is State.NEW else ticket.state
    return {**_responded(ticket, event), "owner": owner, "owned_since": event.at, "state": state}


def _released(ticket: Ticket, event: Event) -> Changes:
    free: Changes = {"owner": None, "owned_since": None}
    return {**free, "state": _awake(replace(ticket, **free)) if ticket.state is State.OPEN else ticket.state}


def _awake(ticket: Ticket) -> State:
    """What a ticket is that neither waits nor is closed: new until somebody takes or answers it."""
    return State.OPEN if ticket.owner or ticket.responded_at else State.NEW


def _said(ticket: Ticket, event: Event) -> Changes:
    """The customer's words: they end a wait, and start the next-response clock when the last word was ours."""
    changes = _resumed(ticket, event) if ticket.state is State.WAITING else {}
    starts = event.data.get("starts")
    if starts and ticket.clock(ClockKind(starts)) is None:
        changes["clocks"] = (*changes.get("clocks", ticket.clocks), Clock(ClockKind(starts), event.at))
    return {**changes, "snoozed_until": None}


def _waiting(ticket: Ticket, event: Event) -> Changes:
    clocks = tuple(clock.pause(event.at) for clock in ticket.clocks)
    return {"state": State.WAITING, "wait_until": _until(event), "clocks": clocks}


def _resumed(ticket: Ticket, event: Event) -> Changes:
    clocks = tuple(clock.resume(event.at) for clock in ticket.clocks)
    return {"state": _awake(ticket), "wait_until": None, "clocks": clocks}


def _closed(ticket: Ticket, event: Event) -> Changes:
    over: Changes = {"clocks": (), "wait_until": None, "snoozed_until": None}
    return {**over, "state": State.CLOSED, "closed_at": event.at, "resolution": event.data.get("resolution", "")}


def _reopened(ticket: Ticket, event: Event) -> Changes:
    clocks = tuple(Clock(ClockKind(kind), event.at) for kind in event.data["starts"])
    anew: Changes = {"closed_at": None, "resolution": "", "merged_into": None}
    if event.data.get("unverified"):
        anew["unverified"] = True
    return {**anew, "state": _awake(ticket), "clocks": clocks}


def _absorbed(ticket: Ticket, event: Event) -> Changes:
    """Another ticket came in: the event states what the two owe together, and who and what came along."""
    return {
        "level": event.data["level"],
        "clocks": tuple(clock_from_data(clock) for clock in event.data["clocks"]),
        "tags": ticket.tags | set(event.data.get("tags", ())),
        "watchers": ticket.watchers | set(event.data.get("watchers", ())),
        "phone_credit": ticket.phone_credit or bool(event.data.get("credit")),
    }


def _retold(ticket: Ticket, event: Event) -> Changes:
    """Due times moved: the event states for each clock how many of its new stages lie behind it."""
    told = event.data.get("told", {})
    return {"clocks": tuple(clock.having_told(told.get(clock.kind.value, clock.told)) for clock in ticket.clocks)}


def _owed(ticket: Ticket, event: Event) -> Changes:
    """Another level, or another customer with a level and an address of its own."""
    named = {name: event.data[name] for name in ("customer", "requester") if name in event.data}
    return {**_retold(ticket, event), **named, "level": event.data["level"]}


def _alerted(ticket: Ticket, event: Event) -> Changes:
    kind, told = event.data["clock"], event.data["told"]
    return {"clocks": tuple(clock.having_told(told) if clock.kind == kind else clock for clock in ticket.clocks)}


def _unsent(ticket: Ticket, event: Event) -> Changes:
    """A reply was taken back before it left, or was lost: the event states how the ticket stands without it."""
    data = event.data
    stood: Changes = {
        name: None if data.get(name) is None else instant(data[name])
        for name in ("responded_at", "wait_until", "snoozed_until")
    }
    return {**stood, "state": State(data["state"]), "clocks": tuple(clock_from_data(one) for one in data["clocks"])}


def _bounced(ticket: Ticket, event: Event) -> Changes:
    return _unsent(ticket, event) if event.data.get("unheard") else {}


def _until(event: Event) -> datetime | None:
    until = event.data.get("until")
    return None if until is None else instant(until)


_AFTER: Mapping[Deed, Callable[[Ticket, Event], Changes]] = {
    Deed.CLAIMED: _claimed,
    Deed.ASSIGNED: _claimed,
    Deed.RELEASED: _released,
    Deed.REPLIED: _responded,
    Deed.CALLED: _responded,
    Deed.REMOTE: _responded,
    Deed.NOTED: lambda ticket, event: {},
    Deed.ATTACHED: lambda ticket, event: {},
    Deed.SAID: _said,
    Deed.WAITING: _waiting,
    Deed.RESUMED: _resumed,
    Deed.CLOSED: _closed,
    Deed.REOPENED: _reopened,
    Deed.LEVEL: _owed,
    Deed.PRIORITY: lambda ticket, event: {"priority": Priority(event.data["priority"])},
    Deed.CATEGORY: lambda ticket, event: {"category": event.data["category"]},
    Deed.CUSTOMER: _owed,
    Deed.TAGGED: lambda ticket, event: {"tags": ticket.tags | set(event.data["tags"])},
    Deed.UNTAGGED: lambda ticket, event: {"tags": ticket.tags - set(event.data["tags"])},
    Deed.MERGED: lambda ticket, event: {**_closed(ticket, event), "merged_into": event.data["into"]},
    Deed.ABSORBED: _absorbed,
    Deed.REFERRED: lambda ticket, event: {"partner": event.data["partner"]},
    Deed.SNOOZED: lambda ticket, event: {"snoozed_until": _until(event)},
    Deed.WATCHED: lambda ticket, event: {"watchers": ticket.watchers | {event.data["person"]}},
    Deed.UNWATCHED: lambda ticket, event: {"watchers": ticket.watchers - {event.data["person"]}},
    Deed.ALERTED: _alerted,
    Deed.RECOMPUTED: _retold,
    Deed.PAGED: lambda ticket, event: {"phone_credit": True} if event.data.get("credit") else {},
    Deed.TRIED: lambda ticket, event: {},
    Deed.ACKNOWLEDGED: lambda ticket, event: {},
    Deed.UNSENT: _unsent,
    Deed.BOUNCED: _bounced,
    Deed.VOUCHED: lambda ticket, event: {"unverified": False},
    Deed.ASKED: lambda ticket, event: {},
    Deed.RATED: lambda ticket, event: {"rating": event.data["rating"]},
    Deed.PHONED: lambda ticket, event: {"phone_credit": True} if event.data.get("credit") else {},
}
