"""Mail as the desk understands it: one message that came in, taken apart; the rules ask it, no library does."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Verified(StrEnum):
    """What our own mail server found of the sender: DMARC passed (or an aligned DKIM or SPF did), something failed, or
    it said nothing that we may believe (RFC 8601)."""

    YES = "verified"
    NO = "not verified"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class MailFile:
    """A file that came with a message. `name` is one line for people and never part of a path; `type` is what its
    content looks like, or else what the sender said it is."""

    name: str
    type: str
    content: bytes


@dataclass(frozen=True, slots=True)
class Bounce:
    """Word of a mail server that a letter did not arrive (RFC 3464). `of` is the letter's Message-ID and `to` whom it
    was for, "" where it does not say; `permanent` says that the server has given up and will not try again; `why` is
    one line for people."""

    of: str
    to: str
    permanent: bool
    why: str


@dataclass(frozen=True, slots=True)
class IncomingMail:
    """One message. Addresses are lower case; every text is clean of control characters but for line ends and tabs, and
    headers are one line. `text` is what was newly written, `whole` all of it with what is quoted.

    `sender` is "" where nobody is named who could be answered; a domain in it is written as it travels (xn--…).
    `message_id` keeps its angle brackets; one without any gets a name made from its content. `sent_to` is every address
    that it was sent to or delivered at. `references` are the Message-IDs that it answers, the nearest last. `machine`
    says why a machine must have written it, "" where a person may have, and `doubtful` that it shows by a weak sign
    alone. `left_out` tells in words, for people, what was
    not kept and why.
    """

    message_id: str
    sender: str
    name: str
    subject: str
    text: str
    whole: str
    sent_to: tuple[str, ...] = ()
    references: tuple[str, ...] = ()
    files: tuple[MailFile, ...] = ()
    date: datetime | None = None
    verified: Verified = Verified.UNKNOWN
    machine: str = ""
    doubtful: bool = False
    bounce: Bounce | None = None
    left_out: tuple[str, ...] = ()
