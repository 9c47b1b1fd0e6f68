"""A desk small enough for storage tests: tickets and what happens to them, news, and a clock moved by hand."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from bot.cards import Card, say
from bot.domain.history import Deed, Event
from bot.domain.sla import Promises
from bot.domain.ticket import Ticket, opened
from bot.ports import FrozenHolidays, Kind, News, UnitOfWork
from storage.database import SqlDatabase

START = datetime(2026, 3, 2, 15, 0, tzinfo=UTC)


class HandClock:
    """A clock that only moves when told."""

    def __init__(self) -> None:
        self.time = START

    def now(self) -> datetime:
        return self.time

    def forward(self, **span: int) -> datetime:
        self.time += timedelta(**span)
        return self.time


def routes(to: str) -> Sequence[tuple[str, str]]:
    """Everything goes to the console; alerts also go to chat, and nobody is known as @nobody."""
    if to == "@nobody":
        return []
    return [("console", to), ("chat", to)] if to.startswith("#alerts") else [("console", to)]


def no_promises(text: str, holidays: Sequence[FrozenHolidays], version: int) -> Promises:
    raise AssertionError("This test asked for promises.")


def open_database(url: str, clock: HandClock) -> SqlDatabase:
    return SqlDatabase(url, routes, no_promises, clock)


def at(minutes: int) -> datetime:
    return START + timedelta(minutes=minutes)


def open_ticket(
    work: UnitOfWork,
    subject: str = "Printer on fire",
    *,
    due: datetime | None = None,
    timers: Mapping[str, datetime] | None = None,
    when: datetime = START,
    **data: Any,
) -> Ticket:
    """Open a ticket the way a command does: a number, an event, the row and its timers."""
    starts = data.pop("starts", ["first_response"])
    values = {"subject": subject, "level": "I", "starts": starts, **data}
    event = Event(work.tickets.next_number(), 1, when, "bob", "console", Deed.OPENED, values)
    ticket = opened(event)
    work.tickets.save(ticket, event, due, timers or {})
    return ticket


def happen(
    work: UnitOfWork,
    number: int,
    deed: Deed,
    *,
    by: str = "ann",
    due: datetime | None = None,
    timers: Mapping[str, datetime] | None = None,
    **data: Any,
) -> Ticket:
    """Let something happen to a ticket."""
    ticket = work.tickets.get(number)
    event = Event(number, ticket.seq + 1, START, by, "console", deed, data)
    ticket = ticket.after(event)
    work.tickets.save(ticket, event, due, timers or {})
    return ticket


def news(key: str = "k", kind: Kind = Kind.NOTICE, to: str = "#desk", card: Card | None = None, **rest: Any) -> News:
    return News(kind, to, card or say("hello"), key, **rest)
