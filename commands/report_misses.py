"""The promises that were broken, one by one: to whom, by how much, and where to read why."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

from bot.cards import Line, When
from bot.ports import PromiseEnd, UnitOfWork
from bot.views.ticket_card import iso
from bot.views.wording import span_words

SHOWN = 10
TOLD = 500
"""So many of them are in a report's data, for programs."""


def worst_first(misses: Sequence[PromiseEnd]) -> Sequence[PromiseEnd]:
    """Those that wait still, the oldest first; then those that came, by how much too late they were."""
    return sorted(
        misses, key=lambda end: (not end.waits, end.due.timestamp() if end.waits else end.target - end.took, end.ticket)
    )


def miss_lines(work: UnitOfWork, misses: Sequence[PromiseEnd], now: datetime) -> Iterator[Line]:
    """A heading and a line for each of the worst; nothing where none was broken."""
    if not misses:
        return
    yield ("Broken, the worst first (/ticket why NUMBER has the sum, /ticket history NUMBER who did what):",)
    for end in misses[:SHOWN]:
        ticket = work.tickets.get(end.ticket)
        whose = work.customers.get(ticket.customer).name if ticket.customer else "no customer yet"
        due: Line = (f"#{end.ticket} {whose} · Level {end.level} · {end.kind.label} was due ", When(end.due))
        yield (*due, f": {_became(work, end, now)}")
    if len(misses) > SHOWN:
        yield (f"{len(misses) - SHOWN:,} more: a shorter time, --level or --customer shows them",)


def miss_data(misses: Sequence[PromiseEnd]) -> list[dict[str, Any]]:
    """Spans in open seconds of business time; `ended` is None for those that wait still."""
    return [
        {
            "ticket": end.ticket,
            "clock": end.kind.value,
            "due": iso(end.due),
            "ended": None if end.waits else iso(end.at),
            "answered": end.answered,
            "late": None if end.waits else end.took - end.target,
        }
        for end in misses[:TOLD]
    ]


def _became(work: UnitOfWork, end: PromiseEnd, now: datetime) -> str:
    if end.waits:
        owner = work.tickets.get(end.ticket).owner
        holder = f"held by {work.people.get(owner).name}" if owner else "nobody has claimed it"
        late = span_words(work.promises.hours.open_seconds(end.due, now))
        return f"waits still, {late} of business time late, {holder}"
    late = span_words(end.took - end.target)
    return f"answered {late} late" if end.answered else f"closed unanswered, {late} late"
