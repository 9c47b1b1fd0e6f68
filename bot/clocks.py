"""Clocks: the wall clock of a running desk, and one that is moved by hand or runs fast, for tests and the demo."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta


class SystemClock:
    """The machine's clock, in UTC, whole seconds."""

    speed = 1.0

    def now(self) -> datetime:
        return datetime.fromtimestamp(int(time.time()), UTC)


class MovableClock:
    """A clock that starts where it is told and can be moved; it runs `speed` times as fast as time, 0 not at all."""

    def __init__(self, start: datetime, speed: float = 0.0) -> None:
        self.speed = speed
        self._start = start.astimezone(UTC).replace(microsecond=0)
        self._since = time.monotonic()

    def now(self) -> datetime:
        passed = (time.monotonic() - self._since) * self.speed
        return self._start + timedelta(seconds=int(passed))

    def set(self, at: datetime) -> None:
        """Move to that instant, backwards too: clocks do jump."""
        self._start, self._since = at.astimezone(UTC).replace(microsecond=0), time.monotonic()

    def forward(self, **span: float) -> datetime:
        """Move on by `hours=2`, `minutes=5` and so on."""
        self.set(self.now() + timedelta(**span))
        return self.now()
