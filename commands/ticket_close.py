"""/ticket close: done, and how it ended."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from functools import partial

from bot.cards import Card, Choice, Line
from bot.domain.history import Deed
from bot.domain.policy import ClockKind
from bot.domain.ticket import Ticket
from bot.ports import UnitOfWork
from commands.answers import closing, done
from commands.letter_lost import fate_in_words, lost_in
from commands.letters import Letter, post_letter
from commands.record import record, tell
from commands.spec import BLANK, Caller, Command, Resolution, Text, command

QUIET = frozenset({"duplicate", "referred"})
"""Resolutions with which the customer is told elsewhere: on the other ticket, and with the referral."""


@command(
    "ticket close",
    ticket="Which ticket",
    resolution="How it ended",
    text="A closing note, for the desk",
    reason="Why, for the history",
    quietly="Do not tell the customer",
    labels={"text": "Closing note"},
    examples=("ticket close 1 solved", "ticket close 1 no-answer asked three times"),
)
def ticket_close(
    caller: Caller,
    work: UnitOfWork,
    mailed: bool = False,
    undo: int = 0,
    *,
    ticket: Ticket,
    resolution: Resolution,
    text: Text = BLANK,
    reason: Text = BLANK,
    quietly: bool = False,
) -> Card:
    """Close a ticket and say how it ended."""
    ticket.must_be_open()
    before, number = ticket, ticket.number
    ticket = record(
        caller, work, ticket, Deed.CLOSED, reason, resolution=resolution, text=text, **closing(caller, work, ticket)
    )
    title = work.promises.policy.resolutions[resolution]
    line = f"{caller.name} closed #{number} {ticket.subject}: {title}"
    tell(caller, work, ticket, {*ticket.watchers, ticket.owner}, (line,))
    unanswered: Line = ()
    if before.clock(ClockKind.FIRST_RESPONSE) or before.clock(ClockKind.NEXT_RESPONSE):
        whom = "The customer was" if before.customer else "It was"
        unanswered = (f"{whom} still owed an answer. To give it: /ticket reopen {number}",)
    told: Line = ()
    if mailed and not quietly and ticket.requester and resolution not in QUIET:
        _post_note(caller, work, ticket, title, undo)
        told = _told(work, ticket)
    reopen = Choice("Reopen", "ticket reopen", {"ticket": number})
    return done(work, ticket, f"#{number} is closed: {title}.", more=(unanswered, told), choices=(reopen,))


def ticket_close_for(*, mailed: bool, undo: int = 0) -> Command:
    """The command of a desk whose letters go by themselves, if `mailed`, `undo` seconds after they were written: it
    tells the customer how it ended. Where people carry letters by hand they have enough of them."""
    return replace(ticket_close, deed=partial(ticket_close.deed, mailed=mailed, undo=undo))


def _told(work: UnitOfWork, ticket: Ticket) -> Line:
    lost = lost_in(work.tickets.history(ticket.number))
    if lost is None or lost.data.get("to") not in ("", ticket.requester):
        return (f"{ticket.requester} is told so.",)
    doubt = f"{fate_in_words(lost)}: {lost.data.get('why')}"
    return (f"A letter says so to {ticket.requester}, but the last one there {doubt}.",)


def _post_note(caller: Caller, work: UnitOfWork, ticket: Ticket, title: str, undo: int) -> None:
    """Not before the replies that were written before it. It is not sent if the ticket is open again by then."""
    key = f"closed:{ticket.number}:{ticket.seq}"
    values = {"seq": ticket.seq, "resolution": title}
    subject, text = f"Re: {ticket.subject} [#{ticket.number}]", f"We have closed #{ticket.number}: {title}."
    goes = caller.now + timedelta(seconds=undo) if undo else None
    post_letter(
        work,
        Letter.CLOSED,
        ticket.requester,
        key,
        values,
        ticket=ticket,
        subject=subject,
        text=text,
        not_before=goes,
    )
