"""A running desk with a telephone provider on loopback: what benchmarks/paging measures on.

The provider takes every call and text at once and notes when its request came; nothing rings. Who is called says, some
time later, that they have it, as the key on the telephone would. Desk and provider share one event loop, so that
whatever keeps the desk busy is in what is measured.
"""

from __future__ import annotations

import asyncio
import time
from collections import defaultdict
from collections.abc import AsyncIterator, Callable, Coroutine, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

from aiohttp import web

from bot.clocks import SystemClock
from bot.domain.contacts import CALL, TEXT, Contact, Reach
from bot.domain.customers import Customer, Subscription
from bot.domain.people import Role, Staff
from bot.ports import Channel, Parcel, Speaker, UnitOfWork
from bot.runtime import Runtime
from bot.settings import Settings
from bot.wiring import House, build
from commands.desk import Answer
from commands.page_ends import acknowledge

T = TypeVar("T")

Save = Callable[[UnitOfWork], None]

ACCOUNT = "AC0"
DAILY_CHORES = 3.0
"""Seconds after its start in which a desk has done what it does once a day."""


@dataclass(frozen=True, slots=True)
class Request:
    """A call or text that the provider was asked for, `at` monotonic seconds."""

    at: float
    kind: str
    to: str
    sid: str


@dataclass(slots=True)
class Provider:
    """Takes calls and texts. `taken` is done with each of them, in a task of its own."""

    requests: list[Request] = field(default_factory=list)
    taken: Callable[[Request], Coroutine[Any, Any, None]] | None = None
    _waiting: dict[tuple[str, str], asyncio.Queue[Request]] = field(default_factory=lambda: defaultdict(asyncio.Queue))
    _tasks: set[asyncio.Task[None]] = field(default_factory=set)

    async def next(self, kind: str, to: str) -> Request:
        """The next request for that number that nobody has asked for yet."""
        return await asyncio.wait_for(self._waiting[kind, to].get(), 60)

    async def place(self, request: web.Request) -> web.Response:
        at = time.monotonic()
        kind = CALL if request.path.endswith("/Calls.json") else TEXT
        to = str((await request.post())["To"])
        one = Request(at, kind, to, f"CA{len(self.requests)}")
        self.requests.append(one)
        self._waiting[kind, to].put_nowait(one)
        if self.taken is not None:
            task = asyncio.create_task(self.taken(one))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)
        return web.json_response({"sid": one.sid, "status": "queued"}, status=201)

    async def tell(self, _request: web.Request) -> web.Response:
        return web.json_response({"friendly_name": "loopback", "status": "active", "type": "Full"})


class Sink:
    """The terminal's place: it takes what comes, after `seconds`, and notes when it did."""

    platform = "console"

    def __init__(self, seconds: float = 0.0) -> None:
        self.prompt = not seconds
        self.took: list[tuple[float, Parcel]] = []
        self._seconds = seconds

    async def deliver(self, parcel: Parcel) -> str:
        self.took.append((time.monotonic(), parcel))
        if self._seconds:
            await asyncio.sleep(self._seconds)
        return parcel.ref or f"m{parcel.id}"


@dataclass(frozen=True, slots=True)
class Desk:
    """A desk that runs, its provider and its terminal."""

    house: House
    runtime: Runtime
    provider: Provider
    terminal: Sink

    async def says(self, line: str) -> Answer:
        """Ann's line, done as a chat platform does it. Raises AssertionError where the desk refuses."""
        answer = await asyncio.to_thread(self.house.desk.say, Speaker("console", "ann", "Ann", "#desk"), line)
        assert answer.ok, (line, answer.card)
        self.runtime.changed()
        return answer

    async def writes(self, deed: Callable[[UnitOfWork], T]) -> T:
        """A change from outside the commands, done as a webhook does it."""
        done = await asyncio.to_thread(self.house.database.write, deed)
        self.runtime.changed()
        return done

    async def reads(self, question: Callable[[UnitOfWork], T]) -> T:
        return await asyncio.to_thread(self.house.database.read, question)

    async def is_taken(self, request: Request) -> None:
        """Whoever is called presses the key, once the desk knows that the call was made."""

        def press(work: UnitOfWork) -> None:
            attempt = work.pages.by_ref("main", f"main:{request.sid}")
            assert attempt is not None, request
            now = self.house.clock.now()
            acknowledge(work, work.pages.get(attempt.page), attempt.person, "key", now, attempt)

        await self.writes(press)


def number_of(person: int) -> str:
    return f"+1416555{person:04}"


def people(count: int, plan: Sequence[Reach], now: datetime, accounts: Sequence[str] = ()) -> list[Save]:
    """Engineers p0, p1 … as things to save: each with a telephone for calls and texts, and that plan."""
    saved: list[Save] = [_saves_ann]
    saved += [_saves(number, plan, now, accounts) for number in range(count)]
    return saved


def customers(count: int, now: datetime) -> list[Save]:
    """Level III customers c0, c1 …, as things to save."""
    period = (now - timedelta(days=30)).date(), (now + timedelta(days=300)).date()
    subscriptions = (Subscription("gateway", "III", *period),)
    found = (Customer(f"c{number}", f"Customer {number}", subscriptions=subscriptions) for number in range(count))
    return [partial(_saves_customer, customer=one) for one in found]


def _saves_customer(work: UnitOfWork, customer: Customer) -> None:
    work.customers.save(customer)


def _saves_ann(work: UnitOfWork) -> None:
    work.people.save(Staff("ann", "Ann", Role.ADMIN, {"console": "ann"}))


def _saves(number: int, plan: Sequence[Reach], now: datetime, accounts: Sequence[str]) -> Save:
    def save(work: UnitOfWork) -> None:
        own = dict.fromkeys(accounts, f"p{number}")
        work.people.save(Staff(f"p{number}", f"Engineer {number}", Role.STAFF, own))
        for kind in (CALL, TEXT):
            work.contacts.save(Contact(0, f"p{number}", kind, number_of(number), verified_at=now))
        work.contacts.set_plan(f"p{number}", True, plan)

    return save


def escalations(count: int) -> str:
    """A plan in which escalation p0 calls p0, and so on; and each priority has one for tickets that are opened."""
    parts = ['important = ["III"]\n[self_test]\non = false\n']
    for number in range(count):
        parts.append(f'[escalations.p{number}]\nack = "0s"\n[[escalations.p{number}.steps]]')
        parts.append(f'call = ["@p{number}"]\nwait = "20m"\n')
    for number, priority in enumerate(("low", "normal", "high", "urgent")[:count]):
        parts.append(f'[[pages]]\nname = "{priority}"\non = "opened"\nlevels = ["III"]\npriorities = ["{priority}"]')
        parts.append(f'escalation = "p{number}"\n')
    return "\n".join(parts)


@asynccontextmanager
async def desk(
    folder: Path,
    plan: str,
    moves_in: Sequence[Save],
    *,
    terminal: Sink | None = None,
    a_second: float = 100,
    before: Callable[[House], None] | None = None,
) -> AsyncIterator[Desk]:
    """A desk in that folder, connected and with the day's chores done. `before` is done before it starts."""
    provider, sink = Provider(), terminal or Sink()
    app = web.Application()
    app.router.add_post(f"/Accounts/{ACCOUNT}/{{what:Calls|Messages}}.json", provider.place)
    app.router.add_post(f"/Accounts/{ACCOUNT}/Calls/{{sid}}.json", provider.tell)
    app.router.add_get(f"/Accounts/{ACCOUNT}.json", provider.tell)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    address = "http://{}:{}".format(*runner.addresses[0][:2])
    house = _build(folder, plan, moves_in, address, a_second)
    if before is not None:
        before(house)
    channels: dict[str, Channel] = {"console": sink}
    runtime = house.served(channels)
    runtime.start()
    try:
        runtime.connected("console")
        await asyncio.sleep(DAILY_CHORES)
        assert runtime.health()["phone"].well, runtime.health()
        yield Desk(house, runtime, provider, sink)
    finally:
        await runtime.stop()
        house.close()
        await runner.cleanup()


def _build(folder: Path, plan: str, moves_in: Sequence[Save], address: str, a_second: float) -> House:
    file = folder / "plan.toml"
    file.write_text(plan, encoding="utf-8")
    phone = {
        "account": ACCOUNT,
        "token": "t" * 32,
        "number": "+14165550100",
        "api_url": address,
        "public_url": "https://desk.example",
        "calls_per_second": a_second,
    }
    settings = Settings.model_validate({"data": folder, "oncall": file, "web": {"port": 0}, "phone": phone})
    # People are there before the plan that names them.
    empty = build(settings.model_copy(update={"oncall": None}), SystemClock())
    empty.database.write(lambda work: [save(work) for save in moves_in])
    empty.close()
    return build(settings, SystemClock())
