"""Looking after the database: set it up and upgrade it, check it, back it up, restore it."""

from __future__ import annotations

import os
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import URL, Connection, create_engine, inspect, text

from bot.domain.errors import BadValue, NotFound
from storage.consistency import differing
from storage.engines import PATIENCE, file_of, is_sqlite, must_exist, parse, postgres_engine
from storage.errors import CHECK, Damaged, StorageTrouble, in_plain_words
from storage.newest import SCHEMA
from storage.schema import must_fit, must_not_be_newer, schema_of

KEPT_BEFORE_UPGRADES = 5


@dataclass(frozen=True, slots=True)
class Health:
    """What a check found. `problems` is empty when all is well; sizes are in bytes, None where unknown.

    `compared` is False where the file is too damaged to compare its tickets with their history.
    """

    kind: str
    schema: str
    journal: str
    size: int | None
    free: int | None
    tickets: int
    problems: tuple[str, ...]
    compared: bool = True

    @property
    def well(self) -> bool:
        return not self.problems


def upgrade(url: str) -> None:
    """Create the database, or bring it to the schema of this program, in one transaction.

    Copies a SQLite file to `backups/` beside it first. Raises TooNew for a schema from a later version of the program.
    """
    with _files_in_plain_words(), in_plain_words():
        parsed = parse(url)
        if is_sqlite(parsed):
            _upgrade_sqlite(parsed)
        else:
            _upgrade_postgres(parsed)


def _upgrade_sqlite(url: URL) -> None:
    path = file_of(url)
    with _opened(url) as connection:
        if schema_of(connection) == SCHEMA:
            return
        connection.exec_driver_sql("PRAGMA journal_mode=WAL")
        connection.exec_driver_sql("BEGIN IMMEDIATE")
        # Asked again: another process may have upgraded it while this one waited.
        found = schema_of(connection)
        must_not_be_newer(found)
        if found is None:
            _must_be_empty(connection, path)
        elif found < SCHEMA:
            _back_up_before_upgrade(path, found)
        if found != SCHEMA:
            _migrate(connection)
        connection.exec_driver_sql("COMMIT")


def _must_be_empty(connection: Connection, path: Path) -> None:
    """Raises StorageTrouble for the database of another program: our tables have no business there."""
    if tables := inspect(connection).get_table_names():
        raise StorageTrouble(f"{path} belongs to another program: it has a table “{tables[0]}”.", "Name another file.")


def _upgrade_postgres(url: URL) -> None:
    engine = postgres_engine(url)
    try:
        with engine.begin() as connection:
            # Of several replicas that start together one migrates and the others find it done.
            connection.execute(text("SELECT pg_advisory_xact_lock(hashtext('thirdline upgrade'))"))
            found = schema_of(connection)
            must_not_be_newer(found)
            if found != SCHEMA:
                _migrate(connection)
    finally:
        engine.dispose()


def _migrate(connection: Connection) -> None:
    # Alembic is slow to import, and a start that finds its schema does not need it.
    from storage.migrate import to_newest

    to_newest(connection)


@contextmanager
def _opened(url: URL) -> Iterator[Connection]:
    """A SQLite connection whose transactions are ours to begin; an open one is undone at the end."""
    engine = create_engine(url, isolation_level="AUTOCOMMIT", hide_parameters=True, connect_args={"timeout": PATIENCE})
    try:
        with engine.connect() as connection:
            yield connection
    finally:
        engine.dispose()


def _back_up_before_upgrade(path: Path, schema: str) -> None:
    folder = path.parent / "backups"
    folder.mkdir(exist_ok=True)
    changed = datetime.fromtimestamp(path.stat().st_mtime, UTC)
    _copy(path, folder / f"{path.stem}-schema{schema}-{changed:%Y%m%dT%H%M%SZ}.db")
    kept = sorted(folder.glob(f"{path.stem}-schema*.db"), key=lambda file: file.stat().st_mtime)
    for old in kept[:-KEPT_BEFORE_UPGRADES]:
        old.unlink()


def _copy(source: Path, target: Path) -> None:
    """A consistent copy of a database that may be in use, put in place only when it is whole."""
    unfinished = target.with_name(target.name + ".unfinished")
    unfinished.unlink(missing_ok=True)
    try:
        with closing(sqlite3.connect(source, timeout=PATIENCE)) as one, closing(sqlite3.connect(unfinished)) as other:
            one.backup(other)
            # A backup is one file: without the switch its first reader would need a second one beside it.
            other.execute("PRAGMA journal_mode=DELETE")
        with unfinished.open("rb") as file:
            os.fsync(file.fileno())
        unfinished.replace(target)
    finally:
        unfinished.unlink(missing_ok=True)


def backup(url: str, path: Path) -> None:
    """Copy a SQLite database, in use or not, to a file that does not exist yet. The copy is checked."""
    with _files_in_plain_words(), in_plain_words():
        parsed = _only_sqlite(url, "pg_dump --format=custom --file=desk.dump NAME")
        must_exist(parsed)
        if path.exists():
            raise BadValue(f"{path} exists already.", "Give a name that is still free.")
        if not path.parent.is_dir():
            raise BadValue(f"There is no folder {path.parent}.", "Make it, or name another.")
        try:
            with in_plain_words():
                _copy(file_of(parsed), path)
                _must_be_whole(path)
        except Damaged:
            path.unlink(missing_ok=True)
            raise Damaged("The database is damaged, and a copy would be, too: none is kept.", CHECK) from None


def restore(path: Path, url: str) -> Path | None:
    """Put a checked backup in the place of the database; returns where the replaced file is kept, if there was one.

    The desk must be stopped. A backup of an older schema is taken and upgraded at the next start.
    """
    with _files_in_plain_words(), in_plain_words():
        parsed = _only_sqlite(url, "pg_restore --clean --dbname=NAME desk.dump")
        if not path.exists():
            raise NotFound(f"There is no file {path}.", "Give the file that thirdline db backup wrote.")
        try:
            with in_plain_words():
                _must_be_whole(path)
        except Damaged:
            raise Damaged(f"{path} is damaged. Your desk is unchanged.", "Take another copy.") from None
        target = file_of(parsed)
        target.parent.mkdir(parents=True, exist_ok=True)
        kept = _set_aside(target) if target.exists() else None
        _copy(path, target)
        return kept


def _only_sqlite(url: str, instead: str) -> URL:
    parsed = parse(url)
    if not is_sqlite(parsed):
        raise BadValue("PostgreSQL brings better tools for this than Thirdline could.", f"Use: {instead}")
    return parsed


def _must_be_whole(path: Path) -> None:
    """Raises StorageTrouble unless the file is an undamaged database of ours with a schema that we know."""
    with _opened(URL.create("sqlite+pysqlite", database=str(path))) as connection:
        problems = list(_sqlite_damage(connection))
        if problems:
            raise Damaged(f"{path} is damaged: {problems[0]}.", "Take another backup.")
        found = schema_of(connection)
        if found is None:
            raise StorageTrouble(f"{path} is not a database of Thirdline.", "Give a file that db backup wrote.")
        must_not_be_newer(found)


def _set_aside(path: Path) -> Path:
    """Move the database out of the way, all of it: the log is written into the file first."""
    with closing(sqlite3.connect(path, timeout=0.1, isolation_level=None)) as connection:
        try:
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            # Leaving WAL takes the file for ourselves: refused while anybody has it open, idle though they be.
            connection.execute("PRAGMA journal_mode=DELETE")
        except sqlite3.OperationalError as error:
            raise StorageTrouble("The database is in use.", "Stop the desk, then restore.") from error
        except sqlite3.DatabaseError:
            # Too damaged even for that: it is being replaced, and kept as it is.
            connection.interrupt()
    number = next(n for n in range(1, 1_000_000) if not path.with_name(f"{path.name}.replaced-{n}").exists())
    kept = path.with_name(f"{path.name}.replaced-{number}")
    for ending in ("", "-wal", "-shm"):
        part = path.with_name(path.name + ending)
        if part.exists():
            part.replace(kept.with_name(kept.name + ending))
    return kept


def check(url: str) -> Health:
    """Look at everything: the file's integrity, the schema, and that every ticket is what its history adds up to."""
    with in_plain_words():
        parsed = parse(url)
        return _check_sqlite(parsed) if is_sqlite(parsed) else _check_postgres(parsed)


def _check_sqlite(url: URL) -> Health:
    must_exist(url)
    path = file_of(url)
    parts = [part for part in (path, path.with_name(f"{path.name}-wal")) if part.exists()]
    size, free = sum(part.stat().st_size for part in parts), shutil.disk_usage(path.parent).free
    try:
        with in_plain_words(), _opened(url) as connection:
            connection.exec_driver_sql("PRAGMA query_only=ON")
            connection.exec_driver_sql("BEGIN")
            damage = tuple(_sqlite_damage(connection))
            journal = str(connection.exec_driver_sql("PRAGMA journal_mode").scalar()).upper()
            if damage:
                return Health("SQLite", "", journal, size, free, 0, damage, compared=False)
            must_fit(connection)
            tickets, different = differing(connection)
            connection.exec_driver_sql("ROLLBACK")
    except Damaged as error:
        what = error.text.partition(":")[0]
        return Health("SQLite", "", "", size, free, 0, (f"{path}: {what[0].lower()}{what[1:]}",), compared=False)
    return Health("SQLite", SCHEMA, journal, size, free, tickets, tuple(different))


def _sqlite_damage(connection: Connection) -> Iterator[str]:
    for (line,) in connection.exec_driver_sql("PRAGMA integrity_check(10)").all():
        if line != "ok":
            yield str(line)
    for row in connection.exec_driver_sql("PRAGMA foreign_key_check").all():
        yield f"a row of {row[0]} refers to a missing row of {row[2]}"


def _check_postgres(url: URL) -> Health:
    engine = postgres_engine(url).execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
    try:
        with engine.begin() as connection:
            must_fit(connection)
            size = connection.execute(text("SELECT pg_database_size(current_database())")).scalar_one()
            tickets, different = differing(connection)
            return Health("PostgreSQL", SCHEMA, "WAL", int(size), None, tickets, tuple(different))
    finally:
        engine.dispose()


@contextmanager
def _files_in_plain_words() -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise StorageTrouble(f"{error.filename or 'The file'}: {error.strerror}.", CHECK) from error
