"""What a provider tells of calls and texts: late, twice, out of order, of calls unknown to it, and still harmless."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from itertools import permutations
from pathlib import Path

import pytest

from adapters.phone.hearing.callers import RECORDING, STATUS, Callers, CallNews, Tell
from adapters.phone.wire.addresses import CALL, PAGE, Addresses
from bot.cards import Card
from bot.domain.paging import Attempt, AttemptState, Missed, Page, PageState, Trigger
from bot.flow import Flow, HangUp
from bot.ports import Kind, Outcome, Parcel, ParcelState, UnitOfWork, Urgency
from bot.ports.oncall import PhoneCall
from commands.page_receipts import settled
from tests.adapters.phone.door import PUBLIC, Door, Handset, night
from tests.commands.paged import ANN, attempt_now, page_now, paged, tried
from tests.town import Town

AT = Addresses(PUBLIC)


@pytest.fixture
def town(settled: Town, tmp_path: Path) -> Iterator[Town]:
    with night(settled, tmp_path) as town:
        yield town


@pytest.fixture
def door(town: Town) -> Iterator[Door]:
    with Door(town) as door:
        yield door


@pytest.fixture
def page(town: Town) -> Page:
    return paged(town)


@pytest.mark.parametrize(
    ("status", "sip", "result"),
    [
        ("busy", "", Missed.BUSY),
        ("busy", "603", Missed.REFUSED),
        ("no-answer", "", Missed.NO_ANSWER),
        ("failed", "", Missed.FAILED),
        ("failed", "480", Missed.NO_ANSWER),
        ("failed", "486", Missed.BUSY),
        ("canceled", "", Missed.NO_ANSWER),
        ("completed", "200", Missed.HUNG_UP),
    ],
)
def test_a_call_that_reached_nobody_is_missed_and_the_next_one_comes_at_once(
    town: Town, door: Door, page: Page, status: str, sip: str, result: Missed
) -> None:
    attempt = tried(town, page)
    assert door.status(attempt, status, SequenceNumber="2", SipResponseCode=sip) == 204
    missed = attempt_now(town, attempt)
    assert (missed.state, missed.result) == (AttemptState.MISSED, result.value)
    assert page_now(town, page).step == 2
    assert door.woken


def test_completed_proves_nothing_and_says_what_answered_where_the_provider_knows(
    town: Town, door: Door, page: Page
) -> None:
    attempt = tried(town, page)
    url = AT.machine(PAGE, attempt.token)
    assert door.asks(url, CallSid=attempt.ref[5:], AnsweredBy="machine_start").status == 204
    assert attempt_now(town, attempt).state is AttemptState.SUBMITTED, "Evidence alone."
    door.status(attempt, "completed", SequenceNumber="3", CallDuration="21")
    missed = attempt_now(town, attempt)
    assert missed.result == Missed.MACHINE.value
    assert (missed.evidence["answered_by"], missed.evidence["seconds"]) == ("machine_start", 21)


NEWS = (("initiated", "0"), ("ringing", "1"), ("in-progress", "2"), ("completed", "3"))


@pytest.mark.parametrize("order", list(permutations(NEWS)))
def test_news_of_an_acknowledged_call_in_any_order_and_twice_changes_nothing(
    town: Town, door: Door, page: Page, order: Sequence[tuple[str, str]]
) -> None:
    attempt = tried(town, page)
    for status, number in order[:2]:
        door.status(attempt, status, SequenceNumber=number)
    ann = Handset(door, attempt, attempt.ref[5:])
    ann.picks_up()
    assert "is yours" in ann.presses("1").words
    for status, number in (*order, *order):
        assert door.status(attempt, status, SequenceNumber=number) == 204
    assert attempt_now(town, attempt).state is AttemptState.CONFIRMED
    assert page_now(town, page).acknowledged_by == "ann"


def test_news_that_comes_before_we_know_the_calls_name_is_kept_and_names_it(town: Town, door: Door, page: Page) -> None:
    """The provider's callbacks overtake its answer to our request."""
    attempt = tried(town, page)
    early = replace(attempt, ref="", provider="", state=AttemptState.POSTED, submitted_at=None)
    town.database.write(lambda work: work.pages.save_attempt(early))
    assert door.status(attempt, "ringing", "CA77", SequenceNumber="1") == 204
    known = attempt_now(town, attempt)
    assert (known.state, known.ref, known.provider) == (AttemptState.RINGING, "main:CA77", "main")


def test_the_end_of_a_call_that_was_placed_twice_does_not_end_the_other_one(town: Town, door: Door, page: Page) -> None:
    attempt = tried(town, page)
    assert door.status(attempt, "no-answer", "CA-of-the-first-try", SequenceNumber="2") == 204
    assert attempt_now(town, attempt).state is AttemptState.SUBMITTED


def test_news_of_a_second_call_is_numbered_anew(town: Town, door: Door, page: Page) -> None:
    """The first one's news came, and then its answer was lost: the desk placed another."""
    attempt = tried(town, page)
    door.status(attempt, "ringing", SequenceNumber="1")
    parcel = _parcel(attempt)
    outcome = Outcome(ParcelState.SENT, "main:CA-second")
    town.database.write(lambda work: settled(work, parcel, outcome, town.clock.now()))
    assert door.status(attempt, "busy", "CA-second", SequenceNumber="1") == 204
    assert attempt_now(town, attempt).result == Missed.BUSY.value


def _parcel(attempt: Attempt) -> Parcel:
    card, at = Card(data={"page": attempt.page, "attempt": attempt.id}), attempt.planned_for
    return Parcel(1, Kind.PAGE, "phone", f"call:{ANN}", card, "page:1:1", Urgency.PAGE, at)


def test_unsigned_news_and_words_that_nobody_knows_change_nothing(town: Town, door: Door, page: Page) -> None:
    attempt = tried(town, page)
    url = AT.status(PAGE, attempt.token)
    assert door.asks(url, signature="", CallSid="CA1", CallStatus="busy").status == 403
    assert door.asks(url, "a guess", CallSid="CA1", CallStatus="busy").status == 403
    assert door.status(attempt, "levitating", SequenceNumber="9") == 204
    assert door.status(attempt, "", SequenceNumber="-1") == 204
    assert door.status(attempt, "ringing", SequenceNumber="x" * 50) == 204
    assert attempt_now(town, attempt).state is AttemptState.RINGING


def test_texts_are_delivered_or_not_and_a_delivered_one_proves_nothing(town: Town, door: Door, page: Page) -> None:
    delivered, lost = (tried(town, page, kind="text", code=code) for code in ("111111", "222222"))
    for status in ("queued", "sent", "delivered"):
        assert door.status(delivered, status) == 204
    door.status(lost, "undelivered", ErrorCode="30003")
    assert page_now(town, page).state is PageState.OPEN
    assert not attempt_now(town, delivered).state.over
    missed = attempt_now(town, lost)
    assert (missed.state, missed.result) == (AttemptState.MISSED, Missed.UNDELIVERED.value)
    assert "30003" in str(missed.evidence["reason"])


def test_a_text_that_the_provider_refuses_as_its_reader_said_stop_stops_all_texts_and_alarms(
    town: Town, door: Door, page: Page
) -> None:
    attempt = tried(town, page, kind="text", code="111111")
    for _ in range(2):
        door.status(attempt, "failed", ErrorCode="21610")
    text = next(one for one in _contacts(town, "ann") if one[0] == "text")
    assert text == ("text", "said STOP to the provider")
    alerts = [one for one in town.hears("#alerts", Kind.ALERT) if "takes no texts" in one]
    assert len(alerts) == 1


def test_news_of_calls_on_the_hotline_goes_to_those_who_listen_to_it(town: Town) -> None:
    heard: list[tuple[str, CallNews]] = []

    def hears(what: str) -> Tell:
        return lambda work, call, news, now: heard.append((what, news))

    tell = {what: hears(what) for what in (STATUS, RECORDING)}
    secret = "the-secret-of-a-call"  # noqa: S105 -- no secret of anybody
    call = town.database.write(lambda work: work.calls.add(PhoneCall(0, town.clock.now(), token=secret)))
    page = paged(town, Trigger.HOTLINE, call=call.id)
    attempt = tried(town, page)
    with Door(town, callers=Callers(_greet, _talk, tell)) as door:
        assert door.asks(AT.status(CALL, call.token), CallSid="CA1", CallStatus="completed").status == 204
        recording = {
            "CallSid": "CA1",
            "RecordingSid": "RE1",
            "RecordingUrl": "https://x/RE1",
            "RecordingStatus": "completed",
        }
        assert door.asks(AT.recording(CALL, call.token), **recording).status == 204
        assert door.asks(AT.recording(PAGE, attempt.token), **recording).status == 204
        assert door.asks(AT.machine(CALL, call.token), CallSid="CA1", AnsweredBy="human").status == 404
        assert door.asks(AT.recording(CALL, "the-secret-of-nobody"), **recording).status == 404
    assert [what for what, _ in heard] == [STATUS, RECORDING, RECORDING]
    assert heard[0][1] == CallNews("main:CA1", "completed")
    assert (heard[1][1].recording_ref, heard[1][1].recording_status) == ("RE1", "completed")


def test_without_a_hotline_news_of_its_calls_is_nobodys(town: Town, door: Door, page: Page) -> None:
    attempt = tried(town, page)
    for url in (AT.status(CALL, attempt.token), AT.recording(PAGE, attempt.token)):
        assert door.asks(url, CallSid="CA1", RecordingSid="RE1").status == 404


def _contacts(town: Town, person: str) -> list[tuple[str, str]]:
    return town.database.read(lambda work: [(one.kind, one.refused) for one in work.contacts.of(person)])


def _greet(work: UnitOfWork, *, number: str, provider: str, ref: str, now: datetime) -> PhoneCall:
    raise AssertionError("Nobody calls.")


def _talk(work: UnitOfWork, call: PhoneCall, then: str, keys: str, now: datetime) -> Flow:
    return (HangUp(),)
