"""How long a mailbox's reader waits for what, in real seconds, so that tests need not."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from random import SystemRandom


@dataclass(frozen=True, slots=True)
class Pauses:
    """`answer` is how long the server may take for an answer: a connection that is open on our side alone is noticed by
    it. `beat` is how long we wait for news at a time: then the server is asked in any case, long before the 29 minutes
    of RFC 2177 and before routers forget a connection that is still. `first` and `most` are the first and the longest
    pause after a lost connection, `refused` and `most_refused` after a refused sign-in: servers lock an account that
    tries too often. `again` is when a message that could not be taken is tried again."""

    answer: float = 30.0
    beat: float = 60.0
    first: float = 1.0
    most: float = 300.0
    refused: float = 600.0
    most_refused: float = 3600.0
    again: float = 5.0


class Backoff:
    """Pauses that double up to `most`, each between half and all of it, so that not every desk comes back at once."""

    def __init__(self, first: float, most: float, chance: Callable[[], float] | None = None) -> None:
        self._first = first
        self._most = most
        self._chance = chance or SystemRandom().random
        self._times = 0

    def next(self) -> float:
        whole = min(self._most, self._first * 2.0 ** min(self._times, 30))
        self._times += 1
        return whole * (0.5 + 0.5 * self._chance())

    def over(self) -> None:
        """All is well again."""
        self._times = 0
