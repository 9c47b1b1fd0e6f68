"""What every change of a customer brings about: a line in the journal, and open tickets that follow what is owed."""

from __future__ import annotations

from typing import Any

from bot.cards import Line
from bot.domain.customers import MOST_SUBSCRIPTIONS, Customer
from bot.domain.entitlement import entitlement
from bot.domain.errors import TooMuch
from bot.domain.history import Deed
from bot.ports import Entry, TicketFilter, UnitOfWork
from commands.answers import due_change
from commands.record import record, tell, today
from commands.spec import Caller
from commands.states import OPEN_STATES

MOST_MOVED = 500


def note(caller: Caller, work: UnitOfWork, customer: Customer, what: str, **data: Any) -> None:
    """Write a change of the customer into the journal."""
    work.memory.journal(Entry(caller.now, caller.id, f"customer:{customer.id}", what, data))


def save(caller: Caller, work: UnitOfWork, before: Customer, after: Customer) -> Line:
    """Save a changed customer and let their open tickets follow: a line that says how many moved, or nothing.

    A ticket follows when it was at the level that its customer was owed; one moved by hand stays where it is. At most
    500 tickets follow in one commit, and the line says what was left.
    """
    if len(after.subscriptions) > MOST_SUBSCRIPTIONS:
        raise TooMuch(f"{after.name} would have more than {MOST_SUBSCRIPTIONS} subscriptions.")
    work.customers.save(after)
    policy, day = work.promises.policy, today(work, caller.now)
    old, new = entitlement(before, policy, day).level, entitlement(after, policy, day).level
    if old.name == new.name:
        return ()
    wanted = TicketFilter(states=OPEN_STATES, customer=after.id, level=old.name, limit=MOST_MOVED)
    tickets = work.tickets.find(wanted)
    for ticket in tickets:
        change = due_change(ticket, new, work.promises, caller.now)
        reason = f"{after.name} is owed {new.title} now"
        ticket = record(caller, work, ticket, Deed.LEVEL, reason, level=new.name, was=ticket.level, **change)
        line = f"#{ticket.number} {ticket.subject} moved from {old.title} to {new.title}: {reason}"
        tell(caller, work, ticket, {*ticket.watchers, ticket.owner}, (line,))
    if not tickets:
        return ()
    tail = f"; {left} more stay on {old.title}" if (left := work.tickets.count(wanted)) else ""
    many = "open ticket follows" if len(tickets) == 1 else "open tickets follow"
    return (f"{len(tickets)} {many} from {old.title} to {new.title}{tail}.",)
