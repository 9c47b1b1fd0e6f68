"""A per-incident credit: what is not owed by level may be called for all the same, once it is paid and approved."""

from __future__ import annotations

from dataclasses import replace

from bot.domain.entitlement import Entitlement, must_owe
from bot.domain.errors import Conflict, NotOwed
from bot.domain.policy import Way
from bot.ports import Entry, UnitOfWork
from commands.spec import Caller


def spend(caller: Caller, work: UnitOfWork, owed: Entitlement, number: int, approved_by: str = "") -> str:
    """Take one credit off the customer for that ticket, and write down who approved it. Raises Conflict where none is
    needed and NotOwed where none is left."""
    # Held from now on, so that nobody spends the same one.
    customer = work.customers.get(owed.customer.id) if owed.customer is not None else None
    if Way.TELEPHONE in owed.ways:
        raise Conflict(f"The telephone is owed on #{number} anyway, so the credit is not used.", "Leave --credit out.")
    if customer is None or not customer.phone_credits:
        must_owe(owed, Way.TELEPHONE, work.promises.policy, number)
        raise NotOwed(f"There is no per-incident credit for #{number}.", f"/ticket reply {number}")
    left = customer.phone_credits - 1
    work.customers.save(replace(customer, phone_credits=left))
    data = {"ticket": number, "credits": left, "approved_by": approved_by}
    work.memory.journal(Entry(caller.now, caller.id, f"customer:{customer.id}", "spent a credit", data))
    approved = f" Approved by {approved_by}." if approved_by else ""
    return f"One per-incident credit of {customer.name} is used for this ticket; {left} left.{approved}"
