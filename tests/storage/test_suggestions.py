"""Completion stays quick however many tickets were ever closed: no question of it reads and sorts them all."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import Engine, event

from bot.domain.customers import Customer
from bot.domain.history import Deed
from bot.ports import UnitOfWork
from storage.database import SqlDatabase
from storage.engines import parse, sqlite_engine
from storage.suggestions import suggest
from storage.transaction import Transaction
from tests.storage.desk import happen, open_ticket


def plan(engine: Engine, prefix: str) -> list[str]:
    """How SQLite goes about each question of a completion."""
    asked: list[tuple[str, Any]] = []

    def note(_connection: Any, _cursor: Any, statement: str, values: Any, *_rest: Any) -> None:
        asked.append((statement, values))

    event.listen(engine, "before_cursor_execute", note)
    with engine.connect() as connection:
        suggest(Transaction(connection, "sqlite", writable=False), prefix, 50)
        event.remove(engine, "before_cursor_execute", note)
        return [
            str(row[3])
            for statement, values in asked
            for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", values)
        ]


@pytest.mark.parametrize("prefix", ["", "1", "mail"])
def test_no_question_of_a_completion_reads_all_that_was_ever_closed(
    sqlite: SqlDatabase, sqlite_url: str, prefix: str
) -> None:
    sqlite.write(lambda work: [open_ticket(work, "Mail down") for _ in range(20)])
    engine = sqlite_engine(parse(sqlite_url), reads_only=True)
    steps = plan(engine, prefix)
    engine.dispose()
    assert len(steps) >= 2
    assert not [step for step in steps if "tickets_by_state" in step]
    # Of words, what matches is sorted, and nothing else.
    assert prefix != "" or not [step for step in steps if "USE TEMP B-TREE" in step]


def test_the_newest_are_offered_open_ones_first_and_as_many_as_are_wanted(database: SqlDatabase) -> None:
    def deed(work: UnitOfWork) -> None:
        for number in range(1, 9):
            open_ticket(work)
            if number not in (1, 5):
                happen(work, number, Deed.CLOSED, resolution="solved")

    database.write(deed)
    offered = database.read(lambda work: work.tickets.suggest("", 5))
    assert [ticket.number for ticket in offered] == [5, 1, 8, 7, 6]


def test_a_word_of_very_many_is_answered_as_the_index_would(database: SqlDatabase) -> None:
    def deed(work: UnitOfWork) -> None:
        work.customers.save(Customer("acme", "ACME Heavy Industries"))
        for number in range(1, 41):
            open_ticket(work, "Ménage down" if number % 2 else "Printer", customer="acme" if number % 4 else None)
            if number > 36:
                happen(work, number, Deed.CLOSED, resolution="solved")

    database.write(deed)

    def offered(typed: str, most: int) -> list[int]:
        found = database.read(lambda work: work.tickets.suggest(typed, most))
        return [ticket.number for ticket in found]

    for typed in ("men", "MÉNAGE do", "indus", "heavy print", "ind men"):
        everything = offered(typed, 40)
        assert len(everything) >= 10
        assert offered(typed, 3) == everything[:3]
    assert offered("men", 3) == [35, 33, 31]
    assert offered("heavy print", 3) == [34, 30, 26]
