"""Ways to people: one of each, kept with what was found out about it, and plans of their own."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.domain.contacts import CALL, CHAT, TEXT, Contact, Reach
from bot.domain.errors import Conflict, NotFound
from bot.ports import UnitOfWork
from storage.database import SqlDatabase
from tests.storage.desk import START, HandClock, at, open_database

NUMBER = "+14165550199"


def save(database: SqlDatabase, contact: Contact) -> Contact:
    return database.write(lambda work: work.contacts.save(contact))


def test_a_contact_comes_back_as_it_was_written(database: SqlDatabase) -> None:
    stored = save(database, Contact(0, "kim", CALL, NUMBER, code="123456", code_until=at(10)))
    changed = replace(
        stored,
        verified_at=START,
        tested_at=at(5),
        test_passed=False,
        refused="STOP",
        language="fr",
        voice="Polly.Gabrielle",
        code="",
        code_until=None,
        tries=2,
    )
    assert save(database, changed) == changed
    assert database.read(lambda work: work.contacts.get(stored.id)) == changed
    assert database.write(lambda work: work.contacts.get(stored.id)) == changed


def test_contacts_are_found_by_person_and_by_address(database: SqlDatabase) -> None:
    kims = [save(database, Contact(0, "kim", kind, NUMBER)) for kind in (TEXT, CALL)]
    lees = save(database, Contact(0, "lee", CALL, NUMBER))
    assert database.read(lambda work: work.contacts.of("kim")) == kims
    assert database.read(lambda work: work.contacts.of_address(CALL, NUMBER)) == [kims[1], lees]
    assert database.read(lambda work: work.contacts.all()) == {"kim": kims, "lee": [lees]}
    database.write(lambda work: work.contacts.drop(lees.id))
    assert database.read(lambda work: work.contacts.of("lee")) == []
    with pytest.raises(NotFound):
        database.read(lambda work: work.contacts.get(lees.id))


def test_nobody_has_the_same_contact_twice(database: SqlDatabase) -> None:
    save(database, Contact(0, "kim", CALL, NUMBER))
    other = save(database, Contact(0, "kim", CALL, "+14165550111"))
    for twin in (Contact(0, "kim", CALL, NUMBER), replace(other, address=NUMBER)):
        with pytest.raises(Conflict, match="kim has that call contact"):
            save(database, twin)


def test_two_who_change_different_things_of_a_contact_at_once_both_have_their_way(postgres_url: str) -> None:
    database = open_database(postgres_url, HandClock())
    stored = save(database, Contact(0, "kim", TEXT, NUMBER, verified_at=START))

    def tested(work: UnitOfWork) -> None:
        [found] = work.contacts.of("kim")
        database.write(stopped)
        work.contacts.save(replace(found, tested_at=at(1), test_passed=True))

    def stopped(work: UnitOfWork) -> None:
        [found] = work.contacts.of_address(TEXT, NUMBER)
        work.contacts.save(replace(found, refused="STOP"))

    database.write(tested)
    found = database.read(lambda work: work.contacts.get(stored.id))
    database.close()
    assert found == replace(stored, refused="STOP", tested_at=at(1), test_passed=True)


def test_a_plan_of_their_own_is_kept_until_it_is_emptied(database: SqlDatabase) -> None:
    plan = (Reach(CHAT, 0), Reach(CALL, 120))

    def plans() -> list[object]:
        return database.read(lambda work: [work.contacts.plan("kim", important) for important in (False, True)])

    assert plans() == [None, None]
    for each in ((Reach(TEXT, 5),), plan):
        database.write(lambda work, each=each: work.contacts.set_plan("kim", True, each))  # type: ignore[misc]  # mypy knows no lambda with a default.
    assert plans() == [None, plan]
    database.write(lambda work: work.contacts.set_plan("kim", True, ()))
    assert plans() == [None, None]
