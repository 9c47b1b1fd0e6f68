"""What people and carriers do to a call, a text or the hotline: desk, provider and telephones whole."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from bot.domain.contacts import CALL, TEXT
from bot.domain.history import Deed
from bot.domain.paging import Missed
from tests.adapters.phone.night import KIM, SAM, Night, night
from tests.doubles.phone.records import Call
from tests.town import TORONTO

CAL = "+14165550123"
OPEN = "/ticket open server down --customer acme"
HAND_OFF = datetime(2026, 10, 12, 9, 0, tzinfo=TORONTO)
"""Kim's week ends and Sam's begins."""


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Night]:
    with night(tmp_path / "data") as desk:
        yield desk


def results(desk: Night, kind: str) -> list[str]:
    return [one.result for one in desk.attempts(kind=kind)]


# --- keys -------------------------------------------------------------------------------------------------------------


def test_of_two_keys_the_first_counts_and_the_other_does_nothing(desk: Night) -> None:
    desk.phones.person(KIM, "Kim", presses=[("press 1", "12")])
    desk.says("ann", OPEN)
    desk.settles()
    assert desk.page().acknowledged_by == "kim"
    assert [one.result for one in desk.attempts() if one.result == Missed.PASSED_ON.value] == []


def test_who_hits_pass_on_and_then_take_has_passed_it_on(desk: Night) -> None:
    desk.phones.person(KIM, "Kim", presses=[("press 1", "21")])
    sam = desk.phones.person(SAM, "Sam", presses=[("press 1", "1")])
    desk.says("ann", OPEN)
    desk.settles()
    assert Missed.PASSED_ON.value in results(desk, CALL)
    assert sam.calls
    assert desk.page().acknowledged_by == "sam"


# --- the shift ends while it rings ------------------------------------------------------------------------------------


@contextmanager
def just_before_the_hand_off(folder: Path) -> Iterator[Night]:
    with night(folder, HAND_OFF.replace(hour=8, minute=59)) as desk:
        yield desk


@pytest.mark.parametrize("way", ["key", "code"])
def test_who_was_called_before_the_hand_off_may_take_it_after_it(tmp_path: Path, way: str) -> None:
    with just_before_the_hand_off(tmp_path / "data") as desk:
        kim = desk.phones.person(KIM, "Kim", after=None, by_hand=True)
        desk.phones.person(SAM, "Sam", answers=False)
        desk.says("ann", OPEN)
        desk.passes(seconds=62)
        assert "Sam" in desk.says("ann", "/oncall who")
        if way == "key":
            kim.call.picks_up()
            kim.call.waits_to_hear("Press 1")
            kim.call.presses("1")
        else:
            found = re.search(r"\d{6}", kim.got[0].body)
            assert found is not None
            kim.texts(found[0])
        desk.phones.until(lambda: not desk.page().open)
        assert (desk.page().acknowledged_by, desk.page().acknowledged_via) == ("kim", way)
        assert desk.ticket().owner == "kim"
        desk.settles()


def test_after_the_hand_off_the_page_that_comes_again_calls_whoever_is_on_call_then(tmp_path: Path) -> None:
    with just_before_the_hand_off(tmp_path / "data") as desk:
        kim = desk.phones.person(KIM, "Kim", presses=[("press 1", "1")])
        sam = desk.phones.person(SAM, "Sam", after=None, by_hand=True)
        desk.says("ann", OPEN)
        desk.settles()
        assert desk.page().acknowledged_by == "kim"
        assert not sam.calls
        # The second time both telephones ring at once, Sam's for the week and Kim's for the ticket: who is to win is
        # the test's to say.
        kim.now(after=None, by_hand=True)
        desk.passes(minutes=21)
        assert (len(kim.calls), len(sam.calls)) == (2, 1)
        sam.call.picks_up()
        sam.call.waits_to_hear("Press 1")
        sam.call.presses("1")
        desk.phones.until(lambda: not desk.page().open)
        assert desk.page().acknowledged_by == "sam"
        desk.settles()
        assert kim.call.over


# --- texts that do not arrive -----------------------------------------------------------------------------------------


def _kim_has_texts_first(desk: Night) -> None:
    desk.says("kim", '/oncall plan important "text 0, call 4m"')


def test_a_text_that_the_carrier_drops_brings_the_call_at_once(desk: Night) -> None:
    _kim_has_texts_first(desk)
    kim = desk.phones.person(KIM, "Kim", presses=[("press 1", "1")], texts_end="undelivered", text_error=30007)
    desk.says("ann", OPEN)
    desk.settles()
    assert results(desk, TEXT) == [Missed.UNDELIVERED.value]
    assert len(kim.calls) == 1
    assert desk.page().acknowledged_by == "kim"
    assert "the carrier took the text for spam" in desk.says("ann", "/page show 1")


def test_who_said_stop_to_the_provider_alone_is_called_at_once_and_the_desk_is_told(desk: Night) -> None:
    _kim_has_texts_first(desk)
    kim = desk.phones.person(KIM, "Kim", presses=[("press 1", "1")])
    kim.person.stopped = True
    desk.says("ann", OPEN)
    desk.settles()
    assert results(desk, TEXT)[0] in (Missed.FAILED.value, Missed.REFUSED.value, Missed.UNDELIVERED.value)
    assert kim.calls


# --- the hotline ------------------------------------------------------------------------------------------------------


def on_the_line(desk: Night, *, withheld: bool = False) -> Call:
    """Cal of ACME waits for an engineer."""
    found = re.search(r"(\d{4}) (\d{4})", desk.says("lea", "/customer pin acme"))
    assert found is not None
    call = desk.phones.person(CAL, "Cal", by_hand=True).dials(withheld=withheld)
    call.waits_to_hear("PIN")
    call.presses(f"{found[1]}{found[2]}#")
    desk.phones.until(lambda: call.on_hold)
    return call


def test_who_withholds_their_number_is_known_by_their_pin_and_talks(desk: Night) -> None:
    kim = desk.phones.person(KIM, "Kim", after=None, by_hand=True)
    call = on_the_line(desk, withheld=True)
    assert desk.ticket().customer == "acme"
    assert "from a number that is withheld" in desk.says("ann", "/ticket history 1 --all")
    kim.call.picks_up()
    kim.call.waits_to_hear("Press 1 to talk to them")
    kim.call.presses("1")
    desk.phones.until(lambda: call.hears == (KIM,))
    kim.call.hangs_up()
    call.hangs_up()
    desk.settles()


def test_who_withholds_their_number_and_hangs_up_cannot_be_called_back_and_the_engineer_is_told(desk: Night) -> None:
    kim = desk.phones.person(KIM, "Kim", after=None, by_hand=True)
    call = on_the_line(desk, withheld=True)
    call.hangs_up()
    desk.settles()  # The desk has heard of it: a key before that connects them with whoever is thought to wait.
    kim.call.picks_up()
    kim.call.waits_to_hear("Press 1")
    kim.call.presses("1")
    kim.call.waits_to_hear("their number was withheld")
    desk.settles()
    assert [one.to for one in desk.phones.calls if one.direction.startswith("outbound")] == [KIM]
    assert desk.ticket().owner == "kim"


def _joined(desk: Night, call: Call) -> Any:
    kim = desk.phones.person(KIM, "Kim", after=None, by_hand=True)
    desk.phones.until(lambda: kim.calls)
    kim.call.picks_up()
    kim.call.waits_to_hear("Press 1 to talk to them")
    kim.call.presses("1")
    desk.phones.until(lambda: call.hears == (KIM,))
    return kim


def test_when_the_engineers_leg_drops_the_caller_is_on_hold_again_and_connected_anew(desk: Night) -> None:
    desk.phones.person(KIM, "Kim", after=None, by_hand=True)
    call = on_the_line(desk)
    kim = _joined(desk, call)
    kim.call.hangs_up()
    call.waits_to_hear("If you were cut off, press 1")
    call.presses("1")
    desk.phones.until(lambda: len(kim.calls) == 2)
    desk.phones.until(lambda: call.on_hold)
    kim.call.picks_up()
    kim.call.waits_to_hear("Press 1 to talk to them")
    kim.call.presses("1")
    desk.phones.until(lambda: call.hears == (KIM,))
    call.hangs_up()
    desk.settles()


def test_when_the_engineer_who_was_cut_off_stays_away_the_next_one_is_rung_for_the_caller(desk: Night) -> None:
    desk.phones.person(KIM, "Kim", after=None, by_hand=True)
    sam = desk.phones.person(SAM, "Sam", after=None, by_hand=True)
    call = on_the_line(desk)
    kim = _joined(desk, call)
    kim.call.hangs_up()
    call.waits_to_hear("If you were cut off, press 1")
    desk.phones.person(KIM, "Kim", answers=False)
    call.presses("1")
    desk.phones.until(lambda: call.on_hold)
    _passes_until(desk, lambda: bool(sam.calls))
    sam.call.picks_up()
    sam.call.waits_to_hear("Press 1 to talk to them")
    assert not call.over
    sam.call.presses("1")
    call.silent()  # They were asked meanwhile whether they go on waiting, and do.
    desk.phones.until(lambda: call.hears == (SAM,))
    call.hangs_up()
    desk.settles()
    assert [event.deed for event in desk.database.read(lambda work: work.tickets.history(1))].count(Deed.OPENED) == 1


def _passes_until(desk: Night, so: Callable[[], bool], minutes: int = 20) -> None:
    for _ in range(minutes * 2):
        if so():
            return
        desk.passes(seconds=30)
    raise AssertionError(f"Not within {minutes} minutes.")
