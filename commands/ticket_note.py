"""/ticket note: what the desk should know and the customer never sees."""

from __future__ import annotations

from bot.cards import Card
from bot.domain.history import Deed
from bot.domain.ticket import Ticket
from bot.ports import UnitOfWork
from commands.answers import cut, done
from commands.record import record, tell
from commands.spec import BLANK, Caller, Text, command


@command(
    "ticket note",
    ticket="Which ticket",
    text="What the desk should know",
    reason="Why",
    labels={"text": "Note"},
    examples=("ticket note 1 the customer's fuser was replaced last year",),
)
def ticket_note(caller: Caller, work: UnitOfWork, *, ticket: Ticket, text: Text, reason: Text = BLANK) -> Card:
    """Write a note for the desk; the customer never sees it."""
    ticket = record(caller, work, ticket, Deed.NOTED, reason, text=text)
    line = f"{caller.name} noted on #{ticket.number} {ticket.subject}: {cut(text, 200)}"
    tell(caller, work, ticket, {*ticket.watchers, ticket.owner}, (line,))
    return done(work, ticket, f"Noted on #{ticket.number}, for the desk only.")
