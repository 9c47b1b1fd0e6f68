"""A desk with many callers at once, to be killed: `python -m tests.doubles.busy_writers FOLDER THREADS`.

Standard input holds requests, a JSON array of id and line each. Every caller takes the next one, says it under its id
and writes the answer to standard output as one JSON line; behind them the desk's rounds deliver what was posted.
"""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import Iterator
from pathlib import Path
from threading import Lock, Thread
from typing import Any

from bot.clocks import SystemClock
from bot.ports import Parcel, Speaker
from bot.settings import Settings
from bot.wiring import House, build


class Paper:
    """Standard output for many hands: a line is written whole."""

    platform = "console"

    def __init__(self) -> None:
        self._lock = Lock()

    def line(self, data: Any) -> None:
        with self._lock:
            sys.stdout.write(json.dumps(data) + "\n")
            sys.stdout.flush()

    @property
    def prompt(self) -> bool:
        return True

    async def deliver(self, parcel: Parcel) -> str:
        self.line({"parcel": parcel.id})
        return f"parcel-{parcel.id}"


class Requests:
    """What is to be said; each request is taken once."""

    def __init__(self, lines: Iterator[str]) -> None:
        self._lines = lines
        self._lock = Lock()

    def take(self) -> tuple[str, str] | None:
        with self._lock:
            line = next(self._lines, "")
        return tuple(json.loads(line)) if line else None


def call(house: House, requests: Requests, paper: Paper) -> None:
    """One caller, until there are no more requests."""
    while (request := requests.take()) is not None:
        id, line = request
        answer = house.desk.say(Speaker("console", "you"), line, id)
        paper.line({"request": id, "ok": answer.ok, "ticket": answer.card.data.get("ticket")})


async def work(house: House, threads: int) -> None:
    paper = Paper()
    runtime = house.runtime({"console": paper})
    requests = Requests(iter(sys.stdin))
    callers = [Thread(target=call, args=(house, requests, paper)) for _ in range(threads)]
    for caller in callers:
        caller.start()
    while any(caller.is_alive() for caller in callers):
        await runtime.settle()
    await runtime.settle()


def main() -> None:
    folder, threads = Path(sys.argv[1]), int(sys.argv[2])
    house = build(Settings(data=folder), SystemClock())
    try:
        asyncio.run(work(house, threads))
    finally:
        house.close()


if __name__ == "__main__":
    main()
