"""The command line as a person or a program meets it: a process of its own, with its own environment and folder."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.doubles.forked import Forked


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
    """Run `thirdline WORDS` to its end; `code` is Python to run first, `more` goes into the environment.

    The process has the imports behind it, unless Python itself is steered.
    """
    if code or any(name.startswith(("PYTHON", "LC_")) for name in more):
        return from_nothing(*words, stdin=stdin, code=code, **more)
    process = Forked("bot", *map(str, words), environment=environment(**more))
    out, err = process.communicate(stdin.encode(), timeout=100)
    return Ended(process.wait(0), _text(out), _text(err))


def from_nothing(*words: str | Path, stdin: str = "", code: str = "", **more: str) -> Ended:
    """The same in an interpreter of its own, which takes a second to start."""
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


def _text(written: bytes) -> str:
    return written.decode().replace("\r\n", "\n")


@contextmanager
def started(*words: str | Path, **more: str) -> Iterator[subprocess.Popen[str]]:
    """`thirdline WORDS` running, its streams in our hands; whatever becomes of the test, it is gone afterwards."""
    process = subprocess.Popen(
        [sys.executable, "-m", "bot", *map(str, words)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        encoding="utf-8",
        env=environment(**more),
    )
    try:
        yield process
    finally:
        process.kill()
        process.communicate()


def answered(process: subprocess.Popen[str], line: str, wanted: str) -> None:
    """Type a line and read on until the answer holds those words."""
    assert process.stdin is not None
    assert process.stdout is not None
    process.stdin.write(line + "\n")
    process.stdin.flush()
    while wanted not in (heard := process.stdout.readline()):
        assert heard, f"It ended with {process.wait()} and never said “{wanted}”."
