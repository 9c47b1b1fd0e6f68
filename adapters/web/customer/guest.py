"""The guest: whose page it is, asked anew at every visit, and their tickets, which nobody else's page shows."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from adapters.web.pages.drawing import Times
from adapters.web.pages.visit import Turned, Visit
from bot.domain.customers import Customer
from bot.domain.errors import NotFound
from bot.domain.ticket import Ticket
from bot.ports import UnitOfWork
from commands import visits

_NOBODY = "Your address belongs to no customer of ours any more. Please write us an e-mail."


@dataclass(frozen=True, slots=True)
class Guest:
    """Who is there, and how they read times. Everybody of a customer sees all of its tickets."""

    address: str
    customer: Customer
    times: Times
    now: datetime


def guest_at(work: UnitOfWork, visit: Visit) -> Guest:
    """Raises Turned (403) where the address has become nobody's."""
    customer = visits.visitor(work, visit.signed_in)
    if customer is None:
        raise Turned(403, _NOBODY, out=True)
    times = Times(customer.zone, work.promises.policy.zone, visit.now)
    return Guest(visit.signed_in.subject, customer, times, visit.now)


def ticket_of(work: UnitOfWork, guest: Guest, number: int) -> Ticket:
    """Their ticket of that number. Raises Turned (404) alike for somebody else's and for none at all."""
    try:
        ticket = work.tickets.get(number)
    except NotFound:
        raise Turned(404) from None
    if ticket.customer != guest.customer.id:
        raise Turned(404)
    return ticket
