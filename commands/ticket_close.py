"""/ticket close: done, and how it ended."""

from __future__ import annotations

from bot.cards import Card, Choice, Line
from bot.domain.history import Deed
from bot.domain.policy import ClockKind
from bot.domain.ticket import Ticket
from bot.ports import UnitOfWork
from commands.answers import closing, done
from commands.record import record, tell
from commands.spec import BLANK, Caller, Resolution, Text, command


@command(
    "ticket close",
    ticket="Which ticket",
    resolution="How it ended",
    text="A closing note, for the desk",
    reason="Why, for the history",
    labels={"text": "Closing note"},
    examples=("ticket close 1 solved", "ticket close 1 no-answer asked three times"),
)
def ticket_close(
    caller: Caller,
    work: UnitOfWork,
    *,
    ticket: Ticket,
    resolution: Resolution,
    text: Text = BLANK,
    reason: Text = BLANK,
) -> Card:
    """Close a ticket and say how it ended."""
    ticket.must_be_open()
    before, number = ticket, ticket.number
    ticket = record(
        caller, work, ticket, Deed.CLOSED, reason, resolution=resolution, text=text, **closing(caller, work, ticket)
    )
    title = work.promises.policy.resolutions[resolution]
    line = f"{caller.name} closed #{number} {ticket.subject}: {title}"
    tell(caller, work, ticket, {*ticket.watchers, ticket.owner}, (line,))
    unanswered: Line = ()
    if before.clock(ClockKind.FIRST_RESPONSE) or before.clock(ClockKind.NEXT_RESPONSE):
        whom = "The customer was" if before.customer else "It was"
        unanswered = (f"{whom} still owed an answer. To give it: /ticket reopen {number}",)
    reopen = Choice("Reopen", "ticket reopen", {"ticket": number})
    return done(work, ticket, f"#{number} is closed: {title}.", more=(unanswered,), choices=(reopen,))
