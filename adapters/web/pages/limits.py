"""Limits on how often: counted in memory, for each process, over windows that begin with the first try."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass
from datetime import datetime
from threading import Lock

MOST_KEYS = 20_000
"""How many are counted at once; whoever has been quiet for the longest is forgotten first."""


@dataclass(frozen=True, slots=True)
class Rate:
    """So many tries in so many seconds."""

    most: int
    seconds: int


class Limiter:
    """Thread-safe; blocks nobody."""

    def __init__(self, most_keys: int = MOST_KEYS) -> None:
        self._most_keys = most_keys
        self._counts: OrderedDict[tuple[str, str], tuple[float, int]] = OrderedDict()
        self._lock = Lock()

    def wait(self, what: str, who: str, rate: Rate, now: datetime) -> int:
        """Count a try; 0 where it is within the rate, or else the seconds until the next one may be."""
        at, key = now.timestamp(), (what, who)
        with self._lock:
            began, count = self._counts.pop(key, (at, 0))
            if not began <= at < began + rate.seconds:  # Over, or the clock was set back.
                began, count = at, 0
            self._counts[key] = began, count + 1
            while len(self._counts) > self._most_keys:
                self._counts.popitem(last=False)
        return 0 if count < rate.most else max(1, int(began + rate.seconds - at))
