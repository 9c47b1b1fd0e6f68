"""Telephone calls that are no attempts, and the PINs of those who call: a digest and a lookup, never itself."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import Select, bindparam, delete, func, select, text
from sqlalchemy.dialects import postgresql, sqlite

from bot.domain.errors import Conflict, NotFound
from bot.ports.oncall import LegState, PhoneCall, Pin
from storage.oncall_tables import phone_calls, pins
from storage.shapes import INSTANT, INSTANT_OR_NONE, JSON, Shape, locked, word
from storage.transaction import AlreadyThere, Transaction
from storage.values import can_be, epoch, instant_or_none

_c = phone_calls.c

_CALL = Shape(
    PhoneCall,
    phone_calls,
    {
        "started_at": INSTANT,
        "state": word(LegState),
        "due": INSTANT_OR_NONE,
        "ended_at": INSTANT_OR_NONE,
        "data": JSON,
    },
)
_GET = _CALL.select.where(_c.id == bindparam("id"))
_BY_TOKEN = _CALL.select.where(_c.token == bindparam("token"), text("phone_calls.token <> ''"))
_BY_REF = (
    _CALL.select.where(_c.provider == bindparam("provider"), _c.ref == bindparam("ref"), text("phone_calls.ref <> ''"))
    .order_by(_c.id.desc())
    .limit(1)
)
_OF_TICKET = _CALL.select.where(_c.ticket == bindparam("of_ticket")).order_by(_c.id)
_DUE = _CALL.select.where(_c.due <= bindparam("now")).order_by(_c.due, _c.id).limit(bindparam("most"))
_LIVE = (
    _CALL.select.where(_c.ended_at.is_(None), _c.started_at >= bindparam("since"), text("phone_calls.ref <> ''"))
    .order_by(_c.started_at.desc())
    .limit(bindparam("most"))
)
_NEXT_DUE = select(func.min(_c.due)).where(_c.due.is_not(None))

_PIN = Shape(Pin, pins, {"made_at": INSTANT, "locked_until": INSTANT_OR_NONE})
_PIN_OF = _PIN.select.where(pins.c.customer == bindparam("of_customer"))
_PIN_BY_LOOKUP = _PIN.select.where(pins.c.lookup == bindparam("lookup"))
_DROP_PIN = delete(pins).where(pins.c.customer == bindparam("of_customer"))


def _pin_upsert(insert_into: Any) -> Any:
    statement = insert_into(pins)
    columns = {column.name: statement.excluded[column.name] for column in pins.c if column.name != "customer"}
    return statement.on_conflict_do_update(index_elements=["customer"], set_=columns)


_SET_PIN: Mapping[str, Any] = {
    "sqlite": _pin_upsert(sqlite.insert),
    "postgresql": _pin_upsert(postgresql.insert),
}
_SAVE_PIN = (
    pins.update()
    .where(pins.c.customer == bindparam("of_customer"))
    .values({name: bindparam(name) for name in ("digest", "made_at", "tries", "locked_until")})
)


class SqlCalls:
    """The port `Calls`. Inside a write a call or a PIN that is read is locked: keys and tries come one by one."""

    def __init__(self, transaction: Transaction) -> None:
        self._transaction = transaction

    def get(self, id: int) -> PhoneCall:
        found = self._first(_GET, {"id": id}) if can_be(id) else None
        if found is None:
            raise NotFound(f"There is no call {id}.")
        return found

    def add(self, call: PhoneCall) -> PhoneCall:
        self._transaction.flush()
        return replace(call, id=self._transaction.add(_CALL.add, _CALL.to_new_row(call)))

    def save(self, call: PhoneCall) -> None:
        self._transaction.flush()
        self._transaction.write(_CALL.save, _CALL.to_new_row(call) | {"of_id": call.id})

    def by_token(self, token: str) -> PhoneCall | None:
        return self._first(_BY_TOKEN, {"token": token})

    def by_ref(self, provider: str, ref: str) -> PhoneCall | None:
        return self._first(_BY_REF, {"provider": provider, "ref": ref})

    def of_ticket(self, ticket: int) -> Sequence[PhoneCall]:
        """Oldest first."""
        if not can_be(ticket):
            return []
        return [_CALL.from_row(row) for row in self._transaction.ask(_OF_TICKET, {"of_ticket": ticket})]

    def live(self, since: datetime, most: int = 100) -> Sequence[PhoneCall]:
        values = {"since": epoch(since), "most": most}
        return [_CALL.from_row(row) for row in self._transaction.ask(_LIVE, values)]

    def due(self, now: datetime, most: int) -> Sequence[PhoneCall]:
        """Oldest due first; on PostgreSQL what another replica holds is passed over."""
        statement = locked(self._transaction, _DUE, phone_calls, skip=True)
        values = {"now": epoch(now), "most": most}
        return [_CALL.from_row(row) for row in self._transaction.ask(statement, values)]

    def next_due(self) -> datetime | None:
        return instant_or_none(self._transaction.ask(_NEXT_DUE).scalar())

    def _first(self, statement: Select[Any], values: Mapping[str, Any]) -> PhoneCall | None:
        row = self._transaction.ask(locked(self._transaction, statement, phone_calls), values).first()
        return None if row is None else _CALL.from_row(row)

    # --- PINs ------------------------------------------------------------------------------------------------

    def pin(self, customer: str) -> Pin | None:
        return self._pin(_PIN_OF, {"of_customer": customer})

    def pin_by_lookup(self, lookup: str) -> Pin | None:
        return self._pin(_PIN_BY_LOOKUP, {"lookup": lookup})

    def set_pin(self, pin: Pin, lookup: str) -> None:
        holder = self.pin_by_lookup(lookup)
        if holder is not None and holder.customer != pin.customer:
            raise _taken()
        try:
            row = _PIN.to_row(pin) | {"lookup": lookup}
            self._transaction.write_rows(_SET_PIN[self._transaction.dialect], [row])
        except AlreadyThere as error:
            raise _taken() from error

    def save_pin(self, pin: Pin) -> None:
        row = _PIN.to_row(pin)
        row["of_customer"] = row.pop("customer")
        self._transaction.write(_SAVE_PIN, row)

    def drop_pin(self, customer: str) -> None:
        self._transaction.write(_DROP_PIN, {"of_customer": customer})

    def _pin(self, statement: Select[Any], values: Mapping[str, Any]) -> Pin | None:
        row = self._transaction.ask(locked(self._transaction, statement, pins), values).first()
        return None if row is None else _PIN.from_row(row)


def _taken() -> Conflict:
    return Conflict("That PIN is taken.", "Make another one.")
