"""History: what happened to a ticket, by whom, when and from where; the ticket's row is what its history adds up to."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any


class Deed(StrEnum):
    """Every kind of change that a ticket can see. The wording is stored: names stay, new ones are added."""

    OPENED = "opened"
    CLAIMED = "claimed"
    RELEASED = "released"
    ASSIGNED = "assigned"
    REPLIED = "replied"
    NOTED = "noted"
    ATTACHED = "attached"
    CALLED = "called"
    REMOTE = "remote"
    SAID = "said"
    WAITING = "waiting"
    RESUMED = "resumed"
    CLOSED = "closed"
    REOPENED = "reopened"
    LEVEL = "level"
    PRIORITY = "priority"
    CATEGORY = "category"
    CUSTOMER = "customer"
    TAGGED = "tagged"
    UNTAGGED = "untagged"
    MERGED = "merged"
    ABSORBED = "absorbed"
    REFERRED = "referred"
    SNOOZED = "snoozed"
    WATCHED = "watched"
    UNWATCHED = "unwatched"
    ALERTED = "alerted"
    RECOMPUTED = "recomputed"
    PAGED = "paged"
    TRIED = "tried"
    ACKNOWLEDGED = "acknowledged"
    PHONED = "phoned"
    UNSENT = "unsent"
    BOUNCED = "bounced"
    VOUCHED = "vouched"
    RATED = "rated"
    ASKED = "asked"


@dataclass(frozen=True, slots=True)
class Event:
    """One line of a ticket's history. `at` is aware, whole seconds; `by` is a staff id, "customer" or "clock".

    `data` holds plain JSON values only, and states consequences outright (`responds`, `starts`), so that a replay
    never depends on today's policy.
    """

    ticket: int
    seq: int
    at: datetime
    by: str
    source: str
    deed: Deed
    data: Mapping[str, Any] = field(default_factory=dict)
    reason: str = ""


def unheard(history: Iterable[Event]) -> frozenset[int]:
    """The replies that answer nobody, by their lines' numbers: those taken back before they left, and those whose
    letters were lost, so that what was promised is still owed."""
    found: set[int] = set()
    for event in history:
        if event.deed is Deed.UNSENT:
            found.add(int(event.data["reply"]))
        found |= set(event.data.get("unheard", ()))
    return frozenset(found)
