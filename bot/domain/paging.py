"""Pages and attempts: what is told to whom until a human acknowledges, and what counts as that."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from bot.domain.escalation import Escalation


class Trigger(StrEnum):
    """What can start a page."""

    OPENED = "opened"
    WARNING = "warning"
    BREACH = "breach"
    STAFF = "staff"
    HOTLINE = "hotline"
    TEST = "test"
    STOP = "stop"


class PageState(StrEnum):
    """open → acknowledged → resolved. Acknowledged and then forgotten, it is open again."""

    OPEN = "open"
    ACKNOWLEDGED = "acknowledged"
    RESOLVED = "resolved"


@dataclass(frozen=True, slots=True)
class PageRule:
    """One line of the paging table: the first that fits decides. Empty sets fit everything. `hours` is "open",
    "monitored" or "any"; `warning` the share (percent) from which a warning counts."""

    name: str
    on: Trigger
    escalation: str
    levels: frozenset[str] = frozenset()
    worst_cases: bool = False
    priorities: frozenset[str] = frozenset()
    hours: str = "any"
    warning: int = 0


@dataclass(frozen=True, slots=True)
class Decision:
    """Whether somebody is called now, by which rule, and why (or why not) in one sentence."""

    pages: bool
    why: str
    rule: str = ""
    escalation: str = ""


@dataclass(frozen=True, slots=True)
class Page:
    """One page. `chain` is the escalation as it was when the page started, its delays shrunk to the `deadline` (when
    the customer's answer is due): later edits do not change it. `step` is the next step to take (from 0) of round
    `round` (from 0); `due` when the desk must look at it again, None once it is resolved.

    `person` is whom a page without a ticket is for; `call` the hotline call that waits, by its id. `tickets` are those
    that joined after the first, of the same customer alone.
    """

    id: int
    reason: str
    trigger: Trigger
    chain: Escalation
    started_at: datetime
    started_by: str
    ticket: int | None = None
    customer: str | None = None
    level: str = ""
    rule: str = ""
    person: str = ""
    call: int | None = None
    tickets: tuple[int, ...] = ()
    deadline: datetime | None = None
    state: PageState = PageState.OPEN
    step: int = 0
    round: int = 0
    due: datetime | None = None
    loud_at: datetime | None = None
    acknowledged_by: str = ""
    acknowledged_at: datetime | None = None
    acknowledged_via: str = ""
    ended_at: datetime | None = None
    repaged: int = 0

    @property
    def open(self) -> bool:
        return self.state is PageState.OPEN


class AttemptState(StrEnum):
    """planned → posted (its parcel is in the outbox) → submitted (the provider or platform has it) → ringing →
    answered → confirmed; or missed, or cancelled because somebody else was quicker."""

    PLANNED = "planned"
    POSTED = "posted"
    SUBMITTED = "submitted"
    RINGING = "ringing"
    ANSWERED = "answered"
    CONFIRMED = "confirmed"
    MISSED = "missed"
    CANCELLED = "cancelled"

    @property
    def over(self) -> bool:
        return self in (AttemptState.CONFIRMED, AttemptState.MISSED, AttemptState.CANCELLED)


class Missed(StrEnum):
    """Why an attempt reached nobody. A call that was merely completed proves nothing."""

    BUSY = "busy"
    NO_ANSWER = "no answer"
    REFUSED = "refused"
    MACHINE = "machine"
    HUNG_UP = "hung up without a key"
    SILENCE = "no key was pressed"
    WRONG_KEY = "wrong key"
    PASSED_ON = "passed on"
    UNDELIVERED = "not delivered"
    FAILED = "failed"
    NO_WAY = "no way there"
    UNKNOWN = "nothing was heard of it"


@dataclass(frozen=True, slots=True)
class Attempt:
    """One try to reach one person by one contact method. `token` is the secret of its webhooks, `code` what a text is
    answered with; `ref` the provider's own name of it (a call's SID); `turn` the prompt that a key is awaited for.
    `evidence` holds plain JSON: sequence numbers seen, answered_by, key, seconds, cost class."""

    id: int
    page: int
    person: str
    kind: str
    address: str
    planned_for: datetime
    round: int = 0
    step: int = 0
    contact: int = 0
    state: AttemptState = AttemptState.PLANNED
    due: datetime | None = None
    token: str = ""
    code: str = ""
    ref: str = ""
    provider: str = ""
    turn: int = 0
    result: str = ""
    evidence: Mapping[str, Any] = field(default_factory=dict)
    submitted_at: datetime | None = None
    answered_at: datetime | None = None
    ended_at: datetime | None = None
