"""The adopted plan by its versions, what was changed of the rota for once, and who asked for cover."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta, timezone

import pytest

from bot.domain.errors import NotFound
from bot.domain.oncall import OnCall
from bot.domain.rota import Change, CoverRequest, CoverState, Override
from bot.ports import UnitOfWork
from storage.database import SqlDatabase
from tests.storage.desk import START, HandClock, at, no_promises, routes


class Reader:
    """Reads a plan from its text, and counts how often."""

    def __init__(self) -> None:
        self.texts: list[str] = []

    def __call__(self, text: str) -> OnCall:
        self.texts.append(text)
        return OnCall(leads=(text,))


@pytest.fixture
def reader() -> Reader:
    return Reader()


@pytest.fixture
def database(url: str, clock: HandClock, reader: Reader) -> Iterator[SqlDatabase]:
    opened = SqlDatabase(url, routes, no_promises, clock, reader)
    yield opened
    opened.close()


def override(start: int = 0, end: int = 60, **rest: object) -> Override:
    found = Override(0, "level-3", at(start), at(end), Change.REPLACE, "kim", by="ann", made_at=START)
    return replace(found, **rest)  # type: ignore[arg-type]  # Each test names fields of an override.


# --- the plan ---------------------------------------------------------------------------------------------------


def test_without_a_plan_nobody_is_on_call(database: SqlDatabase) -> None:
    assert database.read(lambda work: work.rota.plan()) == OnCall()


def test_a_plan_is_read_once_for_each_version_and_the_same_text_is_no_new_one(
    database: SqlDatabase, reader: Reader
) -> None:
    versions = [database.write(lambda work, text=text: work.rota.set_plan(text, START)) for text in ("a", "a", "b")]  # type: ignore[misc]  # mypy knows no lambda with a default.
    assert versions == [1, 1, 2]
    plans = [database.read(lambda work: work.rota.plan()) for _ in range(3)]
    assert plans == [OnCall(leads=("b",))] * 3
    assert reader.texts == ["b"]


def test_a_plan_that_is_undone_was_never_there(database: SqlDatabase) -> None:
    database.write(lambda work: work.rota.set_plan("a", START))

    def undone(work: UnitOfWork) -> None:
        work.rota.set_plan("b", START)
        assert work.rota.plan().leads == ("b",)
        raise NotFound("Never mind.")

    with pytest.raises(NotFound):
        database.write(undone)
    assert database.read(lambda work: work.rota.plan()).leads == ("a",)
    assert database.write(lambda work: work.rota.set_plan("c", START)) >= 2
    assert database.read(lambda work: work.rota.plan()).leads == ("c",)


def test_plans_are_told_from_an_instant_on_each_with_when_it_was_adopted(database: SqlDatabase, reader: Reader) -> None:
    def adopted(text: str, minute: int) -> None:
        database.write(lambda work: work.rota.set_plan(text, at(minute)))

    def since(minute: int) -> list[tuple[datetime, tuple[str, ...]]]:
        return [(when, plan.leads) for when, plan in database.read(lambda work: work.rota.plans(at(minute)))]

    assert since(0) == []
    for text, minute in (("a", 0), ("b", 10), ("a", 20)):
        adopted(text, minute)
    assert since(-5) == since(5) == [(at(0), ("a",)), (at(10), ("b",)), (at(20), ("a",))]
    assert since(10) == since(19) == [(at(10), ("b",)), (at(20), ("a",))]
    assert since(20) == since(60) == [(at(20), ("a",))]
    assert reader.texts == ["a", "a", "b"]


# --- overrides --------------------------------------------------------------------------------------------------


def test_overrides_that_touch_a_span_come_by_their_start(database: SqlDatabase) -> None:
    def deed(work: UnitOfWork) -> list[Override]:
        spans = [(40, 50), (0, 10), (5, 45), (60, 70)]
        other = work.rota.add_override(override(0, 90, schedule="level-2", change=Change.ADD))
        return [work.rota.add_override(override(*span, reason="dentist")) for span in spans] + [other]

    late, early, middle, _after, other = database.write(deed)
    assert database.read(lambda work: work.rota.overrides(at(10), at(60), "level-3")) == [middle, late]
    assert database.read(lambda work: work.rota.overrides(at(9), at(40))) == [other, early, middle]


def test_an_override_that_was_taken_back_counts_no_more_and_stays_in_the_history(database: SqlDatabase) -> None:
    def add(work: UnitOfWork) -> tuple[Override, Override]:
        return work.rota.add_override(override()), work.rota.add_override(override(instead="lee"))

    first, second = database.write(add)
    dropped = database.write(lambda work: work.rota.drop_override(first.id, "bob", at(1)))
    assert dropped == replace(first, dropped_by="bob", dropped_at=at(1))
    assert database.read(lambda work: work.rota.overrides(START, at(60))) == [second]
    assert database.read(lambda work: work.rota.changes("level-3", 9)) == [second, dropped]
    assert database.read(lambda work: work.rota.changes("level-3", 1)) == [second]
    for id in (first.id, 99, 10**30):
        with pytest.raises(NotFound):
            database.write(lambda work, id=id: work.rota.drop_override(id, "bob", at(1)))  # type: ignore[misc]  # mypy knows no lambda with a default.


# --- cover ------------------------------------------------------------------------------------------------------


def test_who_asks_for_cover_is_shown_until_somebody_agrees_or_the_shift_begins(database: SqlDatabase) -> None:
    def ask(work: UnitOfWork) -> tuple[CoverRequest, CoverRequest]:
        later = CoverRequest(
            0, "level-3", "kim", at(60), at(90), "lee", at(200), at(230), made_at=START, reason="train"
        )
        sooner = CoverRequest(0, "level-3", "lee", at(30), at(60))
        return work.rota.save_cover(later), work.rota.save_cover(sooner)

    later, sooner = database.write(ask)
    assert database.read(lambda work: work.rota.covers(START)) == [sooner, later]
    assert database.read(lambda work: work.rota.covers(at(30))) == [later]
    agreed = replace(later, state=CoverState.AGREED, taken_by="lee")
    assert database.write(lambda work: work.rota.save_cover(agreed)) == agreed
    assert database.write(lambda work: work.rota.cover(later.id)) == agreed
    assert database.read(lambda work: work.rota.covers(START)) == [sooner]
    with pytest.raises(NotFound):
        database.read(lambda work: work.rota.cover(99))


def test_instants_come_back_in_utc_whatever_zone_they_were_given_in(database: SqlDatabase) -> None:
    there = START.astimezone(timezone(timedelta(hours=-5)))
    stored = database.write(lambda work: work.rota.add_override(override(start=0, made_at=there)))
    [found] = database.read(lambda work: work.rota.changes("level-3", 1))
    assert (found.made_at, stored.id) == (START, found.id)
