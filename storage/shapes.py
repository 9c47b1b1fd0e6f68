"""Values whose fields are columns of the same names: one description of each writes its row and reads it back."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import fields
from enum import StrEnum
from functools import cached_property
from operator import attrgetter
from typing import Any, ClassVar, Generic, Protocol, TypeVar

from sqlalchemy import Insert, Select, Table, Update, bindparam, insert, select, update
from sqlalchemy.sql.dml import ReturningInsert

from storage.transaction import Transaction
from storage.values import dumps, epoch, epoch_or_none, instant, instant_or_none, loads

Codec = tuple[Callable[[Any], Any], Callable[[Any], Any]]
"""How a field becomes its column, and back."""

INSTANT: Codec = (epoch, instant)
INSTANT_OR_NONE: Codec = (epoch_or_none, instant_or_none)
JSON: Codec = (lambda found: dumps(dict(found)), loads)


class _Value(Protocol):
    __dataclass_fields__: ClassVar[dict[str, Any]]


V = TypeVar("V", bound=_Value)


def word(kind: type[StrEnum]) -> Codec:
    """An enum, kept as its word."""
    return attrgetter("value"), kind


def _as_it_is(value: Any) -> Any:
    return value


class Shape(Generic[V]):
    """How a dataclass lies in a table. Fields without a codec are stored as they are; a table may have more columns."""

    def __init__(self, value: type[V], table: Table, codecs: Mapping[str, Codec]) -> None:
        self._value = value
        self._table = table
        self._names = tuple(field.name for field in fields(value))
        found = [codecs.get(name, (_as_it_is, _as_it_is)) for name in self._names]
        self._dumps = tuple(dump for dump, _ in found)
        self._loads = tuple(load for _, load in found)

    def to_row(self, value: V) -> dict[str, Any]:
        return {name: dump(getattr(value, name)) for name, dump in zip(self._names, self._dumps, strict=True)}

    def to_new_row(self, value: V) -> dict[str, Any]:
        """Without the id, which the database gives."""
        row = self.to_row(value)
        del row["id"]
        return row

    def from_row(self, row: Sequence[Any]) -> V:
        """The value of what `select` selects."""
        return self._value(*[load(found) for load, found in zip(self._loads, row, strict=True)])

    @cached_property
    def select(self) -> Select[Any]:
        return select(*(self._table.c[name] for name in self._names))

    @cached_property
    def insert(self) -> Insert:
        return insert(self._table)

    @cached_property
    def add(self) -> ReturningInsert[Any]:
        """Insert a row without an id; returns the id."""
        return insert(self._table).returning(self._table.c.id)

    def change(self, columns: Sequence[str]) -> Update:
        """Write these columns of the row with the id `of_id`."""
        values: dict[str, Any] = {name: bindparam(name) for name in columns}
        return update(self._table).where(self._table.c.id == bindparam("of_id")).values(values)

    @cached_property
    def save(self) -> Update:
        """Write all of the row with the id `of_id`."""
        return self.change([name for name in self._names if name != "id"])


def locked(transaction: Transaction, statement: Select[Any], *tables: Table, skip: bool = False) -> Select[Any]:
    """The same question, its rows of these tables locked (in that order) where what is decided on them must hold until
    the commit; with `skip`, rows that somebody else holds are passed over."""
    if not transaction.locks_rows:
        return statement
    # Not against those who only refer to the row: keys never change.
    return statement.with_for_update(of=tables, skip_locked=skip, key_share=True)
