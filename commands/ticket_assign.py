"""/ticket assign: give a ticket to somebody who is there, and tell them."""

from __future__ import annotations

from typing import Any

from bot.cards import Card
from bot.domain.errors import Conflict
from bot.domain.history import Deed
from bot.domain.people import Role, Staff
from bot.domain.ticket import Ticket
from bot.ports import UnitOfWork
from commands.answers import answering, clock_lines, done, spoken
from commands.record import record, tell
from commands.spec import BLANK, Caller, Text, command


@command(
    "ticket assign",
    ticket="Which ticket",
    owner="Who gets it",
    reason="Why",
    examples=("ticket assign 1 ann", "ticket assign 1 ann she knows this customer"),
)
def ticket_assign(caller: Caller, work: UnitOfWork, *, ticket: Ticket, owner: Staff, reason: Text = BLANK) -> Card:
    """Give a ticket to somebody."""
    ticket.must_be_open()
    number, before = ticket.number, ticket.owner
    if before == owner.id:
        raise Conflict(f"{owner.name} has #{number} already.", f"/ticket show {number}")
    _must_be_there(caller, work, owner)
    answer = answering(caller, work, ticket, "claim") if owner.id == caller.id else {}
    taken: dict[str, Any] = {"taken_from": before} if before else {}
    ticket = record(caller, work, ticket, Deed.ASSIGNED, reason, owner=owner.id, **answer, **taken)
    why = f" ({reason})" if reason else ""
    tell(caller, work, ticket, {owner.id}, (f"{caller.name} gave you #{number} {ticket.subject}{why}",))
    others = {*ticket.watchers, before} - {owner.id}
    tell(caller, work, ticket, others, (f"{caller.name} gave #{number} {ticket.subject} to {owner.name}{why}",))
    was = f" {work.people.get(before).name} had it until now." if before else ""
    has = f"You have #{number}." if owner.id == caller.id else f"{owner.name} has #{number} and is told."
    return done(work, ticket, has + was, more=clock_lines(work, ticket, caller.now))


def _must_be_there(caller: Caller, work: UnitOfWork, owner: Staff) -> None:
    """Raises Conflict for somebody who is away or may only look."""
    if owner.has_left:
        raise Conflict(f"{owner.name} has left the desk.", "Give it to somebody who is there: /staff list")
    if owner.role < Role.STAFF:
        raise Conflict(f"{owner.name} is a {owner.role.title} and cannot hold tickets.", "Somebody of the staff can.")
    if owner.is_away(caller.now):
        until = f"until {spoken(owner.away_until, caller, work)}" if owner.away_until else "and has not said until when"
        raise Conflict(f"{owner.name} is away {until}.", "Give it to somebody who is there: /staff list")
