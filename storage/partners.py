"""The Partner Network in the database, and the reminders of what is due to be told."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from difflib import get_close_matches
from typing import Any

from sqlalchemy import bindparam, delete, select
from sqlalchemy.dialects import postgresql, sqlite

from bot.domain.errors import BadValue, NotFound
from bot.ports.intake import Partner, Reminder
from storage.intake_tables import partners, reminders
from storage.shapes import INSTANT, INSTANT_OR_NONE, Shape, locked
from storage.transaction import Transaction
from storage.values import epoch, instant_or_none

_p = partners.c
_PARTNER = Shape(Partner, partners, {"left_at": INSTANT_OR_NONE})
_GET = _PARTNER.select.where(_p.id == bindparam("id"))
_ALL = _PARTNER.select.order_by(_p.id)

_r = reminders.c
_REMINDER = Shape(Reminder, reminders, {"at": INSTANT, "first_at": INSTANT_OR_NONE})
_OF = _REMINDER.select.where(_r.subject == bindparam("of_subject")).order_by(_r.kind)
_DUE = _REMINDER.select.where(_r.at <= bindparam("now")).order_by(_r.at, _r.subject, _r.kind).limit(bindparam("most"))
_NEXT = select(_r.at).order_by(_r.at).limit(1)
_DISARM = delete(reminders).where(_r.subject == bindparam("of_subject"), _r.kind == bindparam("of_kind"))


def _partner_upsert(insert_into: Any) -> Any:
    statement = insert_into(partners)
    named = {column.name: statement.excluded[column.name] for column in partners.columns if column.name != "id"}
    return statement.on_conflict_do_update(index_elements=["id"], set_=named)


def _reminder_upsert(insert_into: Any) -> Any:
    statement = insert_into(reminders)
    named = {name: statement.excluded[name] for name in ("at", "first_at")}
    return statement.on_conflict_do_update(index_elements=["subject", "kind"], set_=named)


_INSERTS: Mapping[str, Any] = {"sqlite": sqlite.insert, "postgresql": postgresql.insert}
_SAVE = {dialect: _partner_upsert(insert_into) for dialect, insert_into in _INSERTS.items()}
_ARM = {dialect: _reminder_upsert(insert_into) for dialect, insert_into in _INSERTS.items()}


class SqlPartners:
    """The port `Partners`. There are as many as one reads in a list, so the list is what is searched."""

    def __init__(self, transaction: Transaction) -> None:
        self._transaction = transaction

    def get(self, id: str) -> Partner:
        row = self._transaction.ask(_GET, {"id": id}).first()
        if row is None:
            raise self._unknown(id)
        return _PARTNER.from_row(row)

    def find(self, text: str) -> Partner:
        wanted = text.strip().casefold()
        here = [one for one in self.all() if one.left_at is None]
        exact = [one for one in here if wanted == one.id] or [one for one in here if wanted == one.name.casefold()]
        near = exact or [
            one
            for one in here
            if wanted and (one.id.casefold().startswith(wanted) or one.name.casefold().startswith(wanted))
        ]
        if len(near) > 1:
            raise BadValue(f"“{text}” may be {' or '.join(one.name for one in near)}.", "Type more of the name.")
        if not near:
            raise self._unknown(text)
        return near[0]

    def all(self) -> Sequence[Partner]:
        return [_PARTNER.from_row(row) for row in self._transaction.ask(_ALL)]

    def save(self, partner: Partner) -> None:
        self._transaction.write(_SAVE[self._transaction.dialect], _PARTNER.to_row(partner))

    def _unknown(self, text: str) -> NotFound:
        names = [name for one in self.all() if one.left_at is None for name in (one.id, one.name)]
        close = get_close_matches(text, names, n=1, cutoff=0.5)
        hint = f"Did you mean {close[0]}?" if close else "Those there are: /partner list"
        return NotFound(f"There is no partner “{text}”.", hint)


class SqlReminders:
    """The port `Reminders`."""

    def __init__(self, transaction: Transaction) -> None:
        self._transaction = transaction

    def arm(self, subject: str, due: Mapping[str, datetime | None]) -> None:
        for kind, at in due.items():
            if at is None:
                self._transaction.write(_DISARM, {"of_subject": subject, "of_kind": kind})
            else:
                self._set(Reminder(subject, kind, at))

    def put_off(self, reminder: Reminder, at: datetime) -> None:
        self._set(replace(reminder, at=at, first_at=reminder.since))

    def _set(self, reminder: Reminder) -> None:
        self._transaction.write(_ARM[self._transaction.dialect], _REMINDER.to_row(reminder))

    def of(self, subject: str) -> Sequence[Reminder]:
        return [_REMINDER.from_row(row) for row in self._transaction.ask(_OF, {"of_subject": subject})]

    def due(self, now: datetime, most: int) -> Sequence[Reminder]:
        """On PostgreSQL what another replica holds is passed over."""
        statement = locked(self._transaction, _DUE, reminders, skip=True)
        values = {"now": epoch(now), "most": most}
        return [_REMINDER.from_row(row) for row in self._transaction.ask(statement, values)]

    def next_due(self) -> datetime | None:
        return instant_or_none(self._transaction.ask(_NEXT).scalar())
