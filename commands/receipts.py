"""Receipts: who opened a ticket is told that it is there, by when they will hear, and why not sooner."""

from __future__ import annotations

from datetime import datetime

from bot.domain.entitlement import Entitlement, Standing
from bot.domain.hours import is_zone
from bot.domain.policy import ClockKind
from bot.domain.sla import Clock
from bot.domain.ticket import Ticket
from bot.ports import UnitOfWork
from bot.views.promise_words import heard_by, out_of_hours
from commands.letters import Letter, post_letter
from commands.record import owed_by


def post_receipt(work: UnitOfWork, ticket: Ticket, to: str, now: datetime) -> bool:
    """Post the receipt of a ticket; returns whether it goes anywhere. Each ticket has one."""
    owed, promises = owed_by(work, ticket, now), work.promises
    zone = _zone(owed, promises.policy.zone)
    clock = ticket.clock(ClockKind.FIRST_RESPONSE) or Clock(ClockKind.FIRST_RESPONSE, ticket.opened_at)
    values = {
        "customer": owed.customer.name if owed.customer else "",
        "promise": heard_by(promises, clock, promises.policy.level(ticket.level), zone),
        "hours": out_of_hours(promises, now, zone),
        "standing": _standing(owed),
    }
    subject, key = f"Re: {ticket.subject} [#{ticket.number}]", f"receipt:{ticket.number}"
    text = f"Thank you, we have your message: it is ticket #{ticket.number}. {values['promise']}"
    return post_letter(work, Letter.RECEIPT, to, key, values, ticket=ticket, subject=subject, text=text) > 0


def _zone(owed: Entitlement, default: str) -> str:
    """The customer's own wall clock, where it is known."""
    own = owed.customer.zone if owed.customer else ""
    return own if is_zone(own) else default


def _standing(owed: Entitlement) -> str:
    """What somebody whose subscription has ended should know; "" where all is as it should be."""
    ended = f"{owed.subscription.end.day} {owed.subscription.end:%B %Y}" if owed.subscription else ""
    if owed.standing is Standing.ACTIVE:
        return ""
    if owed.standing is Standing.GRACE:
        return f"Your subscription ended on {ended}. For now we go on as before: please renew it soon."
    if owed.standing is Standing.EXPIRED and owed.referred:
        return f"Your subscription ended on {ended}, so we will name you a partner who can help, until it is renewed."
    if owed.standing is Standing.EXPIRED:
        return f"Your subscription ended on {ended}, so what we can do is {owed.level.title} until it is renewed."
    if owed.customer is None:
        return "We know no customer by this address. If you are one, tell us which, and it may go faster."
    return f"We find no subscription of yours, so what we can do is {owed.level.title}. If you have one, tell us."
