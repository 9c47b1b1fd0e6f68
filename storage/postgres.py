"""Transactions on PostgreSQL: one for each write, in the caller's thread; what collides is tried again."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import TypeVar

from sqlalchemy import URL, Connection
from sqlalchemy.exc import DBAPIError

from storage.engines import postgres_engine
from storage.schema import must_fit
from storage.transaction import Transaction
from storage.turns import OutOfTurn, Turn, Turns

T = TypeVar("T")

TRIES = 5
_COLLISIONS = ("40001", "40P01")


class PostgresTransactions:
    """Whole transactions on a server, from any number of processes.

    READ COMMITTED is enough for writes because what is read in order to be changed is locked (`Tickets.get`); reads
    see one snapshot.
    """

    def __init__(self, url: URL) -> None:
        self._engine = postgres_engine(url)
        self._reading = self._engine.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
        self._fits = threading.Event()

    def write(self, deed: Callable[[Transaction], T]) -> T:
        """Run it; what was out of turn, a deadlock or a serialization failure runs it again from the start, a few
        times. The last time it waits in any order."""
        wanted: frozenset[Turn] = frozenset()
        for _ in range(TRIES - 1):
            try:
                return self._write_once(deed, wanted, strict=True)
            except OutOfTurn as early:
                wanted |= early.turns
            except DBAPIError as error:
                if getattr(error.orig, "sqlstate", None) not in _COLLISIONS:
                    raise
        return self._write_once(deed, wanted, strict=False)

    def _write_once(self, deed: Callable[[Transaction], T], wanted: frozenset[Turn], *, strict: bool) -> T:
        with self._engine.connect() as connection:
            self._must_fit(connection)
            with connection.begin():
                turns = Turns(connection, wanted, strict=strict)
                return deed(Transaction(connection, "postgresql", writable=True, turns=turns))

    def read(self, deed: Callable[[Transaction], T]) -> T:
        with self._reading.connect() as connection:
            self._must_fit(connection)
            with connection.begin():
                return deed(Transaction(connection, "postgresql", writable=False))

    def _must_fit(self, connection: Connection) -> None:
        if not self._fits.is_set():
            with connection.begin():
                must_fit(connection)
            self._fits.set()

    def close(self) -> None:
        self._engine.dispose()
