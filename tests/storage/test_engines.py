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


def test_a_desk_that_stands_still_in_a_transaction_lets_go_of_what_it_holds(postgres_url: str) -> None:
    engine = postgres_engine(parse(postgres_url))
    with engine.connect() as connection:
        assert connection.execute(text("SHOW idle_in_transaction_session_timeout")).scalar() == "30s"
    engine.dispose()


def test_a_server_that_is_gone_without_a_word_is_noticed_unless_the_operator_says_otherwise(postgres_url: str) -> None:
    url = parse(postgres_url)
    for given, told in ((url, "20000"), (url.update_query_dict({"tcp_user_timeout": "7000"}), "7000")):
        engine = postgres_engine(given)
        with engine.connect() as connection:
            parameters = connection.connection.dbapi_connection.info.get_parameters()  # type: ignore[union-attr]
        engine.dispose()
        assert (parameters["tcp_user_timeout"], parameters["connect_timeout"]) == (told, "5")
