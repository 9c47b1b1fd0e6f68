"""A burst of due promises: 5,000 in one second through the sweep, beside APScheduler running them as date jobs."""

from __future__ import annotations

import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

from apscheduler.schedulers.background import BackgroundScheduler
from sqlalchemy import create_engine, text

from benchmarks.table import Row, paired, show, times_faster
from bot.clocks import MovableClock
from bot.domain.customers import Customer, Subscription
from bot.domain.people import Role, Staff
from bot.ports import Kind, Speaker, UnitOfWork
from bot.settings import Settings
from bot.wiring import House, build
from commands.sweep import sweep

BURST = 5_000
START = datetime(2026, 10, 6, 14, 0, tzinfo=UTC)


@contextmanager
def burst_house(count: int) -> Iterator[House]:
    """A desk with that many Level III tickets, opened in the same second, so that all their clocks fall due at once."""
    with tempfile.TemporaryDirectory() as folder:
        clock = MovableClock(START)
        house = build(Settings(data=Path(folder)), clock)
        house.database.write(_move_in)
        ann = Speaker("console", "ann")
        for first in range(0, count, 500):
            many = min(500, count - first)
            house.database.write(lambda work, many=many: _open(house, work, ann, many))
        try:
            yield house
        finally:
            house.close()


def _move_in(work: UnitOfWork) -> None:
    work.people.save(Staff("ann", "Ann", Role.ADMIN, {"console": "ann"}))
    period = (START - timedelta(days=30)).date(), (START + timedelta(days=300)).date()
    for number in range(100):
        subscriptions = (Subscription("gateway", "III", *period),)
        work.customers.save(Customer(f"c{number}", f"Customer {number}", subscriptions=subscriptions))


def _open(house: House, work: UnitOfWork, speaker: Speaker, many: int) -> None:
    """Tickets written in one transaction: the burst is what is measured, not its making."""
    from commands.record import record_opened
    from commands.spec import Caller

    caller = Caller(work.people.get("ann"), speaker, house.clock.now())
    for number in range(many):
        record_opened(
            caller,
            work,
            subject=f"Trouble {number}",
            level="III",
            customer=f"c{number % 100}",
            starts=["first_response"],
        )


def our_burst(house: House, at: datetime) -> int:
    """Sweep what is due; returns how many alerts lie in the outbox."""
    sweep(house.database, at)
    leased = house.database.read(lambda work: work.outbox.counts())
    return sum(leased.values())


def apscheduler_burst(folder: Path, count: int) -> float:
    """Seconds from the due instant until date jobs, one a promise, have each written their alert and commit."""
    url = f"sqlite:///{folder / 'jobs.db'}"
    scheduler = BackgroundScheduler(timezone=UTC)
    scheduler.add_jobstore("sqlalchemy", url=url)
    engine = create_engine(f"sqlite:///{folder / 'alerts.db'}")
    with engine.begin() as connection:
        connection.exec_driver_sql("PRAGMA journal_mode=WAL")
        connection.exec_driver_sql("CREATE TABLE outbox (id INTEGER PRIMARY KEY, ticket INTEGER, card TEXT)")
    engine.dispose()
    scheduler.start(paused=True)
    due = datetime.fromtimestamp(time.time(), UTC) + timedelta(seconds=1)
    _ALERTS.clear()
    for number in range(count):
        scheduler.add_job(
            write_alert,
            "date",
            run_date=due,
            args=[str(folder / "alerts.db"), number],
            misfire_grace_time=None,
        )
    while datetime.fromtimestamp(time.time(), UTC) < due:
        time.sleep(0.01)
    began = time.perf_counter()
    scheduler.resume()
    while len(_ALERTS) < count:
        time.sleep(0.005)
    took = time.perf_counter() - began
    scheduler.shutdown()
    return took


_ALERTS: list[int] = []
_LOCK = threading.Lock()
_ENGINES: dict[str, object] = {}


def write_alert(path: str, number: int) -> None:
    """What a naive date job does: one transaction that writes one alert."""
    with _LOCK:
        engine = _ENGINES.setdefault(path, create_engine(f"sqlite:///{path}"))
        with engine.begin() as connection:  # type: ignore[attr-defined]
            connection.execute(text("INSERT INTO outbox (ticket, card) VALUES (:t, '{}')"), {"t": number})
        _ALERTS.append(number)


def run() -> str:
    """Three passes in turns; the table of the burst."""
    took: dict[str, list[float]] = {"ours": [], "apscheduler": []}
    for _ in range(3):
        with burst_house(BURST) as house:
            house.database.write(_empty)
            at = START + timedelta(minutes=90, seconds=1)
            began = time.perf_counter()
            sweep(house.database, at)
            took["ours"].append(time.perf_counter() - began)
            alerts = house.database.read(lambda work: sum(1 for n in range(1, BURST + 1) if _alerted(work, n)))
            if alerts != BURST:
                raise SystemExit(f"{alerts} of {BURST} alerts are in the outbox.")
        with tempfile.TemporaryDirectory() as folder:
            took["apscheduler"].append(apscheduler_burst(Path(folder), BURST))
    rows = [
        Row("5,000 promises due in one second: sweep", sorted(took["ours"])[1], "s"),
        Row(
            "the same as APScheduler date jobs",
            sorted(took["apscheduler"])[1],
            "s",
            times_faster(took, "ours", "apscheduler"),
            "ours",
            20,
        ),
    ]
    return show("Due all at once", rows)


def _empty(work: UnitOfWork) -> None:
    pass


def _alerted(work: UnitOfWork, number: int) -> bool:
    return sum(1 for parcel in work.outbox.of_ticket(number) if parcel.kind is Kind.ALERT) == 1


if __name__ == "__main__":
    print(run())
