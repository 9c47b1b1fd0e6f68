"""/ticket dial: the desk calls you, then the customer, and brings you together."""

from __future__ import annotations

from dataclasses import replace

from bot.cards import Card
from bot.domain.entitlement import must_owe
from bot.domain.errors import Conflict, Incomplete, NotAllowed
from bot.domain.phone_numbers import e164, shown
from bot.domain.policy import Way
from bot.domain.ticket import Ticket
from bot.ports import UnitOfWork
from commands.answers import done
from commands.hotline_legs import ENGINEER, HOTLINE, NUMBER, dial, new_call, note, phone_of
from commands.record import owed_by
from commands.spec import BLANK, Caller, Text, command


@command(
    "ticket dial",
    ticket="Which ticket",
    number="The customer's number; without it, the one that they last called from, or their first one",
    reason="Why, for the history",
    examples=("ticket dial 1 --number +14165550123",),
)
def ticket_dial(caller: Caller, work: UnitOfWork, *, ticket: Ticket, number: str = "", reason: Text = BLANK) -> Card:
    """Call the customer: your telephone rings first."""
    ticket.must_be_open()
    if not ticket.phone_credit:
        must_owe(owed_by(work, ticket, caller.now), Way.TELEPHONE, work.promises.policy, ticket.number)
    if caller.staff is None:
        raise NotAllowed(f"{caller.name} is not known to this desk.")
    own = phone_of(work, caller.staff.id)
    if own is None:
        raise Conflict("You have no verified telephone that could ring.", "Add one: /oncall contact call +14165550199")
    theirs = e164(number) if number else _last_number(work, ticket)
    call = new_call(
        ENGINEER,
        caller.now,
        number=own.address,
        person=caller.staff.id,
        customer=ticket.customer,
        ticket=ticket.number,
        data={NUMBER: theirs},
    )
    call = dial(work, call, caller.now)
    words = f"{caller.name} calls the customer at {shown(theirs)}"
    note(work, replace(call, customer=None), words, caller.now, reason=reason)
    line = (f"Your telephone {shown(own.address)} rings now. Press 1, and {shown(theirs)} is called.",)
    return done(work, work.tickets.get(ticket.number), f"Calling about #{ticket.number}.", more=(line,))


def _last_number(work: UnitOfWork, ticket: Ticket) -> str:
    known = [call.number for call in work.calls.of_ticket(ticket.number) if call.kind == HOTLINE and call.number]
    if known:
        return known[-1]
    if ticket.customer is None:
        raise Incomplete(
            f"Nobody has called about #{ticket.number}, so no number is known.",
            f"/ticket dial {ticket.number} --number +14165550123",
        )
    customer = work.customers.get(ticket.customer)
    if not customer.phones:
        raise Incomplete(
            f"No number of {customer.name} is known.",
            f"/ticket dial {ticket.number} --number +14165550123, or keep it: /customer phone {customer.id} --add …",
        )
    return customer.phones[0]
