"""The real desk as a process of its own beside a platform's double: connected, killed and started again."""

from __future__ import annotations

import signal
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from threading import Thread
from typing import Self, TypeVar

from tests.cli.terminal import environment
from tests.doubles.forked import Forked
from tests.doubles.premises import Premises

T = TypeVar("T")
PATIENCE = 60.0


class Served(Premises):
    """`thirdline serve` on such a folder. Settings are given as the environment has them: {"SLACK__TEAM": "@support"}.
    `there` is whether the platforms see it connected; it only looks.
    """

    def __init__(
        self, folder: Path, settings: Mapping[str, str], there: Callable[[], object], *, town: Path | None = None
    ) -> None:
        super().__init__(folder, town)
        self._settings = {"LOG_LEVEL": "INFO", **settings}
        self._there = there
        self._process: Forked | None = None
        self._told: list[str] = []
        self._readers: tuple[Thread, ...] = ()

    def __enter__(self) -> Self:
        return self.starts()

    def __exit__(self, *exception: object) -> None:
        self.ends(signal.SIGTERM)

    def starts(self) -> Self:
        """Start it and wait until it is connected."""
        self._told.clear()
        self._process = Forked(
            "tests.doubles.serving",
            str(self.folder),
            str(self.clock_file),
            environment=environment(**{f"THIRDLINE_{name}": value for name, value in self._settings.items()}),
        )
        self._readers = (Thread(target=self._read, args=(self._process,)), Thread(target=self._process.stdout.read))
        for reader in self._readers:
            reader.start()
        self.until(self._there, lambda: "The desk does not connect", PATIENCE)
        return self

    def ends(self, number: signal.Signals = signal.SIGTERM) -> int:
        """Send it a signal and wait for its end."""
        if self._process is None:
            return 0
        self._process.send_signal(number)
        code = self._process.wait(PATIENCE)
        for reader in self._readers:
            reader.join()
        self._process.close()
        self._process = None
        return code

    @property
    def pid(self) -> int:
        """Its number, while it runs."""
        assert self._process is not None
        return self._process.pid

    def killed(self) -> None:
        """`kill -9`, and its connections are seen to be gone."""
        self.ends(signal.SIGKILL)
        self.until(lambda: not self._there(), lambda: "The desk is gone, and still connected")

    @property
    def told(self) -> str:
        """What it has written to standard error so far, and the end of its log."""
        log = self.folder / "thirdline.log"
        written = log.read_text(encoding="utf-8")[-2000:] if log.exists() else ""
        return f"{self.said}\n{written}"

    @property
    def said(self) -> str:
        """What it has written to standard error so far."""
        return "".join(self._told)

    def most_held(self) -> int:
        """The most memory in kilobytes that the process ever held, as Linux tells it."""
        if self._process is None:
            return 0
        status = Path(f"/proc/{self._process.pid}/status").read_text(encoding="ascii")
        return int(next(line for line in status.splitlines() if line.startswith("VmHWM:")).split()[1])

    def until(self, so: Callable[[], T | None], otherwise: Callable[[], str], seconds: float = 60.0) -> T:
        """Wait until something is there to see, and return it; or say what is not so, and what the desk tells."""
        end = time.monotonic() + seconds
        while not (found := so()):
            ended = self._process is not None and self._process.poll() is not None
            if ended or time.monotonic() > end:
                raise AssertionError(f"{otherwise()}.{' The desk has ended:' * ended}\n{self.told}")
            time.sleep(0.02)
        return found

    def _read(self, process: Forked) -> None:
        for line in process.stderr:
            self._told.append(line.decode())
