"""Entitlement: what a customer is owed on a given day, computed from what they bought and the policy."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from bot.domain.customers import Customer, Subscription
from bot.domain.errors import NotOwed
from bot.domain.policy import Policy, SupportLevel, Way


class Standing(StrEnum):
    """How the customer stands with the desk."""

    ACTIVE = "active"
    GRACE = "in grace"
    EXPIRED = "expired"
    NONE = "no subscription"


@dataclass(frozen=True, slots=True)
class Entitlement:
    """What is owed now. `telephone_by` says why the telephone is: "level", "option", or "" where it is not."""

    customer: Customer | None
    level: SupportLevel
    standing: Standing
    subscription: Subscription | None
    ways: frozenset[Way]
    telephone_by: str
    installation_day: int | None

    @property
    def ways_in_words(self) -> str:
        return ", ".join(way.title for way in Way if way in self.ways) or "nothing"


def entitlement(customer: Customer | None, policy: Policy, today: date) -> Entitlement:
    """What the customer is owed on that day of the policy's time zone.

    Of several running subscriptions the highest level counts, and a telephone option of any. After the last one's end
    the level is kept for the policy's grace days, then falls to the lowest.
    """
    if customer is None:
        return Entitlement(None, policy.lowest, Standing.NONE, None, policy.lowest.ways, "", None)
    running = [s for s in customer.subscriptions if s.start <= today <= s.end]
    grace = timedelta(days=policy.grace_days)
    lapsed = [s for s in customer.subscriptions if s.end < today]
    lingering = [s for s in lapsed if today <= s.end + grace]
    held = running or lingering
    best = max(held, key=lambda s: (policy.level(s.level).rank, s.end), default=None)
    if best is not None:
        standing = Standing.ACTIVE if running else Standing.GRACE
    else:
        best = max(lapsed, key=lambda s: s.end, default=None)
        standing = Standing.EXPIRED if lapsed else Standing.NONE
    level = policy.level(best.level) if best is not None and held else policy.lowest
    ways, telephone_by = level.ways, "level" if Way.TELEPHONE in level.ways else ""
    if not telephone_by and any(s.phone_option for s in held):
        ways, telephone_by = ways | {Way.TELEPHONE}, "option"
    return Entitlement(customer, level, standing, best, ways, telephone_by, _installation_day(customer, policy, today))


def _installation_day(customer: Customer, policy: Policy, today: date) -> int | None:
    """Day N of the installation plan, counted from 0; None outside it."""
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
    lowest = min((lv for lv in policy.levels if way in lv.ways), key=lambda lv: lv.rank, default=None)
    comes_with = f"{way.title.capitalize()} support comes with {lowest.title}" if lowest else "No level includes it"
    credit = ""
    if way is Way.TELEPHONE:
        left = owed.customer.phone_credits
        credit = ", or as a per-incident credit " + (
            f"({left} left: /ticket call {ticket} --credit)"
            if left
            else f"(none left: /customer credit {owed.customer.id} --add 1 --approved-by NAME)"
        )
    standing = "" if owed.standing is Standing.ACTIVE else f" ({owed.standing})"
    raise NotOwed(
        f"{owed.customer.name} is on {owed.level.title}{standing}: {owed.ways_in_words}. {comes_with}{credit}.",
        f"You can reply by mail now: /ticket reply {ticket}. "
        f"Outside {owed.level.title}'s scope altogether? /ticket refer {ticket} --partner NAME",
    )
