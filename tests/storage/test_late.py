"""Rows that wait for the commit of a group: written once, in order, and exactly those of the jobs that are kept."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest
from sqlalchemy import UpdateBase, column, insert, table

from storage.late import LateRows

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
