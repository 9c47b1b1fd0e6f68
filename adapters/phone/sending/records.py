"""Records: what the desk itself knows of a call or text, before a provider is asked; each read is one snapshot."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta

from bot.domain.contacts import CALL
from bot.domain.errors import NotFound
from bot.domain.paging import Attempt
from bot.ports import UnitOfWork

AN_HOUR = timedelta(hours=1)


def ref_of(work: UnitOfWork, attempt: int) -> str:
    """The full ref of an attempt that a webhook has told of already; empty where none has."""
    try:
        return _full(work.pages.attempt(attempt))
    except NotFound:
        return ""


def taken(work: UnitOfWork, provider: str, refs: Collection[str], attempt: int) -> frozenset[str]:
    """Which of these are known to be another attempt's, or a call of the hotline."""
    return frozenset(ref for ref in refs if _is_other(work, provider, ref, attempt))


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


def _is_other(work: UnitOfWork, provider: str, ref: str, attempt: int) -> bool:
    for name in (f"{provider}:{ref}", ref):
        found = work.pages.by_ref(provider, name)
        if found is not None and found.id != attempt:
            return True
        if work.calls.by_ref(provider, name) is not None:
            return True
    return False


def _full(attempt: Attempt) -> str:
    if not attempt.ref or attempt.ref.startswith(f"{attempt.provider}:"):
        return attempt.ref
    return f"{attempt.provider}:{attempt.ref}" if attempt.provider else attempt.ref
