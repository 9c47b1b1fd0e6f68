"""Recordings: made when a message, a call or a room ends, and told of soon, late, or never."""

from __future__ import annotations

import io
import wave
from collections.abc import Mapping
from typing import TYPE_CHECKING
from urllib.parse import urljoin

from tests.doubles.phone.records import Call, Recording
from tests.doubles.phone.state import State
from tests.doubles.phone.webhooks import Webhooks, stamp

if TYPE_CHECKING:
    from tests.doubles.phone.rooms import Room


def address_of(state: State, sid: str) -> str:
    """Where the sound lies, without its ending."""
    return f"{state.base}{root(state)}/Accounts/{state.account}/Recordings/{sid}"


def root(state: State) -> str:
    """The path of the provider's API below its host."""
    return {"twilio": "/2010-04-01", "signalwire": "/api/laml/2010-04-01", "telnyx": "/v2/texml"}[state.dialect]


def record(
    state: State,
    webhooks: Webhooks,
    settings: Mapping[str, str],
    base: str,
    *,
    source: str,
    seconds: int,
    call: Call | None = None,
    room: Room | None = None,
) -> Recording:
    """Keep a recording, and tell whoever `settings` (a verb's attributes) name. `base` is where that verb came from."""
    sid = state.sid("RE")
    of_call, of_room = call.sid if call else "", room.sid if room else ""
    made = Recording(sid, of_call, of_room, seconds, source, state.now())
    url = settings.get("recordingStatusCallback", "")
    given = (
        {
            "AccountSid": state.account,
            "RecordingSid": sid,
            "RecordingUrl": address_of(state, sid),
            "RecordingStatus": "absent" if state.recordings_absent else "completed",
            "RecordingDuration": str(0 if state.recordings_absent else seconds),
            "RecordingChannels": "1",
            "RecordingSource": source,
            "RecordingStartTime": stamp(state),
        }
        | ({"CallSid": of_call} if of_call else {})
        | ({"ConferenceSid": of_room} if of_room else {})
    )
    if not state.recordings_absent:
        state.recordings.append(made)
    wanted = settings.get("recordingStatusCallbackEvent", "completed").split()
    if url and given["RecordingStatus"] in wanted:
        late = state.recordings_late > 0
        state.later(_tell(state, webhooks, sid, urljoin(base, url), given), aside=late)
    return made


async def _tell(state: State, webhooks: Webhooks, sid: str, url: str, given: Mapping[str, str]) -> None:
    await state.wait(0.5 + state.recordings_late)
    webhooks.tell("recording", sid, url, given, given["RecordingStatus"])


def sound(seconds: int) -> bytes:
    """Silence, as a WAV file."""
    file = io.BytesIO()
    with wave.open(file, "wb") as out:
        out.setnchannels(1)
        out.setsampwidth(2)
        out.setframerate(8000)
        out.writeframes(bytes(16000 * seconds))
    return file.getvalue()
