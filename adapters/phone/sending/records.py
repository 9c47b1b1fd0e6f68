"""Records: what the desk itself knows of a call or text, before a provider is asked; each read is one snapshot."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta

from bot.domain.contacts import CALL
from bot.domain.errors import NotFound
from bot.ports import UnitOfWork

AN_HOUR = timedelta(hours=1)


def ref_of(work: UnitOfWork, attempt: int) -> str:
    """The full ref of an attempt that a webhook has told of already; empty where none has."""
    try:
        found = work.pages.attempt(attempt)
    except NotFound:
        return ""
    return _full(found.provider, found.ref)


def ref_of_call(work: UnitOfWork, call: int) -> str:
    """The same for a call that is no attempt."""
    try:
        found = work.calls.get(call)
    except NotFound:
        return ""
    return _full(found.provider, found.ref)


def taken(work: UnitOfWork, provider: str, refs: Collection[str], attempt: int, call: int) -> frozenset[str]:
    """Which of these are known to be another attempt's, or another call of the hotline."""
    return frozenset(ref for ref in refs if _is_other(work, provider, ref, attempt, call))


def calls_in_an_hour(work: UnitOfWork, attempt: int, now: datetime) -> int:
    """How often the attempt's person was called in the last hour, not counting this attempt."""
    try:
        person = work.pages.attempt(attempt).person
    except NotFound:
        return 0
    since = now - AN_HOUR
    return sum(
        one.kind == CALL and one.id != attempt and one.submitted_at is not None and one.submitted_at >= since
        for one in work.pages.attempts_of(person, since - AN_HOUR)
    )


def _is_other(work: UnitOfWork, provider: str, ref: str, attempt: int, call: int) -> bool:
    name = f"{provider}:{ref}"
    paged, called = work.pages.by_ref(provider, name), work.calls.by_ref(provider, name)
    return (paged is not None and paged.id != attempt) or (called is not None and called.id != call)


def _full(provider: str, ref: str) -> str:
    """Whoever kept it may have kept the provider's name alone."""
    return ref if not ref or not provider or ref.startswith(f"{provider}:") else f"{provider}:{ref}"
