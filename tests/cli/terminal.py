"""The command line as a person or a program meets it: a process of its own, with its own environment and folder."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any


@dataclass(frozen=True, slots=True)
class Ended:
    """What a command left behind."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)

    @property
    def lines(self) -> list[Any]:
        """Standard output as JSON lines."""
        return [json.loads(line) for line in self.out.splitlines()]


def environment(**more: str) -> dict[str, str]:
    """This process's environment without anything that would steer the desk."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("THIRDLINE_")}
    return kept | {"COLUMNS": "100", "NO_COLOR": "1"} | more


def thirdline(*words: str | Path, stdin: str = "", code: str = "", **more: str) -> Ended:
    """Run `thirdline WORDS` to its end; `code` is Python to run first, `more` goes into the environment."""
    begin = f"{code}\nfrom bot.__main__ import main\nmain()"
    done = subprocess.run(
        [sys.executable, "-c", begin, *map(str, words)],
        input=stdin,
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=100,
        env=environment(**more),
        check=False,
    )
    return Ended(done.returncode, done.stdout, done.stderr)
