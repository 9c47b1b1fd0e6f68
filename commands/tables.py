"""Tickets as rows, a page at a time, for every verb that lists them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime

from bot.cards import Card, Line, Strong, Table, When
from bot.domain import agenda
from bot.domain.errors import BadValue
from bot.domain.ticket import State, Ticket
from bot.ports import TicketFilter, UnitOfWork
from bot.views.ticket_card import ticket_data
from bot.views.wording import span_words
from commands.answers import cut, promised
from commands.spec import Caller

PAGE = 20
SUBJECT = 50

_HEADER = ("#", "subject", "customer", "level", "state", "owner", "due", "left")


def page_of(caller: Caller, work: UnitOfWork, wanted: TicketFilter, page: int, title: str, again: str) -> Card:
    """One page of the tickets that are wanted. `again` is the line that shows another page, but for its number.

    Raises BadValue for a page that is not there.
    """
    total = work.tickets.count(wanted)
    pages = max(-(-total // PAGE), 1)
    if not 1 <= page <= pages:
        there = "there is one page" if pages == 1 else f"there are {pages} pages"
        raise BadValue(f"There is no page {page}; {there}.", again.removesuffix(" --page"))
    tickets = work.tickets.find(replace(wanted, limit=PAGE, offset=(page - 1) * PAGE))
    shown = f"showing {len(tickets)} of {total}" if pages > 1 else f"{total or 'no'} ticket{'s' * (total != 1)}"
    following = f", {again} {page + 1}" if page < pages else ""
    data = {
        "total": total,
        "page": page,
        "pages": pages,
        "tickets": [ticket_data(ticket, work.promises) for ticket in tickets],
    }
    rows = tuple(_rows(work, tickets, caller.now))
    return Card((Strong(title),), lines=((shown + following,),), table=Table(_HEADER, rows), data=data)


def _rows(work: UnitOfWork, tickets: Sequence[Ticket], now: datetime) -> Iterator[tuple[Line, ...]]:
    people = {staff.id: staff.name for staff in work.people.all()}
    customers = {id: work.customers.get(id).name for id in {ticket.customer for ticket in tickets} if id}
    for ticket in tickets:
        yield (
            (f"#{ticket.number}",),
            (cut(ticket.subject, SUBJECT),),
            (cut(customers.get(ticket.customer or "", "-"), SUBJECT // 2),),
            (ticket.level,),
            (ticket.state.value,),
            (people.get(ticket.owner or "", ticket.owner or "-"),),
            *_due(work, ticket, now),
        )


def _due(work: UnitOfWork, ticket: Ticket, now: datetime) -> tuple[Line, Line]:
    """The due time, and what is left until it in business time."""
    ends = agenda.due(ticket, work.promises)
    if ends is None:
        return ("paused" if ticket.state is State.WAITING and promised(work, ticket) else "-",), ("-",)
    between = work.promises.hours.open_seconds
    if ends < now:
        return (When(ends),), (f"{span_words(between(ends, now))} late",)
    return (When(ends),), (span_words(between(now, ends)),)
