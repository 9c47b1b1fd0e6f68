"""The database as the desk sees it: whole transactions over SQLite or PostgreSQL, chosen by URL."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from bot.oncall.data import plan_from_json
from bot.ports import UnitOfWork, WallClock
from storage.engines import is_sqlite, parse
from storage.errors import in_plain_words
from storage.outbox_posting import Routes
from storage.postgres import PostgresTransactions
from storage.promises import PromisesCache, PromisesFrom
from storage.rota import PlanCache, PlanFrom
from storage.sqlite import SqliteTransactions
from storage.transaction import Transaction
from storage.unit_of_work import SqlUnitOfWork

T = TypeVar("T")


class SqlDatabase:
    """The port `Database`. Thread-safe. Connects when first used; raises StorageTrouble, in words, where it cannot.

    `routes` turns a logical place of news into (platform, place) addresses; `promises_from` makes promises of the
    stored policy's JSON, the frozen holidays and the policy's version; `clock` dates the parcels.
    """

    def __init__(
        self,
        url: str,
        routes: Routes,
        promises_from: PromisesFrom,
        clock: WallClock,
        plan_from: PlanFrom = plan_from_json,
    ) -> None:
        parsed = parse(url)
        self._transactions = SqliteTransactions(parsed) if is_sqlite(parsed) else PostgresTransactions(parsed)
        self._routes = routes
        self._promises = PromisesCache(promises_from)
        self._plans = PlanCache(plan_from)
        self._clock = clock

    def write(self, deed: Callable[[UnitOfWork], T]) -> T:
        """Run it in a transaction of its own; return once the commit is durable. What it raises undoes it."""

        def run(transaction: Transaction) -> T:
            result = deed(self._unit(transaction))
            transaction.flush()
            return result

        with in_plain_words():
            return self._transactions.write(run)

    def read(self, deed: Callable[[UnitOfWork], T]) -> T:
        """Run it on a snapshot; writing there raises RuntimeError."""

        with in_plain_words():
            return self._transactions.read(lambda transaction: deed(self._unit(transaction)))

    def close(self) -> None:
        """Close every connection, once a write that is under way has ended. Nothing may be begun any more."""
        self._transactions.close()

    def _unit(self, transaction: Transaction) -> SqlUnitOfWork:
        return SqlUnitOfWork(transaction, self._routes, self._promises, self._plans, self._clock)
