"""Tickets as rows of a customer's table."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from adapters.web.customer.standing import state_words
from bot.domain import agenda
from bot.domain.errors import BadValue
from bot.domain.sla import Promises
from bot.domain.ticket import Ticket


@dataclass(frozen=True, slots=True)
class Row:
    """A ticket in a table. `due` is when something promised comes due, `late` whether that has passed."""

    ticket: Ticket
    state: str
    tone: str
    due: datetime | None
    late: bool


def rows(tickets: Iterable[Ticket], promises: Promises, now: datetime) -> tuple[Row, ...]:
    return tuple(_row(one, promises, now) for one in tickets)


def _row(ticket: Ticket, promises: Promises, now: datetime) -> Row:
    try:
        due = agenda.due(ticket, promises)
    except BadValue:  # Of a level that the policy has no more.
        due = None
    state, tone = state_words(ticket, promises.policy)
    return Row(ticket, state, tone, due, due is not None and due < now)
