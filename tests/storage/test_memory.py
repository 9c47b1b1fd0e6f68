"""What the desk remembers of itself, and the promises made from it."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date

import pytest

from bot.cards import Card, Chart, Choice, Mention, Series, Strong, Style, Table, Tone, When, say
from bot.domain.errors import Conflict
from bot.domain.policy import HolidayRule
from bot.domain.promises import promises_of
from bot.domain.sla import Promises
from bot.policy.file import policy_at
from bot.ports import Entry, FrozenHolidays, UnitOfWork
from bot.signing import FACT, Signer, signer_of
from storage.cards_json import card_from_data, card_to_data
from storage.database import SqlDatabase
from storage.values import dumps, loads
from tests.storage.desk import START, HandClock, at, open_database, routes

FROZEN = FrozenHolidays("CA-ON/public", 2026, {date(2026, 7, 1): "Canada Day"}, "holidays 0.109", START)
CARD = Card(
    title=("#42 ", Strong("mail")),
    badge="new",
    lines=(("due ", When(START, "time")), (Mention("ann", "Ann"),), ()),
    table=Table(("a", "b"), ((("1",), (When(START),)),)),
    chart=Chart("kept", ("III", "II"), (Series("kept", (8, 2.5)), Series("broken", (0, 1))), "%"),
    choices=(
        Choice("Close…", "ticket close", {"number": 42}, ("resolution",), Style.DANGER),
        Choice("Ok", "ok"),
        Choice("Note…", "ticket note", {"number": 42}, rest=True),
    ),
    tone=Tone.WARNING,
    ticket=42,
    data={"number": 42, "tags": ["a", None]},
)


@pytest.mark.parametrize("card", [CARD, Card(), say("x"), Card(ticket=0)])
def test_a_card_survives_json(card: Card) -> None:
    assert card_from_data(loads(dumps(card_to_data(card)))) == card


def test_a_request_is_answered_once_and_forgotten_after_two_days(database: SqlDatabase) -> None:
    assert database.read(lambda work: work.memory.answer_to("r1")) is None
    database.write(lambda work: work.memory.remember("r1", CARD, START))
    assert database.read(lambda work: work.memory.answer_to("r1")) == CARD
    with pytest.raises(Conflict, match="done already"):
        database.write(lambda work: work.memory.remember("r1", say("twice"), START))
    assert database.write(lambda work: work.memory.prune(at(48 * 60))) == 0
    assert database.read(lambda work: work.memory.answer_to("r1")) == CARD
    assert database.write(lambda work: work.memory.prune(at(48 * 60 + 1))) == 1
    assert database.read(lambda work: work.memory.answer_to("r1")) is None


def test_facts_are_kept_and_replaced(database: SqlDatabase) -> None:
    assert database.read(lambda work: work.memory.fact("seen")) is None
    for value in ({"at": 1}, [1, "a"], None, "text"):
        database.write(lambda work, value=value: work.memory.set_fact("seen", value))  # type: ignore[misc]
        assert database.read(lambda work: work.memory.fact("seen")) == value


def test_of_first_facts_the_first_is_kept(database: SqlDatabase) -> None:
    assert database.write(lambda work: work.memory.first_fact("key", "mine")) == "mine"
    assert database.write(lambda work: work.memory.first_fact("key", "another")) == "mine"
    assert database.read(lambda work: work.memory.fact("key")) == "mine"


def test_two_replicas_that_start_at_once_sign_with_one_secret(postgres_url: str, clock: HandClock) -> None:
    """Both find none, and both would make one."""
    replicas = [open_database(postgres_url, clock) for _ in range(2)]
    looked = threading.Barrier(2)

    def start(replica: SqlDatabase) -> bytes:
        def deed(work: UnitOfWork) -> Signer:
            assert work.memory.fact(FACT) is None
            looked.wait(60)
            return signer_of(work)

        return replica.write(deed).secret

    try:
        with ThreadPoolExecutor(2) as both:
            secrets = set(both.map(start, replicas))
        assert len(secrets) == 1
        assert {replica.write(signer_of).secret for replica in replicas} == secrets
    finally:
        for replica in replicas:
            replica.close()


def test_holidays_of_a_year_are_replaced_when_frozen_again(database: SqlDatabase) -> None:
    newer = replace(FROZEN, days={date(2026, 7, 1): "Canada Day", date(2026, 8, 3): "Civic Holiday"})
    database.write(lambda work: work.memory.freeze(FROZEN))
    database.write(lambda work: work.memory.freeze(newer))
    database.write(lambda work: work.memory.freeze(replace(FROZEN, year=2025)))
    assert database.read(lambda work: work.memory.holidays()) == [replace(FROZEN, year=2025), newer]


def test_policy_versions_count_up(database: SqlDatabase) -> None:
    assert database.read(lambda work: work.memory.policy()) is None
    assert database.write(lambda work: work.memory.set_policy("{}", START)) == 1
    assert database.write(lambda work: work.memory.set_policy('{"a":1}', START)) == 2
    assert database.read(lambda work: work.memory.policy()) == (2, '{"a":1}')


def test_the_journal_tells_the_newest_first(database: SqlDatabase) -> None:
    entries = [Entry(at(n), "ann", "customer:acme", "credit", {"add": n}) for n in range(3)]

    def deed(work: UnitOfWork) -> None:
        for entry in (*entries, Entry(at(9), "ann", "staff:bob", "role")):
            work.memory.journal(entry)

    database.write(deed)
    assert database.read(lambda work: work.memory.journal_of("customer:acme", 2)) == entries[:0:-1]


def test_promises_are_made_once_and_again_when_policy_or_holidays_change(
    url: str, clock: HandClock, promises: Promises
) -> None:
    made: list[tuple[str, int, int]] = []

    def promises_from(text: str, holidays: object, version: int) -> Promises:
        made.append((text, len(list(holidays)), version))  # type: ignore[call-overload]  # A sequence.
        return replace(promises, version=version)

    database = SqlDatabase(url, routes, promises_from, clock)
    with pytest.raises(RuntimeError, match="policy"):
        database.read(lambda work: work.promises)
    database.write(lambda work: work.memory.set_policy("one", START))
    for _ in range(3):
        assert database.read(lambda work: work.promises.version) == 1
    other = SqlDatabase(url, routes, promises_from, clock)
    other.write(lambda work: work.memory.freeze(FROZEN))
    other.close()
    assert database.write(lambda work: work.promises.version) == 1

    def undone(work: UnitOfWork) -> None:
        work.memory.set_policy("never", START)
        assert work.promises.version > 1
        raise ValueError

    with pytest.raises(ValueError):
        database.write(undone)
    database.write(lambda work: work.memory.set_policy("two", START))
    assert database.read(lambda work: work.promises.version) > 1
    database.close()
    assert made[:2] == [("one", 0, 1), ("one", 1, 1)]
    assert made[-1][:2] == ("two", 1)


@pytest.fixture
def promises() -> Promises:
    return promises_of(replace(policy_at(None), holidays=HolidayRule()), [], 1, 2026, 2026)
