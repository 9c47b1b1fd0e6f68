"""The hotline over HTTP: that a caller has hung up is known, whichever way a provider tells it, and what they pressed
or left behind before counts."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from adapters.phone.hearing.callers import MACHINE, RECORDING, STATUS, Callers
from adapters.phone.wire.addresses import Addresses
from bot.domain.history import Deed
from bot.ports.oncall import LegState, PhoneCall
from commands.hotline import Hotline
from commands.hotline_legs import ENGINEER, new_call
from commands.hotline_pins import make_pin
from commands.hotline_receipts import told_machine, told_recording, told_status
from tests.adapters.phone.door import NUMBER, PUBLIC, Door, Heard, night, phone
from tests.town import Town

CALLER = "+14165550123"
AT = Addresses(PUBLIC)


def callers() -> Callers:
    hotline = Hotline("Thank you for calling.")
    return Callers(hotline.greet, hotline.talk, {STATUS: told_status, MACHINE: told_machine, RECORDING: told_recording})


@pytest.fixture
def town(settled: Town, tmp_path: Path) -> Iterator[Town]:
    with night(settled, tmp_path) as town:
        yield town


@pytest.fixture
def door(town: Town) -> Iterator[Door]:
    with Door(town, phone(hotline=True), callers=callers()) as door:
        yield door


class Caller:
    """Somebody on the hotline; `ends` is where their provider goes when they leave the room or the recording."""

    def __init__(self, door: Door, sid: str = "CA1") -> None:
        self.door = door
        self.sid = sid
        self.last = self.asks(AT.inbound_call)

    def asks(self, url: str, **form: str) -> Heard:
        given = {"CallSid": self.sid, "From": CALLER, "To": NUMBER, "Direction": "inbound", "CallStatus": "in-progress"}
        return self.door.asks(url, **(given | form))

    def presses(self, keys: str, **form: str) -> Heard:
        self.last = self.asks(self.last.action, Digits=keys, **form)
        return self.last

    @property
    def call(self) -> PhoneCall:
        found = self.door.town.database.read(lambda work: work.calls.by_ref("main", f"main:{self.sid}"))
        assert found is not None
        return found


def waiting(door: Door) -> Caller:
    """ACME, about its ticket 1, on hold."""
    pin = door.town.database.write(lambda work: make_pin(work, work.customers.get("acme"), door.town.clock.now()))
    caller = Caller(door)
    caller.presses(pin)
    if "In an emergency" in caller.last.words:
        caller.presses("1")
    caller.presses("1")
    assert caller.call.state is LegState.WAITING
    return caller


def test_who_hangs_up_in_the_waiting_room_is_known_to_have_by_the_request_that_follows(door: Door) -> None:
    caller = waiting(door)
    answer = caller.asks(caller.last.leaves, CallStatus="completed")
    assert (answer.status, answer.verbs) == (200, [])
    assert caller.call.ended_at is not None


def test_the_numbers_own_status_address_tells_it_too_and_once(door: Door) -> None:
    caller = waiting(door)
    for _ in range(2):
        assert caller.asks(AT.inbound_status, CallStatus="completed", SequenceNumber="0").status == 204
    assert caller.call.ended_at is not None
    history = door.town.database.read(lambda work: work.tickets.history(1))
    assert [event.deed for event in history].count(Deed.PHONED) == 2, "That they called, and that they hung up."


def test_the_status_of_a_call_that_was_never_greeted_is_nothing(door: Door) -> None:
    form = {"CallSid": "CA9", "From": CALLER, "CallStatus": "completed"}
    assert door.asks(AT.inbound_status, **form).status == 204


def test_a_key_that_was_pressed_before_they_hung_up_counts(door: Door) -> None:
    caller = waiting(door)
    caller.last = caller.asks(caller.last.leaves)
    assert "Press 1 to be called back" in caller.last.words
    caller.presses("1", CallStatus="completed")
    assert caller.call.state is LegState.CALL_BACK
    assert caller.call.ended_at is not None


def test_a_message_is_kept_though_its_own_news_never_comes(door: Door) -> None:
    caller = Caller(door)
    caller.presses("")
    done = caller.last.leaves
    recording = "https://api.twilio.com/2010-04-01/Accounts/AC1/Recordings/RE1"
    caller.asks(done, CallStatus="completed", Digits="hangup", RecordingUrl=recording, RecordingDuration="12")
    again = {"RecordingUrl": recording, "RecordingSid": "RE1", "RecordingStatus": "completed"}
    caller.asks(AT.recording("call", caller.call.token), **again)
    assert caller.call.ticket == 2
    history = door.town.database.read(lambda work: work.tickets.history(2))
    assert [event.data.get("recording") for event in history].count(recording) == 1


def test_a_call_that_the_desk_makes_is_known_by_its_first_prompt_with_its_account(door: Door) -> None:
    """The room is that account's, and a customer may be called into it before the outbox hears anything."""
    leg = new_call(ENGINEER, door.town.clock.now(), number="+14165550199", person="ann")
    leg = door.town.database.write(lambda work: work.calls.add(leg))
    door.asks(AT.prompt("call", leg.token, "start", 0), CallSid="CA7", From=NUMBER, To=leg.number)
    known = door.town.database.read(lambda work: work.calls.get(leg.id))
    assert (known.provider, known.ref) == ("main", "main:CA7")
