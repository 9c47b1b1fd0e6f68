"""/ticket export: a ticket and its whole history, for programs and for keeping."""

from __future__ import annotations

from bot.cards import Card, Line
from bot.domain.people import Role
from bot.domain.ticket import Ticket
from bot.ports import UnitOfWork
from bot.views.history_lines import event_data, history_lines
from bot.views.ticket_card import ticket_data
from commands.record import card_of
from commands.spec import Caller, command


@command(
    "ticket export",
    role=Role.VIEWER,
    writes=False,
    ticket="Which ticket",
    examples=("ticket export 1",),
)
def ticket_export(caller: Caller, work: UnitOfWork, *, ticket: Ticket) -> Card:
    """Give out a ticket with its whole history; with --json as data."""
    events = work.tickets.history(ticket.number)
    people = {staff.id: staff.name for staff in work.people.all()}
    card = card_of(work, ticket, caller.now)
    text: tuple[Line, ...] = ((ticket.text,),) if ticket.text else ()
    data = {
        **ticket_data(ticket, work.promises),
        "text": ticket.text,
        "requester": ticket.requester,
        "partner": ticket.partner,
        "merged_into": ticket.merged_into,
        "watchers": sorted(ticket.watchers),
        "events": [event_data(event) for event in events],
    }
    lines = (*card.lines, *text, *history_lines(events, people))
    return Card(card.title, card.badge, lines, ticket=ticket.number, data=data)
