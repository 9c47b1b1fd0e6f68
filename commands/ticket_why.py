"""/ticket why: the due time as a sum that a person can check."""

from __future__ import annotations

from bot.cards import Card, Line, Strong
from bot.domain.people import Role
from bot.domain.ticket import Ticket
from bot.ports import UnitOfWork
from bot.ticket_card import iso, ticket_data
from bot.why import why_lines
from commands.spec import Caller, command


@command("ticket why", role=Role.VIEWER, writes=False, ticket="Which ticket", examples=("ticket why 1",))
def ticket_why(caller: Caller, work: UnitOfWork, *, ticket: Ticket) -> Card:
    """Show how a due time came about, day by day."""
    promises = work.promises
    level = promises.policy.level(ticket.level)
    lines = [line for clock in ticket.clocks for line in why_lines(promises, clock, level)]
    clocks = [
        {"clock": clock.kind.value, "started": iso(clock.started), "due": iso(promises.due(clock, level))}
        for clock in ticket.clocks
    ]
    return Card(
        (Strong(f"#{ticket.number}"), "  ", ticket.subject),
        lines=tuple(lines) or (_nothing(ticket),),
        ticket=ticket.number,
        data={**ticket_data(ticket, promises), "clocks": clocks},
    )


def _nothing(ticket: Ticket) -> Line:
    """Why nothing is due."""
    if ticket.closed:
        return (f"#{ticket.number} is closed, so nothing is due.",)
    return ("Nothing is due: the customer has been answered. What they say next starts a clock.",)
