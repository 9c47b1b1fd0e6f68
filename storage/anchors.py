"""Which messages on a platform stand for which ticket: what is said below one is said of its ticket."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import UpdateBase, bindparam, select
from sqlalchemy.dialects import postgresql, sqlite

from bot.ports import Anchor, Anchoring
from storage.tables import ticket_messages
from storage.transaction import Transaction

_m = ticket_messages.c

# The first ticket that a message stands for keeps it.
_KEEP: Mapping[str, UpdateBase] = {
    "sqlite": sqlite.insert(ticket_messages).on_conflict_do_nothing(),
    "postgresql": postgresql.insert(ticket_messages).on_conflict_do_nothing(),
}
_TICKET = select(_m.ticket).where(_m.platform == bindparam("platform"), _m.ref == bindparam("ref"))
_OF_TICKET = (
    select(_m.ref, _m.what)
    .where(_m.ticket == bindparam("number"), _m.platform == bindparam("platform"))
    .order_by(_m.id)
)


def row(number: int, platform: str, ref: str, what: Anchoring) -> dict[str, Any]:
    """The row of a message that stands for a ticket."""
    return {"platform": platform, "ref": ref, "ticket": number, "what": what.value}


def write(transaction: Transaction, rows: Sequence[dict[str, Any]]) -> None:
    """Keep these rows; what is there already stays as it is. The tickets must be written by now."""
    transaction.write_rows(_KEEP[transaction.dialect], rows)


def ticket_of(transaction: Transaction, platform: str, ref: str) -> int | None:
    """The ticket that a message stands for."""
    number: int | None = transaction.query(_TICKET, {"platform": platform, "ref": ref}).scalar()
    return number


def of_ticket(transaction: Transaction, number: int, platform: str) -> Sequence[Anchor]:
    """The messages that stand for a ticket on a platform, oldest first."""
    rows = transaction.query(_OF_TICKET, {"number": number, "platform": platform})
    return [Anchor(ref, Anchoring(what)) for ref, what in rows]
