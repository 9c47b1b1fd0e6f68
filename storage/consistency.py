"""Whether every ticket is what its history adds up to: the promise that a check keeps honest."""

from __future__ import annotations

from itertools import groupby

from sqlalchemy import Connection, bindparam, select

from bot.domain.ticket import replay
from storage.tables import events, tickets
from storage.ticket_rows import event_from_row, ticket_from_row

_CHUNK = 500
_MOST_TOLD = 20

_TICKETS = select(tickets).where(tickets.c.number > bindparam("after")).order_by(tickets.c.number).limit(_CHUNK)
_EVENTS = (
    select(events)
    .where(events.c.ticket.between(bindparam("first"), bindparam("last")))
    .order_by(events.c.ticket, events.c.seq)
)


def differing(connection: Connection) -> tuple[int, list[str]]:
    """How many tickets there are, and a sentence for each of the first that differ from their history."""
    seen, after = 0, 0
    problems: list[str] = []
    while rows := connection.execute(_TICKETS, {"after": after}).all():
        stored = {row.number: ticket_from_row(row) for row in rows}
        span = {"first": rows[0].number, "last": rows[-1].number}
        history = map(event_from_row, connection.execute(_EVENTS, span))
        replayed = {number: replay(lines) for number, lines in groupby(history, key=lambda event: event.ticket)}
        for number, ticket in stored.items():
            if number not in replayed:
                problems.append(f"#{number} has no history")
            elif replayed[number] != ticket:
                problems.append(f"#{number} is not what its history adds up to")
        seen, after = seen + len(rows), rows[-1].number
    more = len(problems) - _MOST_TOLD
    return seen, problems[:_MOST_TOLD] + ([f"and {more} more tickets"] if more > 0 else [])
