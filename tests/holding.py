"""Hold an SQLite database, as a backup or a slow disk does: whoever writes waits until it is let go."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path


@contextmanager
def held(folder: Path) -> Iterator[None]:
    """Nobody else can write into the desk in that folder meanwhile."""
    with closing(sqlite3.connect(folder / "thirdline.db", isolation_level=None)) as connection:
        connection.execute("BEGIN IMMEDIATE")
        try:
            yield
        finally:
            connection.execute("ROLLBACK")
