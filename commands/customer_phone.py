"""/customer phone: the numbers at which a customer is called; who calls from one is not known by it."""

from __future__ import annotations

from dataclasses import replace

from bot.cards import Card, Strong, Tone, say
from bot.domain.customers import MOST_PHONES, Customer
from bot.domain.errors import BadValue, NotFound
from bot.domain.people import Role
from bot.domain.phone_numbers import e164, shown
from bot.ports import UnitOfWork
from commands.customer_changes import note, save
from commands.spec import Caller, command


@command(
    "customer phone",
    role=Role.STAFF,
    customer="Which customer",
    add="A number that they have, or one that is to be called first from now on",
    drop="A number that is not theirs any more",
    examples=("customer phone acme --add +14165550123", "customer phone acme"),
)
def customer_phone(caller: Caller, work: UnitOfWork, *, customer: Customer, add: str = "", drop: str = "") -> Card:
    """Keep a customer's telephone numbers; without a change, show them. /ticket dial calls the first one."""
    if not add and not drop:
        return _shown(customer)
    phones = list(customer.phones)
    if drop:
        phones = _without(customer, e164(drop))
    if add:
        number = e164(add)
        phones = [number, *(one for one in phones if one != number)]
    if len(phones) > MOST_PHONES:
        raise BadValue(f"{customer.name} has {MOST_PHONES} numbers; more are not kept.", "Take one away: --drop …")
    after = replace(customer, phones=tuple(phones))
    if after == customer:
        return _shown(customer)
    save(caller, work, customer, after)
    changed = {"added": shown(e164(add))} if add else {}
    note(caller, work, after, "telephone numbers changed", **changed | ({"dropped": shown(e164(drop))} if drop else {}))
    return _shown(after, Tone.GOOD)


def _without(customer: Customer, number: str) -> list[str]:
    if number not in customer.phones:
        raise NotFound(f"{number} is no number of {customer.name}.", f"See them: /customer phone {customer.id}")
    return [one for one in customer.phones if one != number]


def _shown(customer: Customer, tone: Tone = Tone.PLAIN) -> Card:
    data = {"customer": customer.id, "phones": list(customer.phones)}
    if not customer.phones:
        return say(
            f"No telephone number of {customer.name} is known: /customer phone {customer.id} --add +14165550123",
            tone=tone,
            data=data,
        )
    first, *others = customer.phones
    also = f"; also {', '.join(others)}" if others else ""
    return say(Strong(customer.name), f" is called at {first}{also}.", tone=tone, data=data)
