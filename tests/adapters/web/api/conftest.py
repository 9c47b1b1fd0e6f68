"""Served towns: one for a module whose tests only read or add, and one of a test's own, on SQLite or on either."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.adapters.web.api.serving import Api, served
from tests.town import Town


@pytest.fixture(scope="module")
def shared(settled: Town, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Api]:
    town = settled.copied(tmp_path_factory.mktemp("api") / "desk")
    with served(town) as api:
        yield api
    town.close()


@pytest.fixture
def api(settled: Town, tmp_path: Path) -> Iterator[Api]:
    town = settled.copied(tmp_path / "desk")
    with served(town) as api:
        yield api
    town.close()


@pytest.fixture
def either_api(either_town: Town) -> Iterator[Api]:
    with served(either_town) as api:
        yield api
