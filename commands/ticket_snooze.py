"""/ticket snooze: no warnings and no reminders for a while; a breach is told all the same."""

from __future__ import annotations

from datetime import datetime

from bot.cards import Card, When
from bot.domain.errors import BadValue, Conflict
from bot.domain.history import Deed
from bot.domain.moments import HINT
from bot.domain.ticket import Ticket
from bot.ports import UnitOfWork
from commands.answers import clock_lines, done, spoken
from commands.record import record
from commands.spec import BLANK, Caller, Text, command


@command(
    "ticket snooze",
    ticket="Which ticket",
    until="Until when; 0m ends a snooze",
    reason="Why",
    examples=('ticket snooze 1 --until "tomorrow 10:00"', "ticket snooze 1 2h the part is on its way"),
)
def ticket_snooze(caller: Caller, work: UnitOfWork, *, ticket: Ticket, until: datetime, reason: Text = BLANK) -> Card:
    """Silence warnings and reminders for a while; a breach is told all the same."""
    ticket.must_be_open()
    number, before = ticket.number, ticket.snoozed_until
    asleep = before is not None and before > caller.now
    if until == caller.now and asleep:
        ticket = record(caller, work, ticket, Deed.SNOOZED, reason)
        said = f"#{number} is awake again: warnings and reminders are told."
        return done(work, ticket, said, more=clock_lines(work, ticket, caller.now))
    if until == caller.now:
        raise Conflict(f"#{number} is not quiet, so there is nothing to end.", f"/ticket show {number}")
    if until <= caller.now:
        raise BadValue(f"{spoken(until, caller, work)} has passed already.", HINT)
    if asleep and until == before:
        raise Conflict(f"#{number} is quiet until then already.", f"/ticket snooze {number} 0m ends it.")
    ticket = record(caller, work, ticket, Deed.SNOOZED, reason, until=int(until.timestamp()))
    quiet = (f"#{number} is quiet until ", When(until), ". A breach is told all the same.")
    return done(work, ticket, *quiet, more=clock_lines(work, ticket, caller.now))
