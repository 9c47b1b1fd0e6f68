"""People who come and go while a page is under way: somebody is called all the same, and it is said who was not."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.domain.people import Role
from bot.domain.rota import Change, Override
from bot.ports import UnitOfWork
from commands.page_receipts import Status
from tests.commands.night import KIM, LEA, SAM, Night, plan_of, weekly
from tests.town import Town, words


@pytest.fixture
def night(either_town: Town) -> Night:
    return Night(either_town)


def leaves(night: Night, who: str) -> None:
    night.town.database.write(lambda work: work.people.save(replace(work.people.get(who), role=Role.NOBODY)))


def put_in(night: Night, who: str, hours: int = 12) -> None:
    now = night.town.clock.now()

    def override(work: UnitOfWork) -> None:
        change = Override(0, "level3", now, now + timedelta(hours=hours), Change.REPLACE, who, by="lea")
        work.rota.add_override(change)

    night.town.database.write(override)


def test_whoever_was_put_in_and_has_left_is_not_waited_for(night: Night) -> None:
    put_in(night, "lea")
    leaves(night, "lea")
    told = night.opens()
    assert "Sam is being paged now" in told, "The next step comes at once."
    assert night.calls() == [f"call:{SAM}"]
    assert "Lea: has left" in night.town.does("bob", "/page show 1")


def test_whoever_put_somebody_in_may_leave_and_it_still_counts(night: Night) -> None:
    put_in(night, "sam")
    leaves(night, "lea")
    night.opens()
    assert night.calls() == [f"call:{SAM}"]


def test_who_is_taken_out_of_the_rota_while_it_rings_may_still_take_it(night: Night) -> None:
    night.opens()
    night.says_of("kim", Status.RINGING)
    night.adopt(plan_of(people=("sam",)))
    assert "Page 1 is yours" in night.town.does("kim", "/page ack #1")


def test_who_is_taken_out_of_the_rota_in_mid_shift_is_not_called_by_the_next_round(night: Night) -> None:
    night.opens()
    before = night.town.clock.now()
    night.adopt(plan_of(people=("lea",)))
    night.passes(minutes=16)
    assert f"call:{LEA}" in night.calls(since=before + timedelta(minutes=15))
    assert f"call:{KIM}" not in night.calls(since=before + timedelta(minutes=15))


def test_who_leaves_in_mid_shift_gets_no_further_step_and_the_others_do(night: Night) -> None:
    night.opens()
    leaves(night, "kim")
    at = night.town.clock.now() + timedelta(minutes=15)
    night.passes(minutes=16)
    assert f"call:{KIM}" not in night.calls(since=at)
    assert f"call:{SAM}" in night.calls()
    assert "Kim: has left" in night.town.does("bob", "/page show 1")


def test_a_schedule_that_goes_while_its_page_is_under_way_leaves_the_other_steps(night: Night) -> None:
    night.opens()
    night.adopt(replace(plan_of(), schedules={"other": replace(weekly("kim"), name="other")}))
    night.passes(minutes=35)
    assert f"call:{SAM}" in night.calls()
    assert any("Nobody has answered" in words(card) for card in night.heard_in("#alerts"))


def test_a_page_that_waited_through_an_outage_calls_whoever_is_on_call_by_then(night: Night) -> None:
    """What was to go out first still does, and every step after it asks the rota anew."""
    night.town.does("bob", "/ticket open down --customer acme --category hardware-failure")
    night.adopt(plan_of(people=("lea",)))
    night.town.clock.forward(hours=1)
    night.round()
    night.passes(minutes=20)
    assert f"call:{LEA}" in night.calls()
    assert night.page().open
