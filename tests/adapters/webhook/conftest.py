"""A folder with a settled town, copied: quicker than a new one for each test."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.town import Town


@pytest.fixture
def folder(settled: Town, tmp_path: Path) -> Path:
    shutil.copytree(settled.folder, tmp_path / "desk")
    return tmp_path / "desk"
