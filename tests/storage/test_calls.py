"""Calls that are no attempts, and PINs: found by their secrets, due one after the other, and never two with one PIN."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.domain.customers import Customer
from bot.domain.errors import Conflict, NotFound
from bot.ports import UnitOfWork
from bot.ports.oncall import LegState, PhoneCall, Pin
from storage.database import SqlDatabase
from tests.storage.desk import START, at, open_ticket


def test_a_call_comes_back_as_it_was_written_and_is_found_by_what_names_it(database: SqlDatabase) -> None:
    def deed(work: UnitOfWork) -> PhoneCall:
        open_ticket(work)
        call = PhoneCall(0, START, "+14165550111", "CA1", "main", "t" * 22, 3, customer="acme", ticket=1, page=7)
        return work.calls.add(call)

    stored = database.write(deed)
    changed = replace(
        stored, state=LegState.VOICEMAIL, person="kim", due=at(5), ended_at=at(9), data={"tries": 2}, kind="dial"
    )
    database.write(lambda work: work.calls.save(changed))

    def found(work: UnitOfWork) -> list[PhoneCall | None]:
        by_name = [work.calls.get(stored.id), work.calls.by_token("t" * 22), work.calls.by_ref("main", "CA1")]
        return [*by_name, *work.calls.of_ticket(1)]

    assert database.read(found) == [changed] * 4
    assert database.write(found) == [changed] * 4


def test_calls_without_a_token_or_a_ref_are_found_by_neither(database: SqlDatabase) -> None:
    for _ in range(2):
        database.write(lambda work: work.calls.add(PhoneCall(0, START)))
    assert database.read(lambda work: (work.calls.by_token(""), work.calls.by_ref("", ""))) == (None, None)
    for id in (99, 10**30):
        with pytest.raises(NotFound):
            database.read(lambda work, id=id: work.calls.get(id))  # type: ignore[misc]  # mypy knows no lambda with a default.


def test_calls_come_due_oldest_first(database: SqlDatabase) -> None:
    def deed(work: UnitOfWork) -> None:
        for due in (None, at(9), at(2), at(30)):
            work.calls.add(PhoneCall(0, START, due=due))

    database.write(deed)
    assert database.write(lambda work: [call.due for call in work.calls.due(at(10), 9)]) == [at(2), at(9)]
    assert database.write(lambda work: [call.due for call in work.calls.due(at(10), 1)]) == [at(2)]
    assert database.read(lambda work: work.calls.next_due()) == at(2)


def test_a_pin_says_whose_it_is_and_nobody_else_gets_it(database: SqlDatabase) -> None:
    def deed(work: UnitOfWork) -> None:
        for id in ("acme", "globex"):
            work.customers.save(Customer(id, id.title()))
        work.calls.set_pin(Pin("acme", "salted", START), "keyed")

    database.write(deed)
    acmes = Pin("acme", "salted", START)
    assert database.read(lambda work: (work.calls.pin("acme"), work.calls.pin_by_lookup("keyed"))) == (acmes, acmes)
    with pytest.raises(Conflict, match="taken"):
        database.write(lambda work: work.calls.set_pin(Pin("globex", "other", START), "keyed"))
    locked = replace(acmes, tries=5, locked_until=at(15))
    database.write(lambda work: work.calls.save_pin(locked))
    assert database.write(lambda work: (work.calls.pin("acme"), work.calls.pin_by_lookup("keyed"))) == (locked, locked)
    database.write(lambda work: work.calls.set_pin(Pin("acme", "new", at(1)), "other"))
    assert database.read(lambda work: work.calls.pin_by_lookup("keyed")) is None
    assert database.read(lambda work: work.calls.pin_by_lookup("other")) == Pin("acme", "new", at(1))
    database.write(lambda work: work.calls.drop_pin("acme"))
    assert database.read(lambda work: work.calls.pin("acme")) is None
