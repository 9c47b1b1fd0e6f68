"""The secret addresses of calendars: who has one may read one schedule, or one person's shifts, until it is revoked."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from bot.ports import UnitOfWork

_SECRET = "calendar secret"  # noqa: S105 - the name of a fact
_NUMBERS = "calendar numbers"
_MARK_LETTERS = 32


class FeedKind(StrEnum):
    """What a calendar shows."""

    SCHEDULE = "schedule"
    PERSON = "person"


@dataclass(frozen=True, slots=True)
class Feed:
    """One calendar to subscribe to: a schedule's, or a person's on every schedule, by short name."""

    kind: FeedKind
    name: str

    def __str__(self) -> str:
        return f"{self.kind.value}.{self.name}"


def feed_key(secret: str, feed: Feed, number: int) -> str:
    """The part of the address that nobody can guess: what it shows, its number, and a mark that both need."""
    told = f"{feed}.{number}"
    return f"{told}.{hmac.new(secret.encode(), told.encode(), hashlib.sha256).hexdigest()[:_MARK_LETTERS]}"


def feed_of_key(secret: str, key: str, number_of: Callable[[Feed], int]) -> Feed | None:
    """What a key shows; None for one that was never given, or that was revoked since: its number is another one now."""
    parts = key.split(".")
    if len(parts) != 4 or parts[0] not in tuple(FeedKind) or not key.isascii():
        return None
    feed = Feed(FeedKind(parts[0]), parts[1])
    return feed if hmac.compare_digest(key, feed_key(secret, feed, number_of(feed))) else None


def key_for(work: UnitOfWork, feed: Feed) -> str:
    """The key as it is now; in a writing transaction, for the first one makes the secret."""
    secret = work.memory.fact(_SECRET) or work.memory.first_fact(_SECRET, secrets.token_hex(32))
    return feed_key(secret, feed, _numbers(work).get(str(feed), 1))


def feed_at(work: UnitOfWork, key: str) -> Feed | None:
    """What may be read with that key; None for nothing."""
    secret, numbers = work.memory.fact(_SECRET), _numbers(work)
    return feed_of_key(secret, key, lambda feed: numbers.get(str(feed), 1)) if isinstance(secret, str) else None


def revoke(work: UnitOfWork, feed: Feed) -> str:
    """From now on the addresses that were given show nothing; returns the new key."""
    numbers = _numbers(work)
    work.memory.set_fact(_NUMBERS, {**numbers, str(feed): numbers.get(str(feed), 1) + 1})
    return key_for(work, feed)


def _numbers(work: UnitOfWork) -> Mapping[str, int]:
    kept = work.memory.fact(_NUMBERS)
    return kept if isinstance(kept, dict) else {}
