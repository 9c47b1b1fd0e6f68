"""A quick look at a database, cheap however large it is: what `thirdline doctor` tells. The full check is slower."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import URL, create_engine, text

from storage.engines import PATIENCE, file_of, is_sqlite, must_exist, parse, postgres_engine
from storage.errors import in_plain_words
from storage.schema import must_fit, schema_of

# File systems over a network, where SQLite's locks cannot be relied on: https://www.sqlite.org/faq.html#q5
_OVER_NETWORK = ("nfs", "cifs", "smb", "9p", "afs", "ceph", "gluster", "lustre", "fuse.sshfs", "fuse.rclone", "davfs")
_MOUNTS = Path("/proc/self/mounts")


@dataclass(frozen=True, slots=True)
class Glance:
    """What was seen. Sizes in bytes, None where there is no file; `damage` is the first trouble of a quick check."""

    kind: str
    schema: str
    journal: str
    size: int | None
    free: int | None
    network: str
    damage: str


def glance(url: str) -> Glance:
    """Look at the database. Raises StorageTrouble where it is missing, unfit or cannot be reached."""
    with in_plain_words():
        parsed = parse(url)
        return _sqlite(parsed) if is_sqlite(parsed) else _postgres(parsed)


def _sqlite(url: URL) -> Glance:
    must_exist(url)
    path = file_of(url)
    engine = create_engine(url, isolation_level="AUTOCOMMIT", hide_parameters=True, connect_args={"timeout": PATIENCE})
    try:
        with engine.connect() as connection:
            connection.exec_driver_sql("PRAGMA query_only=ON")
            must_fit(connection)
            version = connection.exec_driver_sql("SELECT sqlite_version()").scalar_one()
            journal = str(connection.exec_driver_sql("PRAGMA journal_mode").scalar()).upper()
            told = str(connection.exec_driver_sql("PRAGMA quick_check(1)").scalar())
            schema = schema_of(connection) or ""
    finally:
        engine.dispose()
    parts = (path.with_name(path.name + ending) for ending in ("", "-wal"))
    size = sum(part.stat().st_size for part in parts if part.exists())
    free = shutil.disk_usage(path.parent).free
    return Glance(f"SQLite {version}", schema, journal, size, free, network(path), "" if told == "ok" else told)


def _postgres(url: URL) -> Glance:
    engine = postgres_engine(url)
    try:
        with engine.connect() as connection:
            must_fit(connection)
            version = str(connection.execute(text("SHOW server_version")).scalar_one()).partition(" ")[0]
            size = connection.execute(text("SELECT pg_database_size(current_database())")).scalar_one()
            return Glance(f"PostgreSQL {version}", schema_of(connection) or "", "WAL", int(size), None, "", "")
    finally:
        engine.dispose()


def network(path: Path) -> str:
    """The kind of the network file system that a path lies on; nothing if it is local or cannot be told."""
    try:
        mounts = [line.split(" ") for line in _MOUNTS.read_text(encoding="utf-8").splitlines()]
    except OSError:
        return ""
    real = path.resolve()
    holding = [(mount[1], mount[2]) for mount in mounts if real.is_relative_to(mount[1])]
    kind = max(holding, key=lambda mount: len(mount[0]), default=("", ""))[1]
    return kind if kind.startswith(_OVER_NETWORK) else ""
