"""Tickets, events and timers as rows and back."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from bot.domain.history import Deed, Event
from bot.domain.sla import Clock, clock_from_data, clock_to_data
from bot.domain.ticket import Priority, State, Ticket
from storage.values import (
    dump_words,
    dumps,
    epoch,
    epoch_or_never,
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


def ticket_to_row(ticket: Ticket, due: datetime | None) -> dict[str, Any]:
    return {
        "number": ticket.number,
        "subject": ticket.subject,
        "level": ticket.level,
        "opened_at": epoch(ticket.opened_at),
        "opened_by": ticket.opened_by,
        "source": ticket.source,
        "state": ticket.state.value,
        "customer": ticket.customer,
        "requester": ticket.requester,
        "text": ticket.text,
        "owner": ticket.owner,
        "owned_since": epoch_or_none(ticket.owned_since),
        "priority": ticket.priority.value,
        "category": ticket.category,
        "tags": dump_words(ticket.tags),
        "watchers": dump_words(ticket.watchers),
        "clocks": _dump_clocks(ticket.clocks),
        "responded_at": epoch_or_none(ticket.responded_at),
        "wait_until": epoch_or_none(ticket.wait_until),
        "snoozed_until": epoch_or_none(ticket.snoozed_until),
        "acted_at": epoch_or_none(ticket.acted_at),
        "closed_at": epoch_or_none(ticket.closed_at),
        "resolution": ticket.resolution,
        "partner": ticket.partner,
        "merged_into": ticket.merged_into,
        "phone_credit": ticket.phone_credit,
        "changed_at": epoch_or_none(ticket.changed_at),
        "seq": ticket.seq,
        "due": epoch_or_never(due),
    }


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


def _dump_clocks(clocks: tuple[Clock, ...]) -> str:
    return dumps([clock_to_data(clock) for clock in clocks]) if clocks else "[]"


def _load_clocks(text: str) -> tuple[Clock, ...]:
    return () if text == "[]" else tuple(clock_from_data(clock) for clock in loads(text))
