"""Many callers at once: every one gets what was asked for, whole, and a failure is the failure of one."""

from __future__ import annotations

import threading

from bot.domain.history import Deed
from bot.ports import TicketFilter, UnitOfWork
from storage.database import SqlDatabase
from storage.maintenance import check
from tests.storage.desk import HandClock, happen, news, open_database, open_ticket

CALLERS = 12
EACH = 15


def test_many_callers_at_once_lose_nothing_and_fail_alone(database: SqlDatabase, url: str) -> None:
    got: list[int] = []
    failed: list[str] = []

    def deed(work: UnitOfWork, fails: bool) -> int:
        ticket = open_ticket(work, "Mail down", tags=["hw"])
        work.outbox.post(news(f"opened:{ticket.number}", ticket=ticket.number))
        happen(work, ticket.number, Deed.NOTED, text="seen")
        if fails:
            assert work.tickets.count(TicketFilter(text="seen")) > 0
            raise ValueError(f"#{ticket.number} will not do")
        return ticket.number

    def call(caller: int) -> None:
        for turn in range(EACH):
            fails = (caller + turn) % 5 == 0
            try:
                got.append(database.write(lambda work, fails=fails: deed(work, fails)))  # type: ignore[misc]
            except ValueError as error:
                failed.append(str(error))

    threads = [threading.Thread(target=call, args=(caller,)) for caller in range(CALLERS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(got) + len(failed) == CALLERS * EACH
    assert len(failed) == CALLERS * EACH // 5
    assert len(set(got)) == len(got)
    kept = database.read(lambda work: work.tickets.find(TicketFilter(text="mail", limit=1000, order="newest")))
    assert sorted(ticket.number for ticket in kept) == sorted(got)
    assert sum(database.read(lambda work: work.outbox.counts()).values()) == len(got)
    health = check(url)
    assert (health.tickets, health.problems) == (len(got), ())


def test_readers_see_a_snapshot_while_somebody_writes(database: SqlDatabase) -> None:
    database.write(open_ticket)

    def look(work: UnitOfWork) -> tuple[int, int]:
        before = work.tickets.count(TicketFilter())
        writer = threading.Thread(target=database.write, args=(open_ticket,))
        writer.start()
        writer.join()
        return before, work.tickets.count(TicketFilter())

    assert database.read(look) == (1, 1)
    assert database.read(lambda work: work.tickets.count(TicketFilter())) == 2


def test_what_was_acknowledged_is_there_when_the_database_is_opened_again(url: str, clock: HandClock) -> None:
    first = open_database(url, clock)
    numbers = [first.write(lambda work: open_ticket(work).number) for _ in range(3)]
    second = open_database(url, clock)
    assert second.write(lambda work: open_ticket(work).number) == numbers[-1] + 1
    first.close()
    assert second.read(lambda work: work.tickets.count(TicketFilter())) == 4
    second.close()
