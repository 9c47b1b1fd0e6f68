"""What every change of a customer brings about: a line in the journal, and open tickets that follow what is owed."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from bot.cards import Line
from bot.domain.customers import MOST_SUBSCRIPTIONS, Customer
from bot.domain.entitlement import entitlement
from bot.domain.errors import TooMuch
from bot.domain.history import Deed
from bot.domain.policy import SupportLevel
from bot.domain.ticket import OPEN_STATES, Ticket
from bot.ports import Entry, TicketFilter, UnitOfWork
from commands.answers import due_change
from commands.arming import arm
from commands.record import record, tell, today
from commands.spec import Caller
from commands.writing import post_card

MOST_FOLLOWING = 500


def note(caller: Caller, work: UnitOfWork, customer: Customer, what: str, **data: Any) -> None:
    """Write a change of the customer into the journal."""
    work.memory.journal(Entry(caller.now, caller.id, f"customer:{customer.id}", what, data))


def add(caller: Caller, work: UnitOfWork, customer: Customer) -> None:
    """Save a new customer, and arm what they are to be reminded of."""
    work.customers.save(customer)
    arm(work, None, customer, caller.now)


def save(caller: Caller, work: UnitOfWork, before: Customer, after: Customer) -> Line:
    """Save a changed customer and let their open tickets follow: a line that says how many moved, or nothing.

    A ticket follows when it was at the level that its customer was owed; one moved by hand stays where it is, and only
    its card is drawn anew. At most 500 tickets are looked at in one commit, and the line says what was left.
    """
    if len(after.subscriptions) > MOST_SUBSCRIPTIONS:
        raise TooMuch(f"{after.name} would have more than {MOST_SUBSCRIPTIONS} subscriptions.")
    work.customers.save(after)
    arm(work, before, after, caller.now)
    policy, day = work.promises.policy, today(work, caller.now)
    was, owed = entitlement(before, policy, day), entitlement(after, policy, day)
    if replace(was, customer=None) == replace(owed, customer=None) and before.name == after.name:
        return ()
    old, new, moved = was.level, owed.level, 0
    wanted = TicketFilter(states=OPEN_STATES, customer=after.id, limit=MOST_FOLLOWING)
    tickets = work.tickets.find(wanted)
    for ticket in tickets:
        if ticket.level == old.name != new.name:
            _follow(caller, work, ticket, new, f"{after.name} is owed {new.title} now")
            moved += 1
        else:
            post_card(work, ticket)
    if not moved:
        return ()
    left = work.tickets.count(wanted) - len(tickets)
    tail = f"; {left:,} more were not looked at: /ticket list --customer {after.id}" if left > 0 else ""
    many = "open ticket follows" if moved == 1 else "open tickets follow"
    return (f"{moved} {many} from {old.title} to {new.title}{tail}.",)


def _follow(caller: Caller, work: UnitOfWork, ticket: Ticket, level: SupportLevel, reason: str) -> None:
    """Move one ticket, and tell whoever holds or watches it."""
    change = due_change(ticket, level, work.promises, caller.now)
    after = record(caller, work, ticket, Deed.LEVEL, reason, level=level.name, was=ticket.level, **change)
    line = f"#{ticket.number} {ticket.subject} moved from Level {ticket.level} to {level.title}: {reason}"
    tell(caller, work, after, {*after.watchers, after.owner}, (line,))
