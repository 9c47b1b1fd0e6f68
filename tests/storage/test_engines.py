"""What an engine says when something goes wrong: the statement, and never what customers wrote."""

from __future__ import annotations

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from storage.engines import is_sqlite, parse, postgres_engine, sqlite_engine


def test_an_error_of_the_driver_does_not_carry_what_was_to_be_written_into_the_log(url: str) -> None:
    parsed = parse(url)
    engine = sqlite_engine(parsed, reads_only=False) if is_sqlite(parsed) else postgres_engine(parsed)
    with engine.connect() as connection, pytest.raises(DBAPIError) as failed:
        connection.execute(text("INSERT INTO nowhere VALUES (:said)"), {"said": "my password is tulip"})
    engine.dispose()
    assert "nowhere" in str(failed.value)
    assert "tulip" not in str(failed.value)
