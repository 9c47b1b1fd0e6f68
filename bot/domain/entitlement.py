"""Entitlement: what a customer is owed on a given day, computed from what they bought and the policy."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from bot.domain.customers import Customer, Subscription
from bot.domain.errors import BadValue, NotOwed
from bot.domain.policy import AfterExpiry, Policy, SupportLevel, Way


class Standing(StrEnum):
    """How the customer stands with the desk."""

    ACTIVE = "active"
    GRACE = "in grace"
    EXPIRED = "expired"
    NONE = "no subscription"


@dataclass(frozen=True, slots=True)
class Entitlement:
    """What is owed now. `telephone_by` says why the telephone is: "level", "option", or "" where it is not.

    `subscription` is the one that decides: the highest that counts, or the last one that did. `installation_day` is
    day N of the installation plan, counted from 0; None outside it. `referred`: their subscription has ended, and the
    policy says that they are served no more but referred to a partner.
    """

    customer: Customer | None
    level: SupportLevel
    standing: Standing
    subscription: Subscription | None
    ways: frozenset[Way]
    telephone_by: str
    installation_day: int | None
    referred: bool = False

    @property
    def ways_in_words(self) -> str:
        return ", ".join(way.label for way in Way if way in self.ways) or "nothing"


def entitlement(customer: Customer | None, policy: Policy, today: date) -> Entitlement:
    """What the customer is owed on that day of the policy's time zone.

    Of several running subscriptions the highest level counts, and a telephone option of any. When the last one has
    ended, what it gave on its last day is kept for the policy's grace days, then falls to the lowest level; or at once,
    where the policy says so. One that refers its expired customers names them so: answers by mail are owed them still,
    for somebody has to tell them.
    """
    if customer is None:
        return Entitlement(None, policy.lowest, Standing.NONE, None, policy.lowest.ways, "", None)
    standing, on = _standing(customer, policy, today)
    counted = [s for s in customer.subscriptions if on is not None and s.runs_on(on)]
    deciding = max(counted, key=lambda s: (level_of(s, policy).rank, s.end), default=None)
    held = counted if standing in (Standing.ACTIVE, Standing.GRACE) else []
    level = level_of(deciding, policy) if deciding is not None and held else policy.lowest
    ways, telephone_by = level.ways, "level" if Way.TELEPHONE in level.ways else ""
    if not telephone_by and any(s.phone_option for s in held):
        ways, telephone_by = ways | {Way.TELEPHONE}, "option"
    referred = standing is Standing.EXPIRED and policy.expiry.after is AfterExpiry.REFER
    day = _installation_day(customer, policy, today)
    return Entitlement(customer, level, standing, deciding, ways, telephone_by, day, referred)


def _standing(customer: Customer, policy: Policy, today: date) -> tuple[Standing, date | None]:
    """How the customer stands, and the day whose subscriptions count: today, or the last day that had any."""
    if any(s.runs_on(today) for s in customer.subscriptions):
        return Standing.ACTIVE, today
    last = max((s.end for s in customer.subscriptions if s.end < today), default=None)
    if last is None:
        return Standing.NONE, None
    return (Standing.GRACE if (today - last).days <= policy.grace else Standing.EXPIRED), last


def level_of(subscription: Subscription, policy: Policy) -> SupportLevel:
    """The level that was bought. One that an edited policy no longer has counts as the lowest: the desk works on."""
    try:
        return policy.level(subscription.level)
    except BadValue:
        return policy.lowest


def next_change(customer: Customer, policy: Policy, today: date) -> tuple[date, Entitlement] | None:
    """The first day after today on which something else is owed, and what; None if nothing will change."""
    days: set[date] = set()
    for subscription in customer.subscriptions:
        days.add(subscription.start)
        for after in (1, policy.grace + 1):
            if (date.max - subscription.end).days >= after:
                days.add(subscription.end + timedelta(days=after))
    owed = entitlement(customer, policy, today)
    for day in sorted(day for day in days if day > today):
        then = entitlement(customer, policy, day)
        if (then.level.name, then.ways, then.standing) != (owed.level.name, owed.ways, owed.standing):
            return day, then
    return None


def _installation_day(customer: Customer, policy: Policy, today: date) -> int | None:
    """Day N of the installation plan: 0 is the day of the installation, and the plan's last day still counts."""
    if customer.installed_on is None:
        return None
    day = (today - customer.installed_on).days
    return day if 0 <= day <= policy.installation_days else None


def must_owe(owed: Entitlement, way: Way, policy: Policy, ticket: int) -> None:
    """Raises NotOwed where the way of support is not owed, with the reason and the next best thing."""
    if way in owed.ways:
        return
    if owed.customer is None:
        raise NotOwed(
            f"#{ticket} has no customer, so only {owed.ways_in_words} is owed.",
            f"Say whose it is: /ticket customer {ticket} NAME. You can reply by mail now: /ticket reply {ticket}",
        )
    includes = min((lv for lv in policy.levels if way in lv.ways), key=lambda lv: lv.rank, default=None)
    title = way.label.capitalize()
    comes_with = f"{title} support comes with {includes.title}" if includes else f"No level includes {way.label}"
    credit = f", or as a per-incident credit ({_credits(owed.customer, ticket)})" if way is Way.TELEPHONE else ""
    standing = "" if owed.standing is Standing.ACTIVE else f" ({owed.standing})"
    raise NotOwed(
        f"{owed.customer.name} is on {owed.level.title}{standing}: {owed.ways_in_words}. {comes_with}{credit}.",
        f"You can reply by mail now: /ticket reply {ticket}. "
        f"Outside {owed.level.title}'s scope altogether? /ticket refer {ticket} --partner NAME",
    )


def _credits(customer: Customer, ticket: int) -> str:
    if customer.phone_credits:
        return f"{customer.phone_credits} left: /ticket call {ticket} --credit"
    return f"none left: /customer credit {customer.id} --add 1 --approved-by NAME"
