"""Writing: an event goes into a ticket's history, and the ticket, its timers, its card and its thread follow it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from bot.cards import Card
from bot.domain import agenda
from bot.domain.history import Deed, Event
from bot.domain.ticket import Ticket
from bot.ports import THREAD_LINE, Kind, News, UnitOfWork, Urgency
from bot.views.ticket_card import out_of_date
from commands.spec import CLOCK
from commands.webhook_news import post_webhooks

THREAD = "#thread"

# What only its own person needs to know, and what alerts tell.
_UNTOLD = frozenset({Deed.WATCHED, Deed.UNWATCHED, Deed.SNOOZED, Deed.ALERTED, Deed.RECOMPUTED, Deed.TRIED})


def write(work: UnitOfWork, ticket: Ticket, event: Event, *, alone: bool = True, threaded: bool = True) -> Ticket:
    """Save the ticket with its event, due time and timers; post its card unless an alert goes with it, and tell the
    ticket's thread and other systems what somebody did."""
    promises = work.promises
    work.tickets.save(ticket, event, agenda.due(ticket, promises), agenda.timers(ticket, promises))
    if alone:
        post_card(work, ticket)
    if threaded and event.by != CLOCK and event.deed not in _UNTOLD:
        card = Card(ticket=ticket.number, data={"thread": event.seq})
        key = f"{THREAD_LINE}{ticket.number}:{event.seq}"
        # As urgent as the card that it stands below, and so after it.
        work.outbox.post(News(Kind.NOTICE, THREAD, card, key, Urgency.CARD, ticket.number))
    post_webhooks(work, event)
    return ticket


def append(
    work: UnitOfWork,
    ticket: Ticket,
    deed: Deed,
    now: datetime,
    *,
    by: str = CLOCK,
    source: str = CLOCK,
    alone: bool = True,
    reason: str = "",
    **data: Any,
) -> Ticket:
    """Append an event that no command's caller is there for, and return the ticket after it. An earlier wall clock
    never moves history backwards."""
    at = max(now, ticket.changed_at or now)
    event = Event(ticket.number, ticket.seq + 1, at, by, source, deed, data, reason)
    return write(work, ticket.after(event), event, alone=alone)


def post_card(work: UnitOfWork, ticket: Ticket) -> None:
    """The card in the desk channel is out of date."""
    work.outbox.post(out_of_date(ticket.number))
