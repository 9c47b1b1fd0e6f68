"""Cards as time goes on: near its due time a card is drawn anew now and then, at a cost that nobody notices."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest

from bot.ports import UnitOfWork
from bot.settings import Settings
from bot.wiring import assembled
from commands.refresh import EVERY, LATELY, MOST, Refresh
from storage.database import SqlDatabase
from tests.town import Town


@pytest.fixture
def database(town: Town) -> Iterator[SqlDatabase]:
    """The town's, connected to a chat platform beside the terminal."""
    house = assembled(Settings(data=town.folder), town.clock, ("console", "slack"))
    yield house.database
    house.close()


def told(database: SqlDatabase, town: Town) -> list[tuple[str, int | None]]:
    """What is delivered now: the platform of each card, and its ticket."""

    def deliver(work: UnitOfWork) -> list[tuple[str, int | None]]:
        parcels = work.outbox.lease(town.clock.now(), 60, 1000)
        for parcel in parcels:
            work.outbox.sent(parcel, f"m{parcel.id}", town.clock.now())
        return [(one.platform, one.ticket) for one in parcels]

    return database.write(deliver)


def opened(town: Town, database: SqlDatabase, count: int = 1, customer: str = "acme") -> None:
    for number in range(count):
        town.clock.forward(seconds=5)
        town.does("ann", f'/ticket open "printer {number}" --customer {customer}')
    told(database, town)


def test_what_is_due_soon_is_drawn_anew_each_quarter_of_an_hour_and_not_on_a_terminal(
    town: Town, database: SqlDatabase
) -> None:
    opened(town, database)
    refresh, other = Refresh(), Refresh()
    assert refresh(database, town.clock.now()) == 1
    assert told(database, town) == [("slack", 1)]
    assert other(database, town.clock.now()) == 0, "Two desks on one database do it once."
    assert refresh(database, town.clock.now() + EVERY / 3) == 0
    town.clock.set(town.clock.now() + EVERY)
    assert refresh(database, town.clock.now()) == 1
    town.does("ann", "/ticket close 1 solved done")
    town.clock.set(town.clock.now() + EVERY)
    assert refresh(database, town.clock.now()) == 0


def test_what_is_due_later_that_day_is_drawn_anew_once_in_its_morning(town: Town, database: SqlDatabase) -> None:
    town.clock.forward(hours=6)
    opened(town, database, customer="brightside")
    due = database.read(lambda work: work.tickets.due_of(1))
    assert due is not None
    morning = due.replace(hour=14, minute=0)  # 10:00 in Toronto.
    refresh = Refresh()
    assert due > town.clock.now() + timedelta(hours=8), "Not today's."
    assert refresh(database, town.clock.now()) == 0
    town.clock.set(morning)
    assert due - morning > timedelta(hours=5)
    assert refresh(database, morning) == 1
    assert refresh(database, morning + EVERY) == 0


def test_while_the_desk_is_closed_no_business_time_passes_and_no_card_changes(
    town: Town, database: SqlDatabase
) -> None:
    opened(town, database)
    evening = town.clock.now().replace(hour=23)  # 19:00 in Toronto.
    refresh = Refresh()
    assert refresh(database, evening) == 0
    assert refresh(database, evening + EVERY) == 0
    assert refresh(database, evening + timedelta(hours=15, minutes=1)) == 1, "At ten, not a quarter later."


def test_there_are_never_many_at_a_time_and_what_was_late_long_ago_stays_as_it_is(
    town: Town, database: SqlDatabase
) -> None:
    opened(town, database, count=MOST + 10)
    assert Refresh()(database, town.clock.now()) == MOST
    much_later = town.clock.now() + LATELY + timedelta(days=4)
    assert Refresh()(database, much_later) == 0


def test_between_two_looks_the_database_is_not_asked(town: Town, database: SqlDatabase) -> None:
    refresh = Refresh()
    refresh(database, town.clock.now())
    database.close()
    town.house.close()
    gone = SqlDatabase("sqlite:////nowhere/at/all.db", lambda to: (), None, town.clock)  # type: ignore[arg-type]
    assert refresh(gone, town.clock.now() + EVERY / 2) == 0
