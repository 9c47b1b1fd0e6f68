"""A desk as a process of its own, typed to through a pipe, read line by line, and ended however a test likes."""

from __future__ import annotations

import json
import signal
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from threading import Condition, Thread
from typing import Any, TypeVar

from tests.cli.terminal import environment
from tests.doubles.forked import Forked

T = TypeVar("T")
PATIENCE = 60.0


class DeskProcess:
    """`python -m MODULE WORDS` with its output read as it comes. Lines that begin with { are answers, in order."""

    def __init__(self, *words: str | Path, module: str = "bot") -> None:
        self._process = Forked(module, *map(str, words), environment=environment(COLUMNS="200"))
        self._news = Condition()
        self._lines: list[str] = []
        self._errors: list[str] = []
        self._ended = False
        self._readers = [Thread(target=self._read), Thread(target=self._read_errors)]
        for reader in self._readers:
            reader.start()

    def types(self, lines: Sequence[str]) -> None:
        """Type all of it at once; the process takes a line when it has time for it. A dead process takes nothing."""
        try:
            self._process.stdin.write("".join(f"{line}\n" for line in lines).encode())
            self._process.stdin.flush()
        except BrokenPipeError:
            pass

    def answers_within(self, count: int, seconds: float = PATIENCE) -> bool:
        """Wait for so many answers; False when they do not come in time or at all."""
        with self._news:
            return self._news.wait_for(lambda: self._ended or self._answered() >= count, seconds)

    def shows(self, so: Callable[[list[str]], T | None], otherwise: str, seconds: float = PATIENCE) -> T:
        """Wait until what it has written is so, and return what was found; or say what it wrote instead."""
        with self._news:
            self._news.wait_for(lambda: self._ended or so(self._lines), seconds)
            found = so(self._lines)
            if not found:
                raise AssertionError("\n".join([otherwise, *self._lines[-60:], self.errors]))
            return found

    def kill(self) -> None:
        """`kill -9`."""
        self.end(signal.SIGKILL)

    def end(self, number: signal.Signals | None = None) -> int:
        """Send the signal, or close standard input, and wait for the end. Returns the exit code, -9 for a kill."""
        if number is not None:
            self._process.send_signal(number)
        else:
            self._close_input()
        code = self._process.wait(PATIENCE)
        for reader in self._readers:
            reader.join()
        self._process.close()
        return code

    @property
    def lines(self) -> list[str]:
        """What it has written to standard output so far, whole lines."""
        with self._news:
            return list(self._lines)

    @property
    def errors(self) -> str:
        return "".join(self._errors)

    @property
    def answers(self) -> list[Mapping[str, Any]]:
        """The answers so far; a line that the end has cut off is none."""
        return [json.loads(line) for line in self.lines if line.startswith("{")]

    def _answered(self) -> int:
        return sum(line.startswith("{") for line in self._lines)

    def _close_input(self) -> None:
        with suppress(BrokenPipeError):
            self._process.stdin.close()

    def _read(self) -> None:
        for raw in self._process.stdout:
            with self._news:
                if raw.endswith(b"\n"):
                    self._lines.append(raw.decode("utf-8", "replace").rstrip("\n"))
                self._news.notify_all()
        with self._news:
            self._ended = True
            self._news.notify_all()

    def _read_errors(self) -> None:
        for raw in self._process.stderr:
            self._errors.append(raw.decode("utf-8", "replace"))
