"""Which ticket a message belongs to: told by marks that only this desk can make, never by a number in the subject."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from bot.domain.errors import NotFound
from bot.domain.mail import IncomingMail
from bot.domain.ticket import Ticket
from bot.ports import UnitOfWork
from bot.signing import Side, Signer, signer_of

MOST_REFERENCES = 30
"""The nearest; a thread of years names hundreds, and any of our letters tells the ticket."""


@dataclass(frozen=True, slots=True)
class Match:
    """The ticket, as it was addressed. `signed` says that the sender has a letter of ours about it; `theirs`, that they
    are its requester or of the same customer; `partner`, which partner they write for, "" for anybody else."""

    ticket: Ticket
    signed: bool
    theirs: bool
    partner: str = ""


def match_of(work: UnitOfWork, mail: IncomingMail) -> Match | None:
    """By a plus-address of ours, then by our letters that it answers, then by a message of theirs that it answers:
    customers add to what they wrote, or their colleagues do, before any letter of ours."""
    signer = signer_of(work)
    for number, side in _marked(signer, mail):
        ticket = _ticket(work, number)
        if ticket is not None:
            theirs = _is_theirs(work, mail.sender, ticket)
            # A customer among whose copies a letter to the partner is speaks for themselves.
            partner = "" if theirs else _partner(work, mail.sender, ticket, side)
            return Match(ticket, signed=True, theirs=theirs, partner=partner)
    for reference in _references(mail):
        known = work.mails.known(reference)
        ticket = _ticket(work, known.ticket) if known is not None and known.ticket is not None else None
        # No secret is in that name, so it counts for the customer's own people alone.
        if ticket is not None and _is_theirs(work, mail.sender, ticket):
            return Match(ticket, signed=False, theirs=True)
    return None


def _partner(work: UnitOfWork, sender: str, ticket: Ticket, side: Side) -> str:
    """Whoever answers a hand-over speaks for the partner, from whatever address; and a partner is no customer,
    whichever letter of ours they were shown."""
    known = next((one.name for one in work.partners.all() if one.address == sender), "")
    return known or (ticket.partner or "the partner" if side is Side.PARTNER else "")


def _marked(signer: Signer, mail: IncomingMail) -> Iterator[tuple[int, Side]]:
    bounced = (mail.bounce.of,) if mail.bounce is not None else ()
    for text in (*bounced, *mail.sent_to, *_references(mail)):
        found = signer.side_of(text)
        if found is not None:
            yield found


def _references(mail: IncomingMail) -> tuple[str, ...]:
    return mail.references[: -MOST_REFERENCES - 1 : -1]


def _ticket(work: UnitOfWork, number: int) -> Ticket | None:
    try:
        return work.tickets.get(number)
    except NotFound:  # The database is older than the letter: it came from a backup.
        return None


def _is_theirs(work: UnitOfWork, sender: str, ticket: Ticket) -> bool:
    if sender == ticket.requester:
        return True
    customer = work.customers.of_address(sender)
    return customer is not None and customer.id == ticket.customer
