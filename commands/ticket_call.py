"""/ticket call: log a telephone call, where the telephone is owed or a per-incident credit pays for it."""

from __future__ import annotations

from bot.cards import Card, Line
from bot.domain.entitlement import must_owe
from bot.domain.history import Deed
from bot.domain.policy import Way
from bot.domain.ticket import Ticket
from bot.ports import UnitOfWork
from commands.answers import answering, clock_lines, cut, done
from commands.phone_credit import spend
from commands.record import owed_by, record, tell
from commands.spec import BLANK, Caller, Text, command


@command(
    "ticket call",
    ticket="Which ticket",
    text="What was said on the telephone",
    credit="Use one of the customer's per-incident credits; it lasts for the whole ticket",
    reason="Why, for the history",
    examples=("ticket call 1 walked them through the reset", 'ticket call 5 "called back" --credit'),
)
def ticket_call(
    caller: Caller,
    work: UnitOfWork,
    *,
    ticket: Ticket,
    text: Text = BLANK,
    credit: bool = False,
    reason: Text = BLANK,
) -> Card:
    """Log a telephone call with the customer."""
    ticket.must_be_open()
    owed = owed_by(work, ticket, caller.now)
    spent: Line = ()
    if credit and not ticket.phone_credit:
        spent = (spend(caller, work, owed, ticket.number),)
    elif not ticket.phone_credit:
        must_owe(owed, Way.TELEPHONE, work.promises.policy, ticket.number)
    answer = answering(caller, work, ticket, "call")
    ticket = record(caller, work, ticket, Deed.CALLED, reason, text=text, credit=bool(spent), **answer)
    said = f": {cut(text, 200)}" if text else ""
    line = f"{caller.name} telephoned about #{ticket.number} {ticket.subject}{said}"
    tell(caller, work, ticket, {*ticket.watchers, ticket.owner}, (line,))
    logged = f"The call is logged on #{ticket.number}."
    return done(work, ticket, logged, more=(spent, *clock_lines(work, ticket, caller.now)))
