"""/ticket show: a ticket as it is now, for the one who asks."""

from __future__ import annotations

from bot.cards import Card
from bot.domain.people import Role
from bot.domain.ticket import Ticket
from bot.ports import UnitOfWork
from commands.record import card_of
from commands.spec import Caller, command


@command("ticket show", role=Role.VIEWER, writes=False, ticket="Which ticket", examples=("ticket show 1",))
def ticket_show(caller: Caller, work: UnitOfWork, *, ticket: Ticket) -> Card:
    """Show a ticket with its clocks, its owner and what can be done."""
    card = card_of(work, ticket, caller.now)
    return card.and_lines((ticket.text,)) if ticket.text else card
