"""/ticket refer: what lies outside the customer's scope goes to the Partner Network."""

from __future__ import annotations

from bot.cards import Card, Line
from bot.domain.history import Deed
from bot.domain.ticket import State, Ticket
from bot.ports import UnitOfWork
from bot.ports.intake import Partner
from commands.answers import closing, done
from commands.partner_values import default_partner
from commands.record import owed_by, record, tell
from commands.referring import arm_question, send_letters
from commands.spec import BLANK, Caller, Text, command

REFERRED = "referred"


@command(
    "ticket refer",
    ticket="Which ticket",
    reason="Why, for the history",
    partner="Which partner; without it the one that the customer has",
    keep_open="Do not close the ticket yet: its clocks stand still",
    asks=("partner",),
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
    partner: Partner | None = None,
    keep_open: bool = False,
) -> Card:
    """Refer a ticket to a partner: the customer and the partner are written to."""
    ticket.must_be_open()
    number = ticket.number
    owed = owed_by(work, ticket, caller.now)
    chosen = partner or default_partner(work, owed.customer.partner if owed.customer else "", number)
    ticket = record(caller, work, ticket, Deed.REFERRED, reason, partner=chosen.name, partner_id=chosen.id)
    if not keep_open:
        ticket = record(caller, work, ticket, Deed.CLOSED, reason, resolution=REFERRED, **closing(caller, work, ticket))
    elif ticket.state is not State.WAITING:
        ticket = record(caller, work, ticket, Deed.WAITING, f"{chosen.name} has it")
    letters = send_letters(work, ticket, chosen, owed)
    asked = arm_question(work, ticket, caller.now) if ticket.requester else ()
    line = f"{caller.name} referred #{number} {ticket.subject} to {chosen.name}"
    tell(caller, work, ticket, {*ticket.watchers, ticket.owner}, (line,))
    scope: Line = (f"In scope of {owed.level.title}: {owed.level.in_scope}.",)
    end = "stays open: its clocks stand still until the customer speaks" if keep_open else "closed"
    said = f"#{number} is referred to {chosen.name} and {end}."
    return done(work, ticket, said, more=(scope, *letters, asked), partner=chosen.name)
