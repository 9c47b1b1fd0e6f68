"""/ticket release: give a ticket back to the desk, so that somebody else may take it."""

from __future__ import annotations

from bot.cards import Card, Choice, Style
from bot.domain.errors import Conflict
from bot.domain.history import Deed
from bot.domain.people import Role
from bot.domain.ticket import Ticket
from bot.ports import UnitOfWork
from commands.answers import clock_lines, done
from commands.record import record, tell
from commands.spec import BLANK, Caller, Text, command


@command(
    "ticket release",
    ticket="Which ticket",
    reason="Why",
    examples=("ticket release 2", "ticket release 2 my shift ends"),
)
def ticket_release(caller: Caller, work: UnitOfWork, *, ticket: Ticket, reason: Text = BLANK) -> Card:
    """Give a ticket back: nobody has it then."""
    ticket.must_be_open()
    number, owner = ticket.number, ticket.owner
    if owner is None:
        raise Conflict(f"Nobody has #{number}.", f"/ticket claim {number}")
    if owner != caller.id and caller.role < Role.LEAD:
        raise Conflict(
            f"{work.people.get(owner).name} has #{number}; only they or a lead give it back.",
            f"To take it over: /ticket claim {number} --take",
        )
    ticket = record(caller, work, ticket, Deed.RELEASED, reason, owner=owner)
    line = f"{caller.name} released #{number} {ticket.subject}. Nobody has it now."
    tell(caller, work, ticket, {*ticket.watchers, owner}, (line,))
    claim = Choice("Claim", "ticket claim", {"ticket": number}, style=Style.PRIMARY)
    more = clock_lines(work, ticket, caller.now)
    return done(work, ticket, f"#{number} is free: nobody has it now.", more=more, choices=(claim,))
