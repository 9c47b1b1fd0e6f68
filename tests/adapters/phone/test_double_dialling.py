"""The double's connected calls: whispers, rooms, music, recordings, and who hears whom."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import requests
from twilio.base.exceptions import TwilioRestException

from tests.adapters.phone.scripted import Stage, staged
from tests.doubles.phone import Manners, Somebody, Voicemail

CAL, KIM, SAM = "+16135550111", "+14165550199", "+14165550188"
DIAL = (
    '<Response><Dial action="/after" timeout="25" answerOnBridge="true">'
    '<Number url="/whisper" statusCallback="/leg" statusCallbackEvent="ringing answered completed">{0}</Number>'
    "</Dial></Response>"
)
WHISPER = (
    '<Response><Gather numDigits="1" action="/accept"><Say>Level three. Press 1 to take it.</Say></Gather>'
    "<Hangup/></Response>"
)
ROOM = (
    '<Response><Dial action="{action}"><Conference startConferenceOnEnter="{starts}" endConferenceOnExit="{ends}" '
    'statusCallback="/room" statusCallbackEvent="start end join leave" record="record-from-start" '
    'recordingStatusCallback="/recorded">room-1</Conference></Dial></Response>'
)


@pytest.fixture
def stage() -> Iterator[Stage]:
    with staged(scale=0.005) as stage:
        stage.app["/phone/call"] = DIAL.format(KIM)
        stage.app["/whisper"] = WHISPER
        stage.app["/accept"] = lambda given: (
            "<Response><Say>Connecting.</Say></Response>"
            if given["Digits"] == "1"
            else "<Response><Hangup/></Response>"
        )
        stage.app["/after"] = lambda given: f"<Response><Say>It was {given['DialCallStatus']}.</Say></Response>"
        yield stage


@pytest.fixture
def cal(stage: Stage) -> Somebody:
    return stage.phones.person(CAL, "Cal", by_hand=True)


def test_a_whisper_that_is_accepted_connects_both(stage: Stage, cal: Somebody) -> None:
    kim = stage.phones.person(KIM, after=1, presses=[("Press 1", "1")])
    call = cal.dials()
    stage.phones.until(lambda: call.bridged_with)
    assert call.hears == (KIM,)
    assert kim.call.hears == (CAL,)
    kim.call.hangs_up()
    stage.phones.until(lambda: call.over)
    assert call.heard == ["It was completed."]
    assert stage.app.at("/after")[0]["DialBridged"] == "true"
    stage.phones.quiet()
    assert [one["CallStatus"] for one in stage.app.at("/leg")] == ["ringing", "in-progress", "completed"]
    assert all(one["ParentCallSid"] == call.sid for one in stage.app.at("/leg"))


def test_a_whisper_that_nobody_answers_is_called_completed_all_the_same(stage: Stage, cal: Somebody) -> None:
    kim = stage.phones.person(KIM, after=1, voicemail=Voicemail(limit=4000.0))  # However slowly the app answers.
    call = cal.dials()
    stage.phones.until(lambda: call.over)
    assert kim.call.heard == ["Level three. Press 1 to take it."]
    assert call.heard == ["It was completed."]
    assert stage.app.at("/after")[0]["DialBridged"] == "false"


@pytest.mark.parametrize(("manners", "status"), [({"busy": True}, "busy"), ({"unreachable": True}, "failed")])
def test_who_cannot_be_reached_is_told_to_the_action(
    stage: Stage, cal: Somebody, manners: Manners, status: str
) -> None:
    stage.phones.person(KIM).now(**manners)
    call = cal.dials()
    stage.phones.until(lambda: call.over)
    assert call.heard == [f"It was {status}."]


def test_a_caller_who_hangs_up_ends_the_ringing_and_the_action_is_asked_in_vain(stage: Stage, cal: Somebody) -> None:
    kim = stage.phones.person(KIM, after=100)
    stage.app["/phone/call"] = DIAL.format(KIM).replace('timeout="25"', 'timeout="600"')
    call = cal.dials()
    stage.phones.until(lambda: kim.calls and kim.call.status == "ringing")
    call.hangs_up()
    stage.phones.until(lambda: stage.app.at("/after"))
    assert kim.call.status == "canceled"
    assert call.heard == []
    assert stage.app.at("/after")[0]["CallStatus"] in ("completed", "canceled")
    stage.phones.quiet()


def test_the_first_of_several_who_accepts_gets_the_call(stage: Stage, cal: Somebody) -> None:
    stage.app["/phone/call"] = (
        f'<Response><Dial action="/after"><Number url="/whisper">{KIM}</Number><Number url="/whisper">{SAM}</Number>'
        "</Dial></Response>"
    )
    kim = stage.phones.person(KIM, after=1, presses=[("Press 1", "2")])
    sam = stage.phones.person(SAM, after=2, presses=[("Press 1", "1")])
    call = cal.dials()
    stage.phones.until(lambda: call.bridged_with)
    assert call.hears == (SAM,)
    assert kim.call.over
    sam.call.hangs_up()
    stage.phones.until(lambda: call.over)
    stage.phones.quiet()


def test_a_room_plays_music_until_somebody_starts_it_and_ends_with_who_may(stage: Stage, cal: Somebody) -> None:
    stage.app["/phone/call"] = ROOM.format(action="/left", starts="false", ends="true")
    stage.app["/join"] = ROOM.format(action="/left", starts="true", ends="false")
    stage.app["/left"] = "<Response><Hangup/></Response>"
    kim = stage.phones.person(KIM, after=1)
    call = cal.dials()
    stage.phones.until(lambda: call.on_hold)
    assert call.music == ["the provider's hold music"]
    assert call.hears == ()
    stage.calls(KIM, "/join")
    stage.phones.until(lambda: kim.calls and call.hears == (KIM,))
    assert not call.on_hold
    assert kim.call.hears == (CAL,)
    call.hangs_up()
    stage.phones.until(lambda: kim.call.over)
    stage.phones.quiet()
    events = [one["StatusCallbackEvent"] for one in stage.app.at("/room")]
    assert events[:3] == ["participant-join", "participant-join", "conference-start"]
    assert sorted(events[3:]) == ["conference-end", "participant-leave", "participant-leave"]
    (recorded,) = stage.app.at("/recorded")
    assert recorded["RecordingSource"] == "Conference"


def test_who_leaves_a_room_without_ending_it_leaves_the_others_in_silence(stage: Stage, cal: Somebody) -> None:
    stage.app["/phone/call"] = ROOM.format(action="", starts="false", ends="true").replace(' action=""', "")
    stage.app["/join"] = ROOM.format(action="", starts="true", ends="false").replace(' action=""', "")
    kim = stage.phones.person(KIM, after=1)
    call = cal.dials()
    stage.calls(KIM, "/join")
    stage.phones.until(lambda: call.hears == (KIM,))
    kim.call.hangs_up()
    stage.phones.until(lambda: call.hears == ())
    assert not call.over
    assert not call.on_hold
    call.hangs_up()
    stage.phones.quiet()


def test_a_room_is_found_muted_and_ended_by_the_api(stage: Stage, cal: Somebody) -> None:
    stage.app["/phone/call"] = ROOM.format(action="/left", starts="false", ends="true")
    stage.app["/join"] = ROOM.format(action="/left", starts="true", ends="false")
    stage.app["/left"] = "<Response><Say>That was it.</Say></Response>"
    kim = stage.phones.person(KIM, after=1)
    call = cal.dials()
    stage.calls(KIM, "/join")
    stage.phones.until(lambda: call.hears == (KIM,))
    (room,) = stage.client.conferences.list(friendly_name="room-1", status="in-progress")
    members = stage.client.conferences(str(room.sid)).participants.list()
    assert {one.call_sid for one in members} == {call.sid, kim.call.sid}
    stage.client.conferences(str(room.sid)).participants(kim.call.sid).update(muted=True)
    assert call.hears == ()
    stage.client.conferences(str(room.sid)).update(status="completed")
    stage.phones.until(lambda: call.over and kim.call.over)
    assert call.heard == ["That was it."]
    stage.phones.quiet()


def test_music_of_the_apps_own_is_fetched_and_played(stage: Stage, cal: Somebody) -> None:
    stage.app["/phone/call"] = (
        '<Response><Dial><Conference startConferenceOnEnter="false" waitUrl="/music">room</Conference></Dial>'
        "</Response>"
    )
    stage.app["/music"] = "<Response><Say>Please hold.</Say><Play>https://music.example/one.mp3</Play></Response>"
    call = cal.dials()
    stage.phones.until(lambda: len(call.music) > 1)
    assert call.heard[0] == "Please hold."
    call.hangs_up()
    stage.phones.quiet()


def test_a_message_is_recorded_and_told_of(stage: Stage, cal: Somebody) -> None:
    stage.app["/phone/call"] = '<Response><Record action="/said" recordingStatusCallback="/recorded"/></Response>'
    stage.app["/said"] = "<Response><Say>Thank you.</Say></Response>"
    call = cal.dials()
    call.waits_to_hear("(beep)")
    call.says(7)
    stage.phones.until(lambda: call.over)
    stage.phones.quiet()
    assert call.heard[-1] == "Thank you."
    assert stage.app.at("/said")[0]["RecordingDuration"] == "7"
    assert stage.app.at("/recorded")[0]["RecordingStatus"] == "completed"
    address = stage.app.at("/recorded")[0]["RecordingUrl"]
    sound = requests.get(f"{address}.wav", auth=(stage.phones.account, stage.phones.token), timeout=60)
    assert sound.content[:4] == b"RIFF"
    (listed,) = stage.client.recordings.list(call_sid=call.sid)
    assert listed.duration == "7"
    assert stage.client.recordings(str(listed.sid)).delete()
    assert stage.client.recordings.list(call_sid=call.sid) == []


def test_who_hangs_up_while_recorded_has_left_a_message(stage: Stage, cal: Somebody) -> None:
    stage.app["/phone/call"] = '<Response><Record action="/said" recordingStatusCallback="/recorded"/></Response>'
    call = cal.dials()
    call.waits_to_hear("(beep)")
    call.hangs_up()
    stage.phones.until(lambda: stage.app.at("/said") and stage.app.at("/recorded"))
    assert stage.app.at("/said")[0]["Digits"] == "hangup"
    stage.phones.quiet()


def test_a_recording_may_be_absent(stage: Stage, cal: Somebody) -> None:
    stage.phones.records(absent=True)
    stage.app["/phone/call"] = (
        '<Response><Record recordingStatusCallback="/recorded" recordingStatusCallbackEvent="completed absent" '
        'action="/said"/></Response>'
    )
    stage.app["/said"] = "<Response/>"
    call = cal.dials()
    call.waits_to_hear("(beep)")
    call.says(3)
    stage.phones.until(lambda: stage.app.at("/recorded"))
    assert stage.app.at("/recorded")[0]["RecordingStatus"] == "absent"
    stage.phones.quiet()


def test_a_caller_may_be_rejected_or_withhold_the_number(stage: Stage, cal: Somebody) -> None:
    stage.app["/phone/call"] = '<Response><Reject reason="busy"/></Response>'
    call = cal.dials(withheld=True)
    stage.phones.until(lambda: call.over)
    assert call.status == "busy"
    assert stage.app.at("/phone/call")[0]["From"] == "anonymous"


def test_the_number_says_where_it_points_and_can_be_pointed_elsewhere(stage: Stage) -> None:
    (number,) = stage.client.incoming_phone_numbers.list(phone_number=stage.phones.number)
    assert number.voice_url == stage.app.url("/phone/call")
    stage.client.incoming_phone_numbers(str(number.sid)).update(voice_url="https://desk.example/phone/call")
    assert stage.phones.line.voice_url == "https://desk.example/phone/call"
    assert stage.client.api.accounts(stage.phones.account).fetch().status == "active"


def test_a_trial_account_reaches_verified_numbers_alone(stage: Stage) -> None:
    stage.phones.state.trial = True
    with pytest.raises(TwilioRestException) as refused:
        stage.calls("+14165550000")
    assert refused.value.code == 21608
