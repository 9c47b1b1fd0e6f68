"""Replies that nobody read, taken back or lost: how the ticket stands without them, so that nobody counts as answered
who was not.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from bot.domain.history import Deed, Event, unheard
from bot.domain.policy import ClockKind
from bot.domain.sla import Clock, clock_to_data
from bot.domain.ticket import replay


def standing_without(history: Sequence[Event], never: Collection[int]) -> dict[str, Any]:
    """How the ticket would stand now if those lines of its history, and what went with them, had never been written,
    as its event says it."""
    stood = replay(event for event in history if not _goes(event, never))
    return {
        "state": stood.state.value,
        "clocks": [clock_to_data(clock) for clock in _owed(stood.clocks)],
        "responded_at": _epoch(stood.responded_at),
        "wait_until": _epoch(stood.wait_until),
        "snoozed_until": _epoch(stood.snoozed_until),
    }


def lost_reply(history: Sequence[Event], reply: int) -> dict[str, Any]:
    """What the event says that tells of this reply's loss. Where with it every answer is lost that the customer was
    sent since they were owed one, it is owed as before; a reply or a call that reached them changes nothing."""
    told, before = {"reply": reply}, unheard(history)
    lost = {reply, *map(_lost, history)} | before
    answers = [event for event in history if event.data.get("responds")]
    heard = max((event.seq for event in answers if event.seq not in lost), default=0)
    missed = [event for event in answers if event.seq > heard and event.seq not in before]
    if not any(event.data.get("answers") for event in missed):
        return told
    seqs = [event.seq for event in missed]
    # Whoever was told nothing is not waited for.
    waits = {event.seq for event in history if event.deed is Deed.WAITING and event.seq > seqs[0]}
    return told | {"unheard": seqs} | standing_without(history, before | waits | set(seqs))


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
