"""How soon a page that is due is asked of the provider, on an idle desk and beside 10,000 promises.

    python -m benchmarks.pages

The whole way of a running desk: the bell, the look at pages, the courier, and the request over HTTP to a provider on
loopback, which notes when it comes. Due times are whole seconds of the desk's clock, which runs as fast as time.
"""

from __future__ import annotations

import asyncio
import tempfile
import time
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

from aiohttp import web

from benchmarks import timers
from benchmarks.table import Row, p99, show
from bot.clocks import MovableClock
from bot.domain.contacts import CALL
from bot.domain.escalation import Escalation, Step, Target, TargetKind
from bot.domain.oncall import OnCall
from bot.domain.paging import Attempt, Page, Trigger
from bot.ports import UnitOfWork
from bot.settings import Settings
from bot.wiring import House, build

PAGES = 100
EACH_SECOND = 5
WAITING = 10_000
CHAIN = Escalation("level3", (Step((Target(TargetKind.PERSON, "ann"),), 3600),))
MOST = 1.0
"""Seconds, for 99 of 100."""


@dataclass
class Provider:
    """Takes calls, and knows when each was asked for."""

    asked: dict[str, float] = field(default_factory=dict)

    async def take(self, request: web.Request) -> web.Response:
        if request.method != "POST":
            return web.json_response({"status": "active", "calls": []})
        at = time.monotonic()
        to = str((await request.post())["To"])
        self.asked.setdefault(to, at)
        return web.json_response({"sid": f"CA{len(self.asked):032d}", "status": "queued"}, status=201)


def run() -> list[Row]:
    """All measurements of this benchmark. Raises AssertionError if a page does not go out."""
    beside = {
        "on an idle desk": (0, timers.START),
        f"{WAITING:,} promises wait": (WAITING, timers.START),
        f"{WAITING:,} promises fall due at once": (WAITING, timers.HALF_TIME - timedelta(seconds=4)),
    }
    rows = []
    for name, (waiting, begin) in beside.items():
        with tempfile.TemporaryDirectory() as folder:
            late = p99(asyncio.run(_measured(Path(folder), waiting, begin)))
        rows.append(Row(f"A due page at the provider, {name}", 1000 * late, "ms p99", late, "s", MOST, at_most=True))
    return rows


async def _measured(folder: Path, waiting: int, begin: datetime) -> list[float]:
    """Real seconds from each due instant to its request, on a desk that begins to run then."""
    provider = Provider()
    app = web.Application()
    app.router.add_route("*", "/{path:.*}", provider.take)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    clock = MovableClock(timers.START)
    house = _house(folder, clock, f"http://127.0.0.1:{runner.addresses[0][1]}", waiting)
    clock.speed = 1.0
    clock.set(begin)
    began = time.monotonic()
    runtime = house.served({})
    runtime.start()
    try:
        due = await asyncio.to_thread(house.database.write, lambda work: _planned(work, begin))
        runtime.changed()
        await asyncio.sleep(max((at - begin).total_seconds() for at in due.values()) + 5)
    finally:
        await runtime.stop()
        await runner.cleanup()
        house.close()
    assert provider.asked.keys() >= due.keys(), f"{len(due.keys() - provider.asked.keys())} pages did not go out."
    return [provider.asked[to] - began - (at - begin).total_seconds() for to, at in due.items()]


def _house(folder: Path, clock: MovableClock, api_url: str, waiting: int) -> House:
    phone = {
        "account": "AC0",
        "token": "secret",
        "number": "+14165550100",
        "public_url": "https://desk.example",
        "calls_per_second": 100,
        "api_url": api_url,
    }
    settings = Settings.model_validate({"data": folder, "phone": phone, "web": {"host": "127.0.0.1", "port": 0}})
    house = build(settings, clock, ("console",))
    house.take_on(OnCall())
    house.database.write(timers.move_in)
    for _ in range(waiting // timers.BATCH):
        house.database.write(timers.open_tickets)
    return house


def _planned(work: UnitOfWork, begin: datetime) -> dict[str, datetime]:
    """Pages that are under way, each with a call still to be made; returns when, by number."""
    due: dict[str, datetime] = {}
    for number in range(PAGES):
        to, at = f"+1416555{2000 + number}", begin + timedelta(seconds=3 + number // EACH_SECOND)
        page = Page(0, "Mail server down", Trigger.STAFF, CHAIN, begin, "ann", step=1, due=begin + timedelta(hours=1))
        page = work.pages.add(page)
        work.pages.add_attempt(Attempt(0, page.id, "ann", CALL, to, at, due=at, token=f"secret {number}"))
        due[to] = at
    return due


if __name__ == "__main__":
    print(show("Paging", run()))
