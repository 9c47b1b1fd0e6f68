"""Every storage test runs over both databases, with a clock moved by hand."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from storage.database import SqlDatabase
from tests.storage.desk import HandClock, open_database


@pytest.fixture
def clock() -> HandClock:
    return HandClock()


@pytest.fixture
def database(url: str, clock: HandClock) -> Iterator[SqlDatabase]:
    opened = open_database(url, clock)
    yield opened
    opened.close()


@pytest.fixture
def sqlite(sqlite_url: str, clock: HandClock) -> Iterator[SqlDatabase]:
    opened = open_database(sqlite_url, clock)
    yield opened
    opened.close()
