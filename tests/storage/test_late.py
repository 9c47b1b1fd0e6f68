"""Rows that wait for the commit of a group: written once, in order, and exactly those of the jobs that are kept."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest
from sqlalchemy import UpdateBase, column, insert, table

from storage.database import SqlDatabase
from storage.engines import parse
from storage.group_commit import GroupCommit
from storage.late import LateRows
from storage.sqlite import _Writer
from storage.tables import facts

STATEMENT = insert(table("search", column("words")))


class Index:
    """Where rows arrive."""

    def __init__(self) -> None:
        self.words: list[str] = []

    def run(self, statement: UpdateBase, rows: Sequence[dict[str, Any]]) -> None:
        assert statement is STATEMENT
        self.words += (row["words"] for row in rows)


@pytest.fixture
def index() -> Index:
    return Index()


def add(late: LateRows, words: str) -> None:
    late.add(STATEMENT, [{"words": words}])


def test_nothing_is_written_before_somebody_asks_and_nothing_twice(index: Index) -> None:
    late = LateRows(index.run)
    add(late, "mail")
    assert index.words == []
    late.write()
    late.write()
    add(late, "printer")
    late.write()
    assert index.words == ["mail", "printer"]


def test_an_undone_job_takes_its_own_rows_along_and_no_others(index: Index) -> None:
    late = LateRows(index.run)
    add(late, "mail")
    savepoint = late.mark()
    add(late, "printer")
    late.back_to(savepoint)
    add(late, "router")
    late.write()
    assert index.words == ["mail", "router"]


def test_what_an_undone_search_had_written_for_earlier_jobs_is_written_again(index: Index) -> None:
    late = LateRows(index.run)
    add(late, "mail")
    savepoint = late.mark()
    add(late, "printer")
    late.write()
    index.words.clear()  # The database goes back to the savepoint.
    late.back_to(savepoint)
    late.write()
    assert index.words == ["mail"]


def test_the_next_transaction_begins_with_nothing(index: Index) -> None:
    late = LateRows(index.run)
    add(late, "mail")
    late.clear()
    late.write()
    assert index.words == []


class Interrupted(_Writer):
    """A writer whose first commit is done, and interrupted before it can say so."""

    fresh = True

    def _do(self, statement: str) -> None:
        super()._do(statement)
        if statement == "COMMIT" and self.fresh:
            self.fresh = False
            raise KeyboardInterrupt


def test_what_was_written_by_an_interrupted_commit_is_not_written_again(sqlite: SqlDatabase, sqlite_url: str) -> None:
    writer = Interrupted(parse(sqlite_url))
    group = GroupCommit(writer)

    def keep(name: str) -> None:
        group.run(lambda: writer.transaction().write_late(insert(facts), [{"name": name, "value": "1"}]))

    with pytest.raises(KeyboardInterrupt):
        keep("one")
    writer.begin()
    assert writer._late.mark() == (0, 0), "The interrupt came before the commit could say that nothing waits."
    writer.rollback()
    keep("two")
    writer.close()
    assert sqlite.read(lambda work: [work.memory.fact(name) for name in ("one", "two")]) == [1, 1]
