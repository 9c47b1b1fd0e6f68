"""A burst of due promises: 5,000 in one second through the sweep, beside APScheduler running them as date jobs.

    python -m benchmarks.timers

Both begin at the due instant and end when the last alert is committed. APScheduler has the job store, the engine and
the ten threads that it sets up by itself, may run late jobs however late they are, and each job writes its alert into
the same outbox, in a commit of its own. The sweep writes more: history, the ticket and its next timer, too.
"""

from __future__ import annotations

import tempfile
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from functools import cache
from itertools import count
from pathlib import Path
from statistics import median

from apscheduler.events import EVENT_JOB_ERROR, EVENT_JOB_EXECUTED, EVENT_JOB_MISSED, JobExecutionEvent
from apscheduler.schedulers.background import BackgroundScheduler
from sqlalchemy import Engine, create_engine, insert, select

from benchmarks.table import Row, show, times_faster
from bot.clocks import MovableClock
from bot.domain.customers import Customer, Subscription
from bot.domain.people import Role, Staff
from bot.ports import Kind, ParcelState, Speaker, UnitOfWork, Urgency
from bot.settings import Settings
from bot.wiring import House, build
from commands.record import record_opened
from commands.spec import Caller
from commands.sweep import sweep
from storage.maintenance import upgrade
from storage.tables import outbox

BURST = 5_000
BATCH = 500
PASSES = 3
CUSTOMERS = 100
START = datetime(2026, 10, 6, 14, 0, tzinfo=UTC)
HALF_TIME = START + timedelta(minutes=90)
"""When the first warning of a three-hour promise falls due."""


def run() -> list[Row]:
    """All measurements of this benchmark. Raises AssertionError if an alert is lost or doubled on either side."""
    took: dict[str, list[float]] = {"ours": [], "theirs": []}
    for _ in range(PASSES):
        with promises_due(BURST) as house:
            took["ours"].append(our_burst(house))
        with tempfile.TemporaryDirectory() as folder:
            took["theirs"].append(their_burst(Path(folder), BURST))
    rates = {name: BURST / median(its) for name, its in took.items()}
    name = f"{BURST:,} promises due in one second"
    return [
        Row(f"{name}, the sweep", rates["ours"], "alerts/s"),
        Row(
            "  as APScheduler date jobs",
            rates["theirs"],
            "alerts/s",
            times_faster(took, "ours", "theirs"),
            "ours / theirs",
            20,
        ),
    ]


# --- ours ---------------------------------------------------------------------------------------------------------


@contextmanager
def promises_due(burst: int) -> Iterator[House]:
    """A desk with that many Level III tickets, opened in the same second, so that all their clocks fall due at once."""
    with tempfile.TemporaryDirectory() as folder:
        house = build(Settings(data=Path(folder)), MovableClock(START))
        try:
            house.database.write(move_in)
            for _ in range(burst // BATCH):
                house.database.write(open_tickets)
            yield house
        finally:
            house.close()


def move_in(work: UnitOfWork) -> None:
    """One colleague, and the customers."""
    work.people.save(Staff("ann", "Ann", Role.ADMIN, {"console": "ann"}))
    period = (START - timedelta(days=30)).date(), (START + timedelta(days=300)).date()
    for number in range(CUSTOMERS):
        subscriptions = (Subscription("gateway", "III", *period),)
        work.customers.save(Customer(f"c{number}", f"Customer {number}", subscriptions=subscriptions))


def open_tickets(work: UnitOfWork) -> None:
    """Tickets written in one transaction: the burst is what is measured, not its making."""
    caller = Caller(work.people.get("ann"), Speaker("console", "ann"), START)
    for number in range(BATCH):
        customer = f"c{number % CUSTOMERS}"
        starts = ["first_response"]
        record_opened(caller, work, subject=f"Trouble {number}", level="III", customer=customer, starts=starts)


def our_burst(house: House) -> float:
    """Seconds of the sweep that tells of all that is due."""
    began = time.perf_counter()
    done = sweep(house.database, HALF_TIME + timedelta(seconds=1))
    took = time.perf_counter() - began
    assert done == BURST
    assert house.database.read(alerts) == Counter(range(1, BURST + 1))
    return took


def alerts(work: UnitOfWork) -> Counter[int]:
    """How many alerts of each ticket lie in the outbox."""
    parcels = (parcel for number in range(1, BURST + 1) for parcel in work.outbox.of_ticket(number))
    return Counter(parcel.ticket for parcel in parcels if parcel.kind is Kind.ALERT and parcel.ticket is not None)


# --- theirs -------------------------------------------------------------------------------------------------------


def their_burst(folder: Path, burst: int) -> float:
    """Seconds from the due instant until date jobs, one a promise, have each committed their alert."""
    ended, all_ended = count(1), threading.Event()

    def note(_event: JobExecutionEvent) -> None:
        if next(ended) == burst:
            all_ended.set()

    database = f"sqlite:///{folder / 'desk.db'}"
    upgrade(database)
    scheduler = BackgroundScheduler(timezone=UTC)
    scheduler.add_jobstore("sqlalchemy", url=f"sqlite:///{folder / 'jobs.db'}")
    scheduler.add_listener(note, EVENT_JOB_EXECUTED | EVENT_JOB_ERROR | EVENT_JOB_MISSED)
    scheduler.start(paused=True)
    due = datetime.fromtimestamp(time.time(), UTC)
    for ticket in range(1, burst + 1):
        scheduler.add_job(write_alert, "date", run_date=due, args=[database, ticket], misfire_grace_time=None)
    began = time.perf_counter()
    scheduler.resume()
    all_ended.wait()
    took = time.perf_counter() - began
    scheduler.shutdown()
    with engine_of(database).connect() as connection:
        written = Counter(connection.execute(select(outbox.c.ticket)).scalars())
    engine_of(database).dispose()
    assert written == Counter(range(1, burst + 1))
    return took


@cache
def engine_of(database: str) -> Engine:
    """One connection that the scheduler's threads take turns at: where each has its own, some find it locked."""
    return create_engine(database, pool_size=1, max_overflow=0)


def write_alert(database: str, ticket: int) -> None:
    """What a date job does: one transaction that writes one alert."""
    due = int(HALF_TIME.timestamp())
    parcel = {
        "kind": Kind.ALERT.value,
        "platform": "console",
        "place": "#alerts",
        "key": f"alert:{ticket}:first_response:{due}:50%",
        "card": f'{{"ticket":{ticket},"data":{{"clock":"first_response","stage":"50%","number":0,"at":{due}}}}}',
        "urgency": Urgency.WARNING.value,
        "ticket": ticket,
        "created_at": due,
        "state": ParcelState.PLANNED.value,
        "due": due,
        "attempts": 0,
        "error": "",
    }
    with engine_of(database).begin() as connection:
        connection.execute(insert(outbox), parcel)


if __name__ == "__main__":
    print(show("Due all at once", run()))
