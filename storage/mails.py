"""Mail that came in, in the database: each message once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Select, bindparam, delete, func, literal_column, or_, select, text

from bot.domain.errors import Conflict, NotFound
from bot.ports.intake import Mail, MailState
from storage.intake_tables import PASSING, mails
from storage.shapes import INSTANT, JSON, Shape, locked, word
from storage.transaction import AlreadyThere, Transaction
from storage.values import can_be, epoch, instant

PASSING_KEPT = timedelta(days=90)
KEPT = timedelta(days=730)
MOST_AT_ONCE = 1000

_c = mails.c


def _counted(found: Select[Any]) -> Select[Any]:
    """How many those are; no more are looked at than it takes to know that there are too many."""
    return select(func.count()).select_from(found.limit(bindparam("most")).subquery())


_MAIL = Shape(
    Mail,
    mails,
    {"received_at": INSTANT, "state": word(MailState), "receipt": (bool, bool), "verified": (bool, bool), "data": JSON},
)
_GET = _MAIL.select.where(_c.id == bindparam("id"))
_KNOWN = _MAIL.select.where(_c.message_id == bindparam("message_id"))
_HELD = _MAIL.select.where(_c.state == literal_column("'held'")).order_by(_c.id).limit(bindparam("most"))
_DROPPED = _MAIL.select.where(_c.state == literal_column("'dropped'")).order_by(_c.id.desc()).limit(bindparam("most"))
_HELD_OF = (
    _MAIL.select.where(_c.sender == bindparam("of_sender"), _c.state == literal_column("'held'"))
    .order_by(_c.id)
    .limit(bindparam("most"))
)
_WEIGHT = select(func.coalesce(func.sum(_c.size), 0))
_WEIGHT_HELD = _WEIGHT.where(_c.state == literal_column("'held'"))
_WEIGHT_PASSING = _WEIGHT.where(text(PASSING))
_OF_TICKET = _MAIL.select.where(_c.ticket == bindparam("of_ticket"), _c.ticket.is_not(None))
_OLDEST_FIRST = _OF_TICKET.order_by(_c.id)
_LAST = _OF_TICKET.order_by(_c.id.desc()).limit(1)
_since = _c.received_at >= bindparam("since")
_OF_SENDER = _counted(
    select(_c.id).where(_c.sender == bindparam("of_sender"), _since, _c.verified == bindparam("sure"))
)
_NEWEST = select(_c.received_at).where(_c.ticket == bindparam("of_ticket"), _c.ticket.is_not(None))
_NEWEST_ON = _NEWEST.order_by(_c.id.desc()).limit(bindparam("most")).subquery()
_ON_TICKET = select(func.count()).select_from(_NEWEST_ON).where(_NEWEST_ON.c.received_at >= bindparam("since"))
_WAITING = _counted(select(_c.id).where(_c.state == literal_column("'held'")))
_OPENED = _counted(select(_c.id).where(_since, _c.state == literal_column("'taken'"), _c.seq == literal_column("1")))
_RECEIPTS = (
    select(_c.received_at)
    .where(_c.sender == bindparam("of_sender"), _c.received_at >= bindparam("since"), _c.receipt)
    .order_by(_c.received_at)
)
_PRUNE = (
    delete(mails)
    .where(
        _c.id.in_(
            select(_c.id)
            .where(
                or_(
                    (_c.received_at < bindparam("passing")) & text(PASSING),
                    (_c.received_at < bindparam("all")) & (_c.state != MailState.HELD.value),
                )
            )
            .limit(bindparam("most"))
        )
    )
    .returning(*mails.c)
)


class SqlMails:
    """The port `Mails`."""

    def __init__(self, transaction: Transaction) -> None:
        self._transaction = transaction

    def known(self, message_id: str) -> Mail | None:
        return self._first(_KNOWN, {"message_id": message_id})

    def add(self, mail: Mail) -> Mail:
        self._transaction.flush()
        try:
            return replace(mail, id=self._transaction.add(_MAIL.add, _MAIL.to_new_row(mail)))
        except AlreadyThere as error:
            raise Conflict("That message was taken in a moment ago.") from error

    def get(self, id: int) -> Mail:
        found = self._first(locked(self._transaction, _GET, mails), {"id": id}) if can_be(id) else None
        if found is None:
            raise NotFound(f"There is no message {id}.", "Those that wait: /mail held")
        return found

    def save(self, mail: Mail) -> None:
        self._transaction.flush()
        self._transaction.write(_MAIL.save, _MAIL.to_new_row(mail) | {"of_id": mail.id})

    def held(self, most: int) -> Sequence[Mail]:
        return self._all(_HELD, {"most": most})

    def held_of(self, sender: str, most: int) -> Sequence[Mail]:
        return self._all(_HELD_OF, {"of_sender": sender, "most": most})

    def weight(self, *, waits: bool) -> int:
        return self._count(_WEIGHT_HELD if waits else _WEIGHT_PASSING, {})

    def dropped(self, most: int) -> Sequence[Mail]:
        return self._all(_DROPPED, {"most": most})

    def of_ticket(self, ticket: int) -> Sequence[Mail]:
        return self._all(_OLDEST_FIRST, {"of_ticket": ticket}) if can_be(ticket) else []

    def last_of_ticket(self, ticket: int) -> Mail | None:
        return self._first(_LAST, {"of_ticket": ticket}) if can_be(ticket) else None

    def of_sender(self, sender: str, since: datetime, most: int, *, verified: bool) -> int:
        return self._count(_OF_SENDER, {"of_sender": sender, "since": epoch(since), "most": most, "sure": verified})

    def on_ticket(self, ticket: int, since: datetime, most: int) -> int:
        return self._count(_ON_TICKET, {"of_ticket": ticket, "since": epoch(since), "most": most})

    def waiting(self, most: int) -> int:
        return self._count(_WAITING, {"most": most})

    def opened(self, since: datetime, most: int) -> int:
        return self._count(_OPENED, {"since": epoch(since), "most": most})

    def receipts(self, sender: str, since: datetime) -> Sequence[datetime]:
        rows = self._transaction.ask(_RECEIPTS, {"of_sender": sender, "since": epoch(since)})
        return [instant(row.received_at) for row in rows]

    def prune(self, now: datetime) -> Sequence[Mail]:
        values = {"passing": epoch(now - PASSING_KEPT), "all": epoch(now - KEPT), "most": MOST_AT_ONCE}
        return [_MAIL.from_row(row) for row in self._transaction.write(_PRUNE, values).all()]

    def _count(self, statement: Select[Any], values: Mapping[str, Any]) -> int:
        return int(self._transaction.ask(statement, values).scalar_one())

    def _first(self, statement: Select[Any], values: Mapping[str, Any]) -> Mail | None:
        row = self._transaction.ask(statement, values).first()
        return None if row is None else _MAIL.from_row(row)

    def _all(self, statement: Select[Any], values: Mapping[str, Any]) -> Sequence[Mail]:
        return [_MAIL.from_row(row) for row in self._transaction.ask(statement, values)]
