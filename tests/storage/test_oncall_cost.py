"""What paging asks is answered by an index, however many pages and calls there have been."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

from sqlalchemy import Engine, create_engine, event

from bot.domain.contacts import Contact
from bot.domain.customers import Customer
from bot.domain.oncall import OnCall
from bot.domain.paging import PageState
from bot.domain.rota import Change, CoverRequest, CoverState, Override
from bot.ports import UnitOfWork
from bot.ports.oncall import PhoneCall, Pin
from storage.calls import SqlCalls
from storage.contacts import SqlContacts
from storage.database import SqlDatabase
from storage.pages import SqlPages
from storage.rota import PlanCache, SqlRotaBook
from storage.transaction import Transaction
from tests.storage.desk import START, at, open_ticket
from tests.storage.paging import attempt, page

MANY = 1500
TABLES = ("attempts", "contacts", "cover_requests", "overrides", "page_tickets", "pages", "phone_calls", "pins")


def _years(work: UnitOfWork) -> None:
    """Much paging, all of it over but for a little."""
    for number in range(1, MANY + 1):
        _one(work, number, START - timedelta(hours=number), over=number % 300 > 0)


def _one(work: UnitOfWork, number: int, when: Any, *, over: bool) -> None:
    open_ticket(work)
    person, customer, due = f"p{number % 50}", f"c{number}", None if over else START
    work.customers.save(Customer(customer, customer))
    state = PageState.RESOLVED if over else PageState.OPEN
    stored = work.pages.add(page(number, customer, due, state=state, started_at=when))
    names = {"token": f"t{number}", "code": str(number % 900), "ref": f"CA{number}", "provider": "main"}
    address = f"+1{number}"
    work.pages.add_attempt(attempt(stored, due, person=person, address=address, planned_for=when, **names))
    work.contacts.save(Contact(0, person, "call", address))
    end = when + timedelta(minutes=50)
    work.rota.add_override(Override(0, f"s{number % 3}", when, end, Change.ADD, person))
    asked = CoverState.PAST if over else CoverState.ASKED
    work.rota.save_cover(CoverRequest(0, "s1", person, when, end, state=asked))
    work.calls.add(PhoneCall(0, when, ref=f"CA{number}", provider="main", token=f"t{number}", ticket=number, due=due))
    work.calls.set_pin(Pin(customer, "salted", when), f"l{number}")


@contextmanager
def _explained(engine: Engine) -> Iterator[tuple[Transaction, list[str]]]:
    """Whatever is asked tells how the database goes about it."""
    explain = "EXPLAIN QUERY PLAN " if engine.dialect.name == "sqlite" else "EXPLAIN "
    told: list[str] = []
    with engine.connect() as connection:

        def instead(conn: Any, cursor: Any, sql: str, values: Any, context: Any, many: bool) -> None:
            cursor.execute(explain + sql, values)
            told.extend(str(row[-1]) for row in cursor.fetchall())

        event.listen(connection, "before_cursor_execute", instead)
        yield Transaction(connection, engine.dialect.name, writable=True), told
        connection.rollback()


def test_no_question_of_paging_looks_at_all_there_has_been(database: SqlDatabase, url: str) -> None:
    database.write(_years)
    engine = create_engine(url)
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.exec_driver_sql("ANALYZE")
    with _explained(engine) as (transaction, told):
        _ask_everything(transaction)
    engine.dispose()
    assert len(told) > 30
    assert [line for line in told if any(_walks(line, table) for table in TABLES)] == []


def _walks(line: str, table: str) -> bool:
    """Whether all of a table is read. SQLite also calls it a scan when it follows an index in order: that ends with
    the first rows that are wanted."""
    return f"Seq Scan on {table}" in line or (f"SCAN {table}" in line and "USING" not in line)


def _ask_everything(transaction: Transaction) -> None:
    found = SqlPages(transaction)
    found.get(7)
    found.due(START, 5)
    found.open_of_customer("c3", "level-3")
    found.of_ticket(7)
    found.live_of_ticket(7)
    found.live(5)
    found.between(START, at(60))
    found.next_due()
    found.put_off(1, START)
    found.attempt(7)
    found.attempts(7)
    found.attempts_due(START, 5)
    found.by_token("t7")
    found.by_code("+17", "7")
    found.by_ref("main", "CA7")
    found.attempts_of("p7", START)
    people = SqlContacts(transaction)
    people.of("p7")
    people.of_address("call", "+17")
    people.plan("p7", important=True)
    rota = SqlRotaBook(transaction, PlanCache(lambda text: OnCall()))
    rota.overrides(START, at(60))
    rota.overrides(START, at(60), "s1")
    rota.changes("s1", 5)
    rota.covers(START)
    calls = SqlCalls(transaction)
    calls.by_token("t7")
    calls.by_ref("main", "CA7")
    calls.of_ticket(7)
    calls.live(START, 5)
    calls.due(START, 5)
    calls.next_due()
    calls.pin("c7")
    calls.pin_by_lookup("l7")
