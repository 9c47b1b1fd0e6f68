"""Is storage fast enough? Opening tickets at full durability beside the bare driver and the usual choice, in one run.

    python -m benchmarks.storage

Everybody writes the same rows into the same schema (ticket, event, two timers, one parcel, two texts to search) and
waits for the same fsync. The asynchronous ORM is spared the search. Rates depend on the disk; ratios travel further.
"""

from __future__ import annotations

import asyncio
import sqlite3
import tempfile
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import median
from typing import Any

from sqlalchemy import event as listen
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker, create_async_engine
from sqlalchemy.orm import registry

from benchmarks.table import Row, paired, show, times_faster
from bot.cards import say
from bot.domain.history import Deed, Event
from bot.domain.sla import Promises
from bot.domain.ticket import opened
from bot.ports import FrozenHolidays, Kind, News, UnitOfWork
from storage import tables
from storage.database import SqlDatabase
from storage.maintenance import upgrade

NOW = datetime(2026, 3, 2, 15, 0, tzinfo=UTC)
SECONDS = int(NOW.timestamp())
CALLERS = 32
PASSES = 7
ALONE = 300
TOGETHER = 1_600
FEW_TIMERS = 1_000
MANY_TIMERS = 1_000_000
TICKS = 200


class StoppedClock:
    """It is always the same time."""

    def now(self) -> datetime:
        return NOW


def no_promises(text: str, holidays: Sequence[FrozenHolidays], version: int) -> Promises:
    raise AssertionError("Not part of what is measured.")


@contextmanager
def database(path: Path) -> Iterator[SqlDatabase]:
    """A fresh desk in that file."""
    url = f"sqlite:///{path}"
    upgrade(url)
    opened_database = SqlDatabase(url, lambda to: [("console", to)], no_promises, StoppedClock())
    try:
        yield opened_database
    finally:
        opened_database.close()


def open_ticket(work: UnitOfWork) -> None:
    """What the command does, without its rules."""
    number = work.tickets.next_number()
    data = {
        "subject": "Mail server down, queue growing",
        "text": "It stopped at noon and the queue grows",
        "level": "III",
        "customer": "acme",
        "starts": ["first_response"],
    }
    event = Event(number, 1, NOW, "bob", "console", Deed.OPENED, data)
    due = NOW + timedelta(hours=3)
    timers = {"first_response": NOW + timedelta(minutes=90), "wait": due}
    work.tickets.save(opened(event), event, due, timers)
    work.outbox.post(News(Kind.CARD, "#desk", say("Mail server down"), f"card:{number}", ticket=number))


# --- the bare driver ----------------------------------------------------------------------------------------------


class Bare:
    """The same rows by `sqlite3` alone, statements ready-made and values constant: nothing but the database's work."""

    def __init__(self, path: Path) -> None:
        upgrade(f"sqlite:///{path}")
        self.connection = sqlite3.connect(path, isolation_level=None)
        self.connection.execute("PRAGMA synchronous=FULL")
        self.connection.execute("PRAGMA foreign_keys=ON")
        self.number = 0
        ticket = ticket_row(0)
        event = event_row(0)
        parcel = parcel_row(0)
        self._rows: list[tuple[str, tuple[Any, ...]]] = [
            (_insert("tickets", ticket), tuple(ticket.values())),
            (_insert("events", event), tuple(event.values())),
        ]
        self._timer = "INSERT INTO timers (ticket, kind, due) VALUES (?, ?, ?)"
        self._parcel = (_insert("outbox", parcel), tuple(parcel.values()))
        self._words = "INSERT INTO search (rowid, words) VALUES (?, ?)"

    def open_ticket(self) -> None:
        execute = self.connection.execute
        self.number = number = self.number + 1
        execute("BEGIN IMMEDIATE")
        for statement, values in self._rows:
            execute(statement, (number, *values[1:]))
        execute(self._timer, (number, "first_response", SECONDS + 5400))
        execute(self._timer, (number, "wait", SECONDS + 10800))
        statement, values = self._parcel
        execute(statement, (f"card:{number}", number, *values[2:]))
        execute(self._words, (number << 20, "mail server down queue growing"))
        execute(self._words, ((number << 20) | 1, "it stopped at noon and the queue grows"))
        execute("COMMIT")

    def close(self) -> None:
        self.connection.close()


def _insert(table: str, row: dict[str, Any]) -> str:
    return f"INSERT INTO {table} ({', '.join(row)}) VALUES ({', '.join('?' * len(row))})"


def ticket_row(number: int) -> dict[str, Any]:
    empty = dict.fromkeys(("requester", "category", "resolution", "partner"), "")
    return {
        "number": number,
        "subject": "Mail server down, queue growing",
        "text": "It stopped at noon and the queue grows",
        "level": "III",
        "customer": "acme",
        "opened_at": SECONDS,
        "opened_by": "bob",
        "source": "console",
        "state": "new",
        "priority": "normal",
        "tags": "[]",
        "watchers": "[]",
        "clocks": f'[{{"kind":"first_response","started":{SECONDS},"pauses":[],"told":0}}]',
        "phone_credit": False,
        "changed_at": SECONDS,
        "seq": 1,
        "due": SECONDS + 10800,
        **empty,
    }


def event_row(number: int) -> dict[str, Any]:
    data = (
        '{"subject":"Mail server down, queue growing","text":"It stopped at noon and the queue grows",'
        '"level":"III","customer":"acme","starts":["first_response"]}'
    )
    row = {"ticket": number, "seq": 1, "at": SECONDS, '"by"': "bob", "source": "console", "deed": "opened"}
    return row | {"data": data, "reason": ""}


def parcel_row(number: int) -> dict[str, Any]:
    return {
        '"key"': f"card:{number}",
        "ticket": number,
        "kind": "card",
        "platform": "console",
        "place": "#desk",
        "card": '{"lines":[["Mail server down"]]}',
        "urgency": 4,
        "created_at": SECONDS,
        "state": "planned",
        "due": SECONDS,
        "attempts": 0,
        "error": "",
    }


# --- the usual choice: the asynchronous ORM on aiosqlite ------------------------------------------------------------


class OrmTicket:
    """Mapped to the tickets table."""


class OrmEvent:
    """Mapped to the events table."""


class OrmTimer:
    """Mapped to the timers table."""


class OrmParcel:
    """Mapped to the outbox table."""


class AsyncOrm:
    """An engine with an asynchronous session for each ticket, as the tutorials show it."""

    def __init__(self, path: Path) -> None:
        upgrade(f"sqlite:///{path}")
        self._engine = create_async_engine(f"sqlite+aiosqlite:///{path}")

        @listen.listens_for(self._engine.sync_engine, "connect")
        def durable(connection: Any, _record: Any) -> None:
            cursor = connection.cursor()
            cursor.execute("PRAGMA synchronous=FULL")
            cursor.execute("PRAGMA foreign_keys=ON")
            cursor.close()

        self._sessions = async_sessionmaker(self._engine, expire_on_commit=False)
        self._number = 0
        self._loop = asyncio.new_event_loop()

    def open_tickets(self, count: int) -> None:
        """From 32 tasks at once, taking turns at the one writer as sessions without a queue must."""
        self._loop.run_until_complete(self._all(count))

    async def _all(self, count: int) -> None:
        turn = asyncio.Lock()

        async def caller(tickets: int) -> None:
            for _ in range(tickets):
                async with turn, self._sessions() as session:
                    await self._open(session)

        await asyncio.gather(*(caller(count // CALLERS) for _ in range(CALLERS)))

    async def _open(self, session: AsyncSession) -> None:
        self._number = number = self._number + 1
        session.add(_filled(OrmTicket(), ticket_row(number)))
        await session.flush()
        session.add(_filled(OrmEvent(), event_row(number)))
        session.add(_filled(OrmTimer(), {"ticket": number, "kind": "first_response", "due": SECONDS + 5400}))
        session.add(_filled(OrmTimer(), {"ticket": number, "kind": "wait", "due": SECONDS + 10800}))
        session.add(_filled(OrmParcel(), parcel_row(number)))
        await session.commit()

    def close(self) -> None:
        self._loop.run_until_complete(self._engine.dispose())
        self._loop.close()


def _filled(thing: object, row: dict[str, Any]) -> object:
    for name, value in row.items():
        setattr(thing, name.strip('"'), value)
    return thing


def map_orm() -> None:
    """Map the ORM's classes to our tables."""
    mapper = registry()
    for cls, table in (
        (OrmTicket, tables.tickets),
        (OrmEvent, tables.events),
        (OrmTimer, tables.timers),
        (OrmParcel, tables.outbox),
    ):
        mapper.map_imperatively(cls, table)


# --- measuring ----------------------------------------------------------------------------------------------------


def together(work: Callable[[], None], count: int, callers: int = CALLERS) -> None:
    """The work that many times, from that many threads."""

    def call() -> None:
        for _ in range(count // callers):
            work()

    threads = [threading.Thread(target=call) for _ in range(callers)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def repeat(work: Callable[[], object], count: int) -> None:
    for _ in range(count):
        work()


def opening(folder: Path) -> list[Row]:
    """Tickets a second, alone and together."""
    map_orm()
    with (
        database(folder / "alone.db") as alone,
        database(folder / "together.db") as many,
        closing(Bare(folder / "bare.db")) as bare,
        closing(AsyncOrm(folder / "orm.db")) as orm,
    ):
        took = paired(
            {
                "bare": lambda: repeat(bare.open_ticket, ALONE),
                "alone": lambda: repeat(lambda: alone.write(open_ticket), ALONE),
                "together": lambda: together(lambda: many.write(open_ticket), TOGETHER),
                "orm": lambda: orm.open_tickets(CALLERS),
            },
            PASSES,
        )
    each = {"bare": ALONE, "alone": ALONE, "together": TOGETHER, "orm": CALLERS}
    per = {name: [seconds / each[name] for seconds in its] for name, its in took.items()}
    rates = {name: 1 / median(its) for name, its in per.items()}
    shared = f"ours, {CALLERS} callers"
    return [
        Row("bare sqlite3, one commit each", rates["bare"], "tickets/s"),
        Row("ours, one caller", rates["alone"], "tickets/s", times_faster(per, "alone", "bare"), "ours / bare", 0.4),
        Row(shared, rates["together"], "tickets/s", times_faster(per, "together", "bare"), "ours / bare", 1.5),
        Row(
            f"asynchronous ORM on aiosqlite, {CALLERS} tasks",
            rates["orm"],
            "tickets/s",
            times_faster(per, "together", "orm"),
            "ours / ORM",
            10,
        ),
    ]


_FILL = """
WITH RECURSIVE numbers(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < :count)
INSERT INTO {target} FROM numbers
"""


def fill(path: Path, count: int) -> None:
    """That many open tickets, each with one timer that waits for its hour."""
    row = {name: value for name, value in ticket_row(0).items() if name != "number"}
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("PRAGMA synchronous=OFF")
        columns, holes = ", ".join(row), ", ".join(f":{name}" for name in row)
        tickets = _FILL.format(target=f"tickets (number, {columns}) SELECT n, {holes}")
        connection.execute(tickets, row | {"count": count})
        timers = _FILL.format(target="timers (ticket, kind, due) SELECT n, 'first_response', :soon + n")
        connection.execute(timers, {"count": count, "soon": SECONDS + 60})


def tick(desk: SqlDatabase) -> None:
    """What the bell does when nothing is due."""
    assert not desk.write(lambda work: work.tickets.timers_due(NOW, 100))
    assert not desk.write(lambda work: work.outbox.lease(NOW, 60, 100, "console"))
    desk.read(lambda work: (work.tickets.next_timer(), work.outbox.next_due("console")))


def ticking(folder: Path) -> list[Row]:
    """What an idle tick costs, with few timers waiting and with many."""
    with database(folder / "few.db") as few, database(folder / "many.db") as many:
        fill(folder / "few.db", FEW_TIMERS)
        fill(folder / "many.db", MANY_TIMERS)
        took = paired(
            {"few": lambda: repeat(lambda: tick(few), TICKS), "many": lambda: repeat(lambda: tick(many), TICKS)},
            PASSES,
        )
    cost = {name: median(its) / TICKS * 1000 for name, its in took.items()}
    return [
        Row(f"an idle tick, {FEW_TIMERS:,} timers waiting", cost["few"], "ms"),
        Row(
            f"an idle tick, {MANY_TIMERS:,} timers waiting",
            cost["many"],
            "ms",
            1 / times_faster(took, "many", "few"),
            "many / few",
            2,
            at_most=True,
        ),
    ]


def run() -> list[Row]:
    """All measurements of this benchmark."""
    with tempfile.TemporaryDirectory() as folder:
        return [*opening(Path(folder)), *ticking(Path(folder))]


if __name__ == "__main__":
    print(show("Storage", run()))
