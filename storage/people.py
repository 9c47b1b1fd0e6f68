"""The people of the desk, with their accounts. They are few, so finding one reads them all."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from difflib import get_close_matches
from typing import Any

from sqlalchemy import Executable, bindparam, delete, insert, select
from sqlalchemy.dialects import postgresql, sqlite

from bot.domain.errors import BadValue, Conflict, NotFound
from bot.domain.people import Role, Staff
from storage.search import fold
from storage.tables import staff, staff_accounts
from storage.transaction import AlreadyThere, Transaction
from storage.values import dumps, epoch_or_none, instant_or_none, loads

_GET = select(staff).where(staff.c.id == bindparam("id"))
_ALL = select(staff).order_by(staff.c.id)
_OF_ACCOUNT = (
    select(staff)
    .join(staff_accounts, staff_accounts.c.staff == staff.c.id)
    .where(staff_accounts.c.platform == bindparam("platform"), staff_accounts.c.account == bindparam("account"))
)
_UNLINK = delete(staff_accounts).where(staff_accounts.c.staff == bindparam("of_id"))
_LINK = insert(staff_accounts)


def _staff_upsert(insert_into: Any) -> Executable:
    statement = insert_into(staff)
    columns = {column.name: statement.excluded[column.name] for column in staff.c if column.name != "id"}
    upsert: Executable = statement.on_conflict_do_update(index_elements=["id"], set_=columns)
    return upsert


_SAVE: Mapping[str, Executable] = {
    "sqlite": _staff_upsert(sqlite.insert),
    "postgresql": _staff_upsert(postgresql.insert),
}


class SqlPeople:
    """The port `People`."""

    def __init__(self, transaction: Transaction) -> None:
        self._transaction = transaction

    def get(self, id: str) -> Staff:
        row = self._transaction.ask(_GET, {"id": id}).first()
        return self._unknown(id) if row is None else _staff_from_row(row)

    def find(self, text: str) -> Staff:
        wanted = fold(text.strip().removeprefix("@"))
        everybody = self.all()
        exact = [one for one in everybody if wanted in (fold(one.id), fold(one.name))]
        found = exact or [one for one in everybody if wanted and _begins(one, wanted)]
        if len(found) > 1:
            raise BadValue(f"“{text}” could be {' or '.join(one.id for one in found[:5])}.", "Give the short name.")
        return found[0] if found else self._unknown(text)

    def of_account(self, platform: str, account: str) -> Staff | None:
        found = self._transaction.rows(_OF_ACCOUNT, {"platform": platform, "account": account})
        return _staff_from_row(found[0]) if found else None

    def all(self) -> Sequence[Staff]:
        return [_staff_from_row(row) for row in self._transaction.rows(_ALL)]

    def save(self, staff: Staff) -> None:
        """Add or replace, accounts included. Raises Conflict when an account belongs to somebody else."""
        for platform, account in staff.accounts.items():
            holder = self.of_account(platform, account)
            if holder is not None and holder.id != staff.id:
                raise Conflict(f"The {platform} account {account} belongs to {holder.name} ({holder.id}).")
        self._transaction.write(_SAVE[self._transaction.dialect], _staff_to_row(staff))
        self._transaction.write(_UNLINK, {"of_id": staff.id})
        accounts = [{"platform": p, "account": a, "staff": staff.id} for p, a in staff.accounts.items()]
        if accounts:
            try:
                self._transaction.write_rows(_LINK, accounts)
            except AlreadyThere as error:
                raise Conflict("One of these accounts was given to somebody else just now.", "Try again.") from error

    def _unknown(self, text: str) -> Staff:
        names = {fold(name): one.id for one in self.all() for name in (one.id, one.name)}
        near = dict.fromkeys(names[name] for name in get_close_matches(fold(text), names, n=3))
        hint = f"Did you mean {' or '.join(near)}?" if near else "/staff list shows everybody."
        raise NotFound(f"There is nobody called “{text}” at this desk.", hint)


def _begins(one: Staff, wanted: str) -> bool:
    return fold(one.id).startswith(wanted) or fold(one.name).startswith(wanted)


def _staff_to_row(one: Staff) -> dict[str, Any]:
    return {
        "id": one.id,
        "name": one.name,
        "role": one.role.value,
        "accounts": dumps(dict(one.accounts)),
        "zone": one.zone,
        "away_since": epoch_or_none(one.away_since),
        "away_until": epoch_or_none(one.away_until),
        "managed_by": one.managed_by,
    }


def _staff_from_row(row: Sequence[Any]) -> Staff:
    id_, name, role, accounts, zone, since, until, by = row
    return Staff(id_, name, Role(role), loads(accounts), zone, instant_or_none(since), instant_or_none(until), by)
