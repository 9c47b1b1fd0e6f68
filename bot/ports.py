"""The seams: what the desk needs from storage and from the ways to people, in the desk's own words."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import IntEnum, StrEnum
from typing import Any, Protocol, TypeVar, runtime_checkable

from bot.cards import Card
from bot.domain.attachments import Attachment
from bot.domain.customers import Customer
from bot.domain.history import Event
from bot.domain.people import Staff
from bot.domain.policy import ClockKind
from bot.domain.sla import Promises
from bot.domain.ticket import Priority, State, Ticket
from bot.intake_ports import Keys, Mails, Partners, Passes, Reminders
from bot.oncall_ports import Calls, Contacts, Pages, RotaBook

T = TypeVar("T")


class WallClock(Protocol):
    """Where `now` comes from: aware UTC, whole seconds. Tests and the demo move it by hand."""

    def now(self) -> datetime: ...


# --- the outbox -------------------------------------------------------------------------------------------------


class Kind(StrEnum):
    """What a parcel is; the kind decides its age limit and what happens to it after a crash."""

    PAGE = "page"
    ALERT = "alert"
    LETTER = "letter"
    NOTICE = "notice"
    CARD = "card"
    DIGEST = "digest"


class Urgency(IntEnum):
    """Which parcel goes first when several wait: the lower number."""

    FIRST_PAGE = 0
    PAGE = 1
    BREACH = 2
    WARNING = 3
    REPLY = 4
    NOTICE = 5
    CARD = 6
    DIGEST = 7


class ParcelState(StrEnum):
    """planned → sending (leased) → sent; ambiguous after a crash in between; dead when it cannot be delivered;
    withdrawn when nobody wanted it any more at the moment of its delivery."""

    PLANNED = "planned"
    SENDING = "sending"
    SENT = "sent"
    AMBIGUOUS = "ambiguous"
    DEAD = "dead"
    WITHDRAWN = "withdrawn"


ONLY = "only:"
"""How the address of news begins that goes to one place of one platform and nowhere else: "only:slack:@kim",
"only:phone:call:+14165550199". Pages are posted so, one parcel for each attempt."""

THREAD_LINE = "thread:"
"""How the keys of news begin that tell a ticket's thread what happened: on each platform they go one after the other,
in the order in which they were posted."""


@dataclass(frozen=True, slots=True)
class News:
    """What a command posts, in the commit of its reason. `to` is a logical place that the routes turn into addresses:
    "#desk", "#alerts", "#alerts/III", "#thread" (the thread below the ticket's card, on platforms that have threads),
    "@ann" (a person) or "mail:someone@example.com".

    `key` names what must not be doubled: a second NOTICE, ALERT, LETTER or PAGE of the same key and address is
    ignored. A CARD only says that a ticket's card is out of date: a second one of the same key joins the one that
    still waits, it is drawn when it is delivered, and it updates the message that was sent, in place.
    """

    kind: Kind
    to: str
    card: Card
    key: str
    urgency: Urgency = Urgency.NOTICE
    ticket: int | None = None
    not_before: datetime | None = None


@dataclass(frozen=True, slots=True)
class Parcel:
    """One row of the outbox, addressed to one platform. `ref` names the message it updates, where there is one."""

    id: int
    kind: Kind
    platform: str
    place: str
    card: Card
    key: str
    urgency: Urgency
    created_at: datetime
    attempts: int = 0
    ticket: int | None = None
    ref: str | None = None
    state: ParcelState = ParcelState.PLANNED
    error: str = ""


class CannotDeliver(Exception):
    """The one error of a delivery. `permanent` says that trying again is useless; `retry_after` is in seconds, for the
    whole place, or for this parcel `alone`: what an operator has to mend first keeps nothing waiting once it is mended.
    `unknown` says that it may have arrived all the same: then it comes back as ambiguous."""

    def __init__(
        self,
        reason: str,
        *,
        permanent: bool = False,
        retry_after: float | None = None,
        alone: bool = False,
        unknown: bool = False,
    ) -> None:
        super().__init__(reason)
        self.reason = reason
        self.permanent = permanent
        self.retry_after = retry_after
        self.alone = alone
        self.unknown = unknown


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of handing a parcel over: SENT as the message `ref`, put back (PLANNED, or AMBIGUOUS where it may have
    arrived), DEAD or WITHDRAWN, with the reason in words. `final` says that the parcel will not be handed over again.
    """

    state: ParcelState
    ref: str = ""
    reason: str = ""
    final: bool = True


class Channel(Protocol):
    """A way to people that carries parcels. Returning means delivered; the string names the message for updates."""

    @property
    def platform(self) -> str: ...

    @property
    def prompt(self) -> bool:
        """Whether it takes no time: then its parcels go within the round. A slow one has a courier of its own."""

    async def deliver(self, parcel: Parcel) -> str: ...


@runtime_checkable
class Paced(Protocol):
    """A channel whose provider takes only so many parcels a second, wherever they go."""

    def gap(self, parcel: Parcel) -> float:
        """Real seconds for which nothing else is sent off once this parcel was; 0 for none."""


@runtime_checkable
class AtItsPace(Protocol):
    """A channel whose places take more, or less, than a message a second."""

    @property
    def pace(self) -> float:
        """Real seconds from one message at a place to the next; 0 where it takes the next once it has one."""


@runtime_checkable
class Patient(Protocol):
    """A channel that may take longer over a parcel than the others: what is cut short has often arrived all the
    same."""

    @property
    def patience(self) -> float:
        """Real seconds."""


@dataclass(frozen=True, slots=True)
class Health:
    """How a platform's connection is: `heard_at` is the last sign of life from the other side (aware UTC). While it is
    `connecting` it is not well yet, and nothing has failed that anybody need be told of."""

    well: bool
    words: str
    heard_at: datetime | None = None
    connecting: bool = False


class Platform(Protocol):
    """A chat platform that the desk is connected to: its channel out, and its ways in between start and stop."""

    @property
    def channel(self) -> Channel: ...

    async def start(self) -> None:
        """Connect. Raises Refusal, with the cure, when the platform will not have us; comes back from being away."""

    async def stop(self) -> None: ...

    def health(self) -> Health: ...


class Outbox(Protocol):
    """News on its way."""

    def post(self, news: News) -> int:
        """Returns how many addresses it goes to: none where no connected platform has that place."""

    def lease(
        self,
        now: datetime,
        seconds: int,
        most: int,
        platform: str | None = None,
        busy: Collection[str] = (),
        least: Urgency | None = None,
    ) -> Sequence[Parcel]:
        """Take planned parcels whose time has come (and `sending` ones whose lease ran out, as ambiguous), most urgent
        first: of one platform, if that is given, none for the places of it that are `busy`, and nothing less urgent
        than `least`."""

    def is_ours(self, parcel: Parcel) -> bool:
        """Whether nobody has leased it again since we did: who stood still for too long must not hand it over."""

    def sent(self, parcel: Parcel, ref: str, now: datetime) -> None: ...

    def failed(
        self, parcel: Parcel, reason: str, retry_at: datetime | None, now: datetime, *, unknown: bool = False
    ) -> None:
        """Put it back for `retry_at`, or bury it when that is None. If it is `unknown` whether it arrived it comes
        back as ambiguous, and nothing takes its place before that is found out."""

    def withdraw(self, parcel: Parcel, now: datetime) -> None:
        """Nobody wants it any more; it is not delivered and nobody has failed."""

    def recall(self, ticket: int, key: str, now: datetime) -> bool:
        """Take back a ticket's news of that key while it waits; returns whether it did. What is under way, or may have
        arrived, goes on."""

    def next_due(self, platform: str | None = None, least: Urgency | None = None) -> datetime | None: ...

    def release(self, platform: str, now: datetime) -> int:
        """What was put back for later may go now, as something was mended; returns how many parcels that are."""

    def set_back(self, now: datetime) -> None:
        """The clock was set back: what waits for its next try may go now, and what somebody has leased comes back
        after a lease's time, not after the hours that come once more."""

    def newest(self) -> int:
        """A number that grows with what is posted, for whoever must notice that something was."""

    def of_ticket(self, number: int) -> Sequence[Parcel]: ...

    def prune(self, now: datetime) -> int:
        """Forget some parcels delivered more than 30 days ago or given up more than 90 days ago; returns how many, 0
        once none is left. Where their messages are is kept for updates."""

    def counts(self) -> Mapping[str, int]: ...


# --- tickets and their timers -------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class TicketFilter:
    """Which tickets a list shows. Empty fields do not narrow. `order`: "due" (earliest first), "newest", or "changed"
    (what has been left alone for the longest first). `text` is looked for in all that was written, or `in_subject`
    alone; `below` keeps to smaller numbers, and `after` to what comes after such a last change and number."""

    states: frozenset[State] = frozenset()
    owner: str | None = None
    unclaimed: bool = False
    customer: str | None = None
    level: str | None = None
    tag: str | None = None
    category: str | None = None
    priority: Priority | None = None
    text: str = ""
    due_from: datetime | None = None
    due_before: datetime | None = None
    opened_from: datetime | None = None
    opened_until: datetime | None = None
    order: str = "due"
    limit: int = 20
    offset: int = 0
    in_subject: bool = False
    changed_from: datetime | None = None
    below: int | None = None
    after: tuple[datetime, int] | None = None


@dataclass(frozen=True, slots=True)
class Timer:
    """A due time of a ticket: `kind` is a clock's kind, "wait" or "snooze". One row for each ticket and kind."""

    ticket: int
    kind: str
    at: datetime


@dataclass(frozen=True, slots=True)
class PromiseEnd:
    """A promised answer as it ended: `answered`, or its ticket was closed too late for one. `took` and `target` are
    open seconds of business time; `level` is the ticket's now."""

    kind: ClockKind
    level: str
    at: datetime
    due: datetime
    took: int
    target: int
    answered: bool

    @property
    def kept(self) -> bool:
        return self.at <= self.due


class Anchoring(StrEnum):
    """What a message on a platform is to its ticket."""

    CARD = "card"
    ALERT = "alert"
    SOURCE = "source"


@dataclass(frozen=True, slots=True)
class Anchor:
    """A message that stands for a ticket: what is said below it is said of the ticket. `ref` is the platform's own name
    of the message, as a channel's `deliver` returns it."""

    ref: str
    what: Anchoring


class Tickets(Protocol):
    """Tickets, their histories and their timers. Writes are seen by the same unit of work at once."""

    def next_number(self) -> int: ...

    def get(self, number: int) -> Ticket:
        """Raises NotFound."""

    def save(self, ticket: Ticket, event: Event, due: datetime | None, timers: Mapping[str, datetime]) -> None:
        """Append the event and write what the ticket now is, its earliest due time and its timers."""

    def rearm(self, number: int, due: datetime | None, timers: Mapping[str, datetime]) -> None:
        """Write the due time and the timers alone: nothing happened to the ticket, its promise moved."""

    def history(self, number: int) -> Sequence[Event]: ...

    def event(self, number: int, seq: int) -> Event:
        """One line of a ticket's history. Raises NotFound."""

    def find(self, wanted: TicketFilter) -> Sequence[Ticket]:
        """Tickets, in order. `text` is a full-text query over subject, text, replies and notes: all words must occur
        (prefix match), case and accents ignored; the same answers on every database."""

    def count(self, wanted: TicketFilter) -> int: ...

    def suggest(self, prefix: str, limit: int = 10) -> Sequence[Ticket]:
        """For completion: by number, words of the subject or customer; open ones first."""

    def opened_since(self, customer: str | None, at: datetime) -> int:
        """How many tickets of a customer were opened from then on; with None, of those that have no customer."""

    def promises_ended(
        self, since: datetime, until: datetime, level: str | None = None, customer: str | None = None
    ) -> Iterable[PromiseEnd]:
        """Every promise that ended from `since` until before `until`, oldest first, as it was written down then."""

    def opened_between(
        self, since: datetime, until: datetime, level: str | None = None, customer: str | None = None
    ) -> Mapping[str, int]:
        """How many tickets were opened then, by level."""

    def due_of(self, number: int) -> datetime | None: ...

    def timers_due(self, now: datetime, most: int) -> Sequence[tuple[Timer, Ticket]]:
        """Due timers with their tickets, oldest first. Taken by this unit of work alone."""

    def put_off(self, now: datetime) -> None:
        """Move the oldest due timer five minutes ahead: what it asks for failed, and the others must not wait."""

    def next_timer(self) -> datetime | None: ...

    def anchor(self, number: int, platform: str, ref: str, what: Anchoring) -> None:
        """Remember that a message stands for the ticket; the same again changes nothing."""

    def anchored(self, platform: str, ref: str) -> int | None:
        """The ticket that a message stands for."""

    def anchors(self, number: int, platform: str) -> Sequence[Anchor]:
        """The messages that stand for a ticket on a platform, oldest first."""

    def open_after(self, number: int, most: int) -> Sequence[tuple[Ticket, datetime | None, Mapping[str, datetime]]]:
        """Open tickets above that number with their stored due time and timers, for recomputing in chunks."""


# --- copies of files ----------------------------------------------------------------------------------------------


class CopyState(StrEnum):
    """wanted → copied, or failed when it cannot be had."""

    WANTED = "wanted"
    COPIED = "copied"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Copy:
    """A file that the desk wants a copy of: the `number`th (from 1) of those that came with line `seq` of a ticket's
    history. `source` is where `platform` gives it out; `path`, below the folder of copies, is where it lies."""

    ticket: int
    seq: int
    number: int
    platform: str
    name: str
    type: str
    source: str
    state: CopyState = CopyState.WANTED
    attempts: int = 0
    path: str = ""
    error: str = ""

    @property
    def key(self) -> tuple[int, int]:
        return self.seq, self.number


class Files(Protocol):
    """Copies of files, wanted in the commit that brings the file and made later by its platform."""

    def want(self, copy: Copy, now: datetime) -> None:
        """Have it copied; one that is COPIED already is only noted."""

    def lease(self, platform: str, now: datetime, seconds: int, most: int) -> Sequence[Copy]:
        """Take some whose time has come; they come again after that many seconds unless something became of them."""

    def copied(self, copy: Copy, path: str) -> None: ...

    def failed(self, copy: Copy, reason: str, retry_at: datetime | None) -> None:
        """Try again then, or never when that is None."""

    def next_due(self, platform: str) -> datetime | None: ...

    def of_ticket(self, number: int) -> Sequence[Copy]: ...

    def recorded(self, paths: Sequence[str]) -> frozenset[str]:
        """Which of these, below the folder of files, a ticket or a message names. Reads all that there are: for what
        is asked once a day."""


# --- customers, staff and the desk's own memory -------------------------------------------------------------------


class Customers(Protocol):
    """Who is owed support."""

    def get(self, id: str) -> Customer:
        """In order to change it. Raises NotFound, with the nearest names as a hint."""

    def look(self, id: str) -> Customer:
        """In order to read it alone: nobody is waited for. Raises NotFound."""

    def find(self, text: str) -> Customer:
        """By id, name, address or a unique beginning of either. Raises NotFound (did you mean) or BadValue."""

    def of_address(self, address: str) -> Customer | None:
        """By exact mail address, then by domain."""

    def of_phone(self, number: str) -> Sequence[Customer]:
        """Those whose number that is, a few at the most: an office may answer for more than one. A hint alone, as
        anybody can send any number."""

    def search(self, text: str, limit: int = 20) -> Sequence[Customer]: ...

    def all(self, after: str = "") -> Iterable[Customer]:
        """By id, those that come after one."""

    def save(self, customer: Customer) -> None:
        """Add or replace, subscriptions included. Raises Conflict when an address belongs to somebody else."""

    def open_tickets(self, id: str) -> int: ...


class People(Protocol):
    """The people of the desk."""

    def get(self, id: str) -> Staff:
        """Raises NotFound, with the nearest names as a hint."""

    def find(self, text: str) -> Staff:
        """By id, name or a unique beginning. Raises NotFound or BadValue."""

    def of_account(self, platform: str, account: str) -> Staff | None: ...

    def all(self) -> Sequence[Staff]: ...

    def save(self, staff: Staff) -> None: ...


@dataclass(frozen=True, slots=True)
class FrozenHolidays:
    """One year of one holiday list as it was when it was frozen: `source` names the library and its version."""

    list: str
    year: int
    days: Mapping[date, str]
    source: str
    frozen_at: datetime


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the journal: a change that belongs to no ticket. `subject` is "customer:ID" or "staff:ID"; `data`
    holds plain JSON values."""

    at: datetime
    by: str
    subject: str
    what: str
    data: Mapping[str, Any] = field(default_factory=dict)


class Memory(Protocol):
    """What the desk remembers of itself: answered requests, its journal, holidays, policy versions, small facts."""

    def answer_to(self, request: str) -> Card | None:
        """The answer already given to this request id, so that a repeat is answered and not done again."""

    def remember(self, request: str, answer: Card, now: datetime) -> None: ...

    def journal(self, entry: Entry) -> None:
        """Write down a change of a customer or a person, in the commit of the change."""

    def journal_of(self, subject: str, most: int) -> Sequence[Entry]:
        """The newest entries of a subject, newest first."""

    def prune(self, now: datetime) -> int:
        """Forget some requests answered more than two days ago, as no platform repeats one that late; returns how
        many, 0 once none is left."""

    def fact(self, name: str) -> Any: ...

    def set_fact(self, name: str, value: Any) -> None: ...

    def first_fact(self, name: str, value: Any) -> Any:
        """Keep it unless something is kept under that name; returns what is, whoever was first, on this desk or on
        another replica."""

    def holidays(self) -> Sequence[FrozenHolidays]: ...

    def freeze(self, holidays: FrozenHolidays) -> None: ...

    def policy(self) -> tuple[int, str] | None:
        """The newest policy version and its text (JSON)."""

    def set_policy(self, text: str, now: datetime) -> int:
        """Keep a new version; returns its number."""


class UnitOfWork(Protocol):
    """One transaction: committed whole when the function that got it returns, undone if it raises."""

    @property
    def tickets(self) -> Tickets: ...
    @property
    def customers(self) -> Customers: ...
    @property
    def people(self) -> People: ...
    @property
    def outbox(self) -> Outbox: ...
    @property
    def files(self) -> Files: ...
    @property
    def memory(self) -> Memory: ...
    @property
    def rota(self) -> RotaBook: ...
    @property
    def pages(self) -> Pages: ...
    @property
    def contacts(self) -> Contacts: ...
    @property
    def calls(self) -> Calls: ...
    @property
    def mails(self) -> Mails: ...
    @property
    def keys(self) -> Keys: ...
    @property
    def passes(self) -> Passes: ...
    @property
    def partners(self) -> Partners: ...
    @property
    def reminders(self) -> Reminders: ...
    @property
    def promises(self) -> Promises: ...


class Database(Protocol):
    """Runs whole transactions. Thread-safe; blocks the calling thread."""

    def write(self, deed: Callable[[UnitOfWork], T]) -> T:
        """Run it in a transaction of its own; return once the commit is durable. Raises what it raised."""

    def read(self, deed: Callable[[UnitOfWork], T]) -> T:
        """Run it on a snapshot; it must not write."""


@dataclass(frozen=True, slots=True)
class Speaker:
    """Who is speaking, as an adapter knows it. `place` is where ("#desk", "@ann"); `ticket` the thread's, if any.
    `message` is the platform's name of the message in which they speak, when others can read it there: no thread on
    that platform needs to be told of it again. `files` came with their words; `at_cards` where
    the tickets' cards are shown, so that nobody need be shown one twice. `person` is the short name of somebody whom
    the way in itself proves (the secret in a call's address), where no account does."""

    platform: str
    account: str
    name: str = ""
    place: str = "#desk"
    ticket: int | None = None
    zone: str = ""
    message: str = ""
    files: tuple[Attachment, ...] = ()
    at_cards: bool = False
    person: str = ""
