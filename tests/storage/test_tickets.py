"""Tickets come back as they were saved, with their history, lists and timers."""

from __future__ import annotations

import threading
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from sqlalchemy import create_engine

from bot.domain.errors import Conflict, NotFound
from bot.domain.history import Deed, Event
from bot.domain.ticket import Priority, State, Ticket, replay
from bot.ports import TicketFilter, UnitOfWork
from storage.database import SqlDatabase
from storage.ticket_lists import listed
from tests.storage.desk import START, HandClock, at, happen, open_database, open_ticket


def numbers(database: SqlDatabase, **wanted: object) -> list[int]:
    found = TicketFilter(**wanted)  # type: ignore[arg-type]  # Any field of the filter, as in the test.
    return [ticket.number for ticket in database.read(lambda work: work.tickets.find(found))]


def test_a_ticket_comes_back_as_it_was_saved_with_its_history(database: SqlDatabase) -> None:
    def live(work: UnitOfWork) -> Ticket:
        open_ticket(work, text="Since noon", customer="acme", requester="kim@acme.example", tags=["hw", "urgent"])
        happen(work, 1, Deed.CLAIMED)
        happen(work, 1, Deed.WATCHED, person="cy")
        happen(work, 1, Deed.WAITING, until=int(at(60).timestamp()))
        happen(work, 1, Deed.SAID, by="customer", text="Any news?")
        happen(work, 1, Deed.SNOOZED, until=int(at(90).timestamp()))
        return happen(work, 1, Deed.REPLIED, text="On it", responds=True)

    saved = database.write(live)
    assert database.read(lambda work: work.tickets.get(1)) == saved
    history = database.read(lambda work: work.tickets.history(1))
    assert [event.deed for event in history][:2] == [Deed.OPENED, Deed.CLAIMED]
    assert replay(history) == saved


def test_numbers_are_short_and_rise(database: SqlDatabase) -> None:
    assert [database.write(lambda work: open_ticket(work).number) for _ in range(3)] == [1, 2, 3]
    assert database.write(lambda work: [open_ticket(work).number for _ in range(2)]) == [4, 5]


@pytest.mark.parametrize("number", [7, -1, 1 << 70])
def test_a_number_that_nobody_has_is_not_found(database: SqlDatabase, number: int) -> None:
    with pytest.raises(NotFound, match=f"#{number}"):
        database.read(lambda work: work.tickets.get(number))
    with pytest.raises(NotFound):
        database.read(lambda work: work.tickets.history(number))


def test_a_unit_of_work_sees_its_own_writes_at_once(database: SqlDatabase) -> None:
    def deed(work: UnitOfWork) -> None:
        ticket = open_ticket(work, "Mail queue", due=at(10), timers={"wait": at(5)}, customer="acme")
        assert work.tickets.get(1) is ticket
        assert work.tickets.due_of(1) == at(10)
        assert work.tickets.next_timer() == at(5)
        assert [found.number for found in work.tickets.find(TicketFilter(text="queue"))] == [1]
        assert work.tickets.opened_since("acme", START) == 1
        assert work.customers.open_tickets("acme") == 1
        happen(work, 1, Deed.CLOSED, resolution="solved")
        assert work.customers.open_tickets("acme") == 0
        assert work.tickets.next_timer() is None
        assert len(work.tickets.history(1)) == 2

    database.write(deed)


def test_what_raises_is_undone_whole(database: SqlDatabase) -> None:
    def deed(work: UnitOfWork) -> None:
        open_ticket(work)
        assert work.tickets.count(TicketFilter()) == 1
        raise ValueError("no")

    with pytest.raises(ValueError, match="no"):
        database.write(deed)
    assert database.read(lambda work: work.tickets.count(TicketFilter())) == 0


def test_two_claim_at_once_and_one_of_them_wins(database: SqlDatabase) -> None:
    database.write(open_ticket)
    together = threading.Barrier(2)
    told: list[str] = []

    def claim(person: str) -> None:
        def deed(work: UnitOfWork) -> str:
            ticket = work.tickets.get(1)
            if ticket.owner:
                return f"{person}: {ticket.owner} has it"
            happen(work, 1, Deed.CLAIMED, by=person)
            return f"{person}: yours"

        together.wait()
        told.append(database.write(deed))

    threads = [threading.Thread(target=claim, args=(person,)) for person in ("ann", "bob")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    winner = database.read(lambda work: work.tickets.get(1).owner)
    loser = {"ann": "bob", "bob": "ann"}[str(winner)]
    assert sorted(told) == sorted([f"{winner}: yours", f"{loser}: {winner} has it"])


def test_a_save_on_a_stale_ticket_is_a_conflict(database: SqlDatabase) -> None:
    stale = database.write(open_ticket)
    database.write(lambda work: happen(work, 1, Deed.CLAIMED, by="bob"))
    event = Event(1, 2, START, "ann", "console", Deed.CLAIMED)
    with pytest.raises(Conflict, match="nothing was saved"):
        database.write(lambda work: work.tickets.save(stale.after(event), event, None, {}))
    assert database.read(lambda work: work.tickets.get(1).owner) == "bob"


def test_a_ticket_from_a_list_may_be_saved_as_well(database: SqlDatabase) -> None:
    database.write(lambda work: open_ticket(work, tags=["hw"]))

    def deed(work: UnitOfWork) -> None:
        [ticket] = work.tickets.find(TicketFilter(tag="hw"))
        event = Event(1, 2, START, "ann", "console", Deed.TAGGED, {"tags": ["raid"]})
        work.tickets.save(ticket.after(event), event, None, {})

    database.write(deed)
    assert numbers(database, tag="hw") == numbers(database, tag="raid") == [1]


def test_an_event_that_does_not_lead_to_the_ticket_is_a_mistake(database: SqlDatabase) -> None:
    ticket = database.write(open_ticket)
    event = Event(1, 3, START, "ann", "console", Deed.NOTED)
    with pytest.raises(ValueError, match="does not lead"):
        database.write(lambda work: work.tickets.save(replace(ticket, seq=2), event, None, {}))


def test_lists_show_the_earliest_due_first_and_those_without_a_due_time_last(database: SqlDatabase) -> None:
    for due in (None, at(30), at(10), at(30)):
        database.write(lambda work, due=due: open_ticket(work, due=due))  # type: ignore[misc]  # A default binds it.
    assert numbers(database) == [3, 2, 4, 1]
    assert numbers(database, limit=2, offset=1) == [2, 4]
    assert numbers(database, order="newest") == [4, 3, 2, 1]
    assert numbers(database, due_before=at(30)) == [3]


def test_every_field_of_a_filter_narrows(database: SqlDatabase) -> None:
    def deed(work: UnitOfWork) -> None:
        open_ticket(work, customer="acme", level="III", tags=["hw"], category="hardware", priority="urgent")
        open_ticket(work, when=at(60))
        happen(work, 2, Deed.CLAIMED, by="bob")
        happen(work, 1, Deed.TAGGED, tags=["raid"])
        happen(work, 1, Deed.UNTAGGED, tags=["hw"])

    database.write(deed)
    assert numbers(database, states=frozenset({State.OPEN, State.CLOSED})) == [2]
    assert numbers(database, owner="bob") == [2]
    assert numbers(database, unclaimed=True) == [1]
    assert numbers(database, customer="acme") == [1]
    assert numbers(database, level="III") == [1]
    assert numbers(database, tag="raid") == [1]
    assert numbers(database, tag="hw") == []
    assert numbers(database, category="hardware") == [1]
    assert numbers(database, priority=Priority.URGENT) == [1]
    assert numbers(database, opened_from=at(60)) == [2]
    assert numbers(database, opened_until=at(60)) == [1]
    assert database.read(lambda work: work.tickets.count(TicketFilter(unclaimed=True))) == 1


def test_saving_replaces_the_timers_of_that_ticket_only(database: SqlDatabase) -> None:
    def deed(work: UnitOfWork) -> None:
        open_ticket(work, timers={"first_response": at(5), "snooze": at(6)})
        open_ticket(work, timers={"wait": at(1)})

    database.write(deed)
    database.write(lambda work: happen(work, 1, Deed.NOTED, timers={"first_response": at(8), "wait": at(9)}))
    due = database.write(lambda work: work.tickets.timers_due(at(10), 10))
    assert [(timer.ticket, timer.kind, timer.at) for timer, _ in due] == [
        (2, "wait", at(1)),
        (1, "first_response", at(8)),
        (1, "wait", at(9)),
    ]
    assert [ticket.number for _, ticket in due] == [2, 1, 1]


def test_only_due_timers_are_given_out_oldest_first_and_not_more_than_asked_for(database: SqlDatabase) -> None:
    def deed(work: UnitOfWork) -> None:
        for minute in (3, 1, 2, 9):
            open_ticket(work, timers={"first_response": at(minute)})

    database.write(deed)
    assert database.read(lambda work: work.tickets.next_timer()) == at(1)
    due = database.write(lambda work: work.tickets.timers_due(at(3), 2))
    assert [timer.ticket for timer, _ in due] == [2, 3]
    assert database.write(lambda work: work.tickets.timers_due(START, 2)) == []


def test_a_timer_that_fails_is_put_off_so_that_others_get_their_turn(database: SqlDatabase) -> None:
    database.write(lambda work: open_ticket(work, timers={"wait": at(1), "snooze": at(2)}))
    database.write(lambda work: work.tickets.put_off(at(5)))
    due = database.write(lambda work: work.tickets.timers_due(at(5), 9))
    assert [timer.kind for timer, _ in due] == ["snooze"]
    assert [timer.at for timer, _ in database.write(lambda work: work.tickets.timers_due(at(10), 9))] == [at(2), at(10)]


def test_rearming_moves_due_time_and_timers_and_leaves_no_event(database: SqlDatabase) -> None:
    before = database.write(lambda work: open_ticket(work, due=at(5), timers={"first_response": at(4)}))
    database.write(lambda work: work.tickets.rearm(1, at(50), {"first_response": at(40)}))
    assert database.read(lambda work: work.tickets.get(1)) == before
    assert database.read(lambda work: work.tickets.due_of(1)) == at(50)
    assert database.read(lambda work: work.tickets.next_timer()) == at(40)
    assert len(database.read(lambda work: work.tickets.history(1))) == 1


def test_open_tickets_are_walked_in_chunks_with_due_times_and_timers(database: SqlDatabase) -> None:
    def deed(work: UnitOfWork) -> None:
        for number in range(1, 6):
            open_ticket(work, due=at(number), timers={"first_response": at(number)})
        happen(work, 2, Deed.CLOSED, resolution="solved")

    database.write(deed)
    chunk = database.read(lambda work: work.tickets.open_after(1, 2))
    assert [(ticket.number, due, timers) for ticket, due, timers in chunk] == [
        (3, at(3), {"first_response": at(3)}),
        (4, at(4), {"first_response": at(4)}),
    ]
    assert [ticket.number for ticket, _, _ in database.read(lambda work: work.tickets.open_after(4, 9))] == [5]


def test_a_sweep_of_many_tickets_is_one_unit_of_work(database: SqlDatabase) -> None:
    database.write(lambda work: [open_ticket(work, timers={"first_response": at(1)}) for _ in range(500)])

    def sweep(work: UnitOfWork) -> int:
        due = work.tickets.timers_due(at(2), 500)
        for _, ticket in due:
            happen(work, ticket.number, Deed.ALERTED, by="clock", clock="first_response", told=1)
        return len(due)

    assert database.write(sweep) == 500
    assert database.read(lambda work: work.tickets.next_timer()) is None
    assert database.read(lambda work: work.tickets.get(500).clocks[0].told) == 1


def test_completion_offers_numbers_then_words_of_subject_or_customer_open_ones_first(database: SqlDatabase) -> None:
    def deed(work: UnitOfWork) -> None:
        for number in range(1, 14):
            open_ticket(work, f"Mail server {number}" if number % 2 else "Disk", text="zebra")
        happen(work, 1, Deed.CLOSED, resolution="solved")

    database.write(deed)

    def suggest(text: str, limit: int = 10) -> list[int]:
        return [ticket.number for ticket in database.read(lambda work: work.tickets.suggest(text, limit))]

    assert suggest("1") == [10, 11, 12, 13, 1]
    assert suggest("#12") == [12]
    assert suggest("mail ser", 3) == [13, 11, 9]
    assert suggest("MAIL", 7)[-1] == 1
    assert suggest("zeb") == []
    assert suggest("", 2) == [13, 12]
    assert suggest("999999999999999999999") == []
    assert suggest("'; DROP") == []


def test_a_snapshot_takes_no_writes(url: str, clock: HandClock) -> None:
    database = open_database(url, clock)
    with pytest.raises(RuntimeError, match="must not write"):
        database.read(open_ticket)
    with pytest.raises(RuntimeError, match="must not write"):
        database.read(lambda work: work.memory.set_fact("a", 1))
    database.close()


def test_text_of_any_kind_is_stored_or_refused_in_words(database: SqlDatabase) -> None:
    nasty = "'; DROP TABLE tickets; -- <!channel> =cmd() \u202e \U0001f525 \x07"
    database.write(lambda work: open_ticket(work, nasty, text="x" * 1_000_000))
    assert database.read(lambda work: work.tickets.get(1).subject) == nasty
    assert database.read(lambda work: len(work.tickets.get(1).text)) == 1_000_000
    assert START + timedelta(0) == database.read(lambda work: work.tickets.get(1).opened_at)


@pytest.mark.parametrize("after", [None, (at(10), 1050)])
def test_what_has_changed_is_found_by_an_index_in_its_order(
    database: SqlDatabase, url: str, after: tuple[datetime, int] | None
) -> None:
    """A poll of a quiet desk must not look at each of a million tickets, nor sort what has changed since last year."""
    database.write(lambda work: [open_ticket(work, when=at(number // 100)) for number in range(2000)])
    wanted = TicketFilter(order="changed", changed_from=at(0), after=after, limit=21)
    engine = create_engine(url)
    explain = "EXPLAIN QUERY PLAN " if engine.dialect.name == "sqlite" else "EXPLAIN "
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.exec_driver_sql("ANALYZE")
        question = listed(wanted, engine.dialect.name).compile(engine, compile_kwargs={"literal_binds": True})
        plan = "\n".join(str(row[-1]) for row in connection.exec_driver_sql(explain + str(question)))
    engine.dispose()
    assert "tickets_by_change" in plan
    assert "Sort" not in plan
    assert "TEMP B-TREE" not in plan
