"""Several desks on one server: each page is taken by one, and what one decides another sees before it decides."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest
from sqlalchemy import create_engine, text

from bot.domain.paging import AttemptState, Page, PageState
from bot.ports import UnitOfWork
from storage.database import SqlDatabase
from tests.storage.desk import START, HandClock, at, open_database, open_ticket
from tests.storage.paging import attempt, one_page


@pytest.fixture
def server(postgres_url: str) -> Iterator[SqlDatabase]:
    opened = open_database(postgres_url, HandClock())
    yield opened
    opened.close()


def beside(database: SqlDatabase, deed: Callable[[UnitOfWork], object]) -> threading.Thread:
    """The same from another desk, at the same time."""
    thread = threading.Thread(target=lambda: database.write(deed))
    thread.start()
    return thread


def test_what_one_desk_looks_at_the_others_pass_over(server: SqlDatabase) -> None:
    def prepare(work: UnitOfWork) -> list[int]:
        held, free = one_page(work), one_page(work)
        for each in (held, free):
            work.pages.add_attempt(attempt(each))
        return [held.id, free.id]

    held, free = server.write(prepare)

    def first(work: UnitOfWork) -> list[int]:
        assert [page.id for page in work.pages.due(START, 1)] == [held]
        return server.write(
            lambda other: [
                *(page.id for page in other.pages.due(START, 9)),
                *(one.page for one in other.pages.attempts_due(START, 9)),
            ]
        )

    assert server.write(first) == [free, free]


def test_an_acknowledgement_waits_for_a_step_of_the_chain_and_then_sees_it(server: SqlDatabase) -> None:
    """Or an attempt that was posted meanwhile would never be cancelled."""
    page = server.write(one_page)
    holding, seen = threading.Event(), []

    def step(work: UnitOfWork) -> None:
        work.pages.due(START, 1)
        holding.set()
        work.pages.add_attempt(attempt(page))
        work.pages.save(replace(page, step=1))

    def acknowledge(work: UnitOfWork) -> None:
        found = work.pages.get(page.id)
        attempts = work.pages.attempts(page.id)
        seen.append((found.step, len(attempts)))
        work.pages.save(replace(found, state=PageState.ACKNOWLEDGED))
        for one in attempts:
            work.pages.save_attempt(replace(one, state=AttemptState.CANCELLED, due=None))

    stepping = beside(server, step)
    assert holding.wait(60)
    server.write(acknowledge)
    stepping.join(60)
    assert seen == [(1, 1)]
    [left] = server.read(lambda work: work.pages.attempts(page.id))
    assert left.state is AttemptState.CANCELLED


def test_two_callbacks_of_one_call_come_one_after_the_other(server: SqlDatabase) -> None:
    stored = server.write(lambda work: work.pages.add_attempt(attempt(one_page(work), token="t" * 22)))
    holding = threading.Event()

    def hear(word: str) -> Callable[[UnitOfWork], None]:
        def deed(work: UnitOfWork) -> None:
            found = work.pages.by_token("t" * 22)
            assert found is not None
            holding.set()
            heard = [*found.evidence.get("heard", []), word]
            work.pages.save_attempt(replace(found, evidence={"heard": heard}))

        return deed

    first = beside(server, hear("ringing"))
    assert holding.wait(60)
    server.write(hear("answered"))
    first.join(60)
    assert server.read(lambda work: work.pages.attempt(stored.id)).evidence == {"heard": ["ringing", "answered"]}


def test_desks_that_page_for_one_customer_at_once_start_one_page(server: SqlDatabase) -> None:
    def start(work: UnitOfWork) -> None:
        if work.pages.open_of_customer("acme", "level-3") is None:
            one_page(work, customer="acme")

    threads = [beside(server, start) for _ in range(4)]
    for thread in threads:
        thread.join(60)
    found: list[Page] = server.read(lambda work: list(work.pages.live()))
    assert [page.customer for page in found] == ["acme"]


def test_pages_are_shared_out_among_desks_and_none_is_taken_twice(server: SqlDatabase) -> None:
    def prepare(work: UnitOfWork) -> None:
        for minutes in range(60):
            one_page(work, due=at(minutes))

    server.write(prepare)
    taken: list[int] = []

    def take(work: UnitOfWork) -> int:
        found = work.pages.due(at(60), 7)
        for page in found:
            work.pages.save(replace(page, due=None))
        taken.extend(page.id for page in found)
        return len(found)

    def work_off() -> None:
        while server.write(take):
            pass

    threads = [threading.Thread(target=work_off) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert len(taken) == len(set(taken)) == 60


@pytest.mark.parametrize("enters", ["page", "attempt", "token", "what is due", "attempts that are due", "its ticket"])
def test_whoever_comes_to_a_page_holds_its_tickets_first(server: SqlDatabase, postgres_url: str, enters: str) -> None:
    """As commands do, who hold the ticket that they were told: otherwise each would wait for the other."""

    def prepare(work: UnitOfWork) -> tuple[int, int]:
        numbers = [open_ticket(work).number for _ in range(2)]
        stored = one_page(work, ticket=numbers[0], tickets=(numbers[1],))
        return stored.id, work.pages.add_attempt(attempt(stored, token="t" * 22)).id

    page, tried = server.write(prepare)
    ways: dict[str, Callable[[UnitOfWork], object]] = {
        "page": lambda work: work.pages.get(page),
        "attempt": lambda work: work.pages.attempt(tried),
        "token": lambda work: work.pages.by_token("t" * 22),
        "what is due": lambda work: work.pages.due(START, 9),
        "attempts that are due": lambda work: work.pages.attempts_due(START, 9),
        "its ticket": lambda work: work.pages.live_of_ticket(1),
    }

    def enter(work: UnitOfWork) -> list[int]:
        assert ways[enters](work)
        engine = create_engine(postgres_url)
        with engine.begin() as beside_it:
            free = beside_it.execute(text("SELECT number FROM tickets FOR UPDATE SKIP LOCKED")).scalars().all()
        engine.dispose()
        return list(free)

    assert server.write(enter) == []


def test_what_is_due_waits_for_nobody_who_holds_its_ticket(server: SqlDatabase) -> None:
    def prepare(work: UnitOfWork) -> list[int]:
        pages = [one_page(work, ticket=open_ticket(work).number) for _ in range(2)]
        for each in pages:
            work.pages.add_attempt(attempt(each))
        return [each.id for each in pages]

    held, free = server.write(prepare)

    def claim(work: UnitOfWork) -> list[int]:
        work.tickets.get(1)
        return server.write(
            lambda other: [
                *(page.id for page in other.pages.due(START, 9)),
                *(one.page for one in other.pages.attempts_due(START, 9)),
            ]
        )

    assert held != free
    assert server.write(claim) == [free, free]
