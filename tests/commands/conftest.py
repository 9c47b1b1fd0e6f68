"""A settled town for every test, copied from one that was built once."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.town import Town


@pytest.fixture
def town(settled: Town, tmp_path: Path) -> Iterator[Town]:
    copy = settled.copied(tmp_path / "desk")
    yield copy
    copy.close()
