"""Pages that come again, are passed on or ended: whom that calls, whom it leaves alone, and what is told of it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.domain.escalation import Step
from bot.domain.history import Deed
from bot.domain.paging import PageRule, Trigger
from bot.domain.people import Role, Staff
from commands.page_receipts import Status
from tests.commands.night import KIM, LEA, ON_CALL, RULES, SAM, THREE_STEPS, Night, plan_of
from tests.commands.paged import Talk
from tests.town import Town, words

CREDIT = " --credit --approved-by Dana"


@pytest.fixture
def night(town: Town) -> Night:
    return Night(town)


def test_whoever_took_it_and_forgot_it_is_called_with_whoever_is_on_call(night: Night) -> None:
    night.opens()
    night.town.does("sam", "/page ack 1")
    before = len(night.calls())
    night.passes(minutes=20)
    assert sorted(night.calls()[before:]) == [f"call:{SAM}", f"call:{KIM}"]
    assert "Kim and Sam" in night.town.does("bob", "/page list")
    night.town.does("lea", "/page ack 1")
    night.town.does("lea", "/ticket assign 1 kim")
    before = len(night.calls())
    night.passes(minutes=30)
    assert f"call:{LEA}" not in night.calls()[before : before + 2]


def test_a_colleagues_wish_says_its_own_reason_to_those_it_calls_again(night: Night) -> None:
    night.opens()
    night.town.does("kim", "/page ack 1")
    night.passes(minutes=3)
    assert "being called now" in night.town.does("bob", "/page 1 the database is gone, too")
    night.round()
    told = words(night.heard_in("@kim")[-1])
    assert "Bob asked for it: the database is gone, too" in told
    assert "nothing has happened since" not in told
    assert "Kim took it at" in told
    talk = Talk(night.town, night.attempt("kim"))
    assert "Bob asks for you: the database is gone, too" in talk.picks_up()
    for asked in ("/page why 1 ", "/page show 1"):
        assert "Bob asked for it again: the database is gone, too" in night.town.does("lea", asked)
    assert "asked for page 1 again: the database is gone, too" in night.town.does("lea", "/ticket history 1")


def test_a_reason_to_call_that_comes_while_people_are_called_is_kept(night: Night) -> None:
    night.opens()
    night.passes(seconds=10)
    assert "is part of page 1 already" in night.town.does("bob", "/page 1 it smells of smoke")
    assert "Bob asked for it, too: it smells of smoke" in night.town.does("lea", "/page why 1 ")


def test_who_passes_it_on_is_not_the_next_one_themselves(town: Town) -> None:
    """Kim is on call and in the second step, too."""
    steps = (Step((ON_CALL,), 300), Step((ON_CALL, *THREE_STEPS.steps[1].targets), 300))
    night = Night(town, plan_of(replace(THREE_STEPS, steps=steps)))
    night.opens()
    night.town.does("kim", "/page pass 1")
    night.round()
    assert night.calls()[1:] == [f"call:{SAM}"]
    assert "Kim: has passed it on" in night.town.does("bob", "/page show 1")
    night.town.does("sam", "/page pass 1")
    night.round()
    # Nobody of the chain is left: the alarm, and the lead alone.
    assert night.page().loud_at is not None
    assert night.calls()[2:] == [f"call:{LEA}"]
    night.passes(minutes=10)
    assert {f"call:{KIM}", f"call:{SAM}", f"call:{LEA}"} <= set(night.calls()[3:])


def test_where_everybody_has_passed_it_on_the_alarm_calls_them_all_the_same(town: Town) -> None:
    night = Night(town, replace(plan_of(), leads=("kim",)))
    night.town.does("bob", "/page @kim the server room is hot")
    night.round()
    night.town.does("kim", "/page pass 1")
    night.round()
    assert night.page().loud_at is not None
    assert night.calls() == [f"call:{KIM}"] * 2


def test_a_telephone_that_rings_is_hung_up_when_its_person_passes_it_on_elsewhere(night: Night) -> None:
    night.opens()
    night.says_of("kim", Status.RINGING)
    ringing = night.attempt("kim")
    night.town.does("kim", "/page pass p1")
    night.round()
    assert [one.card.data["cut"] for one in night.sent if one.place == f"cut:{KIM}"] == [ringing.ref]
    passed = [event for event in night.events(Deed.PAGED) if event.data["did"] == "passed"]
    assert [(event.by, event.source) for event in passed] == [("kim", "")]


def test_who_ended_a_page_and_why_is_told(night: Night) -> None:
    night.opens()
    night.town.does("lea", '/page resolve 1 --reason "a false alarm"')
    for asked in ("/page why 1 ", "/page show 1"):
        assert "Lea ended it: a false alarm" in night.town.does("bob", asked)
    night.town.does("bob", "/page @kim the server room is hot")
    night.town.does("lea", "/page resolve 2")
    assert "Lea acknowledged at" in night.town.does("bob", "/page why p2")


def test_a_credit_and_who_approved_it_are_part_of_why(night: Night) -> None:
    night.adopt(replace(plan_of(), rules=(*RULES, PageRule("asked for", Trigger.STAFF, "level3"))))
    night.town.does("bob", "/ticket open down --customer brightside")
    night.town.does("bob", "/page 1 they wait --credit --approved-by Dana")
    assert "A per-incident credit was used for it, approved by Dana." in night.town.does("bob", "/page why 1 ")


def test_a_colleague_whom_nothing_reaches_is_said_to_be_so(night: Night) -> None:
    night.town.database.write(lambda work: work.people.save(Staff("max", "Max", Role.STAFF)))
    told = night.town.does("bob", "/page @max the server room is hot")
    assert "Max has no contact that counts: Lea is being called now" in told


def test_putting_a_duplicate_away_says_nothing_about_the_other_ticket_of_the_page(night: Night) -> None:
    night.opens()
    night.opens("mail server down, really")
    night.town.does("ann", "/ticket close 2 solved")
    assert night.page().open
    night.town.does("ann", "/ticket claim 1")
    assert night.page().acknowledged_by == "ann"


def test_the_last_ticket_that_is_put_away_ends_the_page_of_all(night: Night) -> None:
    night.opens()
    night.opens("mail server down, really")
    night.town.does("ann", "/ticket merge 2 --into 1")
    assert night.page().open
    night.town.does("ann", "/ticket close 1 solved")
    assert not night.page().open
    night.passes(minutes=30)
    assert night.town.database.read(lambda work: work.pages.live()) == []


def test_why_tells_what_a_change_of_the_ticket_decided_too(night: Night) -> None:
    night.town.does("bob", "/ticket open something is slow")
    night.town.does("bob", "/ticket customer 1 acme")
    told = night.town.does("bob", "/page why 1")
    assert "When it was opened, nobody was called. No rule fits a Level I ticket" in told
    assert "When it changed, nobody was called. No rule fits a Level III ticket" in told
    night.town.does("bob", "/ticket priority 1 urgent")
    assert "No rule fits a Level III ticket (urgent priority)" in night.town.does("bob", "/page why 1")
    night.town.does("bob", "/ticket category 1 hardware-failure")
    assert "When it changed, somebody was called. Rule worst cases fits" in night.town.does("bob", "/page why #1")
    assert night.page().open


def test_a_colleagues_page_that_was_forgotten_says_by_telephone_that_it_lay_untouched(night: Night) -> None:
    night.opens()
    night.town.does("kim", "/page ack 1")
    night.town.does("bob", "/page 1 the database is gone, too")
    talk = Talk(night.town, night.attempt("kim"))
    assert "nobody has touched it since" not in talk.picks_up()
    night.town.does("kim", "/page ack 1")
    night.passes(minutes=20)
    assert night.page().open
    heard = Talk(night.town, night.attempt("kim")).picks_up()
    assert "Bob asks for you: the database is gone, too. It was taken before, and nobody has touched it since." in heard
    told = words(night.heard_in("@kim")[-1])
    assert "Kim took it, and nothing has happened since." in told
    assert "Bob asked for it: the database is gone, too" in told


@pytest.mark.parametrize(("customer", "credit", "capped"), [("acme", "", False), ("brightside", CREDIT, True)])
def test_a_cap_holds_back_no_level_that_is_promised_the_telephone_whatever_the_plan_calls_important(
    town: Town, customer: str, credit: str, capped: bool
) -> None:
    night = Night(town, replace(plan_of(), important=frozenset()))
    night.town.does("bob", f"/ticket open down --customer {customer}")
    night.town.does("bob", f"/page 1 it smells of smoke{credit}")
    night.passes(minutes=2)
    (call,) = (one.card for one in night.sent if one.place == f"call:{KIM}")
    assert call.data["capped"] is capped
