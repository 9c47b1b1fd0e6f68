"""Desks to measure on, with as many open tickets as one likes: copies of a few that the desk opened itself."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path

from bot.clocks import MovableClock
from bot.domain.people import Role, Staff
from bot.ports import Speaker, UnitOfWork
from bot.settings import Settings
from bot.wiring import House, build
from commands.record import record_opened
from commands.spec import Caller

START = datetime(2026, 10, 6, 14, 0, tzinfo=UTC)
"""A Tuesday at 10:00 in Toronto, when the desk opens."""

ANN = Speaker("console", "ann", "Ann")

_COPY = """
WITH RECURSIVE numbers(n) AS (SELECT :least UNION ALL SELECT n + 1 FROM numbers WHERE n < :most)
INSERT INTO {table} ({key}, {columns}) SELECT n, {columns} FROM numbers JOIN {table}
ON {table}.{key} = CASE WHEN n % :every = 0 THEN 2 ELSE 1 END
"""


@contextmanager
def desk(folder: Path, now: datetime = START) -> Iterator[House]:
    """A desk in that folder, at that time, with one colleague."""
    house = build(Settings(data=folder), MovableClock(now))
    try:
        house.database.write(move_in)
        yield house
    finally:
        house.close()


def move_in(work: UnitOfWork) -> None:
    work.people.save(Staff("ann", "Ann", Role.ADMIN, {"console": "ann"}))


def open_ticket(work: UnitOfWork, at: datetime, subject: str = "Mail server down, queue growing") -> int:
    """A Level III ticket, without the pleasantries of the command. Returns its number."""
    caller = Caller(work.people.get("ann"), ANN, at)
    return record_opened(caller, work, subject=subject, level="III", starts=["first_response"]).number


def fill(folder: Path, tickets: int, every: int) -> None:
    """Make of the tickets #1 and #2 so many: every so-manieth like #2, the others like #1."""
    with closing(sqlite3.connect(folder / "thirdline.db")) as connection, connection:
        connection.execute("PRAGMA synchronous=OFF")
        for table, key in (("tickets", "number"), ("events", "ticket"), ("timers", "ticket")):
            columns = [name for _, name, *_ in connection.execute(f"PRAGMA table_info({table})") if name != key]
            connection.execute(_copy(table, key, columns), {"least": 3, "most": tickets, "every": every})


def _copy(table: str, key: str, columns: Sequence[str]) -> str:
    return _COPY.format(table=table, key=key, columns=", ".join(columns))
