"""What is sent to the API and what it answers: the shapes, from which the OpenAPI document is made, too.

Answers are plain values made elsewhere; their models are for the document, and the tests hold one against the other.
"""

from __future__ import annotations

import re
from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, AwareDatetime, BaseModel, BeforeValidator, ConfigDict, Field, WithJsonSchema

LONGEST_TEXT = 100_000
LONGEST_NAME = 320
MOST_FILES = 10
MOST_ON_A_PAGE = 100
MOST_WORDS = 12
BYTES = "application/octet-stream"
UNRESOLVED = "unresolved"
"""In a search, for all states but closed."""

_WORD = re.compile(r"[^\W_]+")
_DIGITS = re.compile(r"\d{1,3}")
_INSTANT = re.compile(r"\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d:\d\d(\.\d+)?([Zz]|[+-]\d\d:\d\d)")

Line = Annotated[str, Field(max_length=200, pattern=r"^[^\x00-\x1f\x7f]*$")]
"""Words on one line."""
Text = Annotated[str, Field(max_length=LONGEST_TEXT, pattern=r"^[^\x00]*$")]
Written = Annotated[str, Field(min_length=1, max_length=LONGEST_TEXT, pattern=r"^[^\x00]*[^\x00\s][^\x00]*$")]
"""A text that says something."""
CustomerName = Annotated[str, Field(min_length=1, max_length=LONGEST_NAME, pattern=r"^[^\x00-\x1f\x7f]+$")]
"""What names one customer exactly."""
Instant = Annotated[str, Field(json_schema_extra={"format": "date-time"})]
Day = Annotated[str, Field(json_schema_extra={"format": "date"})]


def _digits(value: Any) -> Any:
    if isinstance(value, str) and not (value.isascii() and _DIGITS.fullmatch(value)):
        raise ValueError(f"it is a whole number from 1 to {MOST_ON_A_PAGE}")
    return value


def _instant(value: Any) -> Any:
    if not isinstance(value, str) or not _INSTANT.fullmatch(value):
        raise ValueError("it is an instant with its zone, such as 2026-10-09T17:30:00Z")
    return value


def _few_words(value: str) -> str:
    """Each word is a search of its own."""
    if len(_WORD.findall(value)) > MOST_WORDS:
        raise ValueError(f"it has more than {MOST_WORDS} words")
    return value


def _not_too_long_ago(value: datetime) -> datetime:
    """What cannot be told in UTC is no instant that anything happened at."""
    if not 1 < value.year < 9999:
        raise ValueError("it lies beyond the calendar")
    return value


FileName = Annotated[
    str,
    Field(min_length=1, max_length=200, pattern=r"^[^\x00-\x1f\x7f/\\]+$", description="Its name, without a folder."),
]
MediaType = Annotated[str, Field(max_length=100, pattern=r"^[A-Za-z0-9.+-]+/[A-Za-z0-9.+-]+$")]
Address = Annotated[
    str,
    Field(
        max_length=320,
        pattern=r"^[^@\s,;<>\"()\x00-\x1f\x7f]{1,64}@[^@\s,;<>\"()\x00-\x1f\x7f]{1,255}$",
        description="Their mail address: answers go there.",
    ),
]


class Asked(BaseModel):
    """A request's part. What it does not know it refuses."""

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=False)


class Sender(Asked):
    """Who of the customer's people speaks."""

    address: Address
    name: Line = Field(default="", description="What they are called.")


class File(Asked):
    """A file that comes with the words."""

    name: FileName
    type: MediaType = Field(default=BYTES, description="Its media type.")
    content: str = Field(
        pattern=r"^[A-Za-z0-9+/]*={0,2}$",
        description="Its content in base64.",
        json_schema_extra={"contentEncoding": "base64"},
    )


Files = Annotated[
    tuple[File, ...], Field(default=(), max_length=MOST_FILES, description="Files; [web] upload_mb in all.")
]


class NewTicket(Asked):
    """A ticket to open."""

    subject: str = Field(
        min_length=1,
        max_length=1000,
        pattern=r"^[^\x00]*[^\x00\s][^\x00]*$",
        description="What is wrong, in a sentence.",
    )
    text: Text = Field(default="", description="The whole story.")
    customer: CustomerName | None = Field(
        default=None,
        description="Whose it is: the short name, the whole name, or an address of theirs. "
        "Left out, the key says so, or the sender's address.",
    )
    sender: Sender | None = Field(default=None, alias="from", description="Who asks.")
    category: Line = Field(default="", description="What kind of trouble it is, as the policy calls it.")
    files: Files


class NewMessage(Asked):
    """What the customer says on a ticket."""

    text: Text = Field(default="", description="The words; without files there must be some.")
    sender: Sender | None = Field(default=None, alias="from", description="Who says it.")
    files: Files


class Closing(Asked):
    """The customer says that it is solved."""

    text: Text = Field(default="", description="A last word.")
    sender: Sender | None = Field(default=None, alias="from", description="Who says it.")


class Rating(Asked):
    """How it went."""

    rating: int = Field(ge=1, le=5, strict=True, description="From 1 (bad) to 5 (good).")
    text: Text = Field(default="", description="A few words.")
    sender: Sender | None = Field(default=None, alias="from", description="Who says it.")


class FileSent(Asked):
    """What is said of a file that is the whole body."""

    name: FileName
    type: MediaType = Field(default=BYTES, description="Its media type.")
    sender: Address | None = Field(default=None, alias="from", description="The mail address of who sends it.")


class Search(Asked):
    """Which tickets are listed."""

    q: Annotated[Line, AfterValidator(_few_words)] | None = Field(
        default=None, description="Up to 12 words of the subject or the customer's name; each may be cut."
    )
    customer: CustomerName | None = Field(
        default=None, description="Only this customer's: the short name, the whole name, or an address of theirs."
    )
    state: Literal["new", "open", "waiting", "closed", "unresolved"] | None = Field(
        default=None, description="Only in this state; unresolved is all that are not closed."
    )
    updated_since: (
        Annotated[
            AwareDatetime,
            BeforeValidator(_instant),
            AfterValidator(_not_too_long_ago),
            WithJsonSchema({"type": "string", "format": "date-time"}),
        ]
        | None
    ) = Field(default=None, description="Only what has changed from then on, what changed first first.")
    cursor: str | None = Field(
        default=None, max_length=64, pattern=r"^[A-Za-z0-9_-]+$", description="Where the page before ended: its `next`."
    )
    limit: Annotated[int, BeforeValidator(_digits)] = Field(
        default=20, ge=1, le=MOST_ON_A_PAGE, description="How many at most."
    )


class Answered(BaseModel):
    """An answer's part: all of it is always there."""

    model_config = ConfigDict(extra="forbid", json_schema_serialization_defaults_required=True)


class Ticket(Answered):
    """A ticket as others see it."""

    number: int = Field(ge=1)
    subject: str
    state: Literal["new", "open", "waiting", "closed"] = Field(
        description="new: nobody has answered it or taken it on; open: with support; waiting: for the customer; closed."
    )
    level: str = Field(description="The support level that it is held to.")
    priority: Literal["low", "normal", "high", "urgent"]
    category: str
    customer: str | None
    requester: str = Field(description="The mail address that answers go to; empty for none.")
    claimed: bool = Field(description="Whether somebody has taken it on.")
    opened_at: Instant
    changed_at: Instant
    due_at: Instant | None = Field(description="When the next promise falls due; none runs where it is null.")
    responded_at: Instant | None
    closed_at: Instant | None
    resolution: str
    merged_into: int | None = Field(description="The ticket that it became a part of.")
    rating: int | None = Field(description="The customer's, from 1 to 5.")


class MessageFile(Answered):
    """A file that came with a message."""

    id: int = Field(ge=1, description="Its number within the message.")
    name: str
    size: int | None
    type: str


class Message(Answered):
    """What customer or support said."""

    id: int = Field(ge=1, description="Grows within its ticket.")
    at: Instant
    by: Literal["customer", "support"]
    text: str
    files: list[MessageFile]


class WholeTicket(Ticket):
    """A ticket with what was said on it, oldest first."""

    messages: list[Message]


class TicketPage(Answered):
    """Tickets, the newest first, or with `updated_since` what changed first."""

    tickets: list[Ticket]
    next: str | None = Field(description="The cursor of the next page; null on the last one.")


class DeskHours(Answered):
    """Whether the desk is open: "monitored" is closed, and watched."""

    state: Literal["open", "monitored", "closed"]
    opens_at: Instant | None
    closes_at: Instant | None


class Subscription(Answered):
    """The subscription that decides."""

    product: str
    level: str
    start: Day
    end: Day
    phone_option: bool


class Entitlement(Answered):
    """What a customer is owed today."""

    customer: str
    name: str
    standing: str = Field(description="active, in grace, expired or no subscription.")
    level: str
    ways: list[Literal["email", "remote", "telephone"]]
    in_scope: str
    out_of_scope: str
    first_response_seconds: int | None = Field(description="Of business time, the desk being open.")
    subscription: Subscription | None
    installation_day: int | None = Field(description="Day N of the installation plan, from 0.")
    phone_credits: int
    desk: DeskHours


class Mistake(Answered):
    """One thing that is wrong with a request."""

    pointer: str = Field(description="Where: a JSON pointer into the body, or ?name of a parameter.")
    detail: str


class Trouble(Answered):
    """What went wrong (RFC 9457)."""

    type: str
    title: str
    status: int
    code: str = Field(description="The same for programs: a word that stays.")
    detail: str
    hint: str = Field(default="", description="What to do instead.")
    errors: list[Mistake] = Field(default_factory=list)
