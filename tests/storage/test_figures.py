"""Figures of a span of time: read from the events that ended promises, by their own index."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from sqlalchemy import create_engine, event

from bot.domain.history import Deed, Event
from bot.domain.policy import ClockKind
from bot.ports import PromiseEnd, UnitOfWork
from storage import figures
from storage.database import SqlDatabase
from storage.transaction import Transaction
from tests.storage.desk import START, at, open_ticket

DUE = int(at(60).timestamp())
KEPT: dict[str, Any] = {"first_response": {"due": DUE, "target": 3600, "took": 600}}


def ended(work: UnitOfWork, minute: int, deed: Deed, answers: dict[str, Any] | None, **more: Any) -> None:
    """A ticket is opened at the start, and something happens to it then."""
    ticket = open_ticket(work, customer=more.pop("customer", None), level=more.pop("level", "III"))
    data = {"text": "x" * 100, "to": ""} | ({} if answers is None else {"answers": answers})
    happened = Event(ticket.number, 2, at(minute), "ann", "console", deed, data | more)
    work.tickets.save(ticket.after(happened), happened, None, {})


def test_promises_that_ended_are_told_as_they_were_written_down(database: SqlDatabase) -> None:
    def deed(work: UnitOfWork) -> None:
        ended(work, 10, Deed.REPLIED, KEPT, responds=True)
        ended(work, 90, Deed.CLOSED, KEPT, customer=None, resolution="solved")
        ended(work, 5, Deed.CLAIMED, None, owner="ann")
        ended(work, 20, Deed.REPLIED, {}, responds=False, level="I")

    database.write(deed)
    found = database.read(lambda work: list(work.tickets.promises_ended(START, at(91))))
    assert found == [
        PromiseEnd(ClockKind.FIRST_RESPONSE, "III", at(10), at(60), 600, 3600, answered=True, ticket=1),
        PromiseEnd(ClockKind.FIRST_RESPONSE, "III", at(90), at(60), 600, 3600, answered=False, ticket=2),
    ]
    assert [end.kept for end in found] == [True, False]
    assert len(database.read(lambda work: list(work.tickets.promises_ended(at(11), at(90))))) == 0
    assert len(database.read(lambda work: list(work.tickets.promises_ended(START, at(91), level="I")))) == 0
    assert database.read(lambda work: work.tickets.opened_between(START, at(1))) == {"III": 3, "I": 1}
    assert database.read(lambda work: work.tickets.opened_between(at(1), at(2))) == {}


def test_one_line_of_a_history_is_read_by_itself(database: SqlDatabase) -> None:
    database.write(lambda work: ended(work, 10, Deed.REPLIED, KEPT, responds=True))
    assert database.read(lambda work: work.tickets.event(1, 2)).data["answers"] == KEPT
    assert database.read(lambda work: work.tickets.event(1, 1)).deed is Deed.OPENED


def test_a_month_among_years_is_found_by_the_index(database: SqlDatabase, url: str) -> None:
    def deed(work: UnitOfWork) -> None:
        for number in range(2000):
            ended(work, number * 60, Deed.REPLIED, KEPT, responds=True)

    database.write(deed)
    engine = create_engine(url)
    explain = "EXPLAIN QUERY PLAN " if engine.dialect.name == "sqlite" else "EXPLAIN "
    told: list[str] = []
    with engine.connect() as connection:
        connection.exec_driver_sql("ANALYZE")

        def instead(conn: Any, cursor: Any, sql: str, values: Any, context: Any, many: bool) -> None:
            cursor.execute(explain + sql, values)
            told.extend(str(row[-1]) for row in cursor.fetchall())

        event.listen(connection, "before_cursor_execute", instead)
        transaction = Transaction(connection, engine.dialect.name, writable=False)
        until = at(0) + timedelta(days=2)
        list(figures.promises_ended(transaction, at(0), until, None, None))
        figures.opened(transaction, at(0), until, None, None)
    engine.dispose()
    assert "events_ending" in "\n".join(told)
    assert not any(row.startswith(("SCAN events", "Seq Scan on events")) for row in told)


def test_a_reply_that_was_taken_back_kept_no_promise(database: SqlDatabase) -> None:
    def deed(work: UnitOfWork) -> None:
        ended(work, 10, Deed.REPLIED, KEPT, responds=True)
        ended(work, 20, Deed.REPLIED, KEPT, responds=True)
        ticket = work.tickets.get(1)
        stood = {"reply": 2, "state": "new", "clocks": [], "responded_at": None}
        back = Event(1, 3, at(11), "ann", "console", Deed.UNSENT, stood)
        work.tickets.save(ticket.after(back), back, None, {})

    database.write(deed)
    found = database.read(lambda work: list(work.tickets.promises_ended(START, at(91))))
    assert [end.at for end in found] == [at(20)]
