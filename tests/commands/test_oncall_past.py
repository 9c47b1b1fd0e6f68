"""What lies back is told by the plan of its time: a new one does not rewrite who was called last week."""

from __future__ import annotations

from dataclasses import replace

import pytest

from adapters.web.calendar import calendar_at
from bot.domain.oncall import OnCall
from bot.oncall.feeds import Feed, FeedKind, key_for
from commands.duty_watch import DutyWatch
from tests.commands.rota_town import PLAN, at, planned, with_rota
from tests.town import Town


@pytest.fixture
def town(town: Town) -> Town:
    """Ann from 5 October and Bob from the 12th; on Thursday the 15th at noon Zoe alone is written down instead."""
    with_rota(town)
    town.clock.set(at(15, 12))
    planned(town, of("zoe"))
    return town


def of(*people: str) -> OnCall:
    schedule = PLAN.schedules["level3"]
    layer = schedule.layers[0]
    other = replace(layer, rotation=replace(layer.rotation, people=people))
    return replace(PLAN, schedules={"level3": replace(schedule, layers=(other,))})


def test_who_was_on_call_is_told_by_the_plan_of_that_time(town: Town) -> None:
    def on_call(when: str) -> str:
        return town.does("vic", f'oncall who --at "{when}"').splitlines()[1]

    assert on_call("2026-10-06 12:00") == "level3: Ann until Mon 12 Oct 09:00, then Bob"
    assert on_call("2026-10-14 12:00") == "level3: Bob until Thu 15 Oct 12:00, then Zoe"
    assert on_call("2026-10-16 12:00") == "level3: Zoe"


def test_the_load_counts_what_each_carried_and_not_what_is_written_now(town: Town) -> None:
    people = town.says("vic", "oncall load --from 2026-10-05 --until 2026-10-15").card.data["people"]
    assert {person: share["hours"] for person, share in people.items()} == {"zoe": 12.0, "ann": 168.0, "bob": 75.0}


def test_a_calendar_keeps_the_shifts_that_are_over(town: Town) -> None:
    key = town.database.write(lambda work: key_for(work, Feed(FeedKind.SCHEDULE, "level3")))
    text = town.database.read(lambda work: calendar_at(work, key, town.clock.now()))
    assert text is not None
    assert "UID:20261005T130000Z-ann-level3@thirdline" in text
    assert "DTEND:20261015T160000Z\r\nSUMMARY:Bob on call" in text


def test_whoever_a_new_plan_puts_on_call_at_once_is_told_and_so_is_who_went(town: Town) -> None:
    watch = DutyWatch()
    town.clock.forward(minutes=1)
    watch(town.database, town.clock.now())
    assert "You are on call now: level3 (in place of Bob)." in town.hears("@zoe")
    assert "You are off call: Zoe is on call for level3 now." in town.hears("@bob")


def test_while_there_was_no_such_schedule_nobody_was_on_call_by_it(town: Town) -> None:
    planned(town, replace(PLAN, schedules={}, escalations={}, rules=()))
    town.clock.set(at(16, 12))
    planned(town, PLAN)
    assert "level3: nobody until Fri 16 Oct 12:00" in town.does("vic", 'oncall who --at "2026-10-16 11:00"')
    assert "level3: Bob" in town.does("vic", 'oncall who --at "2026-10-14 12:00"')
