"""Intake: what customers say by mail, through the API or on their page becomes a ticket or a part of one.

One piece for all ways in. The speaker is the customer: history says so, and which way they came.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from bot.domain.attachments import Attachment
from bot.domain.customers import Customer
from bot.domain.errors import BadValue, Conflict
from bot.domain.history import Deed
from bot.domain.ticket import Ticket
from bot.ports import Speaker, UnitOfWork
from commands.answers import closing
from commands.opening import open_ticket
from commands.record import record, tell
from commands.spec import Caller
from commands.ticket_said import CUSTOMER, customer_said

SOLVED = "solved"
BEST = 5


@dataclass(frozen=True, slots=True)
class Words:
    """What a customer says. `way` is the adapter that they came by ("email", "api", "web"); `who` the mail address of
    whoever says it, in lower case; `verified` whether that is proved (a sign-in, a key, or our mail server's word).
    `customer` is whose it is where the way itself says so, or else it is known by the address."""

    way: str
    who: str
    text: str
    subject: str = ""
    name: str = ""
    files: tuple[Attachment, ...] = ()
    customer: Customer | None = None
    category: str = ""
    verified: bool = True
    message: str = ""


def open_for(work: UnitOfWork, words: Words, now: datetime) -> Ticket:
    """Open a ticket for a customer. Raises what opening raises: TooMuch, BadValue."""
    customer = words.customer or work.customers.of_address(words.who)
    ticket, _ = open_ticket(
        caller_of(words, now),
        work,
        subject=words.subject or words.text,
        customer=customer,
        text=words.text if words.subject else "",
        category=words.category,
        requester=words.who,
        unverified=not words.verified,
        name=words.name,
    )
    return ticket


def say_for(work: UnitOfWork, words: Words, number: int, now: datetime) -> Ticket:
    """What the customer says on a ticket: it is opened again if it was closed, unless they only say thanks. Returns the
    ticket that it is written on, which is the one that it was merged into."""
    ticket = work.tickets.get(number)
    if not words.text.strip() and not words.files:
        raise BadValue("There are no words and no files.", "Write what there is to say.")
    said = {"who": words.who, "name": words.name, "way": words.way}
    _, ticket, _ = customer_said(caller_of(words, now), work, ticket, words.text, **said)
    return ticket


def close_for(work: UnitOfWork, words: Words, number: int, now: datetime) -> Ticket:
    """The customer says that it is solved. Raises Conflict where it is closed already."""
    ticket, caller = work.tickets.get(number), caller_of(words, now)
    ticket.must_be_open()
    data = closing(caller, work, ticket)
    ticket = record(
        caller,
        work,
        ticket,
        Deed.CLOSED,
        "The customer says so",
        by=CUSTOMER,
        resolution=SOLVED,
        text=words.text,
        **data,
    )
    line = f"The customer closed #{number} {ticket.subject}: solved"
    tell(caller, work, ticket, {*ticket.watchers, ticket.owner}, (line,))
    return ticket


def rate_for(work: UnitOfWork, words: Words, number: int, stars: int, now: datetime) -> Ticket:
    """The customer rates how a ticket went, from 1 to 5, with a few words if they like; the last word counts, and the
    same word again changes nothing. Raises Conflict while the ticket is open."""
    if not 1 <= stars <= BEST:
        raise BadValue(f"{stars} is no rating.", f"From 1 (bad) to {BEST} (good).")
    ticket, caller = work.tickets.get(number), caller_of(words, now)
    if not ticket.closed:
        raise Conflict(f"#{number} is still open.", "It can be rated once it is closed.")
    last = work.tickets.event(number, ticket.seq)
    if last.deed is Deed.RATED and (last.data.get("rating"), last.data.get("text", "")) == (stars, words.text):
        return ticket
    ticket = record(caller, work, ticket, Deed.RATED, by=CUSTOMER, rating=stars, text=words.text)
    line = f"The customer rated #{number} {ticket.subject}: {stars} of {BEST}"
    tell(caller, work, ticket, {*ticket.watchers, ticket.owner}, (line,))
    return ticket


def caller_of(words: Words, now: datetime) -> Caller:
    """The customer as a caller: nobody of the desk."""
    speaker = Speaker(
        words.way, words.who, name=words.name or words.who, place=words.way, message=words.message, files=words.files
    )
    return Caller(None, speaker, now)
