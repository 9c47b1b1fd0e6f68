"""/ticket wait: the customer has the next word, so the clocks stand still."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from bot.cards import Card, Choice, Line, When
from bot.domain.errors import BadValue, Conflict
from bot.domain.history import Deed
from bot.domain.moments import HINT
from bot.domain.ticket import State, Ticket
from bot.ports import UnitOfWork
from commands.answers import clock_lines, done, spoken
from commands.record import record, tell
from commands.spec import BLANK, Caller, Text, command


@command(
    "ticket wait",
    ticket="Which ticket",
    reason="What you wait for",
    until="When the desk looks again, if the customer says nothing",
    examples=('ticket wait 1 --until "Mon 10:00"', "ticket wait 1 for the serial number --until 2d"),
)
def ticket_wait(
    caller: Caller, work: UnitOfWork, *, ticket: Ticket, reason: Text = BLANK, until: datetime | None = None
) -> Card:
    """Wait for the customer: the clocks stop until they speak."""
    ticket.must_be_open()
    number = ticket.number
    if until is not None and until <= caller.now:
        raise BadValue(f"{spoken(until, caller, work)} has passed already.", HINT)
    if ticket.state is State.WAITING and (until is None or until == ticket.wait_until):
        still = f" until {spoken(ticket.wait_until, caller, work)}" if ticket.wait_until else ""
        raise Conflict(
            f"#{number} waits for the customer already{still}.",
            f"/ticket wait {number} --until TIME sets another time, /ticket resume {number} ends it.",
        )
    data: dict[str, Any] = {} if until is None else {"until": int(until.timestamp())}
    ticket = record(caller, work, ticket, Deed.WAITING, reason, **data)
    line = f"{caller.name} set #{number} {ticket.subject} to wait for the customer"
    tell(caller, work, ticket, {*ticket.watchers, ticket.owner}, (line,))
    ends: Line = (" until ", When(until)) if until else ()
    again = "Then they run again; so they do once the customer speaks." if until else "They run again once they speak."
    return done(
        work,
        ticket,
        f"#{number} waits for the customer",
        *ends,
        f". The clocks stand still. {again}",
        more=clock_lines(work, ticket, caller.now),
        choices=(Choice("Resume", "ticket resume", {"ticket": number}),),
    )
