"""Timers: the rows that the bell reads, kept equal to what each ticket wants by writing only what differs."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, delete, insert, select, update

from storage.tables import timers
from storage.transaction import Transaction
from storage.values import epoch

Wanted = Mapping[str, int]

_INSERT = insert(timers)
_UPDATE = (
    update(timers)
    .where(timers.c.ticket == bindparam("of_ticket"), timers.c.kind == bindparam("of_kind"))
    .values(due=bindparam("new_due"))
)
_DELETE = delete(timers).where(timers.c.ticket == bindparam("of_ticket"), timers.c.kind == bindparam("of_kind"))
_OF = select(timers.c.ticket, timers.c.kind, timers.c.due).where(
    timers.c.ticket.in_(bindparam("numbers", expanding=True))
)

# Databases limit how many values one statement takes.
_CHUNK = 500


def as_wanted(times: Mapping[str, datetime]) -> dict[str, int]:
    return {kind: epoch(at) for kind, at in times.items()}


def stored(transaction: Transaction, numbers: Iterable[int]) -> dict[int, dict[str, int]]:
    """The stored timers of these tickets."""
    wanted = list(numbers)
    found: dict[int, dict[str, int]] = {number: {} for number in wanted}
    for start in range(0, len(wanted), _CHUNK):
        for ticket, kind, due in transaction.ask(_OF, {"numbers": wanted[start : start + _CHUNK]}):
            found[ticket][kind] = due
    return found


def write_difference(
    transaction: Transaction, wanted: Mapping[int, Wanted], known: Mapping[int, Mapping[str, int]]
) -> None:
    """Make the stored timers of these tickets what is wanted; `known` is what is stored."""
    new: list[dict[str, Any]] = []
    moved: list[dict[str, Any]] = []
    gone: list[dict[str, Any]] = []
    for ticket, times in wanted.items():
        before = known.get(ticket, {})
        for kind, due in times.items():
            if kind not in before:
                new.append({"ticket": ticket, "kind": kind, "due": due})
            elif before[kind] != due:
                moved.append({"of_ticket": ticket, "of_kind": kind, "new_due": due})
        gone += ({"of_ticket": ticket, "of_kind": kind} for kind in before if kind not in times)
    for statement, rows in ((_DELETE, gone), (_UPDATE, moved), (_INSERT, new)):
        if rows:
            transaction.write_rows(statement, rows)
