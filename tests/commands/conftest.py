"""A settled town for every test, copied from one that was built once: quicker than migrating a database each time."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.town import Town


@pytest.fixture(scope="session")
def settled(tmp_path_factory: pytest.TempPathFactory) -> Town:
    """A settled town that is closed: only to be copied."""
    town = Town(tmp_path_factory.mktemp("settled")).settle()
    town.close()
    return town


@pytest.fixture
def town(settled: Town, tmp_path: Path) -> Iterator[Town]:
    copy = settled.copied(tmp_path / "desk")
    yield copy
    copy.close()
