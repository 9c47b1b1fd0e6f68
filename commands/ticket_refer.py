"""/ticket refer: what lies outside the customer's scope goes to the Partner Network."""

from __future__ import annotations

from bot.cards import Card, Line
from bot.domain.errors import BadValue
from bot.domain.history import Deed
from bot.domain.ticket import Ticket
from bot.ports import UnitOfWork
from commands.answers import clock_lines, closing, done
from commands.record import owed_by, record, tell
from commands.spec import BLANK, Caller, Text, command

REFERRED = "referred"


@command(
    "ticket refer",
    ticket="Which ticket",
    reason="Why",
    partner="Which partner; without it the one that the customer has",
    keep_open="Do not close the ticket yet",
    examples=(
        'ticket refer 1 --partner "Northwind Consulting"',
        "ticket refer 3 outside their scope --keep-open",
    ),
)
def ticket_refer(
    caller: Caller,
    work: UnitOfWork,
    *,
    ticket: Ticket,
    reason: Text = BLANK,
    partner: str = "",
    keep_open: bool = False,
) -> Card:
    """Refer a ticket to a partner of the Partner Network."""
    ticket.must_be_open()
    number, answered = ticket.number, ticket.responded_at is not None
    owed = owed_by(work, ticket, caller.now)
    chosen = partner or (owed.customer.partner if owed.customer else "")
    if not chosen:
        raise BadValue("Which partner? The customer has none of their own.", f"/ticket refer {number} --partner NAME")
    ticket = record(caller, work, ticket, Deed.REFERRED, reason, partner=chosen)
    if not keep_open:
        ticket = record(caller, work, ticket, Deed.CLOSED, reason, resolution=REFERRED, **closing(caller, work, ticket))
    line = f"{caller.name} referred #{number} {ticket.subject} to {chosen}"
    tell(caller, work, ticket, {*ticket.watchers, ticket.owner}, (line,))
    scope: Line = (f"In scope of {owed.level.title}: {owed.level.in_scope}.",)
    if keep_open:
        return done(
            work,
            ticket,
            f"#{number} is referred to {chosen} and stays open. Tell the customer: /ticket reply {number}",
            more=(scope, *clock_lines(work, ticket, caller.now)),
        )
    untold = f"They have had no answer yet: /ticket reopen {number} and /ticket reply {number} tell them."
    more: tuple[Line, ...] = (scope,) if answered else (scope, (untold,))
    return done(work, ticket, f"#{number} is referred to {chosen} and closed.", more=more)
