"""Copies of files: wanted with their ticket, taken by one desk at a time, and never forgotten."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import create_engine, event

from bot.ports import Copy, CopyState, UnitOfWork
from storage.database import SqlDatabase
from storage.files import SqlFiles
from storage.transaction import Transaction
from tests.storage.desk import at, open_ticket


def wanted(number: int = 1, platform: str = "slack") -> Copy:
    return Copy(1, 1, number, platform, f"{number}.png", "image/png", f"https://files.example/{number}")


@pytest.fixture
def two(database: SqlDatabase) -> SqlDatabase:
    def deed(work: UnitOfWork) -> None:
        open_ticket(work)
        for number in (2, 1):
            work.files.want(wanted(number), at(0))

    database.write(deed)
    return database


def test_what_is_wanted_is_taken_once_until_its_lease_ends(two: SqlDatabase) -> None:
    def take(minutes: int) -> list[int]:
        return two.write(lambda work: [copy.number for copy in work.files.lease("slack", at(minutes), 600, 1)])

    assert [take(0), take(0), take(0)] == [[1], [2], []]
    assert two.read(lambda work: work.files.next_due("slack")) == at(10)
    assert two.read(lambda work: work.files.next_due("discord")) is None
    assert [take(10), take(11), take(12)] == [[1], [2], []]
    assert [copy.attempts for copy in two.read(lambda work: work.files.of_ticket(1))] == [2, 2]


def test_a_copy_that_was_made_or_given_up_is_wanted_no_more(two: SqlDatabase) -> None:
    def deed(work: UnitOfWork) -> None:
        first, second = work.files.lease("slack", at(0), 600, 9)
        work.files.copied(first, "1/1-1.png")
        work.files.failed(second, "it is gone", None)

    two.write(deed)
    first, second = two.read(lambda work: work.files.of_ticket(1))
    assert (first.state, first.path) == (CopyState.COPIED, "1/1-1.png")
    assert (second.state, second.error) == (CopyState.FAILED, "it is gone")
    assert two.read(lambda work: work.files.next_due("slack")) is None


def test_what_failed_for_now_comes_again_when_it_said(two: SqlDatabase) -> None:
    def deed(work: UnitOfWork) -> None:
        for copy in work.files.lease("slack", at(0), 600, 9):
            work.files.failed(copy, "Slack was away", at(5))

    two.write(deed)
    assert two.read(lambda work: work.files.next_due("slack")) == at(5)
    assert two.write(lambda work: len(work.files.lease("slack", at(5), 600, 9))) == 2


def test_a_file_that_lies_here_already_is_only_noted(database: SqlDatabase) -> None:
    here = replace(wanted(platform="email"), state=CopyState.COPIED, path="in/ab/abc", source="")

    def deed(work: UnitOfWork) -> None:
        open_ticket(work)
        work.files.want(here, at(0))

    database.write(deed)
    assert database.read(lambda work: work.files.of_ticket(1)) == [here]
    assert database.write(lambda work: work.files.lease("email", at(60), 600, 9)) == []


def test_which_paths_are_recorded_is_found_by_the_index_however_many_files_there_are(
    database: SqlDatabase, url: str
) -> None:
    def deed(work: UnitOfWork) -> None:
        open_ticket(work)
        for number in range(1, 2001):
            work.files.want(replace(wanted(number), state=CopyState.COPIED, path=f"in/{number}"), at(0))

    database.write(deed)
    assert database.read(lambda work: work.files.recorded(["in/7", "in/x"])) == {"in/7"}
    plan = _plan(url)
    assert "file_copies_by_path" in plan
    assert "Seq Scan on file_copies" not in plan
    assert "SCAN file_copies" not in plan


def _plan(url: str) -> str:
    """How the database would find them."""
    engine = create_engine(url)
    explain = "EXPLAIN QUERY PLAN " if engine.dialect.name == "sqlite" else "EXPLAIN "
    told: list[str] = []
    with engine.connect() as connection:
        connection.exec_driver_sql("ANALYZE")

        def instead(conn: Any, cursor: Any, sql: str, values: Any, context: Any, many: bool) -> None:
            cursor.execute(explain + sql, values)
            told.extend(str(row[-1]) for row in cursor.fetchall())
            cursor.execute(sql, values)

        event.listen(connection, "before_cursor_execute", instead)
        SqlFiles(Transaction(connection, engine.dialect.name, writable=False)).recorded(["in/7", "in/x"])
        connection.rollback()
    engine.dispose()
    return "\n".join(told)
