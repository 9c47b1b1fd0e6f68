"""/ticket level: what is promised on a ticket; the due times follow from the clocks' own start."""

from __future__ import annotations

from dataclasses import replace

from bot.cards import Card, Line
from bot.domain.errors import Conflict
from bot.domain.history import Deed
from bot.domain.policy import SupportLevel
from bot.domain.ticket import Ticket
from bot.ports import UnitOfWork
from commands.answers import done, due_change, moved
from commands.page_decisions import change_decision, decided
from commands.paging import on_changed
from commands.record import owed_by, record, tell
from commands.spec import BLANK, Caller, Text, command


@command(
    "ticket level",
    ticket="Which ticket",
    level="The support level it is served at",
    reason="Why",
    examples=("ticket level 1 II", "ticket level 5 II as a courtesy, their server is down"),
)
def ticket_level(
    caller: Caller, work: UnitOfWork, *, ticket: Ticket, level: SupportLevel, reason: Text = BLANK
) -> Card:
    """Change the support level: due times are counted anew from the clocks' own start."""
    ticket.must_be_open()
    before, number = ticket, ticket.number
    if work.promises.policy.level(before.level) == level:
        raise Conflict(f"#{number} is on {level.title} already.", f"/ticket show {number}")
    change = due_change(before, level, work.promises, caller.now)
    asked = change_decision(work, replace(before, level=level.name), caller.now)
    data = {"level": level.name, "was": before.level, **change, **decided(asked)}
    ticket = record(caller, work, ticket, Deed.LEVEL, reason, **data)
    line = f"{caller.name} moved #{number} {ticket.subject} from Level {before.level} to {level.title}"
    tell(caller, work, ticket, {*ticket.watchers, ticket.owner}, (line,))
    owed = owed_by(work, ticket, caller.now)
    beside: Line = ()
    if owed.customer is not None and owed.level != level:
        beside = (f"{owed.customer.name} is owed {owed.level.title}; this ticket is served at {level.title}.",)
    called = on_changed(caller, work, ticket, asked)
    more = (moved(work, before, ticket, caller.now), beside, called)
    return done(work, ticket, f"#{number} is on {level.title} now.", more=more)
