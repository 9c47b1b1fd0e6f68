"""/customer credit: per-incident telephone support, bought or given, and who approved it."""

from __future__ import annotations

from dataclasses import replace

from bot.cards import Card, Tone, say
from bot.customer_cells import MOST_CREDITS
from bot.domain.customers import Customer
from bot.domain.errors import BadValue
from bot.domain.people import Role
from bot.ports import UnitOfWork
from commands.customer_changes import note, save
from commands.spec import BLANK, Caller, Text, command


@command(
    "customer credit",
    role=Role.LEAD,
    customer="Which customer",
    add="How many telephone incidents more; a negative number takes some back",
    approved_by="Who approved it; it is recorded",
    reason="Why",
    examples=("customer credit acme --add 1 --approved-by Kim",),
)
def customer_credit(
    caller: Caller, work: UnitOfWork, *, customer: Customer, add: int, approved_by: str, reason: Text = BLANK
) -> Card:
    """Add per-incident telephone credits, or take some back."""
    had, has = customer.phone_credits, customer.phone_credits + add
    if add == 0:
        raise BadValue("Adding 0 credits changes nothing.", f"{customer.name} has {had}.")
    if has < 0:
        raise BadValue(f"{customer.name} has {had} telephone credit{'s' * (had != 1)}; {-add} cannot be taken back.")
    if has > MOST_CREDITS:
        raise BadValue(f"{has:,} credits are more than anybody has; the desk counts up to {MOST_CREDITS:,}.")
    after = replace(customer, phone_credits=has)
    save(caller, work, customer, after)
    note(caller, work, after, "credited", add=add, credits=has, approved_by=approved_by, reason=reason)
    return say(
        f"{after.name} has {has} telephone credit{'s' * (has != 1)} now (was {had}). Approved by {approved_by}.",
        tone=Tone.GOOD,
        data={"customer": after.id, "credits": has, "approved_by": approved_by},
    )
