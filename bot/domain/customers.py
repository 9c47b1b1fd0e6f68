"""Customers and what they bought: the facts that entitlement is computed from."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date

from bot.domain.errors import BadValue

MOST_SUBSCRIPTIONS = 200
MOST_PHONES = 10

_ADDRESS = re.compile(r"[^@\s,;<>\"()\x00-\x1f]{1,64}@[^@\s,;<>\"()\x00-\x1f]{1,255}")
_DOMAIN = re.compile(r"[^\W_](?:[\w.-]*[^\W_])?")


@dataclass(frozen=True, slots=True)
class Subscription:
    """A product at a support level from `start` to `end`, both days included, in the policy's time zone.

    Raises BadValue when it would end before it starts.
    """

    product: str
    level: str
    start: date
    end: date
    phone_option: bool = False

    def __post_init__(self) -> None:
        if self.end < self.start:
            raise BadValue(
                f"A subscription from {self.start} to {self.end} would end before it starts.",
                "Both days belong to it, so it lasts at least one day.",
            )

    def runs_on(self, day: date) -> bool:
        """Whether it covers that day."""
        return self.start <= day <= self.end


@dataclass(frozen=True, slots=True)
class Customer:
    """Who is owed support. `id` is the short name people type; `addresses` and `domains` are lower case; `phones` are
    E.164, the one to call first. The first address is the one to write to where nobody wrote."""

    id: str
    name: str
    addresses: tuple[str, ...] = ()
    domains: frozenset[str] = frozenset()
    zone: str = ""
    installed_on: date | None = None
    phone_credits: int = 0
    partner: str = ""
    subscriptions: tuple[Subscription, ...] = ()
    phones: tuple[str, ...] = ()

    @property
    def contact(self) -> str:
        """Whom letters go to that answer nobody, and "" where there is no address."""
        return next(iter(self.addresses), "")


def address(text: str) -> str:
    """A mail address in lower case. Raises BadValue."""
    wanted = text.strip().lower()
    if not _ADDRESS.fullmatch(wanted) or not _is_domain(wanted.partition("@")[2]):
        raise BadValue(f"“{text[:60]}” is not a mail address.", "An address looks like ann@example.com.")
    return wanted


def domain(text: str) -> str:
    """A mail domain in lower case, whose every address is the customer's. Raises BadValue."""
    wanted = text.strip().lower().removeprefix("@")
    if not _is_domain(wanted):
        raise BadValue(f"“{text[:60]}” is not a mail domain.", "A domain looks like example.com.")
    return wanted


def _is_domain(text: str) -> bool:
    return len(text) <= 253 and ".." not in text and _DOMAIN.fullmatch(text) is not None
