"""The watch over the rota: hand-overs, gaps, weekly tests, requests that run out; each said once, whoever restarts."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.domain.oncall import SelfTest
from bot.domain.paging import Trigger
from bot.domain.people import Staff
from bot.domain.rota import CoverState
from bot.ports import UnitOfWork
from commands.duty_watch import DutyWatch
from tests.commands.rota_town import PLAN, at, phone, planned, with_rota
from tests.town import Town

PLACES = ("@ann", "@bob", "@zoe", "@lea", "#desk", "#alerts")

MENDED = "To mend it: Bob: /oncall contact call NUMBER, then /oncall verify CODE. Or put somebody in: /oncall override."


@pytest.fixture
def town(town: Town) -> Town:
    with_rota(town)
    planned(town, replace(PLAN, self_test=SelfTest(on=False)))
    looked(town)
    return town


def looked(town: Town) -> None:
    """The desk is started anew and looks at once: what it says, it must not say again."""
    DutyWatch()(town.database, town.clock.now())


def heard(town: Town) -> dict[str, list[str]]:
    """What everybody hears, by place, where there is anything."""
    return {place: said for place in PLACES if (said := town.hears(place))}


def passes(town: Town, until_day: int, hour: int, minute: int = 0) -> None:
    """Time passes up to then, with a look every ten minutes."""
    watch, end = DutyWatch(), at(until_day, hour, minute)
    while town.clock.now() < end:
        town.clock.set(min(end, town.clock.now() + timedelta(minutes=10)))
        watch(town.database, town.clock.now())


def test_a_quiet_day_says_nothing(town: Town) -> None:
    passes(town, 6, 10)
    assert heard(town) == {}


# --- hand-overs ---------------------------------------------------------------------------------------------------


def test_before_a_shift_ends_both_and_the_desk_get_its_open_promises(town: Town) -> None:
    town.clock.set(at(10, 8))
    town.does("zoe", "ticket open mail server down --customer acme")
    town.does("zoe", "ticket claim 1")
    town.hears("#desk"), town.hears("@ann")
    town.clock.set(at(12, 8, 30))
    looked(town)
    looked(town)
    said = heard(town)
    assert said["@ann"] == said["@bob"] == said["#desk"]
    (card,) = said["#desk"]
    assert card.startswith("Hand-over  level3: Ann to Bob, Mon 12 Oct 09:00")
    assert "#1 | mail server down | Tue 13 Oct 13:00 | Zoe" in card


def test_when_the_shift_begins_who_comes_and_who_goes_are_told(town: Town) -> None:
    town.clock.set(at(12, 8, 45))
    looked(town)
    heard(town)
    town.clock.set(at(12, 9, 1))
    looked(town)
    looked(town)
    assert heard(town) == {
        "@ann": ["You are off call: Bob is on call for level3 now."],
        "@bob": ["You are on call now: level3 (in place of Ann) until Mon 19 Oct 09:00, then Zoe."],
    }


def test_a_change_for_once_is_told_when_it_begins_and_when_it_ends(town: Town) -> None:
    town.does("lea", 'oncall override level3 zoe --from "Tue 18:00" --until "Tue 22:00"')
    heard(town)
    town.clock.set(at(6, 18))
    looked(town)
    assert heard(town)["@zoe"] == ["You are on call now: level3 (in place of Ann) until Tue 6 Oct 22:00, then Ann."]
    town.clock.set(at(6, 22))
    looked(town)
    assert heard(town)["@zoe"] == ["You are off call: Ann is on call for level3 now."]


def test_nobody_to_come_is_said_on_the_card(town: Town) -> None:
    town.does("lea", 'oncall override level3 bob --remove --from "12 Oct 09:00" --until "12 Oct 12:00"')
    heard(town)
    town.clock.set(at(12, 8, 45))
    looked(town)
    assert "level3: Ann to nobody, Mon 12 Oct 09:00\nNobody comes. To come in: /oncall take" in heard(town)["#desk"][0]


# --- gaps ---------------------------------------------------------------------------------------------------------


def test_a_gap_is_told_when_it_is_first_seen_and_again_a_day_before(town: Town) -> None:
    phone(town, "bob", verified_at=None)
    looked(town)
    gap = "Level III is uncovered on Mon 12 Oct 09:00 - Mon 19 Oct 09:00: Bob's phone is not verified."
    said = heard(town)
    assert said["#alerts"] == [f"{gap}\n{MENDED}"]
    assert said["@lea"] == said["@zoe"] == [gap]
    own = "You are on call then. Your phone makes it count: /oncall contact call NUMBER"
    assert said["@bob"] == [f"{gap}\n{own}"]
    passes(town, 9, 12)
    assert heard(town) == {}
    passes(town, 11, 9, 10)
    assert [gap in one for one in heard(town)["#alerts"]] == [True]
    passes(town, 12, 8, 20)
    assert heard(town) == {}


def test_a_gap_that_was_closed_and_opens_again_is_told_again(town: Town) -> None:
    phone(town, "bob", verified_at=None)
    looked(town)
    phone(town, "bob", verified_at=town.clock.now())
    looked(town)
    assert len(heard(town)["#alerts"]) == 1
    town.clock.forward(hours=2)
    looked(town)
    phone(town, "bob", test_passed=False)
    looked(town)
    assert "Bob missed the last test call" in heard(town)["#alerts"][0]


def test_a_gap_without_end_is_told_once_a_week_and_not_each_day(town: Town) -> None:
    for person in ("ann", "bob", "zoe"):
        phone(town, person, verified_at=None)
    looked(town)
    assert len(town.hears("#alerts")) == 1
    for day in range(6, 12):
        town.clock.set(at(day, 12))
        looked(town)
        assert town.hears("#alerts") == []
    town.clock.set(at(12, 12))
    looked(town)
    assert len(town.hears("#alerts")) == 1


# --- requests -----------------------------------------------------------------------------------------------------


def test_who_did_not_answer_is_asked_again_before_the_shift(town: Town) -> None:
    town.does("ann", 'oncall cover --ask bob --from "Sat 09:00" --until "Sun 09:00"')
    assert len(town.hears("@bob")) == 1
    passes(town, 7, 8)
    assert town.hears("@bob") == []
    passes(town, 10, 7)
    assert town.hears("@bob") == ["Ann asks you to cover level3, Sat 10 Oct 09:00 - Sun 11 Oct 09:00."] * 3


def test_what_nobody_agreed_to_is_past_and_the_lead_knows_in_time(town: Town) -> None:
    town.does("ann", 'oncall cover --from "Sat 09:00" --until "Sun 09:00"')
    town.does("bob", "oncall decline 1")
    heard(town)
    town.clock.set(at(10, 8, 30))
    looked(town)
    looked(town)
    said = heard(town)
    span = "level3, Sat 10 Oct 09:00 - Sun 11 Oct 09:00"
    assert said["@ann"] == [f"Nobody agreed to cover {span}. You are on call."]
    assert said["@lea"] == [f"Ann asked for cover and nobody agreed: {span}. Ann stays on call."]
    assert town.database.read(lambda work: work.rota.cover(1)).state is CoverState.PAST
    assert "Request #1 is past." in town.refused("zoe", "oncall take 1")


def test_a_request_that_was_made_late_may_be_answered_until_the_shift_begins(town: Town) -> None:
    town.does("ann", "oncall cover --ask bob")
    town.clock.forward(minutes=14)
    looked(town)
    assert town.database.read(lambda work: work.rota.cover(1)).state is CoverState.ASKED
    town.clock.forward(minutes=1)
    looked(town)
    assert town.database.read(lambda work: work.rota.cover(1)).state is CoverState.PAST


# --- self-tests ---------------------------------------------------------------------------------------------------


def test_everybody_of_the_rota_is_rung_once_a_week_in_their_own_day(town: Town) -> None:
    planned(town, PLAN)

    def move(work: UnitOfWork) -> None:
        bob = work.people.get("bob")
        work.people.save(Staff(bob.id, bob.name, bob.role, bob.accounts, "Europe/Vienna"))

    town.database.write(move)
    phone(town, "zoe", verified_at=None)
    town.hears("@zoe")
    passes(town, 6, 8, 30)  # 14:30 in Vienna.
    assert rung(town) == ["bob"]
    passes(town, 6, 14, 30)
    assert rung(town) == ["bob", "ann"]
    assert any("have no verified phone: you do not count as cover." in one for one in town.hears("@zoe"))
    passes(town, 6, 20)
    assert rung(town) == ["bob", "ann"]
    town.clock.set(at(13, 14))
    looked(town)
    looked(town)
    assert sorted(rung(town)[2:]) == ["ann"]


def rung(town: Town) -> list[str]:
    """Who was tested, in that order."""
    pages = town.database.read(lambda work: work.pages.between(at(1), at(31)))
    return [page.person for page in pages if page.trigger is Trigger.TEST]


def test_who_is_away_is_not_tested_and_a_desk_that_was_away_waits_a_week(town: Town) -> None:
    planned(town, PLAN)
    town.away("bob")
    town.clock.set(at(6, 14, 5))
    looked(town)
    assert sorted(rung(town)) == ["ann", "zoe"]
    town.clock.set(at(13, 16, 30))
    looked(town)
    assert sorted(rung(town)) == ["ann", "zoe"]


# --- the plan -----------------------------------------------------------------------------------------------------


def test_a_new_plan_tells_those_whose_shifts_it_moves(town: Town) -> None:
    week = PLAN.schedules["level3"].layers[0]
    other = replace(week, rotation=replace(week.rotation, people=("ann", "zoe", "bob")))
    town.clock.forward(hours=1)
    planned(town, replace(PLAN, schedules={"level3": replace(PLAN.schedules["level3"], layers=(other,))}))
    looked(town)
    looked(town)
    said = heard(town)
    assert said["@bob"] == ["The rota level3 was changed. Your next shifts:\nMon 19 Oct 09:00 - Mon 26 Oct 09:00"]
    assert "@ann" not in said
    assert len(said["@zoe"]) == 1


def test_a_schedule_that_is_no_more_is_told_to_its_people(town: Town) -> None:
    planned(town, replace(PLAN, schedules={"other": replace(PLAN.schedules["level3"], name="other")}))
    looked(town)
    assert heard(town)["@bob"] == ["The schedule level3 is no more: nobody is on call by it."]


def test_one_look_that_fails_does_not_keep_the_others_from_theirs(town: Town) -> None:
    town.database.write(lambda work: work.memory.set_fact("gaps told", 42))
    town.clock.set(at(12, 9))
    looked(town)
    assert "@bob" in heard(town)
