"""The desk of a data folder, put together for one command and closed after it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from bot.cli.logs import keep_log
from bot.clocks import SystemClock
from bot.ports import WallClock
from bot.routes import Routes
from bot.settings import Settings, read_settings
from bot.wiring import House, build, promises_from
from storage.database import SqlDatabase


def settings_of(data: Path | None) -> Settings:
    """The settings of a data folder, with its log kept from now on. Raises SettingsError."""
    settings = read_settings(data=data)
    keep_log(settings.data, settings.log_level)
    return settings


@contextmanager
def opened(data: Path | None, clock: WallClock | None = None) -> Iterator[House]:
    """The desk, with its database and policy brought up to date. Raises Refusal where that cannot be."""
    house = build(settings_of(data), clock or SystemClock())
    try:
        yield house
    finally:
        house.close()


@contextmanager
def looked_at(settings: Settings, clock: WallClock) -> Iterator[SqlDatabase]:
    """The database for one who only reads it: nothing is upgraded and nothing adopted."""
    database = SqlDatabase(settings.database_url, Routes(()), promises_from, clock)
    try:
        yield database
    finally:
        database.close()


def has_database(settings: Settings) -> bool:
    """Whether there is a database to look at; one on a server is taken to be there."""
    return settings.database is not None or (settings.data / "thirdline.db").exists()
