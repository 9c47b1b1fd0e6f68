"""The desk of a data folder, put together for one command and closed after it."""

from __future__ import annotations

import os
import shlex
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from bot.cli.logs import keep_log
from bot.clocks import SystemClock
from bot.domain.errors import Refusal
from bot.policy.file import policy_at
from bot.ports import WallClock
from bot.routes import Routes
from bot.settings import Settings, read_settings
from bot.ways import platforms_of
from bot.wiring import House, assembled, library, promises_from
from storage.database import SqlDatabase
from storage.errors import NotSetUp


def settings_of(data: Path | None) -> Settings:
    """The settings of a data folder, with its log kept from now on. Raises SettingsError."""
    settings = read_settings(data=data)
    keep_log(settings.data, settings.log_level)
    return settings


@contextmanager
def opened(data: Path | None) -> Iterator[House]:
    """The desk as it is, for a tool that works beside it: it is the desk that upgrades and that takes a policy on.

    A database that no desk was opened on yet gets its policy here. Raises NotSetUp where there is no database.
    """
    settings = settings_of(data)
    _must_be_there(settings)
    house = assembled(settings, SystemClock(), platforms_of(settings, terminal=False))
    try:
        if house.database.read(lambda work: work.memory.policy()) is None:
            house.follow(policy_at(settings.policy_path, library().known))
        yield house
    finally:
        house.close()


def _must_be_there(settings: Settings) -> None:
    """Raises NotSetUp without a database, and Refusal in a folder that SQLite cannot write to: it cannot read there."""
    if not has_database(settings):
        where = option_of(settings.data)
        raise NotSetUp(
            f"There is no database at {settings.data / 'thirdline.db'}.",
            f"thirdline run{where} opens a desk there, and thirdline db upgrade{where} makes an empty one.",
        )
    if settings.database is None and not os.access(settings.data, os.W_OK):
        raise Refusal(f"The data folder {settings.data} cannot be written to.", "Look at its rights.")


def option_of(folder: Path) -> str:
    """What names a data folder on a command line; nothing for the one that needs no naming."""
    return "" if folder == Path("data") else f" --data {shlex.quote(str(folder))}"


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
