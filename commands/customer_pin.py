"""/customer pin: what a customer types on the hotline to be known; it is shown once."""

from __future__ import annotations

from bot.cards import Card, Strong, Tone, say
from bot.domain.customers import Customer
from bot.domain.entitlement import entitlement
from bot.domain.errors import NotFound
from bot.domain.people import Role
from bot.domain.policy import Way
from bot.ports import UnitOfWork
from commands.customer_changes import note
from commands.desk import UNRECORDED
from commands.hotline_pins import make_pin
from commands.record import today
from commands.spec import Caller, command


@command(
    "customer pin",
    role=Role.LEAD,
    customer="Which customer",
    drop="Take the PIN away; they are no longer known on the telephone",
    examples=("customer pin acme",),
)
def customer_pin(caller: Caller, work: UnitOfWork, *, customer: Customer, drop: bool = False) -> Card:
    """Make a new PIN for a customer's calls; the old one is good no more."""
    had = work.calls.pin(customer.id)
    if drop:
        if had is None:
            raise NotFound(f"{customer.name} has no PIN.", f"Make one: /customer pin {customer.id}")
        work.calls.drop_pin(customer.id)
        note(caller, work, customer, "pin taken away")
        return say(f"{customer.name} has no PIN any more.", tone=Tone.GOOD, data={"customer": customer.id})
    digits = make_pin(work, customer, caller.now)
    note(caller, work, customer, "pin renewed" if had else "pin made")
    owed = entitlement(customer, work.promises.policy, today(work, caller.now))
    lines = [("Tell it to them alone. It is shown this once; the desk keeps only a hash of it.",)]
    if Way.TELEPHONE not in owed.ways:
        lines.append(
            (f"{customer.name} is on {owed.level.title}: a call is heard, and becomes a ticket or a message.",)
        )
    # Not kept with the answer to this request: a repeat makes another one.
    data = {"customer": customer.id, UNRECORDED: True}
    shown = f"{digits[:4]} {digits[4:]}"
    return Card(title=(f"The PIN of {customer.name}: ", Strong(shown)), lines=tuple(lines), tone=Tone.GOOD, data=data)
