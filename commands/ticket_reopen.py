"""/ticket reopen: not done after all; the promises start anew."""

from __future__ import annotations

from bot.cards import Card, Line
from bot.domain.errors import Conflict
from bot.domain.history import Deed
from bot.domain.ticket import Ticket
from bot.ports import UnitOfWork
from commands.answers import clock_lines, done
from commands.record import record, tell
from commands.spec import BLANK, Caller, Text, command
from commands.ticket_said import anew, on_a_level


@command(
    "ticket reopen",
    ticket="Which ticket",
    reason="Why",
    examples=("ticket reopen 4", "ticket reopen 4 it came back"),
)
def ticket_reopen(caller: Caller, work: UnitOfWork, *, ticket: Ticket, reason: Text = BLANK) -> Card:
    """Open a closed ticket again: its clocks start anew from now."""
    number, merged = ticket.number, ticket.merged_into
    if not ticket.closed:
        raise Conflict(f"#{number} is not closed.", f"/ticket show {number}")
    ticket = on_a_level(caller, work, ticket)
    ticket = record(caller, work, ticket, Deed.REOPENED, reason, starts=anew(ticket))
    tell(
        caller, work, ticket, {*ticket.watchers, ticket.owner}, (f"{caller.name} reopened #{number} {ticket.subject}",)
    )
    owner = work.people.get(ticket.owner).name if ticket.owner else "nobody"
    apart: Line = (f"It stands on its own again, apart from #{merged}.",) if merged else ()
    held = f"#{number} is open again, held by {owner}. Its clocks start anew."
    return done(work, ticket, held, more=(apart, *clock_lines(work, ticket, caller.now)))
