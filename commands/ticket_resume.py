"""/ticket resume: the desk's turn again, so the clocks go on."""

from __future__ import annotations

from bot.cards import Card
from bot.domain.errors import Conflict
from bot.domain.history import Deed
from bot.domain.ticket import State, Ticket
from bot.ports import UnitOfWork
from commands.answers import clock_lines, done, promised
from commands.record import record, tell
from commands.spec import BLANK, Caller, Text, command


@command(
    "ticket resume",
    ticket="Which ticket",
    reason="Why",
    examples=("ticket resume 3", "ticket resume 3 they called back"),
)
def ticket_resume(caller: Caller, work: UnitOfWork, *, ticket: Ticket, reason: Text = BLANK) -> Card:
    """End the wait for the customer: the clocks go on."""
    ticket.must_be_open()
    number = ticket.number
    if ticket.state is not State.WAITING:
        raise Conflict(f"#{number} does not wait for anything.", f"/ticket wait {number} lets it.")
    ticket = record(caller, work, ticket, Deed.RESUMED, reason)
    line = f"{caller.name} ended the wait of #{number} {ticket.subject}"
    tell(caller, work, ticket, {*ticket.watchers, ticket.owner}, (line,))
    going = "Its clocks go on." if promised(work, ticket) else "No clock runs on it."
    return done(
        work, ticket, f"#{number} is the desk's turn again. {going}", more=clock_lines(work, ticket, caller.now)
    )
