"""Values as providers write them: instants, seconds, and their words for how a call is, in one vocabulary."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any

_CALLS: Mapping[str, str] = {"answered": "in-progress", "no_answer": "no-answer", "cancelled": "canceled"}
_MACHINES: Mapping[str, str] = {"not_sure": "unknown", "machine": "machine_start"}
_WITHHELD = frozenset({"anonymous", "restricted", "unknown", "unavailable", "private", "+266696687", "266696687"})
"""What stands for a number that is not told; the digits spell "anonymous"."""


def instant(text: Any) -> datetime | None:
    """RFC 2822, as Twilio and SignalWire write it, or ISO 8601, as Telnyx does. Aware UTC; None for anything else."""
    if not isinstance(text, str) or not text:
        return None
    for read in (parsedate_to_datetime, datetime.fromisoformat):
        try:
            at = read(text)
        except (ValueError, TypeError, IndexError):
            continue
        return at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)
    return None


def number(text: Any) -> int | None:
    try:
        return int(text)
    except (TypeError, ValueError):
        return None


def status(text: Any) -> str:
    """How a call is, in TwiML's words."""
    word = str(text or "").strip().lower()
    return _CALLS.get(word, word)


def machine(text: Any) -> str:
    """Who answered, in Twilio's words: human, machine_start, machine_end_beep, …, fax, unknown."""
    word = str(text or "").strip().lower()
    return _MACHINES.get(word, word)


def caller(text: Any) -> str:
    """A number as it is told; empty for one that is withheld."""
    given = str(text or "").strip()
    return "" if given.lower() in _WITHHELD else given
