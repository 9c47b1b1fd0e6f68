"""Tickets as other systems see them, through the API and in webhooks: plain JSON values, and nothing that is the desk's
own business (notes, tags, who of the staff did what)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from bot.domain import agenda
from bot.domain.attachments import files_of
from bot.domain.business_hours import DeskState
from bot.domain.customers import Customer
from bot.domain.entitlement import Entitlement, entitlement
from bot.domain.errors import Refusal
from bot.domain.history import Deed, Event
from bot.domain.policy import ClockKind, Way
from bot.domain.sla import Promises, instant
from bot.domain.ticket import Ticket
from bot.ports import UnitOfWork
from bot.views.ticket_card import iso
from bot.views.wording import is_customers

CUSTOMER = "customer"
SUPPORT = "support"

_SPEAKS = {Deed.OPENED: CUSTOMER, Deed.SAID: CUSTOMER, Deed.REPLIED: SUPPORT}


def ticket_data(ticket: Ticket, promises: Promises) -> dict[str, Any]:
    """A ticket without what was said on it. `due_at` is the earliest running promise, None while none runs."""
    return {
        "number": ticket.number,
        "subject": ticket.subject,
        "state": ticket.state.value,
        "level": ticket.level,
        "priority": ticket.priority.value,
        "category": ticket.category,
        "customer": ticket.customer,
        "requester": ticket.requester,
        "claimed": ticket.owner is not None,
        "opened_at": iso(ticket.opened_at),
        "changed_at": iso(ticket.changed_at or ticket.opened_at),
        "due_at": iso(agenda.due(ticket, promises)),
        "responded_at": iso(ticket.responded_at),
        "closed_at": iso(ticket.closed_at),
        "resolution": ticket.resolution,
        "merged_into": ticket.merged_into,
        "rating": ticket.rating or None,
    }


def messages_data(history: Sequence[Event], now: datetime) -> list[dict[str, Any]]:
    """What customer and support said to each other by now, oldest first. A reply that was taken back was never said,
    and one that still can be is not said yet."""
    taken_back = taken_back_in(history)
    return [
        message_data(event)
        for event in history
        if _is_said(event) and event.seq not in taken_back and (leaves_at(event) or now) <= now
    ]


def taken_back_in(history: Iterable[Event]) -> frozenset[int]:
    """The replies that were taken back before they left."""
    return frozenset(event.data.get("reply", 0) for event in history if event.deed is Deed.UNSENT)


def leaves_at(event: Event) -> datetime | None:
    """When a reply leaves that can be taken back until then; None for what was said at once."""
    leaves = event.data.get("leaves")
    return None if leaves is None else instant(leaves)


def message_data(event: Event) -> dict[str, Any]:
    """One message."""
    said = {"id": event.seq, "at": iso(event.at), "by": speaker_of(event), "text": event.data.get("text", "")}
    files = enumerate(files_of(event), start=1)
    return said | {"files": [{"id": id, "name": one.name, "size": one.size, "type": one.type} for id, one in files]}


def speaker_of(event: Event) -> str:
    """Whose words an event brings: "customer", "support", or "" where it brings none for others to read."""
    if event.deed is Deed.CLOSED and event.by == CUSTOMER:
        return CUSTOMER
    if event.deed is Deed.OPENED and not is_customers(event.by):
        return ""  # What staff write when they open one they write for the desk.
    return _SPEAKS.get(event.deed, "")


def _is_said(event: Event) -> bool:
    return bool(speaker_of(event) and (event.data.get("text") or event.data.get("files")))


def entitlement_data(work: UnitOfWork, customer: Customer, now: datetime) -> dict[str, Any]:
    """What a customer is owed today, and whether the desk is open."""
    policy = work.promises.policy
    owed = entitlement(customer, policy, now.astimezone(ZoneInfo(policy.zone)).date())
    return {
        "customer": customer.id,
        "name": customer.name,
        "standing": owed.standing.value,
        "level": owed.level.name,
        "ways": [way.value for way in Way if way in owed.ways],
        "in_scope": owed.level.in_scope,
        "out_of_scope": owed.level.out_of_scope,
        "first_response_seconds": work.promises.target(ClockKind.FIRST_RESPONSE, owed.level),
        "subscription": _subscription(owed),
        "installation_day": owed.installation_day,
        "phone_credits": customer.phone_credits,
        "desk": desk_data(work.promises, now),
    }


def desk_data(promises: Promises, now: datetime) -> dict[str, Any]:
    """Whether the desk is open, and when that changes; None where the calendar is not laid out so far."""
    hours = promises.hours
    state = hours.state(now)
    if state is DeskState.OPEN:
        return {"state": state.value, "opens_at": None, "closes_at": iso(hours.closes_at(now))}
    try:
        opens = iso(hours.next_opening(now))
    except Refusal:
        opens = None
    return {"state": state.value, "opens_at": opens, "closes_at": None}


def _subscription(owed: Entitlement) -> dict[str, Any] | None:
    one = owed.subscription
    if one is None:
        return None
    return {
        "product": one.product,
        "level": one.level,
        "start": one.start.isoformat(),
        "end": one.end.isoformat(),
        "phone_option": one.phone_option,
    }
