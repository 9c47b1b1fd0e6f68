"""/ticket vouch: somebody of the desk knows that the sender is who they say they are."""

from __future__ import annotations

from dataclasses import replace

from bot.cards import Card, Line
from bot.domain.errors import Conflict
from bot.domain.history import Deed
from bot.domain.ticket import Ticket
from bot.ports import UnitOfWork
from commands.answers import clock_lines, done
from commands.page_decisions import change_decision, decided
from commands.paging import on_changed
from commands.record import record
from commands.spec import BLANK, Caller, Text, command


@command(
    "ticket vouch",
    ticket="Which ticket",
    reason="How you know",
    examples=("ticket vouch 7", "ticket vouch 7 I know her voice"),
)
def ticket_vouch(caller: Caller, work: UnitOfWork, *, ticket: Ticket, reason: Text = BLANK) -> Card:
    """Vouch for the sender of a ticket: who is on call may be called for it now."""
    ticket.must_be_open()
    if not ticket.unverified:
        raise Conflict(f"The sender of #{ticket.number} needs nobody's word.", f"/ticket show {ticket.number}")
    asked = change_decision(work, replace(ticket, unverified=False), caller.now)
    ticket = record(caller, work, ticket, Deed.VOUCHED, reason, **decided(asked))
    called = on_changed(caller, work, ticket, asked)
    nobody: Line = () if called else ("Nobody is called for it now; warnings and breaches call as for any ticket.",)
    said = f"You have vouched for the sender of #{ticket.number}."
    return done(work, ticket, said, more=(called or nobody, *clock_lines(work, ticket, caller.now)))
