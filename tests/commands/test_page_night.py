"""A night on call, step by step: who is called when, and what one acknowledgement stops."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.domain.contacts import TEXT
from bot.domain.history import Deed
from bot.domain.paging import Attempt, AttemptState, Missed, PageState
from bot.ports import Outcome, Parcel, ParcelState, UnitOfWork
from commands.page_ends import acknowledge
from commands.page_receipts import Heard, Status, missed, settled
from tests.commands.night import KIM, LEA, SAM, THREE_STEPS, Night, parcel_of, plan_of
from tests.town import Town, words


@pytest.fixture
def night(either_town: Town) -> Night:
    return Night(either_town)


def test_a_worst_case_of_level_three_calls_whoever_is_on_call_at_once(night: Night) -> None:
    told = night.opens()
    assert "Kim is being paged now. /page why 1" in told
    assert night.calls() == [f"call:{KIM}"]
    (message,) = night.heard_in("@kim")
    assert [choice.label for choice in message.choices] == ["Acknowledge", "Pass on", "Why"]
    assert "mail server down" in words(message)


def alarms(night: Night) -> list[str]:
    told = [words(card) for card in night.heard_in("#alerts")]
    return [line for line in told if "Nobody has answered page 1" in line]


def test_the_next_step_comes_after_its_delay_and_the_alarm_after_the_last_round(either_town: Town) -> None:
    steps = tuple(replace(step, seconds=60) for step in THREE_STEPS.steps)
    night = Night(either_town, plan_of(replace(THREE_STEPS, steps=steps)))
    night.opens()
    night.passes(seconds=59)
    assert f"call:{SAM}" not in night.calls()
    night.passes(seconds=1)
    assert f"call:{SAM}" in night.calls()
    night.passes(seconds=60)
    assert f"call:{LEA}" in night.calls()
    night.passes(seconds=239)
    assert alarms(night) == []
    night.passes(seconds=1)
    assert len(alarms(night)) == 1
    assert "@team" in alarms(night)[0]
    # The leads are called again, and so is everybody of the chain.
    assert sorted(night.calls()[-3:]) == [f"call:{LEA}", f"call:{SAM}", f"call:{KIM}"]


def test_the_alarm_goes_on_for_ever_until_somebody_acknowledges(night: Night) -> None:
    night.opens()
    night.passes(hours=4)
    assert len(alarms(night)) == 23
    night.town.does("ann", "/page ack 1")
    before = len(night.sent)
    night.passes(minutes=15)
    assert not [one for one in night.sent[before:] if one.place.startswith(("call:", "text:"))]


def test_one_acknowledgement_stops_everything_else_in_one_transaction(night: Night) -> None:
    night.opens()
    night.says_of("kim", Status.RINGING)
    assert "Page 1 is yours, and so is #1" in night.town.does("sam", "/page ack 1")
    page = night.page()
    assert (page.state, page.acknowledged_by, page.acknowledged_via) == (PageState.ACKNOWLEDGED, "sam", "command")
    assert all(one.state.over for one in night.attempts())
    assert night.town.ticket(1).owner == "sam"
    night.round()
    assert [one.card.data["cut"] for one in night.sent if one.place == f"cut:{KIM}"] == [night.attempt("kim").ref]
    assert words(night.heard_in("@kim")[-1]).endswith("by command.")
    assert not night.heard_in("@kim")[-1].choices


def test_what_had_not_gone_out_yet_is_withdrawn(night: Night) -> None:
    night.town.does("bob", "/ticket open down --customer acme --category hardware-failure")
    night.town.does("ann", "/page ack 1")
    night.round()
    assert night.calls() == []
    assert sorted(night.withdrawn) == ["@kim", f"call:{KIM}"]


def test_two_acknowledge_at_once_and_the_second_is_told_who_was_first(night: Night) -> None:
    night.opens()
    night.town.does("kim", "/page ack p1")
    late = words(night.town.says("sam", "/page ack p1").card)
    assert "Kim acknowledged page 1 at" in late
    assert night.town.ticket(1).owner == "kim"
    assert len(night.events(Deed.ACKNOWLEDGED)) == 1
    assert "You have had page 1 since" in words(night.town.says("kim", "/page ack 1").card)


def test_the_button_confirms_the_message_that_it_stands_under(night: Night) -> None:
    night.opens()
    night.town.does("kim", "/page ack p1")
    assert night.attempt("kim", "console").state is AttemptState.CONFIRMED
    assert night.page().acknowledged_via == "button"


def test_the_code_of_a_text_acknowledges_wherever_it_is_typed(night: Night) -> None:
    night.opens()
    night.passes(seconds=30)
    code = night.attempt("kim", TEXT).code
    assert f"Reply {code} to take it" in str(night.heard_in(f"text:{KIM}")[-1].data["text"])
    assert "There is no page" in night.town.refused("sam", f"/page ack {code}")
    assert "Page 1 is yours" in night.town.does("kim", f"/page ack {code}")
    assert night.attempt("kim", TEXT).state is AttemptState.CONFIRMED


@pytest.mark.parametrize("news", [Status.BUSY, Status.REFUSED, Status.FAILED, Status.NO_ANSWER, Status.COMPLETED])
def test_a_call_that_reached_nobody_brings_the_next_one_at_once(night: Night, news: Status) -> None:
    night.opens()
    night.says_of("kim", news)
    # Whatever was planned next for Kim comes now: a text.
    assert [one.place for one in night.sent if one.at == night.town.clock.now()][-1] == f"text:{KIM}"
    assert night.attempts()[1].state is AttemptState.MISSED


def test_when_nothing_is_left_of_a_step_the_next_one_comes_at_once(night: Night) -> None:
    night.opens()
    night.says_of("kim", Status.BUSY)
    night.passes(seconds=89)
    assert f"call:{SAM}" not in night.calls()
    night.passes(seconds=1)  # The message is not opened, the text not answered; the second call goes out …
    night.says_of("kim", Status.BUSY)
    assert night.calls()[-1] == f"call:{SAM}"
    assert night.page().step == 2


def test_an_attempt_of_which_nothing_is_heard_is_given_up_after_ninety_seconds(night: Night) -> None:
    night.opens()
    night.passes(seconds=89)
    assert night.attempts()[1].state is AttemptState.SUBMITTED
    night.passes(seconds=1)
    assert (night.attempts()[1].state, night.attempts()[1].result) == (AttemptState.MISSED, Missed.UNKNOWN.value)
    assert len(night.calls()) == 2


def test_whoever_presses_the_key_of_a_call_that_was_given_up_has_the_page(night: Night) -> None:
    night.opens()
    call = night.attempt("kim")
    night.passes(seconds=91)
    done = night.town.database.write(
        lambda work: acknowledge(work, night.page(), "kim", "key", night.town.clock.now(), call)
    )
    assert done.first
    assert night.attempts()[1].state is AttemptState.CONFIRMED


def test_a_wrong_key_and_silence_go_on_to_the_next_attempt(night: Night) -> None:
    night.opens()
    night.says_of("kim", Status.RINGING, Status.ANSWERED)
    call = night.attempt("kim")
    night.town.database.write(lambda work: missed(work, call, Missed.SILENCE, night.town.clock.now()))
    night.says_of("kim", Status.COMPLETED)
    assert night.attempts()[1].result == Missed.SILENCE.value
    assert night.attempt("kim", TEXT).planned_for == night.town.clock.now()


def test_passing_it_on_calls_the_next_at_once(night: Night) -> None:
    night.opens()
    assert "Sam is being called now" in night.town.does("kim", "/page pass 1")
    night.round()
    assert night.calls()[-1] == f"call:{SAM}"
    assert night.events(Deed.PAGED)[-2].data["did"] == "passed"


def test_away_people_are_skipped_and_it_is_said(night: Night) -> None:
    night.away("kim")
    told = night.opens()
    assert "Sam is being paged now" in told
    assert night.calls() == [f"call:{SAM}"]
    (skipped,) = [event for event in night.events(Deed.TRIED) if event.data["person"] == "kim"]
    assert skipped.data["result"] == "is away"
    assert "Kim: is away" in night.town.does("bob", "/page why 1")


def test_nobody_on_call_and_nobody_there_is_the_alarm_at_once(either_town: Town) -> None:
    night = Night(either_town)
    for who in ("kim", "sam", "lea"):
        night.away(who)
    told = night.opens()
    assert "the alarm went to the alerts channel" in told
    (alarm,) = [card for card in night.heard_in("#alerts") if "Nobody has answered" in words(card)]
    assert "@team" in words(alarm)


def test_an_acknowledged_ticket_that_nobody_touches_pages_again_from_the_first_step(night: Night) -> None:
    night.opens()
    night.town.does("kim", "/page ack 1")
    calls = len(night.calls())
    night.passes(minutes=19)
    night.town.does("kim", "/ticket note 1 looking")
    night.passes(minutes=19)
    assert len(night.calls()) == calls
    night.passes(minutes=1)
    assert len(night.calls()) == calls + 1
    page = night.page()
    assert (page.state, page.repaged, page.step) == (PageState.OPEN, 1, 1)
    assert "Kim took it, and nothing has happened since." in words(night.heard_in("@kim")[-1])


@pytest.mark.parametrize(
    "deed", ["/ticket reply 1 on it", "/ticket close 1 solved", "/ticket wait 1 --until 2d --reason asked"]
)
def test_what_gives_the_customer_the_next_word_ends_the_page(night: Night, deed: str) -> None:
    night.opens()
    night.town.does("ann", deed)
    assert night.page().state is PageState.RESOLVED
    assert night.page().acknowledged_by == "ann"
    before = len(night.calls())
    night.passes(hours=3)
    assert len(night.calls()) == before


def test_a_claim_in_chat_acknowledges_and_a_note_does_not(night: Night) -> None:
    night.opens()
    night.town.does("ann", "/ticket note 1 sounds bad")
    assert night.page().open
    night.town.does("ann", "/ticket claim 1")
    assert (night.page().acknowledged_by, night.page().acknowledged_via) == ("ann", "a claim")
    assert len(night.events(Deed.CLAIMED)) == 1


def test_acknowledging_after_it_is_over_says_so(night: Night) -> None:
    night.opens()
    night.town.does("ann", "/ticket reply 1 done")
    assert "Ann acknowledged page 1" in words(night.town.says("kim", "/page ack 1").card)
    night.opens("again", "--category raid-restore")
    night.town.does("lea", "/page resolve 2")
    assert "Page 2 is over" in words(night.town.says("kim", "/page ack 2").card)
    assert night.town.ticket(2).owner is None


def test_what_comes_late_or_twice_or_in_any_order_does_no_harm(night: Night) -> None:
    night.opens()
    night.says_of("kim", Heard(Status.ANSWERED, 3), Heard(Status.RINGING, 2), Heard(Status.ANSWERED, 3))
    assert night.attempts()[1].state is AttemptState.ANSWERED
    night.says_of("kim", Heard(Status.COMPLETED, 4), Heard(Status.RINGING, 2), Heard(Status.COMPLETED, 4))
    assert (night.attempts()[1].state, night.attempts()[1].result) == (AttemptState.MISSED, Missed.HUNG_UP.value)
    assert len([event for event in night.events(Deed.TRIED) if event.data["kind"] == "call"]) == 1


def test_a_page_for_a_ticket_that_waits_for_the_customer_goes_on_until_somebody_answers(night: Night) -> None:
    """Whoever asks for it knows that it waits; a wait that begins later is another matter."""
    night.town.does("bob", "/ticket open slow --customer acme")
    night.town.does("bob", '/ticket wait 1 --until "2026-10-09" it boots')
    night.town.does("bob", "/page 1 it burns")
    night.round()
    night.passes(minutes=2)
    night.says_of("kim", Status.RINGING)
    night.passes(seconds=80)
    night.says_of("kim", Status.ANSWERED)
    night.passes(minutes=2)
    assert night.page().open
    assert f"call:{SAM}" in night.calls()
    night.town.does("bob", "/ticket said 1 it boots not")
    night.town.does("bob", '/ticket wait 1 --until "2026-10-09" it boots')
    assert night.page().state is PageState.RESOLVED


def test_a_page_that_comes_again_names_those_who_are_called_now(night: Night) -> None:
    night.opens()
    night.town.does("kim", "/page ack p1")
    night.adopt(plan_of(people=("sam",)))
    night.passes(minutes=21)
    assert "calling Sam" in night.town.does("bob", "/page list")


def test_each_call_of_an_attempt_that_was_placed_twice_is_hung_up_on(night: Night) -> None:
    night.opens()
    night.town.does("sam", "/page ack p1")
    call = night.attempt("kim")
    night.town.database.write(
        lambda work: settled(
            work, _carried(work, call), Outcome(ParcelState.SENT, "second:CA9"), night.town.clock.now()
        )
    )
    night.round()
    assert [one.card.data["cut"] for one in night.sent if one.place == f"cut:{KIM}"] == [call.ref, "second:CA9"]


def _carried(work: UnitOfWork, attempt: Attempt) -> Parcel:
    return parcel_of(work, 1, f"call:{attempt.address}")
