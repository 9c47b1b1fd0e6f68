"""/ticket customer: whose a ticket is; what they are owed decides its level and its due times."""

from __future__ import annotations

from dataclasses import replace

from bot.cards import Card, Line
from bot.domain.customers import Customer, address
from bot.domain.entitlement import entitlement
from bot.domain.errors import Conflict
from bot.domain.history import Deed
from bot.domain.ticket import Ticket
from bot.ports import UnitOfWork
from commands.answers import done, due_change, moved
from commands.floods import must_have_room
from commands.page_decisions import change_decision, decided
from commands.paging import on_changed
from commands.record import record, tell, today
from commands.spec import BLANK, Caller, Text, command


@command(
    "ticket customer",
    ticket="Which ticket",
    customer="Whose it is: a name, short name or mail address",
    reason="Why",
    keep_level="Leave the support level as it is",
    requester="The mail address that answers go to",
    examples=(
        "ticket customer 6 acme",
        "ticket customer 6 acme --keep-level",
        "ticket customer 6 acme --requester it@acme.example",
    ),
)
def ticket_customer(
    caller: Caller,
    work: UnitOfWork,
    *,
    ticket: Ticket,
    customer: Customer,
    reason: Text = BLANK,
    keep_level: bool = False,
    requester: str = "",
) -> Card:
    """Say whose a ticket is: its level follows what they are owed."""
    ticket.must_be_open()
    before, number, promises = ticket, ticket.number, work.promises
    to = address(requester) if requester else _answers_to(work, ticket, customer)
    owed = entitlement(customer, promises.policy, today(work, caller.now))
    level = promises.policy.level(ticket.level) if keep_level else owed.level
    if (ticket.customer, ticket.requester, ticket.level) == (customer.id, to, level.name):
        raise Conflict(f"#{number} is {customer.name}'s already.", f"/ticket show {number}")
    if ticket.customer != customer.id:
        must_have_room(work, customer)
    change = due_change(before, level, promises, caller.now)
    asked = change_decision(work, replace(before, customer=customer.id, level=level.name), caller.now)
    was = {"was": before.customer, "level_was": before.level}
    data = {**was, "level": level.name, "requester": to, **change, **decided(asked)}
    ticket = record(caller, work, ticket, Deed.CUSTOMER, reason, customer=customer.id, **data)
    line = f"{caller.name} said that #{number} {ticket.subject} is {customer.name}'s"
    tell(caller, work, ticket, {*ticket.watchers, ticket.owner}, (line,))
    answers: Line = (f"Answers go to {to}.",) if to else ("There is no address yet that answers could go to.",)
    answers = strange_address(work, ticket) or answers
    called = on_changed(caller, work, ticket, asked)
    on = f"{level.title}, {owed.standing}: {owed.ways_in_words}"
    return done(
        work,
        ticket,
        f"#{number} is {customer.name}'s ({on}).",
        more=(moved(work, before, ticket, caller.now), answers, called),
    )


def strange_address(work: UnitOfWork, ticket: Ticket) -> Line:
    """A warning where answers go to an address that is another customer's, or nothing."""
    whose = work.customers.of_address(ticket.requester) if ticket.requester else None
    if whose is None or ticket.customer is None or whose.id == ticket.customer:
        return ()
    mine = work.customers.get(ticket.customer).name
    return (f"Answers go to {ticket.requester}, which is {whose.name}'s and not {mine}'s.",)


def _answers_to(work: UnitOfWork, ticket: Ticket, customer: Customer) -> str:
    """The address that answers go to: the one that wrote, unless it belongs to another customer; else the first."""
    if ticket.requester:
        whose = work.customers.of_address(ticket.requester)
        if whose is None or whose.id == customer.id:
            return ticket.requester
    return customer.contact
