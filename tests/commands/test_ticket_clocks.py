"""What starts, stops and moves the clocks of a ticket, and how it ends."""

from __future__ import annotations

from datetime import datetime

import pytest

from bot.domain.history import Deed
from bot.domain.policy import ClockKind
from bot.domain.ticket import State
from tests.town import TORONTO, Town, words


@pytest.fixture(autouse=True)
def printer(town: Town) -> None:
    """Ticket 1 of ACME on Level III, due on Monday at 13:00."""
    town.does("ann", "/ticket open printer on fire --customer acme")


def test_waiting_stops_the_clock_and_resuming_moves_the_due_time(town: Town) -> None:
    town.clock.forward(hours=1)
    told = town.does("ann", "/ticket wait 1 for the serial number")
    assert "The clocks stand still." in told
    assert "2 h of business time left" in told
    assert "#1 waits for the customer already." in town.refused("ann", "/ticket wait 1")
    town.clock.forward(hours=4)
    assert "First response due Mon 5 Oct 17:00" in town.does("ann", "/ticket resume 1")
    assert "#1 does not wait for anything." in town.refused("ann", "/ticket resume 1")


def test_the_card_of_a_waiting_ticket_says_until_when_and_for_what(town: Town) -> None:
    def shown() -> str:
        return words(town.says("ann", "/ticket show 1").card)

    town.does("ann", "/ticket reply 1 which model is it?")
    town.does("ann", '/ticket wait 1 the serial number --until "Tue 10:00"')
    assert "Waits for the customer until Tue 6 Oct 10:00: the serial number" in shown()
    town.does("ann", "/ticket resume 1")
    assert "Waits" not in shown()
    town.does("ann", "/ticket wait 1")
    assert "Waits for the customer\n" in shown()
    town.does("ann", "/ticket resume 1")
    wait = next(choice for choice in town.says("ann", "/ticket show 1").card.choices if choice.label == "Wait…")
    assert wait.asks == ("until", "reason")


def test_a_wait_ends_when_it_was_said_to(town: Town) -> None:
    town.does("ann", '/ticket wait 1 --until "Mon 15:00"')
    town.does("ann", '/ticket wait 1 --until "Mon 14:00"')
    town.clock.forward(hours=4)
    town.ticks()
    assert town.ticket(1).state is State.NEW
    assert "already until" not in town.does("ann", "/ticket wait 1")


@pytest.mark.parametrize(
    ("words", "ends", "reason"),
    [
        ("2d", "Tue 6 Oct 19:00", ""),
        ("until Tue 15:00", "Tue 6 Oct 15:00", ""),
        ("tomorrow", "Tue 6 Oct 10:00", ""),
        ("3h for the serial number", "Mon 5 Oct 13:00", "for the serial number"),
    ],
)
def test_a_time_that_is_typed_for_a_wait_ends_it(town: Town, words: str, ends: str, reason: str) -> None:
    assert f"until {ends}" in town.does("ann", f"/ticket wait 1 {words}")
    assert town.history(1)[-1].reason == reason


@pytest.mark.parametrize("reason", ["for the serial number", "until they call back", "2 disks to arrive"])
def test_words_that_are_no_time_are_what_is_waited_for(town: Town, reason: str) -> None:
    assert "They run again once they speak." in town.does("ann", f"/ticket wait 1 {reason}")
    assert town.history(1)[-1].reason == reason


def test_a_wait_until_a_day_that_is_past_is_refused(town: Town) -> None:
    assert "yesterday is past." in town.refused("ann", "/ticket wait 1 until yesterday")


@pytest.mark.parametrize(
    ("until", "said"),
    [
        ("31 Feb", "31 Feb does not exist."),
        ("2026-10-04", "2026-10-04 is past."),
        ("yesterday", "yesterday is past."),
        ("soon", "is not a date"),
    ],
)
def test_a_wait_until_a_time_that_is_none_is_refused(town: Town, until: str, said: str) -> None:
    assert said in town.refused("ann", f'/ticket wait 1 --until "{until}"')


def test_a_snooze_silences_warnings_but_never_the_breach(town: Town) -> None:
    assert "A breach is told all the same." in town.does("ann", "/ticket snooze 1 2d")
    town.clock.forward(hours=2, minutes=50)
    town.ticks()
    assert town.hears("#alerts") == []
    town.clock.forward(minutes=10, seconds=1)
    town.ticks()
    (alert,) = town.hears("#alerts")
    assert "first response was due Mon 5 Oct 13:00" in alert


def test_a_snooze_can_be_ended(town: Town) -> None:
    assert "#1 is not quiet" in town.refused("ann", "/ticket snooze 1 0m")
    town.does("ann", "/ticket snooze 1 2h")
    assert "quiet until then already" in town.refused("ann", "/ticket snooze 1 2h")
    assert "awake again" in town.does("ann", "/ticket snooze 1 0m")
    assert town.ticket(1).snoozed_until is None


def test_a_level_moves_the_due_time_from_the_clocks_own_start(town: Town) -> None:
    told = town.does("ann", "/ticket level 1 I their subscription is the old one")
    assert "It was due Mon 5 Oct 13:00, now it is due Mon 5 Oct 19:00." in told
    assert "ACME Ltd is owed Level III; this ticket is served at Level I." in told
    assert "#1 is on Level I already." in town.refused("ann", "/ticket level 1 I")
    town.clock.forward(hours=5)
    assert "that has passed, so it counts as a breach." in town.does("ann", "/ticket level 1 III")
    town.ticks()
    assert len(town.hears("#alerts")) == 1
    data = next(event.data for event in reversed(town.history(1)) if event.deed is Deed.LEVEL)
    assert (data["due_before"], data["due"]) == (
        int(datetime(2026, 10, 5, 19, tzinfo=TORONTO).timestamp()),
        int(datetime(2026, 10, 5, 13, tzinfo=TORONTO).timestamp()),
    )


def test_a_promise_that_moved_away_is_warned_of_again(town: Town) -> None:
    town.clock.forward(hours=4)
    town.ticks()
    assert len(town.hears("#alerts")) == 1
    town.does("ann", "/ticket level 1 I")
    town.clock.forward(hours=5, seconds=1)
    town.ticks()
    (alert,) = town.hears("#alerts")
    assert "Level I" in alert


def test_a_customer_brings_their_level_and_address(town: Town) -> None:
    town.does("ann", "/ticket open who is this")
    told = town.does("ann", "/ticket customer 2 acme")
    assert "#2 is ACME Ltd's (Level III, active: e-mail, remote access, telephone)." in told
    assert "It was due Mon 5 Oct 19:00, now it is due Mon 5 Oct 13:00." in told
    assert "Answers go to it@acme.example." in told
    assert "#2 is ACME Ltd's already." in town.refused("ann", "/ticket customer 2 acme")


def test_answers_never_go_to_the_customer_before(town: Town) -> None:
    assert "Answers go to hello@brightside.example." in town.does("ann", "/ticket customer 1 brightside --keep-level")
    assert town.ticket(1).level == "III"
    assert "no address yet" in town.does("ann", "/ticket customer 1 cobalt")
    assert "is not a mail address" in town.refused("ann", "/ticket customer 1 cobalt --requester nonsense")
    town.does("ann", "/ticket customer 1 cobalt --requester Someone@Else.example")
    assert town.ticket(1).requester == "someone@else.example"


def test_closing_needs_a_code_and_ends_every_clock(town: Town) -> None:
    answer = town.says("ann", "/ticket close 1")
    assert not answer.ok
    assert answer.form is not None
    assert [param.name for param in answer.form.asks] == ["resolution"]
    assert "There is no resolution code" in town.refused("ann", "/ticket close 1 whatever")
    told = town.does("ann", "/ticket close 1 no-answer asked three times")
    assert "#1 is closed: No answer from the customer." in told
    assert "The customer was still owed an answer." in told
    town.does("ann", "/ticket open nobody's")
    assert "It was still owed an answer." in town.does("ann", "/ticket close 2 solved")
    assert town.ticket(1).clocks == ()
    assert town.history(1)[-1].data["text"] == "asked three times"


def test_reopening_promises_the_first_response_only_to_who_never_had_one(town: Town) -> None:
    assert "#1 is not closed." in town.refused("ann", "/ticket reopen 1")
    town.does("ann", "/ticket close 1 solved")
    town.clock.forward(hours=2)
    assert "First response due Mon 5 Oct 15:00" in town.does("ann", "/ticket reopen 1")
    town.does("ann", "/ticket reply 1 sorry")
    town.does("ann", "/ticket close 1 solved")
    assert "Next response due Mon 5 Oct 15:00" in town.does("ann", "/ticket reopen 1 it came back")


def test_what_lies_outside_the_scope_is_referred_and_closed(town: Town) -> None:
    assert "Which partner?" in town.refused("ann", "/ticket refer 1")
    told = town.does("ann", '/ticket refer 1 custom work --partner "Northwind Consulting"')
    assert "#1 is referred to Northwind Consulting and closed." in told
    assert "A letter to it@acme.example tells them who takes it on." in told
    assert (town.ticket(1).partner, town.ticket(1).resolution) == ("Northwind Consulting", "referred")
    town.does("ann", "/ticket open more --customer cobalt")
    assert "referred to Northwind and stays open" in town.does("ann", "/ticket refer 2 --keep-open")
    assert not town.ticket(2).closed


def test_why_is_a_sum_that_a_person_can_check(town: Town) -> None:
    town.clock.forward(hours=1)
    town.does("ann", "/ticket wait 1")
    town.clock.forward(hours=2)
    town.does("ann", "/ticket resume 1")
    told = town.does("ann", "/ticket why 1")
    assert "3 h of business time from Mon 5 Oct 10:00" in told
    assert "1 pause, 2 h of business time." in told
    assert "Due Mon 5 Oct 15:00." in told
    town.does("ann", "/ticket reply 1 done")
    assert "Nothing is due: the customer has been answered." in town.does("ann", "/ticket why 1")
    town.does("ann", "/ticket close 1 solved")
    assert "#1 is closed, so nothing is due." in town.does("ann", "/ticket why 1")


def test_why_says_how_late_a_promise_is(town: Town) -> None:
    assert "late" not in town.does("ann", "/ticket why 1")
    town.clock.forward(hours=23, minutes=30)
    assert "It is 6 h late, in business time." in town.does("ann", "/ticket why 1")


def test_another_year_is_told_with_the_time(town: Town) -> None:
    assert "until Mon 5 Oct 2026 10:00" not in town.does("ann", '/ticket wait 1 --until "2 Feb 14:00"')
    assert "waits for the customer already until Tue 2 Feb 2027 14:00." in town.refused("ann", "/ticket wait 1")


def test_a_wall_clock_that_jumps_back_never_turns_history_around(town: Town) -> None:
    town.clock.forward(hours=2)
    town.does("ann", "/ticket wait 1")
    town.clock.forward(hours=-1)
    town.does("ann", "/ticket resume 1")
    town.does("ann", "/ticket reply 1 hello")
    times = [event.at for event in town.history(1)]
    assert times == sorted(times)
    assert town.ticket(1).clock(ClockKind.FIRST_RESPONSE) is None
