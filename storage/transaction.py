"""One open transaction as the parts of a unit of work share it: statements now, or writes that may wait a little.

Writes are collected as values and flushed together (an executemany for each table) before anything could see that
they are missing: before a query over the same tables, and at the end. So a sweep of 500 tickets costs a few
statements, and one ticket costs no more than it must.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from sqlalchemy import ClauseElement, Connection, CursorResult, Executable, UpdateBase
from sqlalchemy.exc import IntegrityError

from storage.late import LateRows
from storage.prepared import Prepared
from storage.turns import Held, Turns


class AlreadyThere(Exception):
    """A row with that unique key exists."""


class Transaction:
    """A connection with its dialect; `writable` is false on a snapshot."""

    __slots__ = ("_flushes", "_late", "_prepared", "_turns", "connection", "dialect", "writable")

    def __init__(
        self,
        connection: Connection,
        dialect: str,
        *,
        writable: bool,
        prepared: Prepared | None = None,
        late: LateRows | None = None,
        turns: Turns | None = None,
    ) -> None:
        self.connection = connection
        self.dialect = dialect
        self.writable = writable
        self._prepared = prepared
        self._late = late
        self._turns = turns
        self._flushes: list[Callable[[], None]] = []

    @property
    def locks_rows(self) -> bool:
        """Whether rows that are read in order to be changed must be locked: SQLite's writer is alone anyway."""
        return self.writable and self.dialect == "postgresql"

    def take(self, kind: Held, *keys: Any) -> None:
        """Hold these until the commit, where there is anybody else; whoever has them is waited for."""
        if self._turns is not None:
            self._turns.take(kind, *keys)

    def has(self, kind: Held, *keys: Any) -> None:
        """A statement of its own holds these now; it waited for nobody."""
        if self._turns is not None:
            self._turns.has(kind, *keys)

    def before_queries(self, flush: Callable[[], None]) -> None:
        """Have `flush` called before a query; in the order in which they were given."""
        self._flushes.append(flush)

    def flush(self) -> None:
        """Send all that waits."""
        for flush in self._flushes:
            flush()

    def query(self, statement: Executable, values: Mapping[str, Any] | None = None) -> CursorResult[*tuple[Any, ...]]:
        """Ask, seeing all that this transaction wrote."""
        self.flush()
        return self.connection.execute(statement, values)

    def ask(self, statement: Executable, values: Mapping[str, Any] | None = None) -> CursorResult[*tuple[Any, ...]]:
        """Ask tables for which no write ever waits."""
        return self.connection.execute(statement, values)

    def rows(self, statement: Executable, values: dict[str, Any] | None = None) -> Sequence[Sequence[Any]]:
        """Ask tables for which no write ever waits, by the shortest way there is: numbers and text, and 0 and 1 for
        a truth."""
        if self._prepared is None or not isinstance(statement, ClauseElement):
            return self.connection.execute(statement, values).all()
        return self._prepared.rows(statement, values or {})

    def write(
        self, statement: Executable, values: Mapping[str, Any] | Sequence[Mapping[str, Any]] | None = None
    ) -> CursorResult[*tuple[Any, ...]]:
        """Write at once. Raises RuntimeError on a snapshot."""
        self.must_write()
        return self.connection.execute(statement, values)

    def add(self, statement: Executable, row: Mapping[str, Any]) -> int:
        """Write a row at once; returns the number that the database gave it. Raises AlreadyThere where a unique key is
        taken."""
        try:
            return int(self.write(statement, row).scalar_one())
        except IntegrityError as error:
            raise AlreadyThere(str(error)) from error

    def write_rows(self, statement: UpdateBase, rows: Sequence[dict[str, Any]]) -> None:
        """Write rows of plain values with the same columns, by the shortest way there is.

        Raises AlreadyThere where a unique key is taken.
        """
        self.must_write()
        try:
            if self._prepared is None:
                self.connection.execute(statement, rows)
            else:
                self._prepared.run(statement, rows)
        except (IntegrityError, sqlite3.IntegrityError) as error:
            raise AlreadyThere(str(error)) from error

    def write_late(self, statement: UpdateBase, rows: Sequence[dict[str, Any]]) -> None:
        """Write rows that nothing but a search will miss before the commit."""
        self.must_write()
        if self._late is None:
            self.write_rows(statement, rows)
        else:
            self._late.add(statement, rows)

    def before_search(self) -> None:
        """Send all that waits, and what could wait for the commit."""
        self.flush()
        if self._late is not None:
            self._late.write()

    def must_write(self) -> None:
        if not self.writable:
            raise RuntimeError("A read must not write; use Database.write.")
