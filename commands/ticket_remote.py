"""/ticket remote: log a session on the customer's machine, where remote access is owed."""

from __future__ import annotations

from bot.cards import Card
from bot.domain.entitlement import must_owe
from bot.domain.history import Deed
from bot.domain.policy import Way
from bot.domain.ticket import Ticket
from bot.ports import UnitOfWork
from commands.answers import answering, clock_lines, cut, done
from commands.record import owed_by, record, tell
from commands.spec import BLANK, Caller, Text, command


@command(
    "ticket remote",
    ticket="Which ticket",
    text="What was done in the session",
    reason="Why, for the history",
    examples=("ticket remote 1 replaced the queue runner's configuration",),
)
def ticket_remote(
    caller: Caller, work: UnitOfWork, *, ticket: Ticket, text: Text = BLANK, reason: Text = BLANK
) -> Card:
    """Log a remote session on the customer's machine."""
    ticket.must_be_open()
    must_owe(owed_by(work, ticket, caller.now), Way.REMOTE, work.promises.policy, ticket.number)
    answer = answering(caller, work, ticket, "remote")
    ticket = record(caller, work, ticket, Deed.REMOTE, reason, text=text, **answer)
    said = f": {cut(text, 200)}" if text else ""
    line = f"{caller.name} had a remote session for #{ticket.number} {ticket.subject}{said}"
    tell(caller, work, ticket, {*ticket.watchers, ticket.owner}, (line,))
    logged = f"The remote session is logged on #{ticket.number}."
    return done(work, ticket, logged, more=clock_lines(work, ticket, caller.now))
