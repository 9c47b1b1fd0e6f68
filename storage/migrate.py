"""Runs the migrations with Alembic, configured in code: no ini file is needed, in a checkout or in a wheel."""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection

MIGRATIONS = Path(__file__).parent / "migrations"


def config(connection: Connection) -> Config:
    """What Alembic needs to know, the connection included."""
    found = Config()
    found.set_main_option("script_location", str(MIGRATIONS))
    found.set_main_option("path_separator", "os")
    found.attributes["connection"] = connection
    return found


def to_newest(connection: Connection) -> None:
    """Run every migration that is missing, inside the connection's transaction."""
    command.upgrade(config(connection), "head")
