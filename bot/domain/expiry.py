"""Expiry: on which days a customer loses some of what is owed, and when that is told before it happens.

What counts is what the customer is owed, not any one subscription: where another goes on at the same level nothing
ends, and a renewal in time takes every warning back. Days of grace are kindness, not cover: they delay no warning.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from bot.domain.customers import Customer, Subscription
from bot.domain.entitlement import Entitlement, Standing, entitlement
from bot.domain.hours import Hours
from bot.domain.policy import Policy
from bot.domain.telling import Closed, told_at


@dataclass(frozen=True, slots=True)
class Ending:
    """Cover ends: `last` is the last day on which `before` is owed, `after` is what subscriptions cover on the next.
    `ended` are the subscriptions whose last day that is."""

    last: date
    before: Entitlement
    after: Entitlement
    ended: tuple[Subscription, ...]


@dataclass(frozen=True, slots=True)
class ExpiryWarning:
    """An ending that is to be told `days` days before it, at that instant (UTC)."""

    ending: Ending
    days: int
    at: datetime


def endings(customer: Customer, policy: Policy, since: date) -> tuple[Ending, ...]:
    """Every ending from that day on, soonest first."""
    found = []
    for last in sorted({one.end for one in customer.subscriptions if since <= one.end < date.max}):
        before = _covered(customer, policy, last)
        after = _covered(customer, policy, last + timedelta(days=1))
        if before.standing is Standing.ACTIVE and _is_less(after, before):
            ended = tuple(one for one in customer.subscriptions if one.end == last)
            found.append(Ending(last, before, after, ended))
    return tuple(found)


def warnings(customer: Customer, policy: Policy, hours: Hours, since: date) -> tuple[ExpiryWarning, ...]:
    """Every warning of the endings from that day on, soonest first."""
    found = [
        ExpiryWarning(ending, days, told_at(hours, ending.last - timedelta(days=days), Closed.BEFORE))
        for ending in endings(customer, policy, since)
        for days in policy.expiry.warn_days
        if (ending.last - date.min).days >= days
    ]
    return tuple(sorted(found, key=lambda one: (one.at, one.ending.last)))


def next_warning(customer: Customer, policy: Policy, hours: Hours, since: date, after: datetime) -> datetime | None:
    """When the first of them comes after that instant."""
    return next((one.at for one in warnings(customer, policy, hours, since) if one.at > after), None)


def warnings_due(told: Sequence[ExpiryWarning], since: datetime, now: datetime) -> tuple[ExpiryWarning, ...]:
    """Of those that came from `since` until now only the newest of each ending: who was away for days is not told
    thirty days, seven days and today at once."""
    newest: dict[date, ExpiryWarning] = {}
    for one in told:
        if since <= one.at <= now and (one.ending.last not in newest or one.days < newest[one.ending.last].days):
            newest[one.ending.last] = one
    return tuple(newest[last] for last in sorted(newest))


def _covered(customer: Customer, policy: Policy, day: date) -> Entitlement:
    """What is owed by subscriptions alone, without days of grace."""
    return entitlement(customer, _without_grace(policy), day)


def _without_grace(policy: Policy) -> Policy:
    return policy if not policy.grace else replace(policy, grace_days=0)


def _is_less(after: Entitlement, before: Entitlement) -> bool:
    if after.standing is not Standing.ACTIVE:
        return True
    return after.level.rank < before.level.rank or not after.ways >= before.ways
