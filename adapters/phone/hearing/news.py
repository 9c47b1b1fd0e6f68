"""News: what a provider tells of calls and texts, handed to the desk in the desk's own words."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from adapters.phone.hearing.callers import RECORDING, STATUS, Callers, CallNews
from adapters.phone.hearing.requests import Signed, Unheard
from adapters.phone.wire.provider import Told
from adapters.phone.wire.troubles import FAILED_TEXTS, STOPPED
from bot.domain.contacts import TEXT
from bot.domain.paging import Attempt
from bot.ports import UnitOfWork
from bot.ports.oncall import PhoneCall
from commands.page_receipts import Heard, Status, heard
from commands.page_text import stopped

_CALL: Mapping[str, Status] = {
    "queued": Status.SUBMITTED,
    "initiated": Status.SUBMITTED,
    "ringing": Status.RINGING,
    "in-progress": Status.ANSWERED,
    "completed": Status.COMPLETED,
    "busy": Status.BUSY,
    "no-answer": Status.NO_ANSWER,
    "failed": Status.FAILED,
    "canceled": Status.CANCELLED,
}
_TEXT: Mapping[str, Status] = {
    "accepted": Status.SUBMITTED,
    "queued": Status.SUBMITTED,
    "sending": Status.SUBMITTED,
    "sent": Status.SUBMITTED,
    "delivered": Status.DELIVERED,
    "read": Status.DELIVERED,
    "undelivered": Status.UNDELIVERED,
    "failed": Status.FAILED,
    "canceled": Status.CANCELLED,
}
_BY_SIP: Mapping[tuple[str, str], Status] = {
    # The telephone network's own words for it, where the provider's one word is too wide.
    ("busy", "603"): Status.REFUSED,
    ("failed", "603"): Status.REFUSED,
    ("failed", "486"): Status.BUSY,
    ("failed", "408"): Status.NO_ANSWER,
    ("failed", "480"): Status.NO_ANSWER,
}


def told_of_page(work: UnitOfWork, callers: Callers | None, what: str, token: str, said: Signed, now: datetime) -> None:
    """News of an attempt's call or text. Raises Unheard for a secret that nobody has."""
    attempt = work.pages.by_token(token)
    if attempt is None:
        raise Unheard(404, "no attempt has that secret")
    if what == RECORDING:
        call = work.pages.get(attempt.page).call
        if call is None:
            raise Unheard(404, "nobody was to be recorded")
        _tell(work, callers, what, work.calls.get(call), said, now)
        return
    if attempt.ref and attempt.ref != said.ref:
        return  # A call that was placed twice: the other one counts. Keys count on both.
    heard(work, attempt, news_of(attempt, said), now)
    if said.told.error in STOPPED:  # The provider may be the only one who heard it.
        stopped(work, attempt.address, "said STOP to the provider", now)


def told_of_call(work: UnitOfWork, callers: Callers | None, what: str, token: str, said: Signed, now: datetime) -> None:
    """News of a call that is no attempt. Raises Unheard for a secret that nobody has."""
    call = work.calls.by_token(token)
    if call is None:
        raise Unheard(404, "no call has that secret")
    _tell(work, callers, what, call, said, now)


def told_of_call_in(work: UnitOfWork, callers: Callers | None, said: Signed, now: datetime) -> None:
    """News of a call that came in, at the one address for all of them; of one that was never greeted it is nothing."""
    call = work.calls.by_ref(said.provider, said.ref)
    if call is not None:
        _tell(work, callers, STATUS, call, said, now)


def news_of(attempt: Attempt, said: Signed) -> Heard:
    """What is said of an attempt, in the desk's words; what no word is known for brings nothing about."""
    told = said.told
    status = (_TEXT if attempt.kind == TEXT else _CALL).get(told.status)
    status = _BY_SIP.get((told.status, told.sip_code), status)
    reason = f"SIP {told.sip_code}" if status is Status.FAILED and told.sip_code else ""
    if told.error:
        known = FAILED_TEXTS.get(told.error)
        reason = f"{known} (error {told.error})" if known else f"error {told.error}"
    return Heard(status, told.sequence, told.answered_by, told.seconds, said.ref, said.provider, reason)


def _tell(work: UnitOfWork, callers: Callers | None, what: str, call: PhoneCall, said: Signed, now: datetime) -> None:
    tell = callers.tell.get(what) if callers is not None else None
    if tell is None:
        raise Unheard(404, "nobody listens to that")
    tell(work, call, _call_news(said.ref, said.told), now)


def _call_news(ref: str, told: Told) -> CallNews:
    return CallNews(
        ref,
        told.status,
        told.sequence,
        told.answered_by,
        told.seconds,
        told.recording,
        told.recording_ref or told.recording.rpartition("/")[2],
        told.recording_status,
    )
