"""/ticket priority: how urgent a ticket is to the desk; it orders work and promises nothing."""

from __future__ import annotations

from dataclasses import replace

from bot.cards import Card
from bot.domain.errors import Conflict
from bot.domain.history import Deed
from bot.domain.ticket import Priority, Ticket
from bot.ports import UnitOfWork
from commands.answers import done
from commands.page_decisions import change_decision, decided
from commands.paging import on_changed
from commands.record import record
from commands.spec import BLANK, Caller, Text, command


@command(
    "ticket priority",
    ticket="Which ticket",
    priority="How urgent it is",
    reason="Why",
    examples=("ticket priority 1 high", "ticket priority 1 urgent they lose mail"),
)
def ticket_priority(
    caller: Caller, work: UnitOfWork, *, ticket: Ticket, priority: Priority, reason: Text = BLANK
) -> Card:
    """Say how urgent a ticket is to the desk."""
    ticket.must_be_open()
    number, was = ticket.number, ticket.priority
    if was is priority:
        raise Conflict(f"The priority of #{number} is {priority.value} already.", f"/ticket show {number}")
    asked = change_decision(work, replace(ticket, priority=priority), caller.now)
    data = {"priority": priority.value, "was": was.value, **decided(asked)}
    ticket = record(caller, work, ticket, Deed.PRIORITY, reason, **data)
    called = on_changed(caller, work, ticket, asked)
    now = f"The priority of #{number} is {priority.value} now; it was {was.value}."
    return done(work, ticket, now, more=(called,))
