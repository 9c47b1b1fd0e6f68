"""`kill -9` in the middle of a full mailbox: whoever comes back takes what is left, and a few again."""

from __future__ import annotations

import json
import subprocess
import sys
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from tests.adapters.email.mailboxes.boxes import Box, flags
from tests.adapters.email.mailboxes.desk import letter, until

NUMBER = 200


def taken(folder: Path) -> list[str]:
    file = folder / "taken"
    return file.read_text(encoding="ascii").splitlines() if file.exists() else []


def book(folder: Path) -> Any:
    return json.loads((folder / "facts").read_text(encoding="ascii"))


@pytest.mark.slow
def test_a_killed_reader_loses_none_and_takes_few_again(box: Box, tmp_path: Path) -> None:
    for number in range(NUMBER):
        box.deliver(letter(number, "x" * 5000))
    for end in (60, 130, NUMBER):
        words = [sys.executable, "-m", "tests.adapters.email.mailboxes.killable", str(tmp_path)]
        process = subprocess.Popen([*words, json.dumps(box.settings())])
        try:
            until(partial(has, tmp_path, end), 30.0)
            if end == NUMBER:
                until(lambda: not book(tmp_path)["trying"] and not book(tmp_path)["owed"])
        finally:
            process.kill()
            process.wait(60)
    assert set(taken(tmp_path)) == {f"<{number}@acme.example>" for number in range(NUMBER)}
    # At each kill no more than the two batches that were under way.
    assert len(taken(tmp_path)) - NUMBER <= 2 * 100
    assert not (tmp_path / "told").exists()
    with box.program() as program:
        assert all(b"$Thirdline" in found for found in flags(program).values())


def has(folder: Path, number: int) -> bool:
    return len(set(taken(folder))) >= number
