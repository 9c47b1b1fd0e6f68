"""What the desk remembers of itself: answered requests, facts, frozen holidays, policy versions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import Executable, bindparam, delete, func, insert, select
from sqlalchemy.dialects import postgresql, sqlite

from bot.cards import Card
from bot.domain.errors import Conflict
from bot.ports import Entry, FrozenHolidays
from storage.cards_json import card_from_data, card_to_data
from storage.tables import facts, holidays, journal, policies, requests
from storage.transaction import AlreadyThere, Transaction
from storage.values import dumps, epoch, instant, loads

KEPT = timedelta(days=2)
# What one transaction deletes, so that nobody waits long for the writer.
MOST_AT_ONCE = 2000

_NOTE = insert(journal)
_JOURNAL_OF = (
    select(journal)
    .where(journal.c.subject == bindparam("subject"))
    .order_by(journal.c.id.desc())
    .limit(bindparam("most"))
)
_ANSWER = select(requests.c.answer).where(requests.c.id == bindparam("request"))
_REMEMBER = insert(requests)
_PRUNE = delete(requests).where(
    requests.c.id.in_(
        select(requests.c.id).where(requests.c.at < bindparam("before")).limit(bindparam("most")).scalar_subquery()
    )
)
_FACT = select(facts.c.value).where(facts.c.name == bindparam("name"))
_HOLIDAYS = select(holidays).order_by(holidays.c.list, holidays.c.year)
_THAW = delete(holidays).where(holidays.c.list == bindparam("of_list"), holidays.c.year == bindparam("of_year"))
_FREEZE = insert(holidays)
_POLICY = select(policies.c.version, policies.c.text).order_by(policies.c.version.desc()).limit(1)
_KEEP_POLICY = insert(policies).returning(policies.c.version)
_STAMP = select(
    select(func.max(policies.c.version)).scalar_subquery(), select(func.max(holidays.c.id)).scalar_subquery()
)


def _fact_upsert(insert_into: Any) -> Executable:
    statement = insert_into(facts)
    upsert: Executable = statement.on_conflict_do_update(
        index_elements=["name"], set_={"value": statement.excluded.value}
    )
    return upsert


_SET_FACT: Mapping[str, Executable] = {
    "sqlite": _fact_upsert(sqlite.insert),
    "postgresql": _fact_upsert(postgresql.insert),
}
_FIRST_FACT: Mapping[str, Executable] = {
    "sqlite": sqlite.insert(facts).on_conflict_do_nothing(index_elements=["name"]),
    "postgresql": postgresql.insert(facts).on_conflict_do_nothing(index_elements=["name"]),
}


class SqlMemory:
    """The port `Memory`."""

    def __init__(self, transaction: Transaction) -> None:
        self._transaction = transaction
        # Whether this transaction wrote a policy or holidays.
        self.changed = False

    def answer_to(self, request: str) -> Card | None:
        found = self._transaction.rows(_ANSWER, {"request": request})
        return card_from_data(loads(found[0][0])) if found else None

    def remember(self, request: str, answer: Card, now: datetime) -> None:
        """Keep the answer. Raises Conflict if another replica has answered the same request meanwhile."""
        row = {"id": request, "at": epoch(now), "answer": dumps(card_to_data(answer))}
        try:
            self._transaction.write_rows(_REMEMBER, [row])
        except AlreadyThere as error:
            raise Conflict("This has been done already, a moment ago.") from error

    def prune(self, now: datetime) -> int:
        """Delete the answers given more than two days ago, some at a time; returns how many, 0 once none is left."""
        return self._transaction.write(_PRUNE, {"before": epoch(now - KEPT), "most": MOST_AT_ONCE}).rowcount

    def journal(self, entry: Entry) -> None:
        """Write down a change of a customer or a person."""
        row = {"at": epoch(entry.at), "by": entry.by, "subject": entry.subject, "what": entry.what}
        self._transaction.write(_NOTE, row | {"data": dumps(dict(entry.data))})

    def journal_of(self, subject: str, most: int) -> Sequence[Entry]:
        """The newest entries of a subject, newest first."""
        rows = self._transaction.ask(_JOURNAL_OF, {"subject": subject, "most": most})
        return [Entry(instant(row.at), row.by, row.subject, row.what, loads(row.data)) for row in rows]

    def fact(self, name: str) -> Any:
        """The value kept under that name, or None."""
        found = self._transaction.ask(_FACT, {"name": name}).scalar()
        return None if found is None else loads(found)

    def set_fact(self, name: str, value: Any) -> None:
        """Keep a plain JSON value under that name."""
        self._transaction.write(_SET_FACT[self._transaction.dialect], {"name": name, "value": dumps(value)})

    def first_fact(self, name: str, value: Any) -> Any:
        """Keep it unless something is kept under that name; returns what is. Waits for another replica that is writing
        it."""
        self._transaction.write(_FIRST_FACT[self._transaction.dialect], {"name": name, "value": dumps(value)})
        return self.fact(name)

    def holidays(self) -> Sequence[FrozenHolidays]:
        return [_holidays_from_row(row) for row in self._transaction.ask(_HOLIDAYS)]

    def freeze(self, holidays: FrozenHolidays) -> None:
        """Keep one year of one list, in place of what was kept of it before."""
        self.changed = True
        self._transaction.write(_THAW, {"of_list": holidays.list, "of_year": holidays.year})
        self._transaction.write(_FREEZE, _holidays_to_row(holidays))

    def policy(self) -> tuple[int, str] | None:
        found = self._transaction.ask(_POLICY).first()
        return None if found is None else (found.version, found.text)

    def set_policy(self, text: str, now: datetime) -> int:
        self.changed = True
        return int(self._transaction.write(_KEEP_POLICY, {"text": text, "at": epoch(now)}).scalar_one())

    def stamp(self) -> tuple[int | None, int | None]:
        """Changes whenever the policy or a holiday list does, whoever changed it."""
        ((policy, calendar),) = self._transaction.rows(_STAMP)
        return policy, calendar


def _holidays_to_row(frozen: FrozenHolidays) -> dict[str, Any]:
    return {
        "list": frozen.list,
        "year": frozen.year,
        "days": dumps({day.isoformat(): name for day, name in sorted(frozen.days.items())}),
        "source": frozen.source,
        "frozen_at": epoch(frozen.frozen_at),
    }


def _holidays_from_row(row: Any) -> FrozenHolidays:
    days = {date.fromisoformat(day): name for day, name in loads(row.days).items()}
    return FrozenHolidays(row.list, row.year, days, row.source, instant(row.frozen_at))
