"""How long from the instant a page is due to the provider's request? On a running desk, by the machine's own clock.

    python -m benchmarks.paging

Commands come at any moment of a second; due times are whole seconds, and what falls due is a text a second after the
call. In a storm 30 customers have ten pages each, all started in one commit and to ten people, one customer after the
other: the worst order for the second customer. Everybody picks up and presses the key a moment later.
"""

from __future__ import annotations

import asyncio
import random
import tempfile
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median

from benchmarks.desks import fill, open_ticket
from benchmarks.paging_desk import Desk, Request, Sink, customers, desk, escalations, number_of, people
from benchmarks.table import Row, p99, show
from bot.cards import say
from bot.clocks import SystemClock
from bot.domain.contacts import CALL, CHAT, TEXT, Reach
from bot.domain.paging import Trigger
from bot.ports import Kind, News, Speaker, UnitOfWork, Urgency
from bot.wiring import House
from commands.desk import Answer
from commands.paging import start_page
from commands.record import record_opened
from commands.spec import Caller

PAGES = 120
EVERY = 0.5
TIMERS = 10_000
PATIENCE = 1.0
"""Seconds within which ninety-nine of a hundred requests must have come."""

PRIORITIES = ("low", "normal", "high", "urgent")
OWN = len(PRIORITIES)
"""Engineers who are called for tickets, one for each priority; everybody else is called by name."""

STORM_CUSTOMERS, STORM_PEOPLE = 30, 10
A_SECOND = 10
PICKS_UP = 0.2

QUEUE = 2_000
PLACES = 50
SLOWNESS = 0.02
BESIDE = 40


def run() -> list[Row]:
    """All measurements of this benchmark. Raises AssertionError if a page is lost or doubled."""
    rows = _latency_rows("an idle desk", asyncio.run(latencies(0)))
    rows += _latency_rows(f"{TIMERS:,} timers waiting", asyncio.run(latencies(TIMERS)))
    rows += asyncio.run(storm())
    return rows + asyncio.run(beside_a_queue())


# --- one at a time --------------------------------------------------------------------------------------------------


@dataclass(slots=True)
class Latencies:
    """Seconds until the provider was asked: since the command was said, and since the due instant."""

    commands: list[float] = field(default_factory=list)
    due: list[float] = field(default_factory=list)


async def latencies(timers: int) -> Latencies:
    """A page every half a second, in turns by /page and by a ticket that is opened."""
    now = SystemClock().now()
    moves_in = [*people(OWN + PAGES, (Reach(CALL, 0), Reach(TEXT, 1)), now), *customers(PAGES, now)]
    found = Latencies()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)

        def before(house: House) -> None:
            if timers:
                for _ in range(2):
                    house.database.write(lambda work: open_ticket(work, now))
                fill(folder, timers, 2)

        async with desk(folder, escalations(OWN), moves_in, before=before) as running:
            dice, began = random.Random(20261123), time.monotonic()
            asked = []
            for number in range(PAGES):
                await asyncio.sleep(max(0.0, began + EVERY * (number + dice.random() / 2) - time.monotonic()))
                asked.append(asyncio.create_task(_page(running, number, found)))
            await asyncio.gather(*asked)
            assert len(running.provider.requests) == 2 * PAGES
    return found


async def _page(running: Desk, number: int, found: Latencies) -> None:
    by_ticket = number % 2
    person = number // 2 % OWN if by_ticket else OWN + number
    began = time.monotonic()
    if by_ticket:
        opened = f"/ticket open disk full --customer c{number} --priority {PRIORITIES[person]}"
        answer = await running.says(opened)
    else:
        answer = await running.says(f"/page @p{person} the server room is hot")
    call = await running.provider.next(CALL, number_of(person))
    found.commands.append(call.at - began)
    text = await running.provider.next(TEXT, number_of(person))
    page = await running.reads(lambda work: _page_of(work, answer))
    due = await running.reads(lambda work: _text_due(work, page))
    found.due.append(text.at - (due + time.monotonic() - time.time()))
    await running.says(f"/page ack {page}")


def _page_of(work: UnitOfWork, answer: Answer) -> int:
    """What /page has told; of a ticket that was opened, its page."""
    told: int | None = answer.card.data.get("page")
    return told or next(page.id for page in work.pages.of_ticket(answer.card.ticket or 0))


def _text_due(work: UnitOfWork, page: int) -> float:
    return next(one.planned_for.timestamp() for one in work.pages.attempts(page) if one.kind == TEXT)


def _latency_rows(where: str, found: Latencies) -> list[Row]:
    rows = []
    for since, values in (("due instant", found.due), ("command", found.commands)):
        late = p99(values)
        rows += [
            Row(f"{where}: {since} to request, p50", 1000 * median(values), "ms"),
            Row("  p99", 1000 * late, "ms", late / PATIENCE, "of 1 s", 1, at_most=True),
        ]
    return rows


# --- 300 at once ----------------------------------------------------------------------------------------------------


async def storm() -> list[Row]:
    """Pages of 30 customers to 10 people in one commit, by a provider that takes ten calls a second."""
    now = SystemClock().now()
    moves_in = [*people(STORM_PEOPLE, (Reach(CALL, 0),), now), *customers(STORM_CUSTOMERS, now)]
    count = STORM_CUSTOMERS * STORM_PEOPLE
    with tempfile.TemporaryDirectory() as name:
        async with desk(Path(name), escalations(STORM_PEOPLE), moves_in, a_second=A_SECOND) as running:
            all_called = asyncio.Event()

            async def taken(request: Request) -> None:
                await asyncio.sleep(PICKS_UP)
                await running.is_taken(request)
                if len(running.provider.requests) >= count:
                    all_called.set()

            running.provider.taken = taken
            numbers = await running.writes(_tickets)
            await running.writes(lambda work: _all_at_once(work, numbers))
            began = time.monotonic()
            await asyncio.wait_for(all_called.wait(), 20 * count / A_SECOND)
            requests = list(running.provider.requests)
            whose = await running.reads(lambda work: [_customer(work, one) for one in requests])
    assert Counter(whose) == Counter({f"c{number}": STORM_PEOPLE for number in range(STORM_CUSTOMERS)})
    took, ideal = requests[-1].at - began, (count - 1) / A_SECOND
    firsts = [requests[whose.index(f"c{number}")].at - began for number in range(STORM_CUSTOMERS)]
    pace = (count - 1) / (requests[-1].at - requests[0].at)
    return [
        Row(
            f"{count} at once: seconds before the first",
            _violations(whose),
            "customers",
            _violations(whose),
            "",
            0,
            at_most=True,
        ),
        Row("  every customer's first, the last of them", max(firsts), "s"),
        Row("  all of them", took, "s", took / ideal, "of the ideal pace"),
        Row("  calls a second", pace, "/s", pace / A_SECOND, "of the limit", 1.01, at_most=True),
    ]


def _tickets(work: UnitOfWork) -> list[int]:
    """Ten of each customer, one customer after the other."""
    caller = Caller(work.people.get("ann"), Speaker("console", "ann"), SystemClock().now())
    return [
        record_opened(
            caller, work, subject="Server down", level="III", customer=f"c{number}", starts=["first_response"]
        ).number
        for number in range(STORM_CUSTOMERS)
        for _ in range(STORM_PEOPLE)
    ]


def _all_at_once(work: UnitOfWork, numbers: Sequence[int]) -> None:
    """A page for each ticket, each of a customer's to another person."""
    chains, now = work.rota.plan().escalations, SystemClock().now()
    for count, number in enumerate(numbers):
        customer, own = divmod(count, STORM_PEOPLE)
        chain = chains[f"p{(customer + own) % STORM_PEOPLE}"]
        ticket = work.tickets.get(number)
        start_page(work, trigger=Trigger.STAFF, reason="a storm", by="ann", now=now, ticket=ticket, chain=chain)


def _customer(work: UnitOfWork, request: Request) -> str:
    attempt = work.pages.by_ref("main", f"main:{request.sid}")
    assert attempt is not None, request
    return work.pages.get(attempt.page).customer or ""


def _violations(whose: Sequence[str]) -> int:
    """How many calls were a customer's second, or later, while another customer waited for the first."""
    seen: set[str] = set()
    wrong = 0
    for customer in whose:
        wrong += customer in seen and len(seen) < STORM_CUSTOMERS
        seen.add(customer)
    return wrong


# --- beside a queue -------------------------------------------------------------------------------------------------


async def beside_a_queue() -> list[Row]:
    """Pages while a slow platform has 2,000 notices and digests to carry: by telephone, and on that platform itself."""
    now = SystemClock().now()
    plan = (Reach(CHAT, 0), Reach(CALL, 0))
    moves_in = people(BESIDE, plan, now, ("console",))
    slow = Sink(SLOWNESS)
    calls: list[float] = []
    messages: list[float] = []
    overtaken: list[int] = []
    with tempfile.TemporaryDirectory() as name:
        async with desk(Path(name), escalations(BESIDE), moves_in, terminal=slow) as running:
            await running.writes(_queue)
            for number in range(BESIDE):
                began = time.monotonic()
                answer = await running.says(f"/page @p{number} the server room is hot")
                committed = time.monotonic()
                calls.append((await running.provider.next(CALL, number_of(number))).at - began)
                at = await _message(slow, answer.card.data["page"])
                messages.append(at - began)
                overtaken.append(
                    sum(committed < other < at for other, parcel in slow.took if parcel.kind is not Kind.PAGE)
                )
                await running.says(f"/page ack {answer.card.data['page']}")
            left = (await running.reads(lambda work: work.outbox.counts()))["planned"]
            assert left > QUEUE // 10, left
    return [
        Row(f"{QUEUE:,} notices and digests waiting: command to call, p50", 1000 * median(calls), "ms"),
        Row("  the longest", 1000 * max(calls), "ms", max(calls) / PATIENCE, "of 1 s", 1, at_most=True),
        Row("  to the message on their own platform, the longest", 1000 * max(messages), "ms"),
        Row("  what went there before it after the commit, at most", max(overtaken), "parcels"),
    ]


def _queue(work: UnitOfWork) -> None:
    for number in range(QUEUE):
        kind, urgency = (Kind.NOTICE, Urgency.NOTICE) if number % 2 else (Kind.DIGEST, Urgency.DIGEST)
        work.outbox.post(News(kind, f"#room{number % PLACES}", say(f"News {number}"), f"queue:{number}", urgency))


async def _message(slow: Sink, page: int) -> float:
    """When the platform was handed the message of that page."""
    while True:
        for at, parcel in reversed(slow.took):
            if parcel.kind is Kind.PAGE and parcel.card.data.get("page") == page:
                return at
        await asyncio.sleep(0.005)


if __name__ == "__main__":
    print(show("Paging", run()))
