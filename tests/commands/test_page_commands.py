"""Pages that people ask for, show and explain; what is not owed; tests of telephones; and storms."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.domain.contacts import CALL
from bot.domain.errors import Conflict
from bot.domain.history import Deed
from bot.domain.paging import AttemptState, PageState, Trigger
from bot.domain.ticket import replay
from bot.ports import UnitOfWork
from bot.views.short_text import SEGMENT, septets
from commands.page_card import text
from commands.page_ends import acknowledge
from commands.page_receipts import Status
from commands.paging import start_page
from tests.commands.night import KIM, LEA, SAM, THREE_STEPS, WORST, Night, plan_of
from tests.town import Town, words


@pytest.fixture
def night(town: Town) -> Night:
    return Night(town)


# --- asked for ----------------------------------------------------------------------------------------------------


def test_anybody_of_the_desk_may_call_for_a_ticket_that_is_owed_the_telephone(night: Night) -> None:
    night.town.does("bob", "/ticket open printer on fire --customer acme")
    assert night.town.database.read(lambda work: work.pages.of_ticket(1)) == []
    assert "Kim is being called now (page 1)" in night.town.does("bob", "/page 1 it is getting worse")
    night.round()
    assert night.calls() == [f"call:{KIM}"]
    assert "Bob asked for it: it is getting worse" in night.town.does("ann", "/page why 1")
    assert "#1 is part of page 1 already" in night.town.does("ann", "/page 1")
    assert "/page" in night.town.refused("vic", "/page 1")


def test_what_is_not_owed_is_refused_kindly_and_a_credit_with_an_approval_pays_for_it(night: Night) -> None:
    night.town.does("bob", "/ticket open please call --customer brightside")
    told = night.town.refused("bob", "/page 1")
    assert "Brightside is on Level I: e-mail. Being called comes with Level III" in told
    assert "1 left: /page 1 --credit --approved-by NAME" in told
    assert "A credit needs somebody who approved it." in night.town.refused("bob", "/page 1 --credit")
    assert "Approved by Lea." in night.town.does("bob", "/page 1 urgent --credit --approved-by Lea")
    assert night.town.customer("brightside").phone_credits == 0
    assert night.town.ticket(1).phone_credit
    (started,) = [event for event in night.events(Deed.PAGED) if event.data["did"] == "started"]
    assert started.data["approved_by"] == "Lea"
    assert replay(night.town.history(1)) == night.town.ticket(1)
    night.round()
    assert night.calls() == []  # Level I is nobody's important level: a message first, and the telephone later.
    assert len(night.heard_in("@kim")) == 1


def test_a_ticket_that_is_nobodys_is_paged_for_by_nobody(night: Night) -> None:
    night.town.does("bob", "/ticket open who is this")
    assert "#1 has no customer" in night.town.refused("bob", "/page 1")


def test_a_colleague_is_called_by_name_and_the_page_ends_with_the_answer(night: Night) -> None:
    assert "Say why Kim is called" in night.town.refused("bob", "/page @kim")
    assert "Kim is being called now" in night.town.does("bob", "/page @kim the server room is hot")
    night.round()
    assert night.calls() == [f"call:{KIM}"]
    night.town.does("kim", "/page ack 1")
    assert (night.page().state, night.page().acknowledged_by) == (PageState.RESOLVED, "kim")
    assert "Kim acknowledged at" in night.town.does("bob", "/page show 1")


def test_a_page_that_is_not_named_is_the_one_that_calls_whoever_types(night: Night) -> None:
    """At three in the morning nobody knows the page's number."""
    assert "Nobody is being called." in night.town.refused("kim", "/page ack")
    night.opens()
    night.town.does("bob", "/page @lea the server room is hot")
    night.round()
    assert "Page 1 is passed on. Sam is being called now." in night.town.does("kim", "/page pass")
    night.round()
    assert "Page 2 is yours" in night.town.does("lea", "/page ack")
    night.town.does("sam", "/page ack 1")
    assert "Nobody is being called." in night.town.refused("sam", "/page pass")


def test_who_is_late_for_their_own_page_neither_takes_nor_passes_on_somebody_elses(night: Night) -> None:
    """Kim's telephone rang, Sam was quicker, and by the time that Kim types another page calls Lea."""
    night.opens()
    night.round()
    night.town.does("sam", "/page ack 1")
    night.town.does("bob", "/page @lea the server room is hot")
    night.round()
    for verb in ("ack", "pass"):
        told = night.town.refused("kim", f"/page {verb}")
        assert f"No page calls you.\nThose that call others: /page {verb} 2 (the server room is hot)" in told
    assert night.page(2).open


def test_where_several_pages_call_it_says_what_to_type_for_each(night: Night) -> None:
    night.opens()
    night.town.does("bob", "/page @kim the server room is hot")
    night.round()
    told = night.town.refused("kim", "/page ack")
    assert "2 pages call you." in told
    assert "/page ack 1 (#1 mail server down), /page ack 2 (the server room is hot)" in told
    told = night.town.refused("ann", "/page pass")
    assert "No page calls you.\nThose that call others: /page pass 1 (#1 mail server down), /page pass 2" in told
    night.town.does("kim", "/page pass 1")
    assert "Page 2 is yours" in night.town.does("kim", "/page ack")


def test_who_is_away_or_has_left_is_not_called_by_name(night: Night) -> None:
    night.away("kim")
    assert "Kim is away" in night.town.refused("bob", "/page @kim hello")
    assert "Vic is a viewer" in night.town.refused("bob", "/page @vic hello")


# --- told ---------------------------------------------------------------------------------------------------------


def test_the_receipts_tell_each_attempt_with_its_number_masked(night: Night) -> None:
    night.opens()
    night.says_of("kim", Status.RINGING)
    night.passes(seconds=25)
    night.says_of("kim", Status.NO_ANSWER)
    night.town.does("kim", "/page ack p1")
    told = night.town.does("bob", "/page show 1")
    assert told.splitlines()[0].startswith("#1  Page 1 · level3, step 1 of 3")
    assert "10:00:00  call 1 to Kim, +1 416 … 0199: rang 25 s, no answer" in told
    assert "Console message to Kim: sent, button at 10:00:25 → acknowledged" in told
    assert KIM not in told


def test_why_answers_from_the_record_for_a_ticket_that_called_nobody(night: Night) -> None:
    night.town.does("bob", "/ticket open printer --customer acme")
    told = night.town.does("vic", "/page why 1")
    assert (
        "When it was opened, nobody was called. No rule fits a Level III ticket that was opened in open hours" in told
    )
    night.adopt(replace(plan_of(), rules=()))
    assert night.town.does("vic", "/page why 1") == told
    night.town.does("bob", "/ticket open printer --customer acme")
    assert "the on-call plan has no paging table" in night.town.does("vic", "/page why 2")


def test_why_tells_rule_time_and_everybody_who_was_tried(night: Night) -> None:
    night.opens()
    night.says_of("kim", Status.BUSY)
    told = night.town.does("vic", "/page why 1")
    assert "Mon 5 Oct 10:00  When it was opened, somebody was called. Rule worst cases fits a Level III ticket" in told
    assert "call 1 to Kim, +1 416 … 0199: busy" in told
    assert night.town.does("vic", "/page why p1").startswith("Page 1  level3")


def test_a_breach_calls_and_its_alert_says_who_is_being_called(night: Night) -> None:
    night.town.does("bob", "/ticket open printer --customer acme")
    night.town.clock.forward(hours=3, seconds=1)
    night.town.ticks()
    night.round()
    (alert,) = [words(card) for card in night.heard_in("#alerts") if "was due" in words(card)]
    assert "Kim is being called" in alert
    assert night.page().trigger is Trigger.BREACH or night.page().trigger is Trigger.WARNING
    assert "At the breach, somebody was called" in night.town.does("bob", "/page why 1")
    assert night.calls() == [f"call:{KIM}"]
    assert "Page 1: Kim is being called" in night.town.does("bob", "/ticket show 1")


def test_the_list_shows_what_is_being_called_and_who_has_what(night: Night) -> None:
    assert "Nobody is being called." in night.town.does("bob", "/page list")
    night.opens()
    night.opens("raid gone", "--category raid-restore", "acme")
    night.town.does("kim", "/page ack 1")
    night.town.does("bob", "/page @sam hello there")
    told = night.town.does("bob", "/page list")
    assert "#1 +1 mail server down | Kim," in told
    assert "hello there | calling Sam" in told


def test_the_card_offers_the_call_where_it_is_owed(night: Night) -> None:
    night.opens()
    card = night.town.says("bob", "/ticket show 1").card
    assert "Call the on-call engineer" in [choice.label for choice in card.choices if choice.rest]
    assert len([choice for choice in card.choices if choice.rest]) == 5
    night.town.does("bob", "/ticket open hello --customer cobalt")
    labels = [choice.label for choice in night.town.says("bob", "/ticket show 2").card.choices]
    assert "Call the on-call engineer" not in labels


# --- storms -------------------------------------------------------------------------------------------------------


def test_a_storm_of_one_customer_is_one_page_with_a_count(night: Night) -> None:
    for number in range(4):
        told = night.opens(f"server {number} down")
    assert "it joined page 1 of this customer: Kim" in told
    assert night.page().tickets == (2, 3, 4)
    assert night.calls() == [f"call:{KIM}"]
    night.passes(seconds=30)
    assert "+3 more." in str(night.heard_in(f"text:{KIM}")[-1].data["text"])
    night.town.does("kim", "/page ack 1")
    assert [night.town.ticket(number).owner for number in range(1, 5)] == ["kim"] * 4
    assert night.page().state is PageState.ACKNOWLEDGED
    for number in range(1, 5):
        assert night.page().state is PageState.ACKNOWLEDGED
        night.town.does("kim", f"/ticket reply {number} back again")
    assert night.page().state is PageState.RESOLVED


def test_two_customers_are_never_bundled(night: Night) -> None:
    night.adopt(replace(plan_of(), rules=tuple(replace(rule, levels=frozenset()) for rule in plan_of().rules)))
    bolt = replace(night.town.customer("acme"), id="bolt", name="Bolt", addresses=(), domains=frozenset())
    night.town.database.write(lambda work: work.customers.save(bolt))
    night.opens()
    night.opens(who="bolt")
    assert [night.page(number).customer for number in (1, 2)] == ["acme", "bolt"]
    # One telephone takes one call at a time; the other page's call waits and is not lost.
    assert night.calls() == [f"call:{KIM}"]
    night.says_of("kim", Status.BUSY)
    night.passes(seconds=10)
    assert night.attempt("kim", CALL, 2).state is AttemptState.SUBMITTED


def test_a_text_names_who_level_customer_ticket_and_what(night: Night) -> None:
    night.opens("mail STOP at the gate " + "x" * 250)
    night.passes(seconds=30)
    one = night.attempt("kim", "text")
    told = night.town.database.read(lambda work: text(work, night.page(), one))
    assert told.startswith("Kim: Level III ACME Ltd #1: mail")
    assert told.endswith(f"Reply {one.code} to take it")
    assert septets(told) <= SEGMENT
    assert "STOP" not in told


# --- a page keeps what it began with ------------------------------------------------------------------------------


def test_a_changed_plan_does_not_change_a_page_that_runs(night: Night) -> None:
    night.opens()
    night.adopt(replace(plan_of(), escalations={"level3": replace(THREE_STEPS, steps=())}))
    assert night.page().chain == THREE_STEPS
    night.passes(minutes=5)
    assert f"call:{SAM}" in night.calls()


def test_whoever_is_on_call_by_then_is_called(night: Night) -> None:
    night.opens()
    night.passes(minutes=4)
    night.adopt(plan_of(people=("sam",)))
    night.passes(minutes=9)
    assert f"call:{LEA}" in night.calls()


def test_the_chain_shrinks_to_end_before_the_answer_is_due(night: Night) -> None:
    night.town.does("bob", "/ticket open printer --customer acme")
    night.town.clock.forward(hours=2, minutes=50)
    night.town.does("bob", "/page 1 soon late")
    assert [step.seconds for step in night.page().chain.steps] == [99, 99, 99]
    assert night.page().deadline == night.town.clock.now().replace(hour=17, minute=0)


# --- tests of telephones ------------------------------------------------------------------------------------------


def starts_test(night: Night, person: str = "kim") -> None:
    def start(work: UnitOfWork) -> None:
        start_page(work, trigger=Trigger.TEST, reason="", by="kim", now=night.town.clock.now(), person=person)

    night.town.database.write(start)
    night.round()


def passed(night: Night) -> bool | None:
    return night.town.database.read(
        lambda work: next(one for one in work.contacts.of("kim") if one.kind == CALL)
    ).test_passed


def test_a_test_calls_once_and_a_key_says_that_the_cover_is_real(night: Night) -> None:
    starts_test(night)
    assert night.calls() == [f"call:{KIM}"]
    one = night.attempt("kim")
    night.town.database.write(lambda work: acknowledge(work, night.page(), "kim", "key", night.town.clock.now(), one))
    assert passed(night) is True
    assert night.page().state is PageState.RESOLVED


def test_a_test_is_passed_by_the_ringing_phones_own_button_and_by_no_other(night: Night) -> None:
    starts_test(night)
    token = night.attempt("kim").token
    assert "only a key that is pressed" in night.town.refused("kim", "/page ack p1")
    assert "That telephone does not ring." in night.town.refused("kim", "/page ack key:guessed")
    assert "This phone reaches you" in night.town.does("kim", f"/page ack key:{token}")
    assert passed(night) is True


def test_a_test_that_nobody_answers_says_so_and_is_never_loud(night: Night) -> None:
    starts_test(night)
    night.says_of("kim", Status.NO_ANSWER)
    assert passed(night) is False
    night.passes(hours=2)
    assert night.calls() == [f"call:{KIM}"]
    assert night.heard_in("#alerts") == []
    with pytest.raises(Conflict, match="no verified telephone"):
        starts_test(night, "ann")


def test_who_on_call_refuses_texts_alarms_the_desk(night: Night) -> None:
    def stopped(work: UnitOfWork) -> None:
        reason = "Kim, who is on call, sent STOP."
        start_page(work, trigger=Trigger.STOP, reason=reason, by="kim", now=night.town.clock.now(), person="kim")

    night.town.database.write(stopped)
    night.round()
    assert "Kim, who is on call, sent STOP." in words(night.heard_in("#alerts")[-1])
    assert night.calls() == []
    night.passes(seconds=60)
    assert night.heard_in(f"text:{LEA}")


def test_who_is_told_late_whose_ticket_it_is_calls_all_the_same(night: Night) -> None:
    night.town.does("bob", f"/ticket open server down {WORST}")
    assert night.town.database.read(lambda work: work.pages.live()) == []
    assert "Kim is being paged now" in night.town.does("bob", "/ticket customer 1 acme")
    night.town.does("bob", "/ticket open printer --customer acme")
    night.town.does("bob", "/page resolve 1")
    assert "Kim is being paged now" in night.town.does("bob", "/ticket category 2 raid-restore")
    # Once is enough, and whoever has a ticket needs no call.
    night.town.does("bob", "/page resolve 2")
    assert "paged" not in night.town.does("bob", "/ticket category 2 mail-bomb")
    night.town.does("bob", "/ticket open printer --customer acme")
    night.town.does("bob", "/ticket claim 3")
    assert "paged" not in night.town.does("bob", "/ticket category 3 mail-bomb")


def test_work_that_nobody_is_called_for_is_left_alone(night: Night) -> None:
    night.town.does("bob", f"/ticket open hello --customer cobalt {WORST}")
    night.passes(hours=1)
    assert night.sent == [] or all(not one.place.startswith(("call:", "text:")) for one in night.sent)
