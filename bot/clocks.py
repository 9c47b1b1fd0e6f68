"""Clocks: the wall clock of a running desk, and one that is moved by hand or runs fast, for tests and the demo."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta

from bot.ports import WallClock


class SystemClock:
    """The machine's clock, in UTC, whole seconds."""

    speed = 1.0

    def now(self) -> datetime:
        return datetime.fromtimestamp(int(time.time()), UTC)

    def seconds_until(self, at: datetime) -> float | None:
        """Real seconds, with their fractions, until it shows that time; what is past is 0."""
        return max(0.0, at.timestamp() - time.time())


class MovableClock:
    """A clock that starts where it is told and can be moved; it runs `speed` times as fast as time, 0 not at all."""

    def __init__(self, start: datetime, speed: float = 0.0) -> None:
        self.speed = speed
        self._start = start.astimezone(UTC).replace(microsecond=0)
        self._since = time.monotonic()

    def now(self) -> datetime:
        passed = (time.monotonic() - self._since) * self.speed
        return self._start + timedelta(seconds=int(passed))

    def seconds_until(self, at: datetime) -> float | None:
        """Real seconds, with their fractions, until it shows that time; None while it stands still."""
        if not self.speed:
            return 0.0 if at <= self._start else None
        return max(0.0, (at - self._start).total_seconds() / self.speed - (time.monotonic() - self._since))

    def set(self, at: datetime) -> None:
        """Move to that instant, backwards too: clocks do jump."""
        self._start, self._since = at.astimezone(UTC).replace(microsecond=0), time.monotonic()

    def forward(self, **span: float) -> datetime:
        """Move on by `hours=2`, `minutes=5` and so on."""
        self.set(self.now() + timedelta(**span))
        return self.now()


def seconds_until(clock: WallClock, at: datetime) -> float | None:
    """Real seconds until the clock shows that time; None if it stands still. A clock that does not tell by itself shows
    whole seconds: then it may be up to one too many."""
    if isinstance(clock, SystemClock | MovableClock):
        return clock.seconds_until(at)
    return max(0.0, (at - clock.now()).total_seconds())
