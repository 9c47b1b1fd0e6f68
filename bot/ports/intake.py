"""The seams of intake: mail that came in, keys and sign-ins that were given out, partners, and what is due to be told.

A secret that was given out is kept as its digest alone.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any, Protocol


class MailState(StrEnum):
    """What became of a message: part of a ticket; held, for a person to decide on; dropped, as a machine wrote it; a
    bounce of ours; or refused by a person."""

    TAKEN = "taken"
    HELD = "held"
    DROPPED = "dropped"
    BOUNCE = "bounce"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Mail:
    """A message that came in. `message_id` is as its sender named it, `sender` a lower-case address. Where it is part
    of a ticket, `seq` is the line of its history; `receipt` says whether its sender was sent one, `verified` whether
    they are surely who they say. `path` is where the whole of it lies below the folder of files, "" where nothing was
    kept; `size` are its bytes and those of its files. `data` is what a held one needs to be opened: plain JSON."""

    id: int
    message_id: str
    mailbox: str
    sender: str
    subject: str
    received_at: datetime
    state: MailState
    ticket: int | None = None
    seq: int | None = None
    receipt: bool = False
    verified: bool = False
    reason: str = ""
    path: str = ""
    size: int = 0
    data: Mapping[str, Any] = field(default_factory=dict)


class Mails(Protocol):
    """Each message counts once, by its Message-ID."""

    def known(self, message_id: str) -> Mail | None:
        """The message of that name, if it came before."""

    def add(self, mail: Mail) -> Mail:
        """Returns it with its id. Raises Conflict where another replica has added it meanwhile."""

    def get(self, id: int) -> Mail:
        """Raises NotFound."""

    def save(self, mail: Mail) -> None: ...

    def held(self, most: int) -> Sequence[Mail]:
        """Those that wait for a person, oldest first."""

    def held_of(self, sender: str, most: int) -> Sequence[Mail]:
        """Those of one sender that wait for a person, oldest first."""

    def weight(self, *, waits: bool) -> int:
        """The bytes that lie in the folder of files of all mail that waits for a person; or else of all that nobody
        waits for: dropped, bounces, refused."""

    def waiting(self, most: int) -> int:
        """How many wait for a person; no more than `most` are counted."""

    def dropped(self, most: int) -> Sequence[Mail]:
        """Those that a machine must have written, newest first."""

    def of_ticket(self, ticket: int) -> Sequence[Mail]:
        """Oldest first."""

    def last_of_ticket(self, ticket: int) -> Mail | None: ...

    def of_sender(self, sender: str, since: datetime, most: int, *, verified: bool) -> int:
        """How many came from then on of a sender who was verified, or was not, `most` at most; those that were dropped
        count, too."""

    def on_ticket(self, ticket: int, since: datetime, most: int) -> int:
        """How many of the ticket's newest `most` came from then on."""

    def opened(self, since: datetime, most: int) -> int:
        """How many opened a ticket from then on, `most` at most."""

    def receipts(self, sender: str, since: datetime) -> Sequence[datetime]:
        """When messages came from then on whose sender was sent a receipt, oldest first."""

    def prune(self, now: datetime) -> Sequence[Mail]:
        """Forget some that nobody will ask for: dropped ones after 90 days, all that are settled after two years.
        Returns them, for whoever keeps their files; none once none is left."""


@dataclass(frozen=True, slots=True)
class ApiKey:
    """A key to the HTTP API: `id` is its public part, `digest` that of its secret. `customer` narrows it to one."""

    id: str
    name: str
    digest: str
    scopes: frozenset[str]
    made_at: datetime
    made_by: str
    customer: str = ""
    used_at: datetime | None = None
    revoked_at: datetime | None = None


class Keys(Protocol):
    """Keys to the HTTP API."""

    def add(self, key: ApiKey) -> None:
        """Raises Conflict where the id or the name is taken by one that counts."""

    def get(self, id: str) -> ApiKey | None: ...

    def all(self) -> Sequence[ApiKey]:
        """Revoked ones, too, by name."""

    def save(self, key: ApiKey) -> None: ...

    def used(self, id: str, now: datetime) -> None:
        """Note when it was used last, and nothing else: somebody may be revoking it."""


class PassKind(StrEnum):
    """What a pass lets its bearer do: links are used once, to sign in; the others are what a browser then shows."""

    CUSTOMER_LINK = "customer link"
    CUSTOMER = "customer"
    STAFF_LINK = "staff link"
    STAFF = "staff"


@dataclass(frozen=True, slots=True)
class Pass:
    """A secret that somebody bears, as its digest. `subject` is a mail address (customers) or a staff id."""

    digest: str
    kind: PassKind
    subject: str
    made_at: datetime
    expires_at: datetime
    used_at: datetime | None = None
    data: Mapping[str, Any] = field(default_factory=dict)


class Passes(Protocol):
    """Sign-in links and sessions."""

    def add(self, given: Pass) -> None: ...

    def get(self, digest: str) -> Pass | None: ...

    def use(self, digest: str, now: datetime) -> bool:
        """Mark it used; False where it was already, or is no more: two people with one link, and one signs in."""

    def save(self, given: Pass) -> None: ...

    def drop(self, digest: str) -> None: ...

    def drop_all(self, kind: PassKind, subject: str) -> int:
        """Sign somebody out everywhere; returns how many there were."""

    def count(self, kind: PassKind, subject: str, since: datetime) -> int:
        """How many were given to somebody from then on."""

    def prune(self, now: datetime) -> int:
        """Forget some that expired more than a day ago; returns how many, 0 once none is left."""


@dataclass(frozen=True, slots=True)
class Partner:
    """A partner of the Partner Network. `id` is the short name people type; `address` is where hand-overs go; `offers`
    says in a sentence what they do, `contact` how a customer reaches them."""

    id: str
    name: str
    address: str = ""
    offers: str = ""
    contact: str = ""
    left_at: datetime | None = None


class Partners(Protocol):
    """The Partner Network."""

    def get(self, id: str) -> Partner:
        """Raises NotFound, with the nearest names as a hint."""

    def find(self, text: str) -> Partner:
        """By short name, name or a unique beginning of either. Raises NotFound or BadValue."""

    def all(self) -> Sequence[Partner]:
        """Those who have left, too, by short name."""

    def save(self, partner: Partner) -> None: ...


@dataclass(frozen=True, slots=True)
class Reminder:
    """Something that is to be looked at again: `subject` is "customer:acme" or "ticket:42", `kind` what for. One row
    for each of both. `first_at` is when it was to be looked at in the first place, where it was put off."""

    subject: str
    kind: str
    at: datetime
    first_at: datetime | None = None

    @property
    def since(self) -> datetime:
        """From when on it has something to tell, however often that was put off."""
        return self.first_at or self.at


class Reminders(Protocol):
    """Due times of what is no clock of a ticket."""

    def arm(self, subject: str, due: Mapping[str, datetime | None]) -> None:
        """Set, by kind; None takes one away."""

    def put_off(self, reminder: Reminder, at: datetime) -> None:
        """Look at it then, as if it were in its time."""

    def of(self, subject: str) -> Sequence[Reminder]: ...

    def due(self, now: datetime, most: int) -> Sequence[Reminder]:
        """Oldest first. Taken by this unit of work alone: whoever gets one arms it anew or takes it away."""

    def next_due(self) -> datetime | None: ...
