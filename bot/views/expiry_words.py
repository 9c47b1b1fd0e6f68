"""What the end of a subscription means, in words: for the desk's card and for the customer's letter."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from bot.domain.customers import Customer
from bot.domain.entitlement import Entitlement, Standing, entitlement
from bot.domain.expiry import Ending
from bot.domain.policy import Policy, Way
from bot.views.customer_card import in_days, owed_words
from bot.views.wording import listed


def day_words(day: date) -> str:
    """ "5 Dec 2026"."""
    return f"{day:%-d %b %Y}"


def products(ending: Ending) -> str:
    """What ends, by name, each once."""
    return listed(dict.fromkeys(one.product for one in ending.ended))


def title_words(customer: Customer, ending: Ending, today: date) -> str:
    """ "ACME Ltd: gateway 5.2 ends in 7 days"."""
    verb = "ends" if ending.last >= today else "ended"
    return f"{customer.name}: {products(ending)} {verb} {in_days(ending.last, today)}"


def after_words(customer: Customer, policy: Policy, ending: Ending) -> str:
    """ "From 1 Jul 2027: served as before for 14 days of grace; then Level I: e-mail"."""
    first = ending.last + timedelta(days=1)
    if ending.after.standing is Standing.ACTIVE:
        return f"From {day_words(first)}: {owed_words(ending.after)}"
    if then(customer, policy, ending).referred:
        return f"From {day_words(first)}: served no more, tickets are for a partner"
    finally_ = f"{policy.lowest.title}: {_lowest(policy).ways_in_words}"
    if policy.grace:
        until = day_words(ending.last + timedelta(days=policy.grace))
        return f"From {day_words(first)}: served as before until {until} (grace), then {finally_}"
    return f"From {day_words(first)}: {finally_}"


def then(customer: Customer, policy: Policy, ending: Ending) -> Entitlement:
    """What is owed at last, once grace is over."""
    if ending.after.standing is Standing.ACTIVE:
        return ending.after
    return entitlement(customer, policy, ending.last + timedelta(days=policy.grace + 1))


def loses_telephone(customer: Customer, policy: Policy, ending: Ending) -> bool:
    return Way.TELEPHONE in ending.before.ways and Way.TELEPHONE not in then(customer, policy, ending).ways


def expiry_values(customer: Customer, policy: Policy, ending: Ending, today: date) -> dict[str, Any]:
    """What the letter to the customer may say, but for the partner's name: plain JSON, days as people write them."""
    at_last = then(customer, policy, ending)
    graced = bool(policy.grace) and ending.after.standing is not Standing.ACTIVE
    return {
        "customer": customer.name,
        "products": products(ending),
        "level": ending.before.level.title,
        "ways": ending.before.ways_in_words,
        "last": day_words(ending.last),
        "when": in_days(ending.last, today),
        "over": ending.last < today,
        "grace_days": policy.grace if graced else 0,
        "grace_until": day_words(ending.last + timedelta(days=policy.grace)) if graced else "",
        "then_level": at_last.level.title,
        "then_ways": at_last.ways_in_words,
        "then_scope": at_last.level.in_scope,
        "referred": at_last.referred,
        "loses_telephone": loses_telephone(customer, policy, ending),
    }


def _lowest(policy: Policy) -> Entitlement:
    return entitlement(None, policy, date.max)
