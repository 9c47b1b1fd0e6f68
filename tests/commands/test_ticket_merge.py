"""Two tickets become one: nothing that was promised on either is lost."""

from __future__ import annotations

import pytest

from bot.domain.policy import ClockKind
from bot.domain.ticket import State
from tests.town import Town


@pytest.fixture(autouse=True)
def tickets(town: Town) -> None:
    """Ticket 1 without a customer, 2 of ACME an hour later, 3 of Brightside."""
    town.does("ann", "/ticket open it does not print --tags printer")
    town.clock.forward(hours=1)
    town.does("ann", "/ticket open printer on fire --customer acme --tags fire")
    town.does("ann", "/ticket open no mail --customer brightside")
    town.does("bob", "/ticket claim 2")
    town.does("vic", "/ticket watch 2")


def test_the_earliest_clock_and_the_better_level_stay(town: Town) -> None:
    told = town.does("ann", "/ticket merge 2 --into 1 the same printer")
    assert "#2 is a part of #1 now and closed as a duplicate." in told
    assert "It is on Level III now." in told
    assert "First response due Mon 5 Oct 13:00" in told
    kept, gone = town.ticket(1), town.ticket(2)
    assert (kept.level, kept.customer, kept.requester) == ("III", "acme", "it@acme.example")
    assert kept.tags == {"printer", "fire"}
    assert kept.watchers == {"vic", "bob"}
    assert (gone.state, gone.resolution, gone.merged_into) == (State.CLOSED, "duplicate", 1)


def test_both_histories_say_so(town: Town) -> None:
    town.does("ann", "/ticket merge 2 --into 1 the same printer")
    assert "Ann merged it into #1 · console · because: the same printer" in town.does("ann", "/ticket history 2")
    assert "Ann merged #2 printer on fire into it, Level III" in town.does("ann", "/ticket history 1")
    assert "Ann merged #2 printer on fire into #1 it does not print" in town.hears("@bob")[-1]


def test_what_cannot_become_one_is_refused(town: Town) -> None:
    assert "cannot be merged into itself" in town.refused("ann", "/ticket merge 1 --into 1")
    assert "answers would go to ACME Ltd" in town.refused("ann", "/ticket merge 3 --into 2")
    town.does("ann", "/ticket merge 3 --into 2 --force")
    assert "#3 was merged into #2." in town.refused("ann", "/ticket merge 1 --into 3")
    assert "#3 was merged into #2." in town.refused("ann", "/ticket merge 3 --into 1")
    town.does("ann", "/ticket close 2 solved")
    assert "#2 is closed." in town.refused("ann", "/ticket merge 1 --into 2")
    assert "There is no ticket #99." in town.refused("ann", "/ticket merge 1 --into 99")


def test_a_ticket_that_waits_wakes_up_when_a_lively_one_comes_in(town: Town) -> None:
    town.does("ann", "/ticket wait 1")
    town.clock.forward(hours=1)
    town.does("ann", "/ticket merge 2 --into 1")
    clock = town.ticket(1).clock(ClockKind.FIRST_RESPONSE)
    assert clock is not None
    assert not clock.paused
    assert town.ticket(1).state is not State.WAITING


def test_two_that_wait_go_on_waiting(town: Town) -> None:
    town.does("ann", "/ticket wait 1")
    town.does("ann", "/ticket wait 2")
    town.does("ann", "/ticket merge 2 --into 1")
    assert town.ticket(1).state is State.WAITING
    assert all(clock.paused for clock in town.ticket(1).clocks)


def test_a_telephone_credit_comes_along(town: Town) -> None:
    town.does("ann", "/ticket open once more --customer brightside")
    town.does("ann", "/ticket call 3 --credit")
    town.does("ann", "/ticket merge 3 --into 4")
    town.does("ann", "/ticket call 4 called again")
    assert town.customer("brightside").phone_credits == 0


def test_a_merged_ticket_can_stand_on_its_own_again(town: Town) -> None:
    town.does("ann", "/ticket merge 2 --into 1")
    assert "apart from #1" in town.does("ann", "/ticket reopen 2")
    assert town.ticket(2).merged_into is None


def test_a_clock_that_stood_still_for_long_does_not_put_off_one_that_ran(town: Town) -> None:
    town.does("ann", "/ticket open waits --customer acme")
    town.does("ann", "/ticket wait 4")
    town.clock.forward(hours=23)
    town.does("ann", "/ticket open runs --customer acme")
    town.clock.forward(hours=2)
    town.does("ann", "/ticket merge 5 --into 4")
    assert "First response due Tue 6 Oct 13:00" in town.does("ann", "/ticket show 4")
