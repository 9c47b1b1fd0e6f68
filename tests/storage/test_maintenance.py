"""Set up, upgrade, check, back up, restore: and every trouble is one sentence that says nothing was saved."""

from __future__ import annotations

import re
import resource
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import create_engine, text

from bot.domain.errors import BadValue, NotFound, Refusal
from bot.domain.history import Deed
from bot.ports import UnitOfWork, Urgency
from storage.database import SqlDatabase
from storage.engines import parse
from storage.errors import Damaged, NotSetUp, StorageTrouble, TooNew, trouble
from storage.maintenance import backup, check, restore, upgrade
from storage.migrate import MIGRATIONS, config
from storage.newest import SCHEMA
from storage.tables import metadata
from tests.databases import create_postgres
from tests.storage.desk import HandClock, happen, open_database, open_ticket


def file_of(url: str) -> Path:
    return Path(url.removeprefix("sqlite:///"))


def execute(url: str, statement: str) -> None:
    engine = create_engine(parse(url))
    with engine.begin() as connection:
        connection.execute(text(statement))
    engine.dispose()


def subject(database: SqlDatabase, number: int = 1) -> str:
    return database.read(lambda work: work.tickets.get(number).subject)


# --- schema -----------------------------------------------------------------------------------------------------


def test_the_migrations_lead_to_the_tables(url: str) -> None:
    engine = create_engine(parse(url))
    with engine.connect() as connection:
        context = MigrationContext.configure(
            connection,
            opts={
                "include_name": lambda name, kind, _: kind != "table" or not name.startswith("search"),
                "compare_type": True,
            },
        )
        assert compare_metadata(context, metadata) == []
        assert ScriptDirectory.from_config(config(connection)).get_current_head() == SCHEMA
    engine.dispose()
    assert (MIGRATIONS / "script.py.mako").exists()


def test_upgrading_twice_changes_nothing(database: SqlDatabase, url: str) -> None:
    database.write(open_ticket)
    upgrade(url)
    assert subject(database) == "Printer on fire"
    if url.startswith("sqlite"):
        assert not (file_of(url).parent / "backups").exists()


def _made_as_of(url: str, schema: str) -> None:
    engine = create_engine(parse(url))
    with engine.begin() as connection:
        command.upgrade(config(connection), schema)
    engine.dispose()


@pytest.mark.parametrize("kind", ["sqlite", "postgres"])
def test_a_desk_from_before_paging_keeps_what_it_has_and_what_waits_keeps_its_place(
    kind: str, tmp_path: Path, postgres_server: str, clock: HandClock
) -> None:
    file = f"sqlite:///{tmp_path / 'old.db'}"
    url = file if kind == "sqlite" else create_postgres(postgres_server, f"old_{tmp_path.name[-8:]}")
    _made_as_of(url, "0001")
    # Urgencies as they were then: a page was 0, a reply 3.
    for id, urgency, state in ((1, 3, "planned"), (2, 0, "planned"), (3, 6, "dead")):
        due = "NULL" if state == "dead" else "0"
        execute(
            url,
            "INSERT INTO outbox"
            " (id, kind, platform, place, key, card, urgency, created_at, state, due, attempts, error)"
            f" VALUES ({id}, 'page', 'console', '#desk', 'k{id}', '{{}}', {urgency}, 0, '{state}', {due}, 0, '')",
        )
    execute(url, "INSERT INTO facts (name, value) VALUES ('told', '1')")
    upgrade(url)
    database = open_database(url, clock)
    waiting = database.write(lambda work: work.outbox.lease(clock.now(), 60, 9))
    assert [(parcel.id, parcel.urgency) for parcel in waiting] == [(2, Urgency.PAGE), (1, Urgency.REPLY)]
    assert database.read(lambda work: (work.memory.fact("told"), work.outbox.counts()["dead"])) == (1, 1)
    database.write(open_ticket)
    assert database.write(lambda work: (work.pages.live_of_ticket(1), work.pages.next_due())) == ([], None)
    database.close()
    assert check(url).well
    if kind == "sqlite":
        [copy] = (tmp_path / "backups").iterdir()
        assert "schema0001" in copy.name


def test_a_newer_schema_is_refused_by_upgrade_and_by_use(url: str, clock: HandClock) -> None:
    execute(url, "UPDATE alembic_version SET version_num = '9999'")
    with pytest.raises(TooNew, match="9999"):
        upgrade(url)
    database = open_database(url, clock)
    with pytest.raises(TooNew, match="9999"):
        database.write(open_ticket)
    with pytest.raises(TooNew, match="9999"):
        database.read(lambda work: work.memory.fact("x"))
    database.close()


def test_a_file_is_copied_before_it_is_upgraded_and_five_copies_are_kept(sqlite_url: str) -> None:
    folder = file_of(sqlite_url).parent / "backups"
    folder.mkdir()
    for day in range(1, 8):
        (folder / f"desk-schema0000-2026010{day}T000000Z.db").touch()
    execute(sqlite_url, "UPDATE alembic_version SET version_num = '0000'")
    with pytest.raises(Exception, match="0000"):
        # There has never been a schema 0000, so the step from it fails; the copy was taken before.
        upgrade(sqlite_url)
    kept = sorted(path.name for path in folder.iterdir())
    assert len(kept) == 5
    whole = [path for path in folder.iterdir() if path.stat().st_size]
    assert len(whole) == 1
    assert re.fullmatch(r"desk-schema0000-\d{8}T\d{6}Z\.db", whole[0].name)


def test_the_database_of_another_program_is_left_alone(tmp_path: Path) -> None:
    with closing(sqlite3.connect(tmp_path / "other.db")) as other:
        other.execute("CREATE TABLE theirs (x)")
    with pytest.raises(StorageTrouble, match="theirs"):
        upgrade(f"sqlite:///{tmp_path / 'other.db'}")


def test_several_processes_that_start_together_upgrade_once(tmp_path: Path, postgres_server: str) -> None:
    for url in (
        f"sqlite:///{tmp_path / 'desk.db'}",
        create_postgres(postgres_server, f"together_{tmp_path.name[-8:]}"),
    ):
        program = f"from storage.maintenance import upgrade; upgrade({url!r})"
        running = [subprocess.Popen([sys.executable, "-c", program]) for _ in range(2)]
        assert [process.wait(60) for process in running] == [0, 0]
        assert check(url).well


def test_an_empty_or_missing_database_says_how_to_set_it_up(tmp_path: Path, clock: HandClock) -> None:
    for name in ("missing.db", "empty.db"):
        (tmp_path / "empty.db").touch()
        database = open_database(f"sqlite:///{tmp_path / name}", clock)
        for use in (database.read, database.write):
            with pytest.raises(NotSetUp) as refused:
                use(lambda work: work.tickets.get(1))
            assert "thirdline db upgrade" in refused.value.hint
        database.close()
    assert not (tmp_path / "missing.db").exists()


@pytest.mark.parametrize("url", ["mysql://host/x", "sqlite://", "sqlite:///:memory:", "what", "", "postgresql"])
def test_a_url_that_will_not_do_is_refused_with_examples(url: str, clock: HandClock) -> None:
    with pytest.raises(BadValue) as refused:
        open_database(url, clock)
    assert "sqlite:///" in refused.value.hint


@pytest.mark.parametrize("start", ["postgres://", "postgresql://", "postgresql+psycopg://", "postgresql+psycopg2://"])
def test_every_spelling_of_a_postgres_url_is_understood(start: str) -> None:
    assert parse(f"{start}me:secret@host/desk").drivername == "postgresql+psycopg"


# --- check, backup, restore -------------------------------------------------------------------------------------


def live(work: UnitOfWork) -> None:
    open_ticket(work, "Mail down")
    happen(work, 1, Deed.CLAIMED)
    open_ticket(work, "Disk")


def test_a_check_finds_nothing_wrong_with_a_sound_database(database: SqlDatabase, url: str) -> None:
    database.write(live)
    health = check(url)
    assert (health.well, health.tickets, health.schema, health.journal) == (True, 2, SCHEMA, "WAL")
    assert health.size


def test_a_check_names_the_ticket_that_is_not_what_its_history_adds_up_to(database: SqlDatabase, url: str) -> None:
    database.write(live)
    execute(url, "UPDATE tickets SET owner = 'mallory' WHERE number = 1")
    assert check(url).problems == ("#1 is not what its history adds up to",)


def test_a_backup_taken_while_in_use_can_be_restored(sqlite: SqlDatabase, sqlite_url: str, tmp_path: Path) -> None:
    sqlite.write(live)
    copy = tmp_path / "copy.db"
    backup(sqlite_url, copy)
    sqlite.write(lambda work: happen(work, 1, Deed.CLOSED, resolution="solved"))
    with pytest.raises(BadValue, match="exists"):
        backup(sqlite_url, copy)
    sqlite.close()
    kept = restore(copy, sqlite_url)
    assert kept is not None
    assert kept.exists()
    restored = open_database(sqlite_url, HandClock())
    assert restored.read(lambda work: work.tickets.get(1).closed) is False
    restored.write(open_ticket)
    restored.close()
    assert check(sqlite_url).well
    replaced = open_database(f"sqlite:///{kept}", HandClock())
    assert replaced.read(lambda work: work.tickets.get(1).closed) is True
    replaced.close()


def test_a_restore_into_an_empty_place_needs_nothing_set_aside(
    sqlite: SqlDatabase, sqlite_url: str, tmp_path: Path
) -> None:
    sqlite.write(live)
    backup(sqlite_url, tmp_path / "copy.db")
    assert restore(tmp_path / "copy.db", f"sqlite:///{tmp_path / 'new.db'}") is None
    assert check(f"sqlite:///{tmp_path / 'new.db'}").tickets == 2


def test_what_is_no_backup_is_not_restored(sqlite: SqlDatabase, sqlite_url: str, tmp_path: Path) -> None:
    sqlite.write(live)
    (tmp_path / "text.db").write_text("hello " * 1000)
    with closing(sqlite3.connect(tmp_path / "other.db")) as other:
        other.execute("CREATE TABLE x (y)")
    with pytest.raises(NotFound):
        restore(tmp_path / "missing.db", sqlite_url)
    for name in ("text.db", "other.db"):
        with pytest.raises(StorageTrouble):
            restore(tmp_path / name, sqlite_url)
    assert subject(sqlite) == "Mail down"


def test_a_database_in_use_is_not_replaced(sqlite: SqlDatabase, sqlite_url: str, tmp_path: Path) -> None:
    sqlite.write(live)
    backup(sqlite_url, tmp_path / "copy.db")

    def meanwhile(work: UnitOfWork) -> None:
        with pytest.raises(StorageTrouble, match="in use"):
            restore(tmp_path / "copy.db", sqlite_url)

    sqlite.write(meanwhile)
    assert subject(sqlite) == "Mail down"


def test_postgres_has_better_tools_for_backups(postgres_url: str, tmp_path: Path) -> None:
    with pytest.raises(BadValue) as refused:
        backup(postgres_url, tmp_path / "copy")
    assert "pg_dump" in refused.value.hint
    with pytest.raises(BadValue) as refused:
        restore(tmp_path / "copy", postgres_url)
    assert "pg_restore" in refused.value.hint


# --- troubles ---------------------------------------------------------------------------------------------------


def test_a_database_that_another_program_holds_is_told_in_words(sqlite_url: str, clock: HandClock) -> None:
    database = open_database(f"{sqlite_url}?timeout=0.05", clock)
    database.write(open_ticket)
    with closing(sqlite3.connect(file_of(sqlite_url), isolation_level=None)) as holder:
        holder.execute("BEGIN IMMEDIATE")
        with pytest.raises(StorageTrouble, match="held by another program: nothing was saved"):
            database.write(open_ticket)
        assert subject(database) == "Printer on fire"
        holder.execute("ROLLBACK")
    assert database.write(open_ticket).number == 2
    database.close()


@contextmanager
def files_no_longer_than(size: int) -> Iterator[None]:
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def test_a_disk_that_takes_no_more_loses_nothing_that_was_said_to_be_saved(
    sqlite: SqlDatabase, sqlite_url: str
) -> None:
    sqlite.write(open_ticket)
    with files_no_longer_than(64 * 1024), pytest.raises(StorageTrouble, match="nothing was saved"):
        sqlite.write(lambda work: open_ticket(work, text="x" * 200_000))
    assert sqlite.write(open_ticket).number == 2
    assert check(sqlite_url).well


def test_a_damaged_file_is_told_in_words(tmp_path: Path, clock: HandClock) -> None:
    path = tmp_path / "desk.db"
    path.write_bytes(b"not a database at all " * 500)
    database = open_database(f"sqlite:///{path}", clock)
    for use in (database.read, database.write):
        with pytest.raises(StorageTrouble, match="not a database, or it is damaged"):
            use(lambda work: work.tickets.get(1))
    with pytest.raises(StorageTrouble):
        upgrade(f"sqlite:///{path}")
    health = check(f"sqlite:///{path}")
    assert (health.well, health.compared) == (False, False)
    assert "not a database, or it is damaged" in health.problems[0]
    database.close()


def _torn(path: Path) -> None:
    """As after a disk that lost a page: the head of the file is whole and its middle is not."""
    size = path.stat().st_size
    with path.open("r+b") as file:
        file.seek(size // 4)
        file.write(b"\xa5" * (size // 2))


def test_a_torn_file_is_found_is_not_copied_and_is_not_restored(
    sqlite: SqlDatabase, sqlite_url: str, tmp_path: Path
) -> None:
    sqlite.write(live)
    sqlite.close()
    torn = tmp_path / "torn.db"
    backup(sqlite_url, torn)
    _torn(torn)
    url = f"sqlite:///{torn}"
    health = check(url)
    assert not health.well
    assert "saved" not in " ".join(health.problems)
    with pytest.raises(Damaged, match="none is kept"):
        backup(url, tmp_path / "copy.db")
    assert not (tmp_path / "copy.db").exists()
    with pytest.raises(Damaged, match=r"torn\.db is damaged\. Your desk is unchanged\."):
        restore(torn, sqlite_url)
    assert check(sqlite_url).well


def test_a_copy_into_no_folder_names_the_folder(sqlite: SqlDatabase, sqlite_url: str, tmp_path: Path) -> None:
    with pytest.raises(BadValue, match=r"There is no folder .*nodir\."):
        backup(sqlite_url, tmp_path / "nodir" / "x.db")


def test_a_folder_that_does_not_exist_is_told_in_words(tmp_path: Path) -> None:
    with pytest.raises(StorageTrouble, match="cannot be opened"):
        upgrade(f"sqlite:///{tmp_path / 'no' / 'such' / 'folder' / 'desk.db'}")
    with pytest.raises(StorageTrouble):
        upgrade(f"sqlite:///{tmp_path}")


def test_a_server_that_is_not_there_is_told_in_words(clock: HandClock) -> None:
    database = open_database("postgresql://nobody@127.0.0.1:1/desk", clock)
    with pytest.raises(StorageTrouble, match="cannot be reached"):
        database.read(lambda work: work.memory.fact("x"))
    database.close()


def test_a_database_that_does_not_exist_is_told_in_words(postgres_url: str) -> None:
    with pytest.raises(StorageTrouble, match=r"does not exist|cannot be reached"):
        upgrade(str(parse(postgres_url).set(database="nowhere").render_as_string(hide_password=False)))


@pytest.mark.parametrize(
    "message",
    [
        "database is locked",
        "database or disk is full",
        "attempt to write a readonly database",
        "unable to open database file",
        "database disk image is malformed",
        "disk I/O error",
        "no such table: tickets",
    ],
)
def test_every_trouble_of_sqlite_is_one_sentence_with_a_hint(message: str) -> None:
    told = trouble(sqlite3.OperationalError(message))
    assert isinstance(told, Refusal)
    assert told.text.endswith(".")
    assert told.hint


def test_text_that_postgres_cannot_store_is_refused_in_words(postgres_url: str, clock: HandClock) -> None:
    database = open_database(postgres_url, clock)
    for bad in ("nul \x00", "half \ud800"):
        with pytest.raises(BadValue, match="cannot be stored"):
            database.write(lambda work, bad=bad: open_ticket(work, bad))  # type: ignore[misc]
    database.close()
