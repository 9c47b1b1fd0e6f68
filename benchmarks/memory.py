"""What a desk at work needs of memory, with ten thousand open tickets and with a million.

    python -m benchmarks.memory

A process of its own opens the desk, lets the bell ring and answers some commands; counted is the most that it ever
held in memory.
"""

from __future__ import annotations

import asyncio
import resource
import subprocess
import sys
import tempfile
import time
from datetime import timedelta
from pathlib import Path

from benchmarks.desks import ANN, START, desk, fill, open_ticket
from benchmarks.table import Row, show

FEW = 10_000
MANY = 1_000_000
GROWTH = 1.1
ROUNDS = 20
LINES = (
    "/ticket open The queue is growing --level III",
    "/ticket list",
    "/ticket show 3",
    "/ticket claim 3",
    "/ticket why 3",
    "/ticket search queue",
    "/ticket mine",
    "/sla status",
)
# Linux counts kilobytes, macOS bytes.
UNIT = 1024 if sys.platform == "darwin" else 1


def run() -> list[Row]:
    """All measurements of this benchmark."""
    peak, took = {}, {}
    for tickets in (FEW, MANY):
        with tempfile.TemporaryDirectory() as folder:
            with desk(Path(folder)) as house:
                house.database.write(lambda work: (open_ticket(work, START), open_ticket(work, START)))
            fill(Path(folder), tickets, every=2)
            peak[tickets], took[tickets] = at_work(folder)
    few, many = peak[FEW] / 1024, peak[MANY] / 1024
    return [
        Row(f"a desk at work, {FEW:,} open tickets", few, "MB"),
        Row(f"a desk at work, {MANY:,} open tickets", many, "MB", many / few, "many / few", GROWTH, at_most=True),
        Row(f"  {ROUNDS} rounds of {len(LINES)} commands, {FEW:,} open", took[FEW], "s"),
        Row(f"  {ROUNDS} rounds of {len(LINES)} commands, {MANY:,} open", took[MANY], "s", took[MANY] / took[FEW]),
    ]


def at_work(folder: str) -> tuple[int, float]:
    """The most memory in kilobytes and the seconds of a process that works on that desk."""
    command = [sys.executable, "-m", "benchmarks.memory", folder]
    told = subprocess.run(command, check=True, capture_output=True, text=True).stdout.split()
    return int(told[0]), float(told[1])


def work_at(folder: str) -> str:
    """Work on that desk, in this process: the most memory held, in kilobytes, and the seconds it took."""
    with desk(Path(folder), START + timedelta(minutes=5)) as house:
        runtime = house.runtime({})
        began = time.perf_counter()
        for _ in range(ROUNDS):
            asyncio.run(runtime.tick())
            for line in LINES:
                answer = house.desk.say(ANN, line)
                assert answer.ok, answer
        took = time.perf_counter() - began
    return f"{most_held()} {took}"


def most_held() -> int:
    """The most memory that this process itself ever held, in kilobytes."""
    status = Path("/proc/self/status")
    if status.exists():
        # The resource usage of a process counts what its parent held when it was started, too; this does not.
        line = next(line for line in status.read_text().splitlines() if line.startswith("VmHWM:"))
        return int(line.split()[1])
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // UNIT


if __name__ == "__main__":
    print(work_at(sys.argv[1]) if sys.argv[1:] else show("Memory", run()))
