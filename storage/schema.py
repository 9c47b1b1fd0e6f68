"""Which schema this program needs, and whether a database has it; cheap enough to ask at every start."""

from __future__ import annotations

from sqlalchemy import Connection, column, inspect, select, table

from storage.errors import UPGRADE, NotSetUp, TooNew
from storage.newest import SCHEMA

_versions = table("alembic_version", column("version_num"))


def schema_of(connection: Connection) -> str | None:
    """The schema that the database has, or None if it is empty."""
    if not inspect(connection).has_table("alembic_version"):
        return None
    return connection.execute(select(_versions.c.version_num)).scalar()


def must_not_be_newer(found: str | None) -> None:
    """Raises TooNew for a schema that a later version of the program has made."""
    if found is not None and found > SCHEMA:
        raise TooNew(
            f"The database has schema {found}, and this version of Thirdline knows schemas up to {SCHEMA} only.",
            "Update Thirdline, or restore a backup from before the update.",
        )


def must_fit(connection: Connection) -> None:
    """Raises NotSetUp or TooNew unless the database has exactly the schema that this program needs."""
    found = schema_of(connection)
    must_not_be_newer(found)
    if found is None:
        raise NotSetUp("The database is empty.", UPGRADE)
    if found < SCHEMA:
        raise NotSetUp(f"The database has schema {found}, and this version of Thirdline needs {SCHEMA}.", UPGRADE)
