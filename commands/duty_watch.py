"""The watch over the rota: hand-overs, gaps, self-tests, requests that run out, and who must know of what changed.

Called in each round, and cheap: it knows when it must look again. Everything it says has a key of its own in the
outbox, and what it remembers is written in the same commit, so that a desk that is started again says nothing twice.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import datetime, timedelta

from bot.ports import Database, UnitOfWork
from commands.duty_changes import told_of_changes
from commands.duty_covers import told_of_requests
from commands.duty_gaps import told_of_gaps
from commands.duty_handover import handed_over
from commands.duty_tests import tested

EVERY = timedelta(seconds=60)
GAPS_EVERY = timedelta(minutes=10)

Look = Callable[[UnitOfWork, datetime], None]

log = logging.getLogger(__name__)


class DutyWatch:
    """One for each running desk. What it holds itself only spares it looking too often."""

    def __init__(self) -> None:
        self._looks: dict[str, tuple[Look, timedelta]] = {
            "hand-overs": (handed_over, EVERY),
            "changes of the rota": (told_of_changes, EVERY),
            "requests for cover": (told_of_requests, EVERY),
            "self-tests": (tested, EVERY),
            "gaps": (told_of_gaps, GAPS_EVERY),
        }
        self._next: dict[str, datetime] = {}

    def __call__(self, database: Database, now: datetime) -> None:
        """Look at what it is time for, each in a transaction of its own; one that fails is named in the log and does
        not keep the others from their turn."""
        due = [name for name in self._looks if self._is_due(name, now)]
        if not due:
            return
        if not database.read(lambda work: bool(work.rota.plan().schedules)):
            self._next |= dict.fromkeys(due, now + EVERY)
            return
        for name in due:
            look, every = self._looks[name]
            self._next[name] = now + every
            try:
                database.write(lambda work, look=look: look(work, now))  # type: ignore[misc]  # A default binds it now.
            except Exception:
                log.exception("The watch over the rota could not look at the %s.", name)

    def _is_due(self, name: str, now: datetime) -> bool:
        """Also when the clock was set back: what lies ahead by more than a turn is no due time."""
        at = self._next.get(name)
        return at is None or not now < at <= now + self._looks[name][1]
