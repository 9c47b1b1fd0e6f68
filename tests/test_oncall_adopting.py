"""The desk takes on the operator's plan: once for each version, and what looks wrong about it is told once."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.clocks import MovableClock
from bot.domain.errors import NotFound
from bot.domain.oncall import OnCall
from bot.domain.people import Role, Staff
from bot.oncall.adopting import AdoptedPlan, adopt_plan, doubts
from bot.oncall.duties import duty_between
from bot.oncall.file import oncall_at, read_oncall
from bot.policy.adopting import adopt
from bot.policy.file import policy_at
from bot.routes import Routes
from bot.wiring import library, promises_from
from storage.database import SqlDatabase
from storage.maintenance import upgrade
from tests.test_oncall_file import FULL

NOW = datetime(2026, 11, 23, 15, tzinfo=UTC)
PEOPLE = ("kim", "sam", "ann", "bob", "zoe")


@pytest.fixture
def database(tmp_path: Path) -> Iterator[SqlDatabase]:
    url = f"sqlite:///{tmp_path / 'desk.db'}"
    upgrade(url)
    opened = SqlDatabase(url, Routes(()), promises_from, MovableClock(NOW))
    opened.write(lambda work: adopt(work, policy_at(None), NOW, library()))
    for person in PEOPLE:
        staff = Staff(person, person.title())
        opened.write(lambda work, staff=staff: work.people.save(staff))  # type: ignore[misc]  # mypy knows no lambda with a default.
    yield opened
    opened.close()


def taken_on(database: SqlDatabase, plan: OnCall) -> AdoptedPlan:
    return database.write(lambda work: adopt_plan(work, plan, NOW))


def test_a_plan_is_a_new_version_when_it_differs_and_comes_back_as_it_was(database: SqlDatabase) -> None:
    plan = read_oncall(FULL)
    first, again = taken_on(database, plan), taken_on(database, plan)
    assert (first.changed, again.changed) == (True, False)
    assert first.version == again.version
    assert database.read(lambda work: work.rota.plan()) == plan
    shipped = taken_on(database, oncall_at(None))
    assert shipped.changed
    assert shipped.version > first.version
    assert first.doubts == shipped.doubts == ()


def test_people_whom_the_desk_does_not_know_are_told_once_and_not_refused(database: SqlDatabase) -> None:
    plan = read_oncall(FULL.replace('"ann"]', '"anna"]', 1).replace("leads = []", 'leads = ["lea"]'))
    assert taken_on(database, plan).doubts == (
        "Layer “week” of level3 names anna, who is not at the desk. Did you mean ann?",
        "The list of leads names lea, who is not at the desk.",
    )
    assert taken_on(database, plan).doubts == ()
    database.write(lambda work: work.people.save(Staff("anna", "Anna")))
    database.write(lambda work: work.people.save(Staff("lea", "Lea")))
    assert database.read(lambda work: doubts(work, plan)) == ()
    assert taken_on(database, plan).doubts == ()
    database.write(lambda work: work.people.save(replace(Staff("lea", "Lea"), role=Role.NOBODY)))
    assert taken_on(database, plan).doubts == ("The list of leads names Lea, who has left.",)


def test_levels_that_the_policy_does_not_have_are_told(database: SqlDatabase) -> None:
    plan = read_oncall(FULL.replace('["III"]', '["gold"]'))
    (doubt,) = taken_on(database, plan).doubts
    assert doubt.startswith("Rule “worst cases” is about a level that the policy does not have.")
    assert "I, II, III" in doubt


def test_a_schedule_of_the_plan_is_asked_by_its_name(database: SqlDatabase) -> None:
    taken_on(database, read_oncall(FULL))
    assert database.read(lambda work: duty_between(work, "level3", NOW, NOW)).on_call(NOW) == ("kim",)
    with pytest.raises(NotFound, match="level4"):
        database.read(lambda work: duty_between(work, "level4", NOW, NOW))
