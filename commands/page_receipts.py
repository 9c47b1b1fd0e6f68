"""Receipts: what became of an attempt, as the outbox, the provider and the dialogue on the telephone tell it.

News may come late, twice, in any order and before the desk itself knows that the call was made: ranks never go back,
and a sequence number counts once. That a call was completed proves nothing; only a human act does.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from bot.domain.contacts import CALL, TEXT
from bot.domain.errors import NotFound
from bot.domain.escalating import may_become, patience
from bot.domain.paging import Attempt, AttemptState, Missed, Trigger
from bot.ports import Kind, Outcome, Parcel, ParcelState, UnitOfWork
from commands.page_ends import cut, redraw
from commands.page_steps import missed, put_back

__all__ = ["Heard", "Status", "heard", "missed", "settled"]

SEQUENCES = "sequences"
"""In an attempt's evidence: the provider's numbers of the news that came."""


LONGEST = timedelta(minutes=10)
"""How long after it was answered a call is waited for at the most, where nothing but its going on is known."""


class Status(StrEnum):
    """What a provider says of a call or a text, in the desk's words."""

    SUBMITTED = "submitted"
    RINGING = "ringing"
    ANSWERED = "answered"
    COMPLETED = "completed"
    BUSY = "busy"
    NO_ANSWER = "no answer"
    REFUSED = "refused"
    FAILED = "failed"
    CANCELLED = "cancelled"
    DELIVERED = "delivered"
    UNDELIVERED = "undelivered"


@dataclass(frozen=True, slots=True)
class Heard:
    """One piece of news about an attempt. `status` may be missing where only evidence came (`answered_by`: what the
    provider thinks has answered, "human", "machine_start" …). `sequence` is the provider's number of it, if it has
    one; `seconds` how long the call lasted; `ref` and `provider` the call's name, for an attempt that does not know it
    yet; `evidence` further plain JSON."""

    status: Status | None = None
    sequence: int | None = None
    answered_by: str = ""
    seconds: int | None = None
    ref: str = ""
    provider: str = ""
    reason: str = ""
    evidence: Mapping[str, Any] = field(default_factory=dict)


_MOVES = {
    Status.SUBMITTED: AttemptState.SUBMITTED,
    Status.RINGING: AttemptState.RINGING,
    Status.ANSWERED: AttemptState.ANSWERED,
    Status.DELIVERED: AttemptState.RINGING,
}
_MISSED = {
    Status.BUSY: Missed.BUSY,
    Status.NO_ANSWER: Missed.NO_ANSWER,
    Status.REFUSED: Missed.REFUSED,
    Status.FAILED: Missed.FAILED,
    Status.CANCELLED: Missed.NO_ANSWER,
    Status.UNDELIVERED: Missed.UNDELIVERED,
}


def heard(work: UnitOfWork, attempt: Attempt, news: Heard, now: datetime) -> Attempt:
    """A provider's news of an attempt; what it brings about is done in this transaction. Returns the attempt as it is
    then."""
    attempt = work.pages.attempt(attempt.id)
    seen = list(attempt.evidence.get(SEQUENCES, ()))
    if news.sequence is not None and news.sequence in seen:
        return attempt
    attempt = _noted(attempt, news, seen, now)
    work.pages.save_attempt(attempt)
    to = _MOVES.get(news.status) if news.status is not None else None
    if to is not None and may_become(attempt.state, to):
        attempt = _moved(work, attempt, to, now)
    elif to is AttemptState.ANSWERED and to is attempt.state:
        attempt = _still_listening(work, attempt, now)
    why = _missed_by(attempt, news)
    if why is not None:
        told: dict[str, Any] = {"reason": news.reason} if news.reason else {}
        missed(work, attempt, why, now, **told | _rang(attempt, now))
    return work.pages.attempt(attempt.id)


def settled(work: UnitOfWork, parcel: Parcel, outcome: Outcome, now: datetime) -> None:
    """What came of handing an attempt's parcel over, in the commit that writes it down."""
    attempt = _attempt_of(work, parcel)
    if attempt is None or outcome.state is ParcelState.WITHDRAWN:
        return
    if outcome.state is ParcelState.SENT:
        _sent(work, attempt, outcome.ref, now)
    elif outcome.state is ParcelState.DEAD:
        missed(work, attempt, Missed.FAILED, now, reason=outcome.reason)
    elif attempt.state is AttemptState.POSTED:
        put_back(work, attempt, outcome.reason, now)


def _attempt_of(work: UnitOfWork, parcel: Parcel) -> Attempt | None:
    """The attempt that a parcel carries; nothing for cuts, updates of messages and everything that is no page."""
    number = parcel.card.data.get("attempt")
    if parcel.kind is not Kind.PAGE or not isinstance(number, int) or "page" not in parcel.card.data:
        return None
    try:
        return work.pages.attempt(number)
    except NotFound:
        return None


def _sent(work: UnitOfWork, attempt: Attempt, ref: str, now: datetime) -> None:
    account = ref.partition(":")[0] if ":" in ref and attempt.kind in (CALL, TEXT) else ""
    if attempt.ref and ref and ref != attempt.ref:
        # Placed twice, as nobody knew of the first one: the news of each is numbered anew.
        attempt = replace(attempt, evidence={name: one for name, one in attempt.evidence.items() if name != SEQUENCES})
    attempt = replace(
        attempt,
        ref=ref or attempt.ref,
        provider=account or attempt.provider,
        submitted_at=attempt.submitted_at or now,
    )
    if may_become(attempt.state, AttemptState.SUBMITTED):
        _moved(work, attempt, AttemptState.SUBMITTED, now)
        return
    work.pages.save_attempt(attempt)
    if attempt.state is AttemptState.CANCELLED:
        # Somebody had the page while this was on its way.
        cut(work, attempt)
        redraw(work, attempt)


def _noted(attempt: Attempt, news: Heard, seen: list[int], now: datetime) -> Attempt:
    """With the evidence of it."""
    evidence = dict(attempt.evidence) | dict(news.evidence)
    if news.sequence is not None:
        evidence[SEQUENCES] = [*seen, news.sequence]
    if news.answered_by:
        evidence["answered_by"] = news.answered_by
    if news.seconds is not None:
        evidence["seconds"] = news.seconds
    ref, provider = attempt.ref or news.ref, attempt.provider or news.provider
    return replace(attempt, evidence=evidence, ref=ref, provider=provider)


def _moved(work: UnitOfWork, attempt: Attempt, to: AttemptState, now: datetime) -> Attempt:
    page = work.pages.get(attempt.page)
    answered = now if to is AttemptState.ANSWERED and attempt.answered_at is None else attempt.answered_at
    evidence = dict(attempt.evidence)
    if to is AttemptState.RINGING and attempt.kind == CALL:
        evidence["rang_at"] = int(now.timestamp())
    if to is AttemptState.ANSWERED:
        evidence |= _rang(attempt, now)
    attempt = replace(attempt, state=to, answered_at=answered, submitted_at=attempt.submitted_at or now)
    due = now + patience(attempt, test=page.trigger is Trigger.TEST)
    attempt = replace(attempt, due=due, evidence=evidence)
    work.pages.save_attempt(attempt)
    return attempt


def _still_listening(work: UnitOfWork, attempt: Attempt, now: datetime) -> Attempt:
    """The call goes on, so somebody hears it; only not for ever, as nobody knows who that is."""
    due = min(now + patience(attempt, test=False), (attempt.answered_at or now) + LONGEST)
    if attempt.due is not None and due > attempt.due:
        attempt = replace(attempt, due=due)
        work.pages.save_attempt(attempt)
    return attempt


def _rang(attempt: Attempt, now: datetime) -> dict[str, Any]:
    """How many seconds it rang, where it is known when it began to and has not ended."""
    since = attempt.evidence.get("rang_at")
    if not isinstance(since, int) or attempt.answered_at is not None or attempt.state.over:
        return {}
    return {"rang": int(now.timestamp()) - since}


def _missed_by(attempt: Attempt, news: Heard) -> Missed | None:
    """What a status says of somebody who was not reached. A call that ends without a key was answered by a machine,
    where the provider thought so, or hung up."""
    if news.status is Status.COMPLETED and attempt.kind == CALL:
        machine = str(attempt.evidence.get("answered_by", "")).startswith(("machine", "fax"))
        return Missed.MACHINE if machine else Missed.HUNG_UP
    return _MISSED.get(news.status) if news.status is not None else None
