"""How instants and plain data look in a row: whole UTC seconds, and compact JSON."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

# Sorts after every due time there can be (the end of the year 9999), so that "no due time" needs no special index.
NEVER = 253402300799

# What is written are trees made a moment ago, so nobody need look for circles.
_ENCODER = json.JSONEncoder(separators=(",", ":"), check_circular=False)
_DECODER = json.JSONDecoder()


def epoch(at: datetime) -> int:
    """An aware instant as whole UTC seconds. Naive ones are a bug of the caller."""
    if at.tzinfo is None:
        raise ValueError(f"A naive datetime cannot be stored: {at!r}")
    return int(at.timestamp())


def epoch_or_none(at: datetime | None) -> int | None:
    return None if at is None else epoch(at)


def instant(seconds: int) -> datetime:
    """Stored UTC seconds as an aware datetime."""
    return datetime.fromtimestamp(seconds, UTC)


def instant_or_none(seconds: int | None) -> datetime | None:
    return None if seconds is None or seconds == NEVER else datetime.fromtimestamp(seconds, UTC)


def can_be(number: int) -> bool:
    """Whether a row can have that number: beyond 64 bits there is none, and a driver would stumble."""
    return 0 < number < 1 << 63


def dumps(value: Any) -> str:
    """Compact JSON in plain ASCII, so that no character can trouble a database."""
    return "{}" if value == {} else _ENCODER.encode(value)


def loads(text: str) -> Any:
    return _DECODER.decode(text)


def dump_words(words: Iterable[str]) -> str:
    """A set of words, sorted, so that equal sets are equal rows."""
    kept = sorted(words)
    return _ENCODER.encode(kept) if kept else "[]"


def load_words(text: str) -> frozenset[str]:
    return frozenset() if text == "[]" else frozenset(_DECODER.decode(text))
