"""What a courier asks of the outbox costs what it takes away, however much waits for others."""

from __future__ import annotations

from typing import Any

from sqlalchemy import create_engine, event

from bot.ports import UnitOfWork, Urgency
from storage.database import SqlDatabase
from storage.outbox import SqlOutbox
from storage.transaction import Transaction
from tests.storage.desk import HandClock, news, routes

WAITING = 5000


def _plans(url: str, clock: HandClock) -> str:
    """How the database would go about both questions."""
    engine = create_engine(url)
    explain = "EXPLAIN QUERY PLAN " if engine.dialect.name == "sqlite" else "EXPLAIN "
    told: list[str] = []
    with engine.connect() as connection:
        connection.exec_driver_sql("ANALYZE")

        def instead(conn: Any, cursor: Any, sql: str, values: Any, context: Any, many: bool) -> None:
            if sql.lstrip().startswith("SELECT"):
                cursor.execute(explain + sql, values)
                told.extend(str(row[-1]) for row in cursor.fetchall())

        event.listen(connection, "before_cursor_execute", instead)
        outbox = SqlOutbox(Transaction(connection, engine.dialect.name, writable=True), routes, clock)
        outbox.lease(clock.now(), 60, 1, "chat", ("#alerts/I",))
        outbox.lease(clock.now(), 60, 1, "chat", ("#alerts/I",), Urgency.BREACH)
        outbox.next_due("chat")
        outbox.next_due("chat", Urgency.BREACH)
        outbox.newest()
        connection.rollback()
    engine.dispose()
    return "\n".join(told)


def test_a_courier_finds_its_parcel_by_the_index(database: SqlDatabase, clock: HandClock, url: str) -> None:
    def post(work: UnitOfWork) -> None:
        for number in range(WAITING):
            work.outbox.post(news(f"k{number}", to="#alerts" if number % 3 else "#alerts/I"))

    database.write(post)
    plans = _plans(url, clock)
    assert "outbox_waiting" in plans
    assert "TEMP B-TREE FOR ORDER BY" not in plans
    assert "Seq Scan on outbox" not in plans
    assert "SCAN outbox" not in plans
