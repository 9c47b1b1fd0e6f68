"""The bound for a slash command that commits a ticket: quick Bolt with the same rows by bare `sqlite3`, and no desk.

Whatever waits at the same moment shares one durable commit, in the event loop itself: no rule, no card, no thread.
"""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Callable, Sequence
from contextlib import closing
from itertools import count
from pathlib import Path
from typing import Any

from bot.ports import Speaker
from bot.wiring import House

OPEN = "/ticket open printer on fire --customer c1"

# What of a row differs from ticket to ticket: column and how it is made of the number.
_OWN: dict[str, dict[str, Callable[[int], Any]]] = {
    "requests": {"id": lambda number: f"slack:{number}.1.abcdef"},
    "tickets": {"number": int},
    "events": {"ticket": int},
    "timers": {"ticket": int},
    "outbox": {"id": int, "key": lambda number: f"card:{number}", "ticket": int},
}
_SEARCH = "INSERT INTO search (rowid, words) VALUES (?, ?)"


class Rows:
    """Writes copies of what the desk wrote for one ticket."""

    def __init__(self, house: House, file: Path, speaker: Speaker) -> None:
        house.desk.say(speaker, OPEN, "slack:1.1.abcdef")
        self._connection = sqlite3.connect(file, isolation_level=None)
        for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON"):
            self._connection.execute(f"PRAGMA {pragma}")
        self._inserts = [self._insert(table) for table in _OWN]
        self._numbers = count(10)
        self._waiting: list[asyncio.Future[None]] = []

    def _insert(self, table: str) -> tuple[str, list[Any], dict[int, Callable[[int], Any]]]:
        with closing(self._connection.execute(f"SELECT * FROM {table} LIMIT 1")) as cursor:
            columns = [column[0] for column in cursor.description]
            row = list(cursor.fetchone())
        own = {columns.index(name): make for name, make in _OWN[table].items()}
        marks = ", ".join("?" * len(row))
        return f"INSERT INTO {table} VALUES ({marks})", row, own

    async def write(self) -> None:
        """Returns once a ticket's rows are durable."""
        loop = asyncio.get_running_loop()
        if not self._waiting:
            loop.call_soon(self._commit)
        done: asyncio.Future[None] = loop.create_future()
        self._waiting.append(done)
        await done

    def _commit(self) -> None:
        waiting, self._waiting = self._waiting, []
        run = self._connection.execute
        run("BEGIN IMMEDIATE")
        for number in (next(self._numbers) for _ in waiting):
            for statement, row, own in self._inserts:
                run(statement, _with(row, own, number))
            run(_SEARCH, (number << 20, "printer on fire"))
        run("COMMIT")
        for done in waiting:
            done.set_result(None)


def _with(row: Sequence[Any], own: dict[int, Callable[[int], Any]], number: int) -> list[Any]:
    values = list(row)
    for place, make in own.items():
        values[place] = make(number)
    return values
