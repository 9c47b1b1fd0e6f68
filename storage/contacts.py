"""Ways to people in the database, and the plans that people made themselves."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy import Executable, Select, bindparam, delete, select
from sqlalchemy.dialects import postgresql, sqlite

from bot.domain.contacts import Contact, Reach
from bot.domain.errors import Conflict, NotFound
from storage.oncall_tables import contact_plans, contacts
from storage.shapes import INSTANT_OR_NONE, Shape, locked
from storage.transaction import AlreadyThere, Transaction
from storage.values import can_be, dumps, loads

_c = contacts.c

_CONTACT = Shape(
    Contact,
    contacts,
    {"verified_at": INSTANT_OR_NONE, "tested_at": INSTANT_OR_NONE, "code_until": INSTANT_OR_NONE},
)
_GET = _CONTACT.select.where(_c.id == bindparam("id"))
_OF = _CONTACT.select.where(_c.person == bindparam("of_person")).order_by(_c.id)
_ALL = _CONTACT.select.order_by(_c.person, _c.id)
_OF_ADDRESS = _CONTACT.select.where(_c.kind == bindparam("of_kind"), _c.address == bindparam("of_address")).order_by(
    _c.id
)
_HOLDER = select(_c.id).where(
    _c.person == bindparam("of_person"), _c.kind == bindparam("of_kind"), _c.address == bindparam("of_address")
)
_DROP = delete(contacts).where(_c.id == bindparam("of_id"))

_of_person = (
    contact_plans.c.person == bindparam("of_person"),
    contact_plans.c.important == bindparam("of_important"),
)
_PLAN = select(contact_plans.c.plan).where(*_of_person)
_DROP_PLAN = delete(contact_plans).where(*_of_person)


def _plan_upsert(insert_into: Any) -> Executable:
    statement = insert_into(contact_plans)
    upsert: Executable = statement.on_conflict_do_update(
        index_elements=["person", "important"], set_={"plan": statement.excluded.plan}
    )
    return upsert


_SET_PLAN: Mapping[str, Executable] = {
    "sqlite": _plan_upsert(sqlite.insert),
    "postgresql": _plan_upsert(postgresql.insert),
}


class SqlContacts:
    """The port `Contacts`."""

    def __init__(self, transaction: Transaction) -> None:
        self._transaction = transaction
        # As this transaction has read them: a save writes what differs, so that a STOP that comes by text at the same
        # moment as the result of a test is not forgotten.
        self._known: dict[int, dict[str, Any]] = {}

    def get(self, id: int) -> Contact:
        """The contact; inside a write its row is locked, so that tries of its code are counted one by one."""
        found = self._read(locked(self._transaction, _GET, contacts), {"id": id}) if can_be(id) else []
        if not found:
            raise NotFound(f"There is no contact {id}.", "Try: /oncall contacts")
        return found[0]

    def of(self, person: str) -> Sequence[Contact]:
        """In the order in which they were added."""
        return self._read(_OF, {"of_person": person})

    def all(self) -> Mapping[str, Sequence[Contact]]:
        found: dict[str, list[Contact]] = {}
        for contact in self._read(_ALL, {}):
            found.setdefault(contact.person, []).append(contact)
        return found

    def of_address(self, kind: str, address: str) -> Sequence[Contact]:
        return self._read(_OF_ADDRESS, {"of_kind": kind, "of_address": address})

    def save(self, contact: Contact) -> Contact:
        self._must_be_new(contact)
        row = _CONTACT.to_row(contact)
        try:
            if contact.id:
                self._change(contact.id, row)
                return contact
            id = self._transaction.add(_CONTACT.add, _CONTACT.to_new_row(contact))
        except AlreadyThere as error:
            raise _taken(contact) from error
        self._known[id] = row | {"id": id}
        return replace(contact, id=id)

    def _change(self, id: int, row: dict[str, Any]) -> None:
        before = self._known.get(id, {})
        changed = {name: value for name, value in row.items() if name not in before or before[name] != value}
        self._known[id] = row
        changed.pop("id", None)
        if changed:
            self._transaction.write_rows(_CONTACT.change(tuple(changed)), [changed | {"of_id": id}])

    def _must_be_new(self, contact: Contact) -> None:
        values = {"of_person": contact.person, "of_kind": contact.kind, "of_address": contact.address}
        holder = self._transaction.ask(_HOLDER, values).scalar()
        if holder is not None and holder != contact.id:
            raise _taken(contact)

    def drop(self, id: int) -> None:
        """One that is gone already stays gone."""
        self._transaction.write(_DROP, {"of_id": id})
        self._known.pop(id, None)

    def plan(self, person: str, important: bool) -> Sequence[Reach] | None:
        found = self._transaction.ask(_PLAN, {"of_person": person, "of_important": important}).scalar()
        return None if found is None else tuple(Reach(kind, seconds) for kind, seconds in loads(found))

    def set_plan(self, person: str, important: bool, plan: Sequence[Reach]) -> None:
        if not plan:
            self._transaction.write(_DROP_PLAN, {"of_person": person, "of_important": important})
            return
        text = dumps([[reach.kind, reach.seconds] for reach in plan])
        row = {"person": person, "important": important, "plan": text}
        self._transaction.write(_SET_PLAN[self._transaction.dialect], row)

    def _read(self, statement: Select[Any], values: Mapping[str, Any]) -> list[Contact]:
        found = [_CONTACT.from_row(row) for row in self._transaction.ask(statement, values)]
        self._known |= {contact.id: _CONTACT.to_row(contact) for contact in found}
        return found


def _taken(contact: Contact) -> Conflict:
    return Conflict(f"{contact.person} has that {contact.kind} contact already.", "See: /oncall contacts")
