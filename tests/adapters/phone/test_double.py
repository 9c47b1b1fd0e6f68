"""The double of the telephone network, seen through the provider's own client library and its check of signatures."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest
from twilio.base.exceptions import TwilioRestException

from tests.adapters.phone.scripted import Stage, staged
from tests.doubles.phone import Manners, Press, Voicemail

KIM = "+14165550199"
EVERYTHING = ["initiated", "ringing", "answered", "completed"]
QUESTION = (
    '<Response><Gather numDigits="1" timeout="8" action="/key" finishOnKey="">'
    '<Say language="en-CA">Level three, ticket 42. Press 1 to take it.</Say></Gather>'
    "<Redirect>/silent</Redirect></Response>"
)
PATIENT = Voicemail(limit=4000.0)
"""It hears everything out, however slowly the app answers: 20 real seconds."""
GOODBYE = "<Response><Say>Goodbye.</Say><Hangup/></Response>"


@pytest.fixture
def stage() -> Iterator[Stage]:
    with staged(scale=0.005) as stage:
        stage.app["/say"] = QUESTION
        stage.app["/key"] = lambda given: f"<Response><Say>You pressed {given['Digits']}.</Say></Response>"
        stage.app["/silent"] = GOODBYE
        yield stage


def test_a_person_answers_hears_and_presses_a_key(stage: Stage) -> None:
    kim = stage.phones.person(KIM, "Kim", presses=[("Press 1", "1")])
    sid = stage.calls(KIM, status_callback=stage.app.url("/status"), status_callback_event=EVERYTHING)
    stage.phones.until(lambda: kim.calls and kim.call.over)
    stage.phones.quiet()
    assert kim.heard == ["Level three, ticket 42. Press 1 to take it.", "You pressed 1."]
    assert stage.client.calls(sid).fetch().status == "completed"
    told = stage.app.at("/status")
    assert [one["CallStatus"] for one in told] == ["initiated", "ringing", "in-progress", "completed"]
    assert [one["SequenceNumber"] for one in told] == ["0", "1", "2", "3"]
    assert all(one.genuine for one in stage.app.asked)


def test_a_key_pressed_while_it_speaks_ends_the_speech(stage: Stage) -> None:
    kim = stage.phones.person(KIM, presses=[Press("Press 1", "1", during=True)])
    stage.calls(KIM)
    stage.phones.until(lambda: kim.calls and kim.call.over)
    assert kim.heard[-1] == "You pressed 1."


def test_silence_goes_on_with_what_stands_behind_the_question(stage: Stage) -> None:
    kim = stage.phones.person(KIM)
    stage.calls(KIM)
    stage.phones.until(lambda: kim.calls and kim.call.over)
    assert kim.heard[-1] == "Goodbye."


def test_the_second_of_two_digits_is_lost(stage: Stage) -> None:
    kim = stage.phones.person(KIM, presses=[("Press 1", "12")])
    stage.calls(KIM)
    stage.phones.until(lambda: kim.calls and kim.call.over)
    assert kim.heard[-1] == "You pressed 1."
    assert kim.call.keys == "12"


def test_more_digits_end_with_a_key_of_their_own(stage: Stage) -> None:
    stage.app["/say"] = '<Response><Gather action="/key"><Say>Your code.</Say></Gather></Response>'
    kim = stage.phones.person(KIM, presses=[("code", "4711#9")])
    stage.calls(KIM)
    stage.phones.until(lambda: kim.calls and kim.call.over)
    assert kim.heard[-1] == "You pressed 4711."


@pytest.mark.parametrize(
    ("manners", "status", "statuses"),
    [
        ({"busy": True}, "busy", ["initiated", "busy"]),
        ({"rejects": True}, "busy", ["initiated", "ringing", "busy"]),
        ({"answers": False}, "no-answer", ["initiated", "ringing", "no-answer"]),
        ({"unreachable": True}, "failed", ["initiated", "failed"]),
        ({"hangs_up": "Level three"}, "completed", ["initiated", "ringing", "in-progress", "completed"]),
    ],
)
def test_calls_end_in_every_way(stage: Stage, manners: Manners, status: str, statuses: list[str]) -> None:
    stage.phones.person(KIM).now(**manners)
    sid = stage.calls(KIM, timeout=25, status_callback=stage.app.url("/status"), status_callback_event=EVERYTHING)
    stage.phones.until(lambda: stage.phones.calls[0].over)
    stage.phones.quiet()
    assert stage.client.calls(sid).fetch().status == status
    assert [one["CallStatus"] for one in stage.app.at("/status")] == statuses


def test_a_voicemail_is_a_completed_call_and_hears_everything(stage: Stage) -> None:
    kim = stage.phones.person(KIM, voicemail=PATIENT)
    stage.calls(KIM, machine_detection="Enable", async_amd="true", async_amd_status_callback=stage.app.url("/machine"))
    stage.phones.until(lambda: kim.calls and kim.call.over)
    stage.phones.quiet()
    assert kim.call.status == "completed"
    assert [one["AnsweredBy"] for one in stage.app.at("/machine")] == ["machine_start"]
    assert kim.heard[-1] == "Goodbye."


def test_a_voicemail_may_send_keys_of_its_own(stage: Stage) -> None:
    # Every second, for the question is asked when the app has answered: what comes before is lost.
    every_second = tuple((float(second), "1") for second in range(1, 4000))
    kim = stage.phones.person(KIM, voicemail=replace(PATIENT, emits=every_second))
    stage.calls(KIM)
    stage.phones.until(lambda: kim.calls and kim.call.over)
    assert kim.heard[-1] == "You pressed 1."


def test_a_call_is_cut_while_it_rings_and_while_it_talks(stage: Stage) -> None:
    kim = stage.phones.person(KIM, after=100, by_hand=True)
    first = stage.calls(KIM, timeout=600)
    stage.phones.until(lambda: kim.calls and kim.call.status == "ringing")
    assert stage.client.calls(first).update(status="completed").status == "canceled"
    kim.now(after=1)
    second = stage.calls(KIM)
    stage.phones.until(lambda: len(kim.calls) > 1 and kim.call.heard)
    assert stage.client.calls(second).update(status="completed").status == "completed"
    with pytest.raises(TwilioRestException, match="not in-progress"):
        stage.client.calls(second).update(status="completed")


def test_a_live_call_is_led_elsewhere(stage: Stage) -> None:
    stage.app["/else"] = "<Response><Say>Somebody has it.</Say></Response>"
    kim = stage.phones.person(KIM, by_hand=True)
    sid = stage.calls(KIM)
    stage.phones.until(lambda: kim.calls and kim.call.heard)
    stage.client.calls(sid).update(url=stage.app.url("/else"), method="POST")
    stage.phones.until(lambda: kim.call.over)
    assert kim.heard[-1] == "Somebody has it."


def test_a_text_goes_out_and_is_told_of(stage: Stage) -> None:
    kim = stage.phones.person(KIM)
    sent = stage.client.messages.create(
        to=KIM, from_=stage.phones.number, body="Page 42", status_callback=stage.app.url("/text-status")
    )
    stage.phones.until(lambda: len(stage.app.at("/text-status")) == 2)
    assert [one["MessageStatus"] for one in stage.app.at("/text-status")] == ["sent", "delivered"]
    assert stage.client.messages(str(sent.sid)).fetch().status == "delivered"
    assert [one.body for one in kim.got] == ["Page 42"]


def test_a_text_that_does_not_arrive_says_why(stage: Stage) -> None:
    stage.phones.person(KIM, texts_end="undelivered", text_error=30007)
    stage.client.messages.create(
        to=KIM, from_=stage.phones.number, body="Page 42", status_callback=stage.app.url("/text-status")
    )
    stage.phones.until(lambda: len(stage.app.at("/text-status")) == 2)
    assert stage.app.at("/text-status")[-1]["ErrorCode"] == "30007"


def test_a_text_comes_in_and_is_answered(stage: Stage) -> None:
    stage.app["/phone/text"] = "<Response><Message>Taken, Kim.</Message></Response>"
    kim = stage.phones.person(KIM)
    kim.texts("1234")
    stage.phones.until(lambda: kim.got)
    assert kim.got[0].body == "Taken, Kim."
    assert stage.app.at("/phone/text")[0]["Body"] == "1234"


def test_who_says_stop_gets_no_more_texts(stage: Stage) -> None:
    kim = stage.phones.person(KIM)
    kim.texts("STOP")
    with pytest.raises(TwilioRestException) as refused:
        stage.client.messages.create(to=KIM, from_=stage.phones.number, body="Page 42")
    assert refused.value.code == 21610
    stage.phones.quiet()


@pytest.mark.parametrize("status", [429, 500, 503])
def test_requests_fail_when_a_test_wants_it(stage: Stage, status: int) -> None:
    stage.phones.person(KIM)
    stage.phones.fails("Calls", status, retry_after=3)
    with pytest.raises(TwilioRestException) as refused:
        stage.calls(KIM)
    assert refused.value.status == status
    assert stage.phones.calls == []
    assert stage.calls(KIM).startswith("CA")
    assert [one.status for one in stage.phones.asked("calls_create")] == [status, 201]


@pytest.mark.parametrize(("status", "done"), [("dropped_before", 0), ("dropped_after", 1), ("refused", 0)])
def test_an_answer_is_lost_before_or_after_it_was_done(stage: Stage, status: str, done: int) -> None:
    stage.phones.person(KIM)
    stage.phones.fails("Calls", status)  # type: ignore[arg-type]
    before = stage.phones.state.now()
    with pytest.raises(OSError, match="onnection"):
        stage.calls(KIM)
    assert len(stage.phones.calls) == done
    listed = stage.client.calls.list(to=KIM, start_time_after=before)
    assert len(listed) == done


def test_what_the_provider_does_not_take_is_a_fault(stage: Stage) -> None:
    stage.phones.person(KIM)
    with pytest.raises(TwilioRestException):
        stage.calls(KIM, machine_detection="Maybe")
    with pytest.raises(TwilioRestException):
        stage.client.calls.create(to="4165550199", from_=stage.phones.number, url=stage.app.url("/say"))
    with pytest.raises(TwilioRestException):
        stage.client.calls.create(to=KIM, from_=stage.phones.number)
    faults = stage.phones.forgive()
    assert len(faults) == 3
    assert "MachineDetection='Maybe'" in faults[0]
    assert "To=" in faults[1]
    assert "Url, Twiml, ApplicationSid" in faults[2]


def test_an_unknown_parameter_is_a_fault_although_it_is_done(stage: Stage) -> None:
    stage.phones.person(KIM)
    stage.client.request(
        "POST",
        f"https://api.twilio.com/2010-04-01/Accounts/{stage.phones.account}/Calls.json",
        data={"To": KIM, "From": stage.phones.number, "Url": stage.app.url("/say"), "ValidityPeriod": "10"},
    )
    assert len(stage.phones.calls) == 1
    assert "ValidityPeriod" in stage.phones.forgive()[0]


@pytest.mark.parametrize(
    "markup",
    [
        "<Response><Speak>Hello</Speak></Response>",
        '<Response><Say loud="yes">Hello</Say></Response>',
        '<Response><Gather numDigits="one"/></Response>',
        "<Response><Say>Hello</Response>",
        "<Answer/>",
        "<Response>Hello</Response>",
        "<Response><Gather><Gather/></Gather></Response>",
    ],
)
def test_markup_that_cannot_be_executed_is_an_application_error(stage: Stage, markup: str) -> None:
    stage.app["/say"] = markup
    kim = stage.phones.person(KIM)
    stage.calls(KIM)
    stage.phones.until(lambda: kim.calls and kim.call.over)
    assert "application error" in kim.heard[-1]
    assert len(stage.phones.forgive()) == 1


@pytest.mark.parametrize("status", [404, 500])
def test_a_webhook_that_fails_is_an_application_error(stage: Stage, status: int) -> None:
    stage.app["/say"] = status
    kim = stage.phones.person(KIM)
    stage.calls(KIM)
    stage.phones.until(lambda: kim.calls and kim.call.over)
    assert "application error" in kim.heard[-1]
    assert str(status) in stage.phones.forgive()[0]


def test_whoever_has_acted_by_hand_is_not_at_rest_before_it_is_done(stage: Stage) -> None:
    kim = stage.phones.person(KIM, after=None, by_hand=True)
    stage.calls(KIM)
    stage.phones.until(lambda: stage.phones.at_rest)
    kim.call.picks_up()
    stage.phones.until(lambda: stage.phones.at_rest)
    kim.call.presses("1")
    stage.phones.until(lambda: stage.phones.at_rest)
    assert kim.call.over
    assert kim.heard[-1] == "You pressed 1."
