"""Limits against floods: how many tickets a customer may have opened in a minute, and open at all."""

from __future__ import annotations

from datetime import datetime, timedelta

from bot.domain.customers import Customer
from bot.domain.errors import TooMuch
from bot.ports import UnitOfWork


def must_not_flood(work: UnitOfWork, customer: Customer | None, now: datetime, *, unverified: bool = False) -> None:
    """Raises TooMuch past the policy's limit for a minute. Those without a customer share one such limit, so that
    nobody gets round it by leaving the customer out. Who is `unverified` has half of it: what others write in a
    customer's name leaves the customer room."""
    most = _share(work.promises.policy.limits.opened_per_customer_per_minute, unverified)
    lately = work.tickets.opened_since(customer.id if customer else None, now - timedelta(minutes=1))
    if lately >= most:
        whose = f"{customer.name} had {lately} tickets" if customer else f"{lately} tickets without a customer were"
        raise TooMuch(
            f"{whose} opened within a minute; the limit is {most}.",
            "Wait a minute, or merge what belongs together: /ticket merge",
        )


def must_have_room(work: UnitOfWork, customer: Customer, *, unverified: bool = False) -> None:
    """Raises TooMuch where the customer has as many open tickets as the policy lets them have, or half as many where
    who asks is `unverified`."""
    most = _share(work.promises.policy.limits.open_per_customer, unverified)
    still = work.customers.open_tickets(customer.id)
    if still >= most:
        raise TooMuch(
            f"{customer.name} has {still} open tickets; the limit is {most}.",
            f"See them: /ticket list --customer {customer.id}",
        )


def _share(most: int, unverified: bool) -> int:
    return (most + 1) // 2 if unverified else most
