"""Rows that wait for the commit of the whole group, whichever job they are of: the words that people search for.

FTS5 writes out what it has gathered at every savepoint, so words written job by job cost a segment of the index each.
Kept until the commit, or until somebody searches, they cost one for all.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from sqlalchemy import UpdateBase

Run = Callable[[UpdateBase, Sequence[dict[str, Any]]], object]
Mark = tuple[int, int]


class LateRows:
    """What waits, in order, and how much of it is written. `run` writes rows of one statement."""

    def __init__(self, run: Run) -> None:
        self._run = run
        self._waiting: list[tuple[UpdateBase, Sequence[dict[str, Any]]]] = []
        self._written = 0

    def add(self, statement: UpdateBase, rows: Sequence[dict[str, Any]]) -> None:
        self._waiting.append((statement, rows))

    def write(self) -> None:
        """Write what is not written yet."""
        rest = self._waiting[self._written :]
        self._written = len(self._waiting)
        for statement, rows in rest:
            self._run(statement, rows)

    def mark(self) -> Mark:
        """Where things stand at a savepoint."""
        return len(self._waiting), self._written

    def back_to(self, mark: Mark) -> None:
        """All since that savepoint is undone: what was added is dropped, and what was written waits again."""
        kept, self._written = mark
        del self._waiting[kept:]

    def clear(self) -> None:
        """The transaction is over."""
        self.back_to((0, 0))
