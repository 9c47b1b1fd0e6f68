"""A clock whose hands lie in a file, so that a test can move the time of a desk in another process."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from time import time


class FileClock:
    """The machine's clock, moved by as many seconds as the file says.

    `speed` tells the desk that time may pass quickly: it looks at its timers every few seconds, as ever, and does not
    take a moved clock for a time in which it was not there.
    """

    speed = 7200.0

    def __init__(self, file: Path) -> None:
        self._file = file

    def now(self) -> datetime:
        return datetime.fromtimestamp(int(time()), UTC) + timedelta(seconds=self._moved())

    def set(self, at: datetime) -> None:
        """Move it to that instant; it goes on from there."""
        seconds = (at - datetime.fromtimestamp(int(time()), UTC)).total_seconds()
        part = self._file.with_suffix(".part")
        part.write_text(str(seconds), encoding="utf-8")
        part.replace(self._file)

    def _moved(self) -> float:
        return float(self._file.read_text(encoding="utf-8")) if self._file.exists() else 0.0
