"""Tickets, events and timers as rows and back."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import fields
from operator import attrgetter
from typing import Any

from bot.domain.history import Deed, Event
from bot.domain.sla import Clock, clock_from_data, clock_to_data
from bot.domain.ticket import Priority, State, Ticket
from storage.values import (
    dump_words,
    dumps,
    epoch,
    epoch_or_none,
    instant,
    instant_or_none,
    load_words,
    loads,
)

# The values of str enums, looked up instead of constructed: a list of tickets is read row by row.
_STATES = {state.value: state for state in State}
_PRIORITIES = {priority.value: priority for priority in Priority}
_DEEDS = {deed.value: deed for deed in Deed}


def _dump_clocks(clocks: tuple[Clock, ...]) -> str:
    return dumps([clock_to_data(clock) for clock in clocks]) if clocks else "[]"


# Every field of a ticket is a column of that name; those that are not stored as they are say here how.
_FIELDS = tuple(field.name for field in fields(Ticket))
_values_of = attrgetter(*_FIELDS)
_ENCODERS: Mapping[str, Callable[[Any], Any]] = {
    "opened_at": epoch,
    "state": attrgetter("value"),
    "owned_since": epoch_or_none,
    "priority": attrgetter("value"),
    "tags": dump_words,
    "watchers": dump_words,
    "clocks": _dump_clocks,
    "responded_at": epoch_or_none,
    "wait_until": epoch_or_none,
    "snoozed_until": epoch_or_none,
    "acted_at": epoch_or_none,
    "closed_at": epoch_or_none,
    "changed_at": epoch_or_none,
}


def ticket_to_row(ticket: Ticket, due: int) -> dict[str, Any]:
    """A whole row of `tickets`. `due` is as it is stored."""
    row = dict(zip(_FIELDS, _values_of(ticket), strict=True))
    for name, encode in _ENCODERS.items():
        row[name] = encode(row[name])
    row["due"] = due
    return row


def changed_columns(before: Ticket, after: Ticket) -> dict[str, Any]:
    """The columns in which the two differ, with what they become: an index over any other is left alone."""
    changed = {
        name: new
        for name, old, new in zip(_FIELDS, _values_of(before), _values_of(after), strict=True)
        if new is not old and new != old
    }
    return {name: _ENCODERS[name](new) if name in _ENCODERS else new for name, new in changed.items()}


def ticket_from_row(row: Sequence[Any]) -> Ticket:
    """The ticket of a whole row of `tickets`, its columns in the table's order."""
    return Ticket(
        number=row[0],
        subject=row[1],
        level=row[2],
        opened_at=instant(row[3]),
        opened_by=row[4],
        source=row[5],
        state=_STATES[row[6]],
        customer=row[7],
        requester=row[8],
        text=row[9],
        owner=row[10],
        owned_since=instant_or_none(row[11]),
        priority=_PRIORITIES[row[12]],
        category=row[13],
        tags=load_words(row[14]),
        watchers=load_words(row[15]),
        clocks=_load_clocks(row[16]),
        responded_at=instant_or_none(row[17]),
        wait_until=instant_or_none(row[18]),
        snoozed_until=instant_or_none(row[19]),
        acted_at=instant_or_none(row[20]),
        closed_at=instant_or_none(row[21]),
        resolution=row[22],
        partner=row[23],
        merged_into=row[24],
        phone_credit=row[25],
        changed_at=instant_or_none(row[26]),
        seq=row[27],
    )


# Where the stored due time stands in a row of `tickets`.
DUE = 28


def event_to_row(event: Event) -> dict[str, Any]:
    return {
        "ticket": event.ticket,
        "seq": event.seq,
        "at": epoch(event.at),
        "by": event.by,
        "source": event.source,
        "deed": event.deed.value,
        "data": dumps(dict(event.data)),
        "reason": event.reason,
    }


def event_from_row(row: Sequence[Any]) -> Event:
    """The event of a whole row of `events`, its columns in the table's order."""
    ticket, seq, at, by, source, deed, data, reason = row
    return Event(ticket, seq, instant(at), by, source, _DEEDS[deed], loads(data), reason)


def _load_clocks(text: str) -> tuple[Clock, ...]:
    return () if text == "[]" else tuple(clock_from_data(clock) for clock in loads(text))
