"""Cards as time goes on: what a ticket's card says of the time left is drawn anew while its promise comes near.

In open time every quarter of an hour, the cards of what is due within some hours of business time or was due lately;
in the morning of a business day also of all that is due that day. What it costs follows what is due, never what is open
or stored, and a terminal, where cards are not changed in place, hears nothing of it.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from bot.domain.business_hours import BeyondCalendar, BusinessHours, DeskState
from bot.domain.ticket import OPEN_STATES
from bot.ports import Database, TicketFilter, UnitOfWork
from bot.views.ticket_card import out_of_date
from commands.writing import THREAD

EVERY = timedelta(minutes=15)
NEAR = 4 * 3600
"""Seconds of business time."""
LATELY = timedelta(days=3)
A_LONG_DAY = timedelta(hours=12)
"""What a day is to a desk that never closes."""
MOST = 50
FACT = "cards_drawn_anew"

Drawn = tuple[int, str]
"""When cards were last drawn anew (UTC epoch seconds), and on which day at the desk."""
NEVER: Drawn = (0, "")


class Refresh:
    """Looks in every round, and asks the database only when a look is due. Not thread-safe: rounds do not overlap."""

    def __init__(self) -> None:
        self._next: datetime | None = None

    def __call__(self, database: Database, now: datetime) -> int:
        """Have cards drawn anew whose time has come; returns how many."""
        if self._next is not None and self._next - EVERY <= now < self._next:
            return 0
        opens = database.read(lambda work: _opens(work.promises.hours, now))
        if opens > now:  # Business time stands still, and so does what is left of it.
            self._next = min(opens, now + EVERY)
            return 0
        self._next = now + EVERY
        if not database.read(lambda work: _near(work, now)):
            return 0
        return database.write(lambda work: _drawn(work, now))


def _opens(hours: BusinessHours, now: datetime) -> datetime:
    try:
        return now if hours.state(now) is DeskState.OPEN else hours.next_opening(now)
    except BeyondCalendar:
        return now + EVERY


def _drawn(work: UnitOfWork, now: datetime) -> int:
    """Unless another desk on this database has done it just now."""
    at, _ = _last(work)
    if timedelta(0) <= now - datetime.fromtimestamp(at, now.tzinfo) < EVERY / 2:
        return 0
    numbers = _near(work, now)
    for number in numbers:
        work.outbox.post(out_of_date(number, THREAD))
    work.memory.set_fact(FACT, [int(now.timestamp()), _day(work, now)])
    return len(numbers)


def _near(work: UnitOfWork, now: datetime) -> Sequence[int]:
    """The tickets whose cards say something of this time: first what is due next, then what was due last."""
    due = work.tickets.find(TicketFilter(states=OPEN_STATES, due_from=now, due_before=_until(work, now), limit=MOST))
    late = work.tickets.find(
        TicketFilter(states=OPEN_STATES, due_from=now - LATELY, due_before=now, limit=MOST - len(due))
    )
    return [ticket.number for ticket in (*due, *late)]


def _until(work: UnitOfWork, now: datetime) -> datetime:
    """How far ahead is looked: in the first look of a day, to its end at least."""
    hours = work.promises.hours
    try:
        near = hours.due(now, NEAR) or now
    except BeyondCalendar:
        near = now
    if _last(work)[1] == _day(work, now):
        return near
    return max(near, hours.closes_at(now) or now + A_LONG_DAY)


def _last(work: UnitOfWork) -> Drawn:
    fact = work.memory.fact(FACT)
    return (int(fact[0]), str(fact[1])) if isinstance(fact, list) and len(fact) == 2 else NEVER


def _day(work: UnitOfWork, now: datetime) -> str:
    return now.astimezone(ZoneInfo(work.promises.policy.zone)).date().isoformat()
