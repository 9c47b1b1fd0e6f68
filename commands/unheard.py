"""Replies that nobody read, taken back or lost: how the ticket stands without them, so that nobody counts as answered
who was not.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from bot.domain.business_hours import BusinessHours
from bot.domain.history import Deed, Event, unheard
from bot.domain.policy import ClockKind
from bot.domain.sla import Clock, clock_to_data
from bot.domain.ticket import Ticket, opened


def taken_back(history: Sequence[Event], reply: int) -> dict[str, Any]:
    """What the event says that tells that this reply was taken back. Where it was all that stood between the customer
    and earlier ones that were lost, nobody has answered them."""
    told, back = {"reply": reply}, unheard(history) | {reply}
    seqs = _missed(history, {*map(_lost, history)}, back)
    return told | ({"unheard": seqs} if seqs else {}) | _standing_without(history, back, seqs)


def lost_reply(history: Sequence[Event], reply: int) -> dict[str, Any]:
    """What the event says that tells of this reply's loss. Where with it every answer is lost that the customer was
    sent since they were owed one, it is owed as before; a reply or a call that reached them changes nothing."""
    told, before = {"reply": reply}, unheard(history)
    seqs = _missed(history, {reply, *map(_lost, history)}, before)
    return told | {"unheard": seqs} | _standing_without(history, before, seqs) if seqs else told


def closed_too_late(
    ticket: Ticket, history: Sequence[Event], told: Mapping[str, Any], hours: BusinessHours
) -> dict[str, Any]:
    """What the event says besides where the only answer of a closed ticket was none, by `told`: a first answer that had
    not come when the ticket was closed, too late, is a promise broken at that instant (`ended`, UTC epoch seconds)."""
    lost, first = {told.get("reply"), *told.get("unheard", ())}, ClockKind.FIRST_RESPONSE.value
    given = next((event for event in history if event.seq in lost and first in event.data.get("answers", {})), None)
    closed = ticket.closed_at
    if given is None or closed is None or ticket.merged_into is not None or told.get("responded_at", 0) is not None:
        return {}
    answer, ended = given.data["answers"][first], int(closed.timestamp())
    if ended <= answer["due"]:
        return {}
    took = answer["took"] + hours.open_seconds(given.at, closed)
    return {"answers": {first: {**answer, "took": took, "ended": ended}}}


def _missed(history: Sequence[Event], lost: Collection[int], before: Collection[int]) -> list[int]:
    """The answers that went out since the last one that was heard, of which each is lost; none where nothing was owed.
    Those `before` count for none already."""
    answers = [event for event in history if event.data.get("responds") and event.seq not in before]
    heard = max((event.seq for event in answers if event.seq not in lost), default=0)
    missed = [event for event in answers if event.seq > heard]
    return [event.seq for event in missed] if any(event.data.get("answers") for event in missed) else []


def _standing_without(history: Sequence[Event], before: Collection[int], lost: Sequence[int]) -> dict[str, Any]:
    """How the ticket would stand now if those lines of its history, and what went with them, had never been written,
    as its event says it."""
    never = {*before, *lost, *_in_vain(history, lost)}
    stood = _replayed(event for event in history if not _goes(event, never))
    return {
        "state": stood.state.value,
        "clocks": [clock_to_data(clock) for clock in _owed(stood.clocks)],
        "responded_at": _epoch(stood.responded_at),
        "wait_until": _epoch(stood.wait_until),
        "snoozed_until": _epoch(stood.snoozed_until),
    }


def _in_vain(history: Sequence[Event], lost: Sequence[int]) -> set[int]:
    """Whoever was told nothing is not waited for: the waits that began after a lost answer, until that was known."""
    spans = [(event.data["unheard"][0], event.seq) for event in history if event.data.get("unheard")]
    spans += [(lost[0], history[-1].seq + 1)] if lost else []
    waits = (event.seq for event in history if event.deed is Deed.WAITING)
    return {seq for seq in waits if any(since < seq < until for since, until in spans)}


def _replayed(events: Iterator[Event]) -> Ticket:
    """A ticket that came in says what the two owed together then; what is owed only now counts as well."""
    ticket = opened(next(events))
    for event in events:
        before, ticket = ticket, ticket.after(event)
        if event.deed is Deed.ABSORBED:
            owed = (clock for clock in before.clocks if ticket.clock(clock.kind) is None)
            ticket = replace(ticket, clocks=(*ticket.clocks, *owed))
    return ticket


def _lost(event: Event) -> int:
    """The reply that the event says is lost for good; 0 for none."""
    gone = event.deed is Deed.BOUNCED and event.data.get("permanent") and not event.data.get("perhaps")
    return int(event.data.get("reply") or 0) if gone else 0


def _goes(event: Event, never: Collection[int]) -> bool:
    # What says how it stood without some of them stood so without all of them.
    return event.seq in never or event.data.get("reply") in never or bool(event.data.get("unheard"))


def _owed(clocks: Sequence[Clock]) -> Sequence[Clock]:
    """Words that came after the reply started a clock of their own; the one that was owed already counts."""
    first = any(clock.kind is ClockKind.FIRST_RESPONSE for clock in clocks)
    return [clock for clock in clocks if not (first and clock.kind is ClockKind.NEXT_RESPONSE)]


def _epoch(at: datetime | None) -> int | None:
    return None if at is None else int(at.timestamp())
