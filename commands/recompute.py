"""Bring every open promise up to date after the policy or its calendar changed: only what moved is written.

Tickets are read in chunks on a snapshot and compared; those that moved are looked at again and written a few at a
time, so that nobody at the desk waits for it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from functools import partial
from typing import Any

from bot.domain import agenda
from bot.domain.history import Deed
from bot.ports import Database, UnitOfWork
from commands.answers import still_told
from commands.record import record
from commands.sweep import clock_caller

CHUNK = 1000
WRITE = 10


def recompute(
    database: Database, now: datetime, progress: Callable[[int, int], None] = lambda seen, moved: None
) -> tuple[int, int]:
    """Returns how many open tickets were looked at and how many moved. `progress` is told both after each chunk."""
    seen = moved = after = 0
    while True:
        last, count, stale = database.read(partial(_stale, after=after))
        if count == 0:
            return seen, moved
        for first in range(0, len(stale), WRITE):
            chosen = stale[first : first + WRITE]
            moved += database.write(partial(_move, numbers=chosen, now=now))
        after, seen = last, seen + count
        progress(seen, moved)


def _stale(work: UnitOfWork, after: int) -> tuple[int, int, Sequence[int]]:
    """The last number of the chunk, its size, and the tickets whose stored due time or timers are not today's."""
    rows = work.tickets.open_after(after, CHUNK)
    promises = work.promises
    stale = [
        ticket.number
        for ticket, due, timers in rows
        if agenda.due(ticket, promises) != due or dict(agenda.timers(ticket, promises)) != dict(timers)
    ]
    return (rows[-1][0].number if rows else after), len(rows), stale


def _move(work: UnitOfWork, numbers: Sequence[int], now: datetime) -> int:
    """Write what still differs; a moved due time is told in the ticket's history, with the old one and the new.

    So are stages that were told and lie ahead again, or that the policy has no more: they will be told in their time.
    """
    moved, promises = 0, work.promises
    for number in numbers:
        ticket, before = work.tickets.get(number), work.tickets.due_of(number)
        if ticket.closed:
            continue
        after = agenda.due(ticket, promises)
        told = still_told(ticket, promises.policy.level(ticket.level), promises, now)
        if after != before or any(clock.told != told[clock.kind.value] for clock in ticket.clocks):
            data: dict[str, Any] = {
                "due_before": None if before is None else int(before.timestamp()),
                "due": None if after is None else int(after.timestamp()),
                "policy": promises.version,
                "told": told,
            }
            record(clock_caller(now), work, ticket, Deed.RECOMPUTED, "The policy or its calendar changed", **data)
            moved += 1
        else:
            work.tickets.rearm(number, after, agenda.timers(ticket, promises))
    return moved
