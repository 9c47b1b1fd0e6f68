"""/ticket mine: what the caller has in hand, by due time."""

from __future__ import annotations

from bot.cards import Card, say
from bot.domain.people import Role
from bot.domain.ticket import OPEN_STATES
from bot.ports import TicketFilter, UnitOfWork
from commands.spec import Caller, command
from commands.tables import page_of


@command("ticket mine", role=Role.VIEWER, writes=False, page="Which page", examples=("ticket mine",))
def ticket_mine(caller: Caller, work: UnitOfWork, *, page: int = 1) -> Card:
    """List your open tickets, the most urgent first."""
    wanted = TicketFilter(states=OPEN_STATES, owner=caller.id)
    if not work.tickets.count(wanted):
        nothing = {"total": 0, "page": 1, "pages": 1, "tickets": []}
        return say("You have no open ticket. What is free: /ticket list --unclaimed", data=nothing)
    return page_of(caller, work, wanted, page, "Your tickets", "/ticket mine --page")
