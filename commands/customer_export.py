"""/customer export: customers as CSV, for a spreadsheet or another desk."""

from __future__ import annotations

from itertools import islice

from bot.cards import Card, Strong
from bot.customer_csv import write
from bot.domain.errors import TooMuch
from bot.domain.people import Role
from bot.ports import UnitOfWork
from commands.spec import Caller, command

MOST = 200


@command("customer export", role=Role.LEAD, writes=False, examples=("customer export",))
def customer_export(caller: Caller, work: UnitOfWork) -> Card:
    """Export the customers as CSV; /customer import reads it back."""
    customers = list(islice(work.customers.all(), MOST + 1))
    if len(customers) > MOST:
        raise TooMuch(
            f"There are more than {MOST} customers: too many for a message.",
            "In a terminal: thirdline customers export FILE",
        )
    text = "".join(write(customers))
    return Card(
        (Strong(f"{len(customers)} customer{'s' * (len(customers) != 1)}"),),
        lines=((text.rstrip("\n"),),),
        data={"customers": len(customers), "csv": text},
    )
