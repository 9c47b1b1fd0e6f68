"""Customers and what they bought: the facts that entitlement is computed from."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class Subscription:
    """A product at a support level from `start` to `end`, both days included, in the policy's time zone."""

    product: str
    level: str
    start: date
    end: date
    phone_option: bool = False


@dataclass(frozen=True, slots=True)
class Customer:
    """Who is owed support. `id` is the short name people type; `addresses` and `domains` are lower case."""

    id: str
    name: str
    addresses: frozenset[str] = frozenset()
    domains: frozenset[str] = frozenset()
    zone: str = ""
    installed_on: date | None = None
    phone_credits: int = 0
    partner: str = ""
    subscriptions: tuple[Subscription, ...] = ()
