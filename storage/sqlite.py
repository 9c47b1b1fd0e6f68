"""Transactions on SQLite: one writing connection with group commit, and readers on snapshots of their own."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from sqlalchemy import URL, Connection, UpdateBase

from storage.engines import must_exist, sqlite_engine
from storage.group_commit import GroupCommit
from storage.late import LateRows
from storage.prepared import Prepared
from storage.schema import must_fit
from storage.transaction import Transaction

T = TypeVar("T")

READERS = 4


class _Writer:
    """The writing connection, opened when first needed. Begin and end go straight to the driver."""

    def __init__(self, url: URL) -> None:
        self._url = url
        self._engine = sqlite_engine(url, reads_only=False)
        self._connection: Connection | None = None
        self._driver: sqlite3.Connection | None = None
        self._prepared: Prepared | None = None
        self._late = LateRows(self._run)
        self._mark = self._late.mark()

    def _run(self, statement: UpdateBase, rows: Sequence[dict[str, Any]]) -> None:
        if self._prepared is not None:
            self._prepared.run(statement, rows)

    def transaction(self) -> Transaction:
        """The open transaction, as one job of it sees it."""
        if self._connection is None:
            raise RuntimeError("Only the leader of a group may touch the writing connection.")
        return Transaction(self._connection, "sqlite", writable=True, prepared=self._prepared, late=self._late)

    def _open(self) -> sqlite3.Connection:
        must_exist(self._url)
        connection = self._engine.connect()
        try:
            must_fit(connection)
            driver = connection.connection.driver_connection
            if not isinstance(driver, sqlite3.Connection):
                raise TypeError(f"Not a connection of sqlite3: {driver!r}")
        except BaseException:
            connection.close()
            raise
        self._connection, self._driver, self._prepared = connection, driver, Prepared(driver)
        return driver

    def begin(self) -> None:
        # Whoever was interrupted right behind a commit had no time to say that nothing waits any more.
        self._late.clear()
        (self._driver or self._open()).execute("BEGIN IMMEDIATE")

    def _do(self, statement: str) -> None:
        if self._driver is None:
            raise RuntimeError("There is no open transaction.")
        self._driver.execute(statement)

    def savepoint(self) -> None:
        self._do("SAVEPOINT job")
        self._mark = self._late.mark()

    def release(self) -> None:
        self._do("RELEASE job")

    def back_to_savepoint(self) -> None:
        self._do("ROLLBACK TO job")
        self._do("RELEASE job")
        self._late.back_to(self._mark)

    def commit(self) -> None:
        self._late.write()
        self._do("COMMIT")
        self._late.clear()

    def rollback(self) -> None:
        """Undo everything. If even that fails the connection is given up, which undoes it as well."""
        self._late.clear()
        if self._driver is None or not self._driver.in_transaction:
            return
        try:
            self._driver.execute("ROLLBACK")
        except sqlite3.Error:
            self.close()

    @property
    def in_transaction(self) -> bool:
        return self._driver is not None and self._driver.in_transaction

    def close(self) -> None:
        if self._connection is not None:
            self._connection.close()
        self._connection = self._driver = self._prepared = None
        self._engine.dispose()


class SqliteTransactions:
    """Whole transactions on a SQLite file. Thread-safe; one process writes at a time, others wait their turn."""

    def __init__(self, url: URL) -> None:
        self._url = url
        self._writer = _Writer(url)
        self._group = GroupCommit(self._writer)
        self._readers = sqlite_engine(url, reads_only=True, connections=READERS)
        self._fits = threading.Event()

    def write(self, deed: Callable[[Transaction], T]) -> T:
        return self._group.run(lambda: deed(self._writer.transaction()))

    def read(self, deed: Callable[[Transaction], T]) -> T:
        if not self._fits.is_set():
            must_exist(self._url)
        with self._readers.connect() as connection:
            if not self._fits.is_set():
                must_fit(connection)
                self._fits.set()
            connection.exec_driver_sql("BEGIN")
            try:
                return deed(Transaction(connection, "sqlite", writable=False))
            finally:
                connection.exec_driver_sql("ROLLBACK")

    def close(self) -> None:
        self._group.end(self._writer.close)
        self._readers.dispose()
