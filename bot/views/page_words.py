"""Pages in words: what was tried to reach whom, and what came of it, with numbers and addresses masked."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from bot.domain.contacts import CALL, EMAIL, SERVICE, TEXT
from bot.domain.escalating import is_chat
from bot.domain.paging import Attempt, AttemptState, Missed, Page, Trigger
from bot.views.wording import listed, span_words

Names = Mapping[str, str]

_OURS = frozenset({"sequences", "turns"})
"""What the evidence holds for the desk's own use."""

COSTS = {CALL: "call", TEXT: "text"}
"""What an attempt costs, by its kind; everything else costs nothing."""


def masked(address: str) -> str:
    """A number or mail address as it may be shown to everybody: "+1 416 … 0199", "k…@example.com"; a service's
    address is a secret, and nothing is shown of it."""
    if address.startswith("+1") and len(address) == 12:
        return f"+1 {address[2:5]} … {address[-4:]}"
    if address.startswith("+"):
        return f"{address[:3]} … {address[-4:]}"
    if address.startswith("@"):
        return ""
    name, at, domain = address.partition("@")
    return f"{name[:1]}…@{domain}" if at and "://" not in address and "/" not in address else ""


def way_words(kind: str) -> str:
    """ "call", "text", "Slack message": what is tried."""
    if kind in (CALL, TEXT):
        return kind
    if kind == EMAIL:
        return "e-mail"
    if kind == SERVICE:
        return "service message"
    return f"{kind.capitalize()} message" if is_chat(kind) else "nothing"


def result_words(attempt: Attempt) -> str:
    """ "rang 25 s, no answer", "answered, key 1 → acknowledged", "sent, not opened": what came of it so far."""
    state, evidence = attempt.state, attempt.evidence
    if not attempt.kind:
        return attempt.result
    if state is AttemptState.CONFIRMED:
        return _confirmed(attempt)
    if state is AttemptState.CANCELLED:
        # What was never sent off was simply not needed.
        return f"cancelled: {attempt.result}" if attempt.result else "cancelled"
    if state is AttemptState.MISSED:
        return _missed(attempt)
    rang = {AttemptState.PLANNED: "planned", AttemptState.POSTED: "about to go out"}
    if state in rang:
        return rang[state] + (f" (tried: {evidence['put_back']})" if evidence.get("put_back") else "")
    if attempt.kind != CALL:
        return "sent"
    return {AttemptState.SUBMITTED: "dialled", AttemptState.RINGING: "rings"}.get(state, "answered")


def _confirmed(attempt: Attempt) -> str:
    via = str(attempt.evidence.get("via") or "")
    begun = "answered, " if attempt.kind == CALL else "sent, "
    return f"{begun}{via or 'somebody acted'} → acknowledged"


def _missed(attempt: Attempt) -> str:
    if attempt.kind != CALL and attempt.result == Missed.UNKNOWN.value:
        return "sent, not opened" if is_chat(attempt.kind) else "sent, not answered"
    seconds = attempt.evidence.get("rang")
    words = [f"rang {span_words(int(seconds))}"] if isinstance(seconds, int) and seconds else []
    words.append(attempt.result or Missed.FAILED.value)
    if attempt.evidence.get("answered_by"):
        words.append(f"the provider heard: {attempt.evidence['answered_by']}")
    if attempt.evidence.get("reason"):
        words.append(str(attempt.evidence["reason"]))
    return ", ".join(words)


def evidence_of(attempt: Attempt) -> dict[str, Any]:
    """What a ticket's history keeps of an attempt that is over: plain JSON, no secret in it."""
    return {
        "page": attempt.page,
        "attempt": attempt.id,
        "person": attempt.person,
        "kind": attempt.kind,
        "to": masked(attempt.address) if attempt.kind else attempt.address,
        "state": attempt.state.value,
        "result": attempt.result,
        "words": result_words(attempt),
        "cost": COSTS.get(attempt.kind, "") if attempt.submitted_at else "",
        "evidence": {name: value for name, value in attempt.evidence.items() if name not in _OURS},
    }


def why_words(page: Page, people: Names) -> str:
    """Why the page came, in a sentence."""
    by = people.get(page.started_by, page.started_by)
    if page.trigger is Trigger.STAFF:
        return f"{by} asked for it" + (f": {page.reason}" if page.reason else ".")
    return page.reason or f"It is a {page.trigger} page."


def title_words(page: Page) -> str:
    """ "Page 7 · level3-policy, step 1 of 3"."""
    steps = len(page.chain.steps)
    if page.loud_at is not None:
        where = "loud until somebody answers" if page.open else f"was loud, {steps} step{'s' * (steps != 1)}"
    elif steps:
        round = f", round {page.round + 1} of {max(page.chain.rounds, 1)}" if page.round else ""
        where = f"step {min(max(page.step, 1), steps)} of {steps}{round}"
    else:
        where = "no steps"
    return f"Page {page.id} · {page.chain.name}, {where}"


def event_words(data: Mapping[str, Any], people: Names) -> str:
    """A PAGED event: who is called by which page, or what else happened to it."""
    page, did = data.get("page", "?"), data.get("did")
    names = listed(people.get(str(one), str(one)) for one in data.get("called", ())) if data.get("called") else ""
    if did == "joined":
        return f"joined page {page}: one call for all of this customer's tickets"
    if did == "asked":
        return f"asked for page {page}: {data.get('why')}"
    if did == "again" and data.get("why"):
        return f"asked for page {page} again: {data['why']}"
    if did == "again":
        whose = people.get(str(data.get("was")), str(data.get("was") or "somebody"))
        return f"pages again with page {page}: {whose} took it and nothing has happened since"
    if did == "loud":
        return f"alarmed everybody with page {page}: nobody has answered"
    if did == "step":
        return f"called {names or 'nobody'} with page {page}, step {data.get('step')} of {data.get('of')}"
    if did == "passed":
        return f"passed page {page} on"
    if did == "resolved":
        return f"ended page {page}"
    credit = f", using a per-incident credit approved by {data['approved_by']}" if data.get("credit") else ""
    return f"started page {page}{credit}"


def acknowledged_words(data: Mapping[str, Any]) -> str:
    """ "acknowledged page 7 by key"."""
    return f"acknowledged page {data.get('page', '?')} by {data.get('via', 'hand')}"
