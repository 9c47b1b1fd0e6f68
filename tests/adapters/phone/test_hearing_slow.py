"""A slow database, and one that is away: the caller hears something soon, and what they pressed is never lost."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from threading import Event
from time import monotonic
from typing import TypeVar

import pytest

from adapters.phone.hearing.callers import Callers
from adapters.phone.wire.addresses import START, Addresses
from bot.domain.errors import Refusal
from bot.domain.paging import AttemptState, Page
from bot.flow import Flow, Gather, HangUp, Say
from bot.ports import Database, UnitOfWork
from bot.ports.oncall import PhoneCall
from tests.adapters.phone.door import PUBLIC, Door, Handset, Heard, night
from tests.commands.paged import ANN, attempt_now, page_now, paged, tried
from tests.holding import held
from tests.town import Town

T = TypeVar("T")
AT = Addresses(PUBLIC)
SOON = 0.5
"""Seconds, so that a test need not wait the real patience out. Whoever hears that it takes a moment goes on asking."""


class Leaving:
    """A database that can go away and come back: the port `Database` over a real one."""

    def __init__(self, real: Database) -> None:
        self._real = real
        self.gone = Event()
        self.asked = 0

    def write(self, deed: Callable[[UnitOfWork], T]) -> T:
        self.asked += 1
        if self.gone.is_set():
            raise Refusal("The database server cannot be reached.")
        return self._real.write(deed)

    def read(self, deed: Callable[[UnitOfWork], T]) -> T:
        if self.gone.is_set():
            raise Refusal("The database server cannot be reached.")
        return self._real.read(deed)


@pytest.fixture
def town(settled: Town, tmp_path: Path) -> Iterator[Town]:
    with night(settled, tmp_path) as town:
        yield town


@pytest.fixture
def page(town: Town) -> Page:
    return paged(town)


def until(so: Callable[[], bool], seconds: float = 20.0) -> None:
    """Wait until it is so."""
    end, pause = monotonic() + seconds, Event()
    while not so():
        assert monotonic() < end, "It never came."
        pause.wait(0.01)


def _one_moment(heard: Heard) -> bool:
    return heard.words.startswith("One moment please.")


def test_while_the_database_is_held_the_caller_is_asked_for_a_moment_and_then_hears_the_page(
    town: Town, page: Page
) -> None:
    ann_attempt = tried(town, page)
    with Door(town, patience=SOON) as door:
        ann = Handset(door, ann_attempt)
        with held(town.folder):
            first = ann.picks_up()
            assert _one_moment(first)
            assert "Un instant" in first.words
            assert first.verbs[-1] == "Redirect"
        ann.goes(first.redirect)
        assert ann.stays(lambda heard: not _one_moment(heard)).words.startswith("This is Thirdline")
        assert attempt_now(town, ann_attempt).turn == 1


def test_a_key_that_was_pressed_while_the_database_is_held_is_kept_and_counts_once(town: Town, page: Page) -> None:
    attempt = tried(town, page)
    with Door(town, patience=SOON) as door:
        ann = Handset(door, attempt)
        ann.picks_up()
        ann.stays(lambda heard: not _one_moment(heard))
        action = ann.last.action
        with held(town.folder):
            assert _one_moment(ann.presses("1"))
            assert _one_moment(ann.goes(ann.last.redirect)), "A redirect brings no keys; this one was kept."
            assert _one_moment(ann.goes(action, Digits="1")), "The provider asks again."
        ann.goes(ann.last.redirect)
        assert "Ticket one is yours" in ann.stays(lambda heard: not _one_moment(heard)).words
        assert page_now(town, page).acknowledged_by == "ann"
        claims = [event for event in town.history(1) if event.deed == "claimed"]
        assert len(claims) == 1


def test_after_three_moments_the_caller_is_let_go_and_the_key_is_written_down_when_the_database_is_back(
    town: Town, page: Page
) -> None:
    attempt, database = tried(town, page), Leaving(town.database)
    with Door(town, database=database, patience=SOON) as door:
        ann = Handset(door, attempt)
        ann.picks_up()
        ann.stays(lambda heard: not _one_moment(heard))
        database.gone.set()
        heard = [ann.presses("1"), *(ann.goes(ann.last.redirect) for _ in range(3))]
        assert [_one_moment(one) for one in heard] == [True, True, True, False]
        assert heard[-1].words.startswith("I have your key, but I cannot write it down now.")
        assert "acknowledge there" in heard[-1].words
        assert heard[-1].verbs[-1] == "Hangup"
        assert page_now(town, page).open
        database.gone.clear()
        until(lambda: page_now(town, page).acknowledged_by == "ann")
        assert attempt_now(town, attempt).state is AttemptState.CONFIRMED


def test_a_key_travels_with_the_call_so_that_it_outlives_the_process_that_took_it(town: Town, page: Page) -> None:
    attempt, database = tried(town, page), Leaving(town.database)
    with Door(town, database=database, patience=SOON) as first:
        ann = Handset(first, attempt)
        ann.picks_up()
        ann.stays(lambda heard: not _one_moment(heard))
        database.gone.set()
        moment = ann.presses("1")
        assert _one_moment(moment)
    database.gone.clear()
    assert page_now(town, page).open
    with Door(town) as second:
        ann = Handset(second, attempt)
        ann.goes(moment.redirect)
        assert "is yours" in ann.stays(lambda heard: not _one_moment(heard)).words
        assert page_now(town, page).acknowledged_by == "ann"


def test_a_call_that_cannot_say_what_it_is_about_sends_people_to_the_chat(town: Town, page: Page) -> None:
    attempt, database = tried(town, page), Leaving(town.database)
    database.gone.set()
    with Door(town, database=database, patience=SOON) as door:
        ann = Handset(door, attempt)
        ann.picks_up()
        last = ann.stays(lambda heard: not _one_moment(heard), 4)
        assert last.words.startswith("This is Thirdline with a page for you.")
        assert last.verbs[-1] == "Hangup"
        database.gone.clear()
        assert attempt_now(town, attempt).turn == 0, "Nobody presses anything any more: nothing is done later."


def test_an_answer_comes_within_the_patience_whatever_the_database_does(town: Town, page: Page) -> None:
    """A provider hangs up after 15 s."""
    attempt = tried(town, page)
    with Door(town, patience=SOON) as door, held(town.folder):
        begun = monotonic()
        assert _one_moment(Handset(door, attempt).picks_up())
        assert monotonic() - begun < 15


def test_news_is_taken_though_the_database_is_held_and_written_when_it_is_let_go(town: Town, page: Page) -> None:
    attempt = tried(town, page)
    with Door(town, patience=SOON) as door:
        with held(town.folder):
            assert door.status(attempt, "ringing", SequenceNumber="1") == 204
            assert door.status(attempt, "ringing", SequenceNumber="1") == 204
        until(lambda: attempt_now(town, attempt).state is AttemptState.RINGING)


def test_a_text_that_comes_while_the_database_is_away_is_taken_later(town: Town, page: Page) -> None:
    tried(town, page, kind="text", code="482193")
    database = Leaving(town.database)
    database.gone.set()
    with Door(town, database=database, patience=SOON) as door:
        assert door.text(ANN, "482193").status == 204
        assert page_now(town, page).open
        database.gone.clear()
        until(lambda: page_now(town, page).acknowledged_by == "ann")
        until(lambda: door.text(ANN, "482193").text == "#1 is yours, Ann.")  # The provider asks again.


def test_a_customers_pin_is_never_put_into_an_address(town: Town) -> None:
    database = Leaving(town.database)
    with Door(town, database=database, patience=SOON, callers=Callers(_greet, _talk, {})) as door:
        first = _after_a_moment(door, door.asks(AT.inbound_call, CallSid="CA7", From=""))
        assert first.words == "Your PIN please."
        database.gone.set()
        waiting = door.asks(first.action, CallSid="CA7", Digits="907856")
        assert _one_moment(waiting)
        assert "907856" not in waiting.body
        database.gone.clear()
        heard = _after_a_moment(door, door.asks(waiting.redirect, CallSid="CA7"))
        assert heard.words == "You said 9 0 7 8 5 6."


def test_a_caller_of_the_hotline_is_greeted_once_the_database_is_back_and_otherwise_asked_to_call_again(
    town: Town,
) -> None:
    database = Leaving(town.database)
    database.gone.set()
    with Door(town, database=database, patience=SOON, callers=Callers(_greet, _talk, {})) as door:
        heard = [door.asks(AT.inbound_call, CallSid="CA7", From="")]
        for _ in range(3):
            heard.append(door.asks(heard[-1].redirect, CallSid="CA7", From=""))
        assert [_one_moment(one) for one in heard] == [True, True, True, False]
        assert heard[-1].words.startswith("I cannot reach my records now. Please call again")
        database.gone.clear()
        greeted = _after_a_moment(door, door.asks(AT.inbound_call, CallSid="CA8", From=""), "CA8")
        assert greeted.words == "Your PIN please."


def _after_a_moment(door: Door, heard: Heard, sid: str = "CA7") -> Heard:
    while _one_moment(heard):
        heard = door.asks(heard.redirect, CallSid=sid, From="")
    return heard


def _greet(work: UnitOfWork, *, number: str, provider: str, ref: str, now: datetime) -> PhoneCall:
    return work.calls.add(PhoneCall(0, now, number, ref, provider, f"the-secret-of-{ref[-3:]}-of-a-call"))


def _talk(work: UnitOfWork, call: PhoneCall, then: str, keys: str, now: datetime) -> Flow:
    if then == START:
        return (Gather((Say("Your PIN please."),), "pin", 6),)
    return (Say(f"You said {keys}."), HangUp())
