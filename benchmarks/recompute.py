"""After a calendar edit every open promise is looked at again: how long that takes, and how long anybody waits for it.

    python -m benchmarks.recompute [TICKETS]

Of all open tickets two in a hundred move. Meanwhile a colleague claims tickets, one after the other; what they wait
for is the writer, which the desk holds only for a few tickets at a time.
"""

from __future__ import annotations

import sys
import tempfile
import threading
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from itertools import count
from pathlib import Path
from statistics import median
from time import perf_counter
from typing import TypeVar

from benchmarks.desks import ANN, START, desk, fill, open_ticket
from benchmarks.table import Row, show
from bot.domain.policy_data import policy_from_json, policy_to_json
from bot.ports import Database, UnitOfWork
from bot.wiring import House
from commands.recompute import recompute

T = TypeVar("T")

TICKETS = 50_000
EVERY = 50
CLOSED = date(2026, 10, 8)
EVENING_BEFORE = START + timedelta(days=1, hours=8)
"""An hour before the desk closes for that day, so that a promise of three hours reaches into it."""
AT_MOST = 50
"""For how long the writer may be held at a time, in milliseconds."""


@dataclass(frozen=True, slots=True)
class Watched:
    """A database that notes for how long each write held the writer, in seconds, its commit included."""

    database: Database
    held: list[float] = field(default_factory=list)

    def write(self, deed: Callable[[UnitOfWork], T]) -> T:
        def noting(work: UnitOfWork) -> tuple[T, float]:
            began = perf_counter()
            return deed(work), began

        result, began = self.database.write(noting)
        self.held.append(perf_counter() - began)
        return result

    def read(self, deed: Callable[[UnitOfWork], T]) -> T:
        return self.database.read(deed)


def run(tickets: int = TICKETS) -> list[Row]:
    """All measurements of this benchmark. Raises AssertionError if other tickets move than must."""
    with tempfile.TemporaryDirectory() as folder, desk(Path(folder)) as house:
        house.database.write(lambda work: (open_ticket(work, START), open_ticket(work, EVENING_BEFORE)))
        fill(Path(folder), tickets, EVERY)
        numbers = (number for number in count(1) if number % EVERY)
        quiet = [claim(house, next(numbers)) for _ in range(200)]
        house.database.write(close_that_day)
        database, waits, done = Watched(house.database), list[float](), threading.Event()

        def colleague() -> None:
            while not done.is_set():
                waits.append(claim(house, next(numbers)))
                done.wait(0.005)

        claiming = threading.Thread(target=colleague)
        claiming.start()
        began = perf_counter()
        seen, moved = recompute(database, START)
        took = perf_counter() - began
        done.set()
        claiming.join()
        assert (seen, moved) == (tickets, 1 + tickets // EVERY)
        assert recompute(database, START) == (tickets, 0)
    longest = max(database.held) * 1000
    held_at_most = f"to {AT_MOST} ms"
    return [
        Row(f"{tickets:,} open tickets looked at, {moved:,} moved", tickets / took, "tickets/s"),
        Row("  the writer held, at the longest", longest, "ms", longest / AT_MOST, held_at_most, 1, at_most=True),
        Row("  the writer held, usually", median(database.held) * 1000, "ms"),
        Row("  a claim meanwhile, at the longest", max(waits) * 1000, "ms"),
        Row("  a claim meanwhile, usually", median(waits) * 1000, "ms"),
        Row("  a claim when all is quiet, usually", median(quiet) * 1000, "ms"),
    ]


def claim(house: House, number: int) -> float:
    """Seconds until the claim is answered."""
    began = perf_counter()
    answer = house.desk.say(ANN, f"/ticket claim {number}")
    took = perf_counter() - began
    assert answer.ok
    return took


def close_that_day(work: UnitOfWork) -> None:
    """The desk's policy with one more day off."""
    kept = work.memory.policy()
    assert kept is not None
    policy = policy_from_json(kept[1])
    added = {**policy.holidays.added, CLOSED: "Moving day"}
    work.memory.set_policy(policy_to_json(replace(policy, holidays=replace(policy.holidays, added=added))), START)


if __name__ == "__main__":
    print(show("A day off is added", run(*map(int, sys.argv[1:]))))
