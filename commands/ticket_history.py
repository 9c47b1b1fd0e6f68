"""/ticket history: what happened to a ticket, in words."""

from __future__ import annotations

from bot.cards import Card, Strong
from bot.domain.people import Role
from bot.domain.ticket import Ticket
from bot.ports import UnitOfWork
from bot.views.history_lines import event_data, history_lines
from commands.spec import Caller, command

MOST = 100
LONGEST = 160


@command(
    "ticket history",
    role=Role.VIEWER,
    writes=False,
    ticket="Which ticket",
    all="Every event, however many there are",
    examples=("ticket history 1", "ticket history 1 --all"),
)
def ticket_history(caller: Caller, work: UnitOfWork, *, ticket: Ticket, all: bool = False) -> Card:
    """Tell what happened to a ticket, when, by whom and why."""
    events = work.tickets.history(ticket.number)
    shown = events if all else events[-MOST:]
    people = {staff.id: staff.name for staff in work.people.all()}
    lines = history_lines(shown, people, LONGEST)
    if len(shown) < len(events):
        earlier = f"{len(events) - len(shown)} earlier events: /ticket history {ticket.number} --all"
        lines = ((earlier,), *lines)
    return Card(
        (Strong(f"#{ticket.number}"), "  ", ticket.subject),
        badge=ticket.state.value,
        lines=lines,
        ticket=ticket.number,
        data={"ticket": ticket.number, "events": [event_data(event) for event in events]},
    )
