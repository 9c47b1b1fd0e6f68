"""The seams of paging: what the desk keeps of its rota, its pages, the ways to its people and the calls it takes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any, Protocol

from bot.domain.contacts import Contact, Reach
from bot.domain.errors import Refusal
from bot.domain.oncall import OnCall
from bot.domain.paging import Attempt, Page
from bot.domain.rota import CoverRequest, Override


class RotaBook(Protocol):
    """The on-call plan that was adopted, and what was changed for once."""

    def plan(self) -> OnCall:
        """The adopted plan; one without schedules where none was."""

    def plans(self, since: datetime) -> Sequence[tuple[datetime, OnCall]]:
        """The plans in force from then on, each with when it was adopted, oldest first: the last is `plan()`. The first
        may have been adopted before; empty where none ever was."""

    def set_plan(self, text: str, now: datetime) -> int:
        """Keep a new version (JSON); returns its number. The same text again keeps the number."""

    def overrides(self, start: datetime, end: datetime, schedule: str = "") -> Sequence[Override]:
        """Those that touch the span, by start, of one schedule if it is named; none that was taken back."""

    def add_override(self, override: Override) -> Override:
        """Returns it with its id."""

    def drop_override(self, id: int, by: str, now: datetime) -> Override:
        """Take it back; it stays in the history. Raises NotFound."""

    def changes(self, schedule: str, most: int) -> Sequence[Override]:
        """The newest overrides, newest first, for the history."""

    def cover(self, id: int) -> CoverRequest:
        """Raises NotFound."""

    def covers(self, now: datetime) -> Sequence[CoverRequest]:
        """Those still asked whose shift has not begun, by start."""

    def save_cover(self, request: CoverRequest) -> CoverRequest:
        """Add (id 0) or replace; returns it with its id."""


class Unreadable(Refusal):
    """What is stored of a page is nothing that this version of the desk understands."""

    def __init__(self, page: int) -> None:
        super().__init__(f"What is kept of page {page} cannot be read.", "The desk's log says what is wrong with it.")
        self.page = page


class Pages(Protocol):
    """Pages and attempts. Writes are seen by the same unit of work at once. Whatever names one page, and what is due,
    raises Unreadable where that cannot be read; lists leave it out."""

    def get(self, id: int) -> Page:
        """Raises NotFound."""

    def add(self, page: Page) -> Page:
        """Returns it with its id; its ticket and tickets are found by `of_ticket` from now on."""

    def save(self, page: Page) -> None: ...

    def due(self, now: datetime, most: int) -> Sequence[Page]:
        """Pages to look at, oldest due first; taken by this unit of work alone."""

    def put_off(self, id: int, until: datetime) -> None:
        """Look at that page later: it made trouble, and the others must not wait for it."""

    def open_of_customer(self, customer: str, escalation: str) -> Page | None:
        """The page of that customer by that chain that nobody has acknowledged yet."""

    def of_ticket(self, ticket: int) -> Sequence[Page]:
        """Newest first."""

    def live_of_ticket(self, ticket: int) -> Sequence[Page]:
        """Those not resolved. Cheap where there is none."""

    def live(self, most: int = 100) -> Sequence[Page]:
        """Pages not resolved, oldest first."""

    def between(self, start: datetime, end: datetime) -> Sequence[Page]:
        """Pages started then, oldest first, for reports."""

    def comes_second(self, page: int) -> bool:
        """Whether its customer had another page just before: those of other customers go first."""

    def next_due(self) -> datetime | None:
        """Of pages and attempts."""

    # attempts

    def add_attempt(self, attempt: Attempt) -> Attempt: ...

    def save_attempt(self, attempt: Attempt) -> None: ...

    def attempt(self, id: int) -> Attempt:
        """Raises NotFound."""

    def attempts(self, page: int) -> Sequence[Attempt]:
        """All of a page, in the order in which they were planned. There may be thousands, where nobody has answered for
        days."""

    def attempts_now(self, page: Page) -> Sequence[Attempt]:
        """Of those the ones that are not over, and all of the step that was taken last."""

    def attempts_due(self, now: datetime, most: int) -> Sequence[Attempt]:
        """Attempts to look at: planned ones whose time has come, and ones under way of which nothing was heard for
        too long. Oldest first, taken by this unit of work alone."""

    def by_token(self, token: str) -> Attempt | None: ...

    def by_code(self, address: str, code: str) -> Attempt | None:
        """The attempt whose text is answered so from that number, while its page is live."""

    def by_ref(self, provider: str, ref: str) -> Attempt | None: ...

    def attempts_of(self, person: str, since: datetime) -> Sequence[Attempt]:
        """What was tried to reach somebody since then, for caps and reports."""

    def engaged(self, person: str, address: str, since: datetime) -> Sequence[int]:
        """The attempts by call to that number of theirs that are under way, of those planned for since then; by id."""

    def line_is_free(self, person: str, address: str, now: datetime) -> None:
        """A call to that number is over: of those that wait for it one is due again at once, a customer's first before
        any that comes second."""


class Contacts(Protocol):
    """Ways to people, and their plans."""

    def get(self, id: int) -> Contact:
        """Raises NotFound."""

    def of(self, person: str) -> Sequence[Contact]: ...

    def all(self) -> Mapping[str, Sequence[Contact]]:
        """By person."""

    def of_address(self, kind: str, address: str) -> Sequence[Contact]:
        """Whose that address is."""

    def save(self, contact: Contact) -> Contact:
        """Add (id 0) or replace; returns it with its id. Raises Conflict when the person has it already."""

    def drop(self, id: int) -> None: ...

    def plan(self, person: str, important: bool) -> Sequence[Reach] | None:
        """What they chose themselves; None for the usual."""

    def set_plan(self, person: str, important: bool, plan: Sequence[Reach]) -> None:
        """An empty plan brings the usual one back."""


class LegState(StrEnum):
    """Where a call on the hotline stands."""

    GREETED = "greeted"
    WAITING = "waiting"
    CONNECTED = "connected"
    VOICEMAIL = "voicemail"
    CALL_BACK = "call back"
    OVER = "over"


@dataclass(frozen=True, slots=True)
class PhoneCall:
    """A call that is no attempt: a customer's on the hotline, or one that `/ticket dial` makes. `token` is the secret
    of its webhooks; `turn` the prompt that keys are awaited for; `data` plain JSON of the dialogue (PIN tries,
    recording, who took it); `number` the other side's, as a hint alone."""

    id: int
    started_at: datetime
    number: str = ""
    ref: str = ""
    provider: str = ""
    token: str = ""
    turn: int = 0
    kind: str = "hotline"
    state: LegState = LegState.GREETED
    customer: str | None = None
    ticket: int | None = None
    page: int | None = None
    person: str = ""
    due: datetime | None = None
    ended_at: datetime | None = None
    data: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Pin:
    """A customer's PIN on the hotline: `digest` is a salted hash. `tries` wrong ones since `tried_at` lock it."""

    customer: str
    digest: str
    made_at: datetime
    tries: int = 0
    locked_until: datetime | None = None


class Calls(Protocol):
    """Calls on the telephone that are no attempts, and the PINs of those who call."""

    def get(self, id: int) -> PhoneCall:
        """Raises NotFound."""

    def add(self, call: PhoneCall) -> PhoneCall: ...

    def save(self, call: PhoneCall) -> None: ...

    def by_token(self, token: str) -> PhoneCall | None: ...

    def by_ref(self, provider: str, ref: str) -> PhoneCall | None: ...

    def of_ticket(self, ticket: int) -> Sequence[PhoneCall]: ...

    def live(self, since: datetime, most: int = 100) -> Sequence[PhoneCall]:
        """Those begun since then that the provider knows and of whose end nothing was heard, newest first."""

    def due(self, now: datetime, most: int) -> Sequence[PhoneCall]:
        """Calls to look at (somebody waits too long, a recording does not come); taken by this unit of work alone."""

    def next_due(self) -> datetime | None: ...

    def pin(self, customer: str) -> Pin | None: ...

    def pin_by_lookup(self, lookup: str) -> Pin | None:
        """By the keyed hash of the PIN that `set_pin` was given, so that a PIN alone says whose it is."""

    def set_pin(self, pin: Pin, lookup: str) -> None:
        """Raises Conflict when another customer has that PIN."""

    def save_pin(self, pin: Pin) -> None: ...

    def drop_pin(self, customer: str) -> None: ...
