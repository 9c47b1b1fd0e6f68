"""A copy takes the place of the database only where nobody has it open, and whatever the copy is called."""

from __future__ import annotations

from pathlib import Path

import pytest

from storage.database import SqlDatabase
from storage.errors import StorageTrouble
from storage.maintenance import backup, check, restore
from tests.storage.desk import open_ticket


def test_a_database_that_somebody_has_open_is_not_replaced_although_they_are_idle(
    sqlite: SqlDatabase, sqlite_url: str, tmp_path: Path
) -> None:
    sqlite.write(open_ticket)
    copy = tmp_path / "copy.db"
    backup(sqlite_url, copy)
    sqlite.write(open_ticket)
    with pytest.raises(StorageTrouble, match="in use"):
        restore(copy, sqlite_url)
    assert sqlite.write(open_ticket).number == 3, "The open desk goes on as before."
    assert check(sqlite_url).journal == "WAL"
    sqlite.close()
    assert restore(copy, sqlite_url) is not None
    assert check(sqlite_url).tickets == 1


@pytest.mark.parametrize("name", ["what?.db", "50%20off.db", "copy #1.db", "file:copy.db"])
def test_a_copy_may_be_called_anything(sqlite: SqlDatabase, sqlite_url: str, tmp_path: Path, name: str) -> None:
    sqlite.write(open_ticket)
    backup(sqlite_url, tmp_path / name)
    sqlite.close()
    before = {path.name for path in tmp_path.iterdir()}
    assert restore(tmp_path / name, sqlite_url) is not None
    assert {path.name for path in tmp_path.iterdir()} - before == {"desk.db.replaced-1"}
    assert check(sqlite_url).tickets == 1
