"""The desk's board with very many open tickets: how long the server takes for a page, asked for over real sockets.

    python -m benchmarks.board [TICKETS]

Every ticket has a customer, a due time of its own and words to search; some words are everywhere, some are rare.
"""

from __future__ import annotations

import asyncio
import sqlite3
import sys
import tempfile
from collections.abc import Mapping
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from statistics import median
from time import perf_counter

from aiohttp import ClientSession, web

from adapters.web.doors import Doors
from adapters.web.server import WebServer
from benchmarks.desks import START, desk, fill, open_ticket
from benchmarks.table import Row, p95, show
from bot.domain.customers import Customer
from bot.ports import UnitOfWork
from bot.ports.intake import PassKind
from bot.settings import Settings
from bot.wiring import House
from commands.visits import give_link, sign_in
from storage.search import SUBJECT, document

TICKETS = 100_000
CUSTOMERS = 500
TIMES = 24
"""For each page: all together are what one client may ask for in a minute."""
AT_MOST = 100
"""Milliseconds for a page."""

PAGES: Mapping[str, str] = {
    "the first page": "",
    "page 200": "?page=200",
    "what nobody has": "?holder=nobody",
    "one level": "?level=III",
    "one state": "?state=new",
    "a word of every ticket": "?text=server",
    "a word of one ticket in a hundred": "?text=certificate",
    "a word of ten tickets": "?text=zebra",
    "a word of no ticket": "?text=unheard",
    "a customer by name": "?text=customer77",
    "two words, one of them everywhere": "?text=server+certificate",
}
_SESSION = "__Host-desk"


def run(tickets: int = TICKETS) -> list[Row]:
    """All measurements of this benchmark."""
    with tempfile.TemporaryDirectory() as folder, desk(Path(folder)) as house:
        house.database.write(lambda work: (open_ticket(work, START), open_ticket(work, START + timedelta(hours=3))))
        fill(Path(folder), tickets, 50)
        house.database.write(customers)
        told_apart(Path(folder), tickets)
        took = asyncio.run(asked(house))
    rows = []
    for name, times in took.items():
        often = p95(times) * 1000
        rows.append(Row(f"{name}, usually", median(times) * 1000, "ms"))
        rows.append(
            Row("  19 of 20 at most", often, "ms", often / AT_MOST, f"to {AT_MOST} ms", 1, at_most=True),
        )
    return rows


async def asked(house: House) -> Mapping[str, list[float]]:
    """Seconds of each request, by what was asked for; the first of each kind is not counted."""
    options = {"staff": True, "public_url": "https://desk.example.com"}
    settings = Settings.model_validate({"data": house.settings.data, "web": options})
    doors = Doors(settings, house.desk, house.clock, lambda: None)
    server = WebServer("127.0.0.1", 0, doors.routes, _well, doors.stop)
    await server.start()
    try:
        cookie = {"Cookie": f"{_SESSION}={house.database.write(_session)}"}
        async with ClientSession(f"http://127.0.0.1:{server.port}", headers=cookie) as client:
            took: dict[str, list[float]] = {}
            for turn in range(TIMES + 1):
                for name, query in PAGES.items():
                    began = perf_counter()
                    async with client.get(f"/desk{query}", allow_redirects=False) as answer:
                        await answer.read()
                    took.setdefault(name, []).extend([perf_counter() - began] if turn else [])
                    assert answer.status == web.HTTPOk.status_code
            return took
    finally:
        await server.stop()


async def _well() -> tuple[bool, Mapping[str, object]]:
    return True, {}


def _session(work: UnitOfWork) -> str:
    link = give_link(work, PassKind.STAFF_LINK, "ann", START)
    return sign_in(work, PassKind.STAFF_LINK, link, START) or ""


def customers(work: UnitOfWork) -> None:
    for number in range(CUSTOMERS):
        work.customers.save(Customer(f"c{number}", f"Customer{number} Ltd"))


def told_apart(folder: Path, tickets: int) -> None:
    """The copies get customers, due times and words."""
    with closing(sqlite3.connect(folder / "thirdline.db")) as connection, connection:
        connection.execute(
            "UPDATE tickets SET customer = 'c' || (number % ?), due = due + number % 50000, owner = "
            "CASE WHEN number % 3 = 0 THEN 'ann' END WHERE number > 2",
            (CUSTOMERS,),
        )
        found = (document("sqlite", number, SUBJECT, subject(number, tickets)) for number in range(3, tickets + 1))
        connection.executemany(
            "INSERT INTO search(rowid, words) VALUES (:document, :joined)", (one for one in found if one is not None)
        )


def subject(number: int, tickets: int) -> str:
    rare = " zebra" if number % (tickets // 10) == 0 else ""
    return f"Mail server queue {number}" + (" certificate" if number % 100 == 7 else "") + rare


if __name__ == "__main__":
    print(show("The board", run(*map(int, sys.argv[1:]))))
