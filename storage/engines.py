"""Engines made from a URL: SQLite set up for durability, PostgreSQL through psycopg 3, both told apart only here."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from sqlalchemy import URL, Engine, create_engine, event, make_url
from sqlalchemy.exc import ArgumentError

from bot.domain.errors import BadValue
from storage.errors import UPGRADE, NotSetUp

# How long somebody waits for another process before they are told that the database is held, in seconds.
PATIENCE = 5.0
CONNECTIONS = 8

# A server that is gone without a word, as after a failover or behind a network that drops everything, is noticed in
# seconds: the system's own patience is a quarter of an hour, in which nobody would be paged. (libpq's names; the last
# one is in milliseconds, the others in seconds.)
WATCHFUL = {
    "connect_timeout": 5,
    "keepalives_idle": 10,
    "keepalives_interval": 5,
    "keepalives_count": 3,
    "tcp_user_timeout": 20_000,
}
STANDS_STILL = "SET idle_in_transaction_session_timeout = '30s'"
"""A desk that stands still in the middle of a transaction does not hold its rows against the others."""

EXAMPLES = "For example: sqlite:///data/desk.db or postgresql://user:password@host/name"


def parse(url: str) -> URL:
    """The URL with its driver named. Raises BadValue, with examples, for what is neither SQLite nor PostgreSQL."""
    try:
        parsed = make_url(url.strip())
    except (ArgumentError, ValueError) as error:
        raise BadValue("The database URL cannot be read.", EXAMPLES) from error
    kind = parsed.drivername.partition("+")[0]
    if kind in ("postgres", "postgresql"):
        return parsed.set(drivername="postgresql+psycopg")
    if kind != "sqlite":
        raise BadValue(f"Thirdline keeps its data in SQLite or PostgreSQL, not in “{kind}”.", EXAMPLES)
    if parsed.database in (None, "", ":memory:") or "mode" in parsed.query:
        raise BadValue("The SQLite database must be a file.", EXAMPLES)
    return parsed.set(drivername="sqlite+pysqlite")


def is_sqlite(url: URL) -> bool:
    return url.get_backend_name() == "sqlite"


def file_of(url: URL) -> Path:
    """Where a SQLite database lies."""
    return Path(url.database or "")


def must_exist(url: URL) -> None:
    """Raises NotSetUp where there is no SQLite file, which the driver would otherwise create, empty."""
    if not file_of(url).exists():
        raise NotSetUp(f"There is no database at {file_of(url)}.", UPGRADE)


def sqlite_engine(url: URL, *, reads_only: bool, connections: int = 1) -> Engine:
    """An engine whose transactions are begun and ended by us: the driver must not guess.

    synchronous=FULL makes a commit survive a power cut; `query_only` makes a reader unable to write.
    """
    engine = create_engine(
        url,
        isolation_level="AUTOCOMMIT",
        # An error names its statement, never the customer's words that were to be written.
        hide_parameters=True,
        pool_size=connections,
        max_overflow=0 if not reads_only else connections,
        pool_reset_on_return=None,
        connect_args={"check_same_thread": False} | ({} if "timeout" in url.query else {"timeout": PATIENCE}),
    )

    @event.listens_for(engine, "connect")
    def prepare(connection: Any, _record: Any) -> None:
        cursor = connection.cursor()
        if reads_only:
            cursor.execute("PRAGMA query_only=ON")
        else:
            cursor.execute("PRAGMA journal_mode=WAL")
            cursor.execute("PRAGMA synchronous=FULL")
            cursor.execute("PRAGMA foreign_keys=ON")
        cursor.close()

    return engine


def postgres_engine(url: URL) -> Engine:
    """A small pool; a connection that the server has closed meanwhile is noticed before it is used."""
    try:
        engine = create_engine(
            url,
            hide_parameters=True,
            pool_size=CONNECTIONS,
            max_overflow=0,
            pool_pre_ping=True,
            pool_timeout=30,
            # What the operator's URL says counts more.
            connect_args={name: value for name, value in WATCHFUL.items() if name not in url.query},
        )
    except ModuleNotFoundError as error:
        raise BadValue(
            "PostgreSQL needs the psycopg driver, which is not installed.", "Run: pip install 'thirdline[postgres]'"
        ) from error

    @event.listens_for(engine, "connect")
    def prepare(connection: Any, _record: Any) -> None:
        with connection.cursor() as cursor:
            cursor.execute(STANDS_STILL)
        connection.commit()

    return engine
