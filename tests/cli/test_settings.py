"""Settings that would half work are refused before anything is opened."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.terminal import thirdline


@pytest.mark.parametrize(
    "url", ["sqlite:///other.db", "SQLite:///other.db", "mysql://desk:hunter2@host/desk", "desk.db"]
)
def test_a_database_that_is_not_postgresql_is_refused_in_words(tmp_path: Path, url: str) -> None:
    done = thirdline("run", "--data", tmp_path / "desk", stdin="/time\n", THIRDLINE_DATABASE=url)
    assert done.code == 2
    assert "“database” is for PostgreSQL" in done.err
    assert "set “data”" in done.err
    assert "Traceback" not in done.err
    assert "hunter2" not in done.err
    assert list(tmp_path.iterdir()) == []
