"""Core statements compiled once and handed to SQLite's driver as they are: the writer's hot path.

For statements of a few microseconds SQLAlchemy's execution (cache key, context, cursor, result) costs several times
what SQLite does. A write of ours needs none of it: its values are plain already, and it returns nothing. Measured,
this more than halves what opening a ticket costs.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Sequence
from operator import itemgetter
from typing import Any

from sqlalchemy import ClauseElement
from sqlalchemy.dialects.sqlite import dialect

# The SQL, what takes its parameters out of a row in their order, and the values that are part of the statement itself.
_Compiled = tuple[str, Callable[[dict[str, Any]], tuple[Any, ...]], dict[str, Any]]

_DIALECT = dialect(paramstyle="qmark")


class Prepared:
    """A driver's connection with what has been compiled for it, by statement and columns."""

    def __init__(self, driver: sqlite3.Connection) -> None:
        self._driver = driver
        self._compiled: dict[tuple[ClauseElement, tuple[str, ...]], _Compiled] = {}

    def run(self, statement: ClauseElement, rows: Sequence[dict[str, Any]]) -> int:
        """Run it once for each row; the rows have the same columns. Returns how many rows it touched."""
        sql, values_of, constants = self._prepare(statement, tuple(rows[0]))
        whole = [constants | row for row in rows] if constants else rows
        return self._driver.executemany(sql, map(values_of, whole)).rowcount

    def rows(self, statement: ClauseElement, values: dict[str, Any]) -> list[tuple[Any, ...]]:
        """The rows of a query, their values as the driver gives them."""
        sql, values_of, constants = self._prepare(statement, tuple(values))
        return self._driver.execute(sql, values_of(constants | values)).fetchall()

    def _prepare(self, statement: ClauseElement, columns: tuple[str, ...]) -> _Compiled:
        found = self._compiled.get((statement, columns))
        if found is None:
            compiled: Any = statement.compile(dialect=_DIALECT, column_keys=list(columns), for_executemany=True)
            names = tuple(compiled.positiontup or ())
            constants = {name: compiled.params[name] for name in names if name not in columns}
            found = str(compiled), _picking(names), constants
            self._compiled[statement, columns] = found
        return found


def _picking(names: tuple[str, ...]) -> Callable[[dict[str, Any]], tuple[Any, ...]]:
    return itemgetter(*names) if len(names) > 1 else lambda row: tuple(row[name] for name in names)
