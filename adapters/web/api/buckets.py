"""Token buckets: how many requests a key still has, and how often a client may guess; in memory, for each process."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass
from datetime import datetime
from math import ceil
from threading import Lock

MOST_BUCKETS = 10_000
"""How many are held; who has been quiet for the longest is forgotten first, and begins with a full one."""


@dataclass(frozen=True, slots=True)
class Left:
    """What there is after a request. `reset` is in seconds until the bucket is full, `wait` until there is one more; 0
    where it was let through."""

    requests: int
    reset: int
    wait: int


class Buckets:
    """So many requests at once, and so many in `seconds` in the long run. Thread-safe."""

    def __init__(self, most: int, seconds: int, buckets: int = MOST_BUCKETS) -> None:
        self.most = most
        self.seconds = seconds
        self._pace = most / seconds
        self._buckets = buckets
        self._held: OrderedDict[str, tuple[float, float]] = OrderedDict()
        self._lock = Lock()

    def take(self, who: str, now: datetime) -> Left:
        """One request, if there is one."""
        return self._look(who, now, 1)

    def look(self, who: str, now: datetime) -> Left:
        """The same, and nothing is taken."""
        return self._look(who, now, 0)

    def _look(self, who: str, now: datetime, cost: int) -> Left:
        at = now.timestamp()
        with self._lock:
            held, since = self._held.pop(who, (float(self.most), at))
            held = min(float(self.most), held + max(0.0, at - since) * self._pace)
            through = held >= 1
            if through:
                held -= cost
            if held < self.most:
                self._held[who] = held, at
            while len(self._held) > self._buckets:
                self._held.popitem(last=False)
        wait = 0 if through else max(1, ceil((1 - held) / self._pace))
        return Left(int(held), ceil((self.most - held) / self._pace), wait)
