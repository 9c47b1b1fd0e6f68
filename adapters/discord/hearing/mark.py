"""The mark: up to which message of the server all was taken in, so that what was written meanwhile can be fetched."""

from __future__ import annotations

import time

from bot.ports import Database

FACT = "discord.heard"
"""The id of a message: all before it and itself are dealt with. Ids grow with time."""
EVERY = 30.0
"""Seconds from one writing of it to the next. A mark that lags costs a second look and nothing else: a note that was
kept is known by its id."""


class Mark:
    """All but `load`, `save` and `forget`, which block, is for the event loop."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._reached: int | None = None
        self._newest = 0
        self._under_way: set[int] = set()
        self._held = True
        self._saved = 0
        self._saved_at = time.monotonic()

    # --- what is heard ---------------------------------------------------------------------------------------

    def heard(self, message: int) -> None:
        self._newest = max(self._newest, message)

    def begins(self, message: int) -> None:
        """It is being taken in; until it `ends` the mark stays below it."""
        self._under_way.add(message)
        self.heard(message)

    def ends(self, message: int) -> None:
        self._under_way.discard(message)

    # --- where it is -----------------------------------------------------------------------------------------

    def hold(self) -> None:
        """Something before the next message may have been missed: stay here until `release`."""
        self.settle()
        self._held = True

    def release(self, newest: int) -> None:
        """Nothing up to this message is missed any more."""
        self._held = False
        self.heard(newest)
        if self._reached is None:
            self._reached = 0

    def settle(self) -> int | None:
        """Move as far as all is dealt with; None where nothing was ever heard."""
        if self._reached is not None and not self._held:
            done = min(self._under_way) - 1 if self._under_way else self._newest
            self._reached = max(self._reached, done)
        return self._reached

    def is_due(self) -> bool:
        """Whether it has moved, and was not written for a while."""
        return (self.settle() or 0) > self._saved and time.monotonic() - self._saved_at > EVERY

    # --- over restarts; these block ----------------------------------------------------------------------------

    def load(self) -> None:
        """Once; later it is known."""
        if self._reached is None:
            known = self._database.read(lambda work: work.memory.fact(FACT))
            if known:
                self._reached = self._saved = int(known)

    def save(self) -> None:
        reached = self._reached
        if reached and reached > self._saved:
            self._database.write(lambda work: work.memory.set_fact(FACT, str(reached)))
            self._saved = reached
        self._saved_at = time.monotonic()

    def forget(self) -> None:
        """Nothing is kept from now on, so that nothing of this time is fetched later."""
        if self._database.read(lambda work: work.memory.fact(FACT)):
            self._database.write(lambda work: work.memory.set_fact(FACT, ""))
