"""Transactions that need the same rows: whatever order they come to them in, they never wait for each other."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator

import pytest
from sqlalchemy import make_url

from bot.domain.customers import Customer
from bot.domain.errors import NotFound
from bot.ports import UnitOfWork
from storage.database import SqlDatabase
from tests.storage.desk import HandClock, open_database, open_ticket
from tests.storage.paging import one_page

Deed = Callable[[UnitOfWork], object]
PATIENCE = 60
"""Real seconds until somebody counts as stuck."""
# The server looks for circles late: whoever runs into one does not come back in time.
LOOKS_LATE = {"options": "-c deadlock_timeout=10min"}

DEEDS: dict[str, Deed] = {
    "the right to page": lambda work: work.pages.open_of_customer("acme", "level-3"),
    "a customer": lambda work: work.customers.get("acme"),
    "another customer": lambda work: work.customers.get("brightside"),
    "a ticket": lambda work: work.tickets.get(1),
    "another ticket": lambda work: work.tickets.get(2),
    "a page": lambda work: work.pages.get(1),
    "what is tried for another page": lambda work: work.pages.attempts(2),
}


@pytest.fixture
def server(postgres_url: str) -> Iterator[SqlDatabase]:
    url = make_url(postgres_url).update_query_dict(LOOKS_LATE)
    opened = open_database(url.render_as_string(hide_password=False), HandClock())

    def move_in(work: UnitOfWork) -> None:
        for name in ("acme", "brightside"):
            work.customers.save(Customer(name, name))
        for _ in range(2):
            open_ticket(work)
        for _ in range(2):
            one_page(work)

    opened.write(move_in)
    yield opened
    opened.close()


def at_once(database: SqlDatabase, *ways: tuple[str, str]) -> list[str]:
    """Each takes its first thing, and its second one once all have their first; returns who came to an end."""
    holding = [threading.Event() for _ in ways]
    ended: list[str] = []

    def go(number: int, first: str, second: str) -> None:
        def deed(work: UnitOfWork) -> None:
            DEEDS[first](work)
            holding[number].set()
            assert all(other.wait(PATIENCE) for other in holding)
            DEEDS[second](work)

        database.write(deed)
        ended.append(first)

    threads = [threading.Thread(target=go, args=(number, *way), daemon=True) for number, way in enumerate(ways)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(PATIENCE)
    return sorted(ended)


NAMES = list(DEEDS)


@pytest.mark.parametrize(
    ("one", "other"), [(one, other) for place, one in enumerate(NAMES) for other in NAMES[place + 1 :]]
)
def test_two_who_need_the_same_in_different_order_both_get_it(server: SqlDatabase, one: str, other: str) -> None:
    assert at_once(server, (one, other), (other, one)) == sorted([one, other])


def test_three_in_a_circle_all_get_what_they_need(server: SqlDatabase) -> None:
    circle = ("a customer", "a ticket", "a page")
    assert at_once(server, *zip(circle, (*circle[1:], circle[0]), strict=True)) == sorted(circle)


def test_what_does_not_exist_is_nobodys_and_waited_for_by_nobody(server: SqlDatabase) -> None:
    def look(work: UnitOfWork) -> None:
        work.tickets.get(2)
        work.customers.get("nobody")

    with pytest.raises(NotFound):
        server.write(look)
