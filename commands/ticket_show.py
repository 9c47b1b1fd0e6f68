"""/ticket show: a ticket as it is now, for the one who asks."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import datetime

from bot.cards import Card, Line, When
from bot.domain.attachments import attached, in_words
from bot.domain.history import Event
from bot.domain.people import Role
from bot.domain.ticket import Ticket
from bot.ports import UnitOfWork
from bot.views.wording import listed, opener
from commands.letter_lost import fate_in_words, lost_in
from commands.mail_notices import VERIFIED
from commands.record import card_of
from commands.spec import Caller, command


@command("ticket show", role=Role.VIEWER, writes=False, ticket="Which ticket", examples=("ticket show 1",))
def ticket_show(caller: Caller, work: UnitOfWork, *, ticket: Ticket) -> Card:
    """Show a ticket with its clocks, its owner and what can be done."""
    card = card_of(work, ticket, caller.now)
    return card.and_lines(*_more(work, ticket, caller.now))


def _more(work: UnitOfWork, ticket: Ticket, now: datetime) -> Iterator[Line]:
    """What the card in the desk channel has no room for."""
    if ticket.category:
        yield (work.promises.policy.categories.get(ticket.category, ticket.category),)
    if ticket.wait_until is not None:
        yield ("Waits for the customer until ", When(ticket.wait_until))
    if ticket.snoozed_until is not None and ticket.snoozed_until > now:
        yield ("No warnings until ", When(ticket.snoozed_until))
    if ticket.partner:
        yield (f"Referred to {ticket.partner}",)
    if ticket.requester:
        yield (f"Answers go to {ticket.requester}",)
    if wrote := _sender(work, ticket):
        yield wrote
    if ticket.watchers:
        yield (f"Watched by {listed(sorted(work.people.get(id).name for id in ticket.watchers))}",)
    history = work.tickets.history(ticket.number)
    if lost := _lost(history):
        yield lost
    if files := [in_words(one.file) for one in attached(history)]:
        yield (f"Files: {listed(files[-5:])} · /ticket files {ticket.number}",)
    if more := beyond(ticket.subject, ticket.text):
        yield (more,)


def _lost(history: Sequence[Event]) -> Line:
    """That a letter did not arrive, until one has gone out since or the customer has written."""
    lost = lost_in(history)
    if lost is None:
        return ()
    return (f"The letter to {lost.data.get('to') or 'the customer'} {fate_in_words(lost)}: {lost.data.get('why')}",)


def _sender(work: UnitOfWork, ticket: Ticket) -> Line:
    """Whether whoever opened it by mail is who they say they are."""
    who, _ = opener(ticket.opened_by)
    first = next(iter(work.mails.of_ticket(ticket.number)), None) if who else None
    if first is None or first.seq != 1:
        return ()
    doubt = f". Until somebody vouches nobody is called: /ticket vouch {ticket.number}" if ticket.unverified else ""
    return (f"{who} wrote mail {first.id}: {VERIFIED.get(str(first.data.get('verified')), '')}{doubt}",)


def beyond(subject: str, text: str) -> str:
    """What the text says that the subject does not. A subject too long for its line goes on in the text."""
    if " ".join(text.split()) == subject:
        return ""
    begun = subject.removesuffix("…")
    if begun == subject:
        return text
    told = re.match(r"\s*" + r"\s+".join(map(re.escape, begun.split())), text)
    return f"…{text[told.end() :]}" if told else text
