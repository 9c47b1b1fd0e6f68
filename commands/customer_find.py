"""/customer find: customers by words of their names and addresses, with what each is owed."""

from __future__ import annotations

from bot.cards import Card, Line, Strong, Table, say
from bot.domain.entitlement import entitlement
from bot.domain.people import Role
from bot.ports import UnitOfWork
from bot.views.customer_card import customer_data
from commands.record import today
from commands.spec import BLANK, Caller, Text, command

_SHOWN = 20


@command(
    "customer find",
    role=Role.VIEWER,
    writes=False,
    text="Words that names or addresses begin with; all customers if you give none",
    examples=("customer find acme", "customer find"),
)
def customer_find(caller: Caller, work: UnitOfWork, *, text: Text = BLANK) -> Card:
    """Find customers, or list the first of them."""
    policy, day = work.promises.policy, today(work, caller.now)
    found = work.customers.search(text, _SHOWN + 1)
    if not found:
        nobody = "There are no customers yet. A lead adds one: /customer add NAME"
        missed = f"No customer has “{text[:60]}” in a name or address. /customer find lists them all."
        return say(missed if text else nobody, data={"customers": []})
    rows: list[tuple[Line, ...]] = []
    for customer in found[:_SHOWN]:
        owed = entitlement(customer, policy, day)
        cells = (customer.id, customer.name, owed.level.title, owed.standing.value, owed.ways_in_words)
        rows.append(tuple((cell,) for cell in cells))
    more: Line = ("There are more: narrow it with another word.",) if len(found) > _SHOWN else ()
    return Card(
        (Strong("Customers"),),
        table=Table(("short name", "name", "level", "standing", "ways"), tuple(rows)),
        lines=(more,) if more else (),
        data={"customers": [customer_data(customer, policy, day) for customer in found[:_SHOWN]]},
    )
