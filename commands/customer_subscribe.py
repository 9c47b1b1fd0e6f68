"""/customer subscribe: a product at a support level, from one day to another; open tickets follow."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

from bot.cards import Card, Line, Tone
from bot.domain.customers import Customer, Subscription
from bot.domain.entitlement import entitlement
from bot.domain.people import Role
from bot.domain.policy import SupportLevel
from bot.ports import UnitOfWork
from bot.views.customer_card import next_words, owed_words, subscription_data
from commands.customer_changes import note, save
from commands.record import today
from commands.spec import Caller, command


@command(
    "customer subscribe",
    role=Role.LEAD,
    customer="Which customer",
    product="What was bought, such as “gateway 5.2”",
    level="The support level",
    start="The first day; today if you give none",
    end="The last day; a year from the start if you give none",
    phone="With the telephone option",
    examples=(
        "customer subscribe acme --product archive --level II --start 2026-04-01 --end 2027-03-31",
        'customer subscribe acme --product "gateway 5.2" --level I --phone',
    ),
)
def customer_subscribe(
    caller: Caller,
    work: UnitOfWork,
    *,
    customer: Customer,
    product: str,
    level: SupportLevel,
    start: date | None = None,
    end: date | None = None,
    phone: bool = False,
) -> Card:
    """Record a subscription; one of the same product from the same day is replaced."""
    policy, day = work.promises.policy, today(work, caller.now)
    first = start or day
    bought = Subscription(product, level.name, first, end or _year_from(first), phone)
    kept = tuple(one for one in customer.subscriptions if not _same(one, bought))
    replaced = len(kept) < len(customer.subscriptions)
    after = replace(customer, subscriptions=(*kept, bought))
    followed = save(caller, work, customer, after)
    note(caller, work, after, "subscribed", **subscription_data(bought))
    option = ", with the telephone option" if phone else ""
    instead = " It replaces what was recorded for that product from that day." if replaced else ""
    said = (
        f"{after.name}: {bought.product}, {level.title}{option}, {first:%-d %b %Y} to {bought.end:%-d %b %Y}.{instead}"
    )
    owed = entitlement(after, policy, day)
    lines: tuple[Line, ...] = (
        (said,),
        (f"Owed now ({owed.standing}): {owed_words(owed)}.",),
        (next_words(after, policy, day),),
        followed,
    )
    return Card(
        lines=tuple(line for line in lines if line and line[0]),
        tone=Tone.GOOD,
        data={"customer": after.id, "level": owed.level.name, "standing": owed.standing.value}
        | {"subscription": subscription_data(bought)},
    )


def _same(one: Subscription, other: Subscription) -> bool:
    return (one.product.casefold(), one.start) == (other.product.casefold(), other.start)


def _year_from(start: date) -> date:
    """The day before the same day of the next year; a subscription from 29 February ends on the 28th."""
    if start.year == date.max.year:
        return date.max
    same = date(start.year + 1, 3, 1) if (start.month, start.day) == (2, 29) else start.replace(year=start.year + 1)
    return same - timedelta(days=1)
