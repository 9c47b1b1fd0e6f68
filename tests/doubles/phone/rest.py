"""The provider's API: every request is checked against the contract, and done."""

from __future__ import annotations

import base64
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from tests.doubles.phone import resources
from tests.doubles.phone.contract import Given
from tests.doubles.phone.exchange import Exchange
from tests.doubles.phone.leg import Source
from tests.doubles.phone.recording import address_of
from tests.doubles.phone.records import Call, Json
from tests.doubles.phone.rooms import Room
from tests.doubles.phone.state import State
from tests.doubles.phone.troubles import Troubles

ROUTES: tuple[tuple[str, str, str], ...] = (
    ("GET", "", "account_fetch"),
    ("POST", "/Calls", "calls_create"),
    ("GET", "/Calls", "calls_list"),
    ("GET", "/Calls/{sid}", "calls_fetch"),
    ("POST", "/Calls/{sid}", "calls_update"),
    ("POST", "/Messages", "messages_create"),
    ("GET", "/Messages", "messages_list"),
    ("GET", "/Messages/{sid}", "messages_fetch"),
    ("GET", "/Recordings", "recordings_list"),
    ("GET", "/Recordings/{sid}", "recordings_fetch"),
    ("DELETE", "/Recordings/{sid}", "recordings_delete"),
    ("GET", "/Conferences", "conferences_list"),
    ("GET", "/Conferences/{sid}", "conferences_fetch"),
    ("POST", "/Conferences/{sid}", "conferences_update"),
    ("GET", "/Conferences/{sid}/Participants", "participants_list"),
    ("GET", "/Conferences/{sid}/Participants/{call}", "participants_fetch"),
    ("POST", "/Conferences/{sid}/Participants/{call}", "participants_update"),
    ("DELETE", "/Conferences/{sid}/Participants/{call}", "participants_delete"),
    ("GET", "/IncomingPhoneNumbers", "numbers_list"),
    ("GET", "/IncomingPhoneNumbers/{sid}", "numbers_fetch"),
    ("POST", "/IncomingPhoneNumbers/{sid}", "numbers_update"),
)


class Refused(Exception):
    """The provider says no, with a status and a code of its own."""

    def __init__(self, status: int, code: int, message: str) -> None:
        super().__init__(message)
        self.status, self.code = status, code


@dataclass(frozen=True, slots=True)
class Asked:
    """A request: the names in its path, its parameters."""

    path: str
    names: Mapping[str, str]
    given: Given

    def get(self, name: str, otherwise: str = "") -> str:
        return next((value for one, value in self.given if one == name), otherwise)

    def all(self, name: str) -> tuple[str, ...]:
        return tuple(value for one, value in self.given if one == name)

    @property
    def sid(self) -> str:
        return self.names["sid"]


@dataclass(frozen=True, slots=True)
class Rest:
    """Does what is asked, on the network's loop. Returns a status and a body; raises Refused."""

    state: State
    exchange: Exchange
    troubles: Troubles

    def genuine(self, authorization: str) -> bool:
        if self.state.dialect == "telnyx":
            return authorization == f"Bearer {self.state.token}"
        pair = base64.b64encode(f"{self.state.account}:{self.state.token}".encode()).decode()
        return authorization == f"Basic {pair}"

    def do(self, operation: str, asked: Asked) -> tuple[int, Json]:
        doing: Callable[[Asked], tuple[int, Json]] = getattr(self, f"_{operation}")
        return doing(asked)

    # --- calls -----------------------------------------------------------------------------------------------

    def _calls_create(self, asked: Asked) -> tuple[int, Json]:
        self._reachable(asked.get("To"))
        if self.state.number(asked.get("From")) is None:
            raise Refused(400, 21212, f"The source number {asked.get('From')} is not yours.")
        call = self.exchange.place(dict(asked.given), asked.all("StatusCallbackEvent"))
        return 201, resources.call_of(self.state, call)

    def _calls_list(self, asked: Asked) -> tuple[int, Json]:
        found = [
            call
            for call in reversed(self.state.calls)
            if (self.state.now() - call.made_at).total_seconds() >= self.state.listed_after
            and asked.get("To") in ("", call.to)
            and asked.get("From") in ("", call.sender)
            and asked.get("Status") in ("", call.status)
            and asked.get("ParentCallSid") in ("", call.parent)
            and _within(call.started_at or call.made_at, asked, "StartTime")
        ]
        return self._page("calls", [resources.call_of(self.state, call) for call in found], asked)

    def _calls_fetch(self, asked: Asked) -> tuple[int, Json]:
        return 200, resources.call_of(self.state, self._call(asked.sid))

    def _calls_update(self, asked: Asked) -> tuple[int, Json]:
        call = self._call(asked.sid)
        if call.over or call.leg is None:
            raise Refused(400, 21220, "Unable to update record. The call is not in-progress.")
        url, document, status = asked.get("Url"), asked.get("Twiml"), asked.get("Status")
        if url or document:
            if call.status != "in-progress":
                raise Refused(400, 21220, "Unable to update record. The call is not in-progress. Cannot redirect.")
            call.leg.move(Source(url, method=asked.get("Method", "POST"), document=document))
        elif status == "completed" or (status == "canceled" and call.status in ("queued", "ringing")):
            call.leg.hang_up()
        return 200, resources.call_of(self.state, call)

    def _call(self, sid: str) -> Call:
        call = self.state.call(sid)
        if call is None:
            raise _missing(f"/Calls/{sid}")
        return call

    # --- texts -----------------------------------------------------------------------------------------------

    def _messages_create(self, asked: Asked) -> tuple[int, Json]:
        to, sender = asked.get("To"), asked.get("From")
        self._reachable(to)
        number = self.state.number(sender)
        if sender and number is None and sender.startswith("+"):
            raise Refused(400, 21606, f"The number {sender} is not one of yours that can send texts to {to}.")
        if not asked.get("Body") and not asked.get("MediaUrl"):
            raise Refused(400, 21602, "Message body is required.")
        if len(asked.get("Body")) > 1600:
            raise Refused(400, 21617, "The body is longer than 1600 characters.")
        person = self.state.person(to)
        if person is not None and person.stopped:
            raise Refused(400, 21610, "The person at this number has opted out of texts.")
        return 201, resources.text_of(self.state, self.exchange.send(dict(asked.given)))

    def _messages_list(self, asked: Asked) -> tuple[int, Json]:
        found = [
            text
            for text in reversed(self.state.texts)
            if asked.get("To") in ("", text.to)
            and asked.get("From") in ("", text.sender)
            and _within(text.at, asked, "DateSent")
        ]
        return self._page("messages", [resources.text_of(self.state, text) for text in found], asked)

    def _messages_fetch(self, asked: Asked) -> tuple[int, Json]:
        for text in self.state.texts:
            if text.sid == asked.sid:
                return 200, resources.text_of(self.state, text)
        raise _missing(f"/Messages/{asked.sid}")

    # --- recordings ------------------------------------------------------------------------------------------

    def _recordings_list(self, asked: Asked) -> tuple[int, Json]:
        found = [
            resources.recording_of(self.state, one, address_of(self.state, one.sid))
            for one in reversed(self.state.recordings)
            if asked.get("CallSid") in ("", one.call)
            and asked.get("ConferenceSid") in ("", one.room)
            and not one.deleted
            and _within(one.made_at, asked, "DateCreated")
        ]
        return self._page("recordings", found, asked)

    def _recordings_fetch(self, asked: Asked) -> tuple[int, Json]:
        for one in self.state.recordings:
            if one.sid == asked.sid and not one.deleted:
                return 200, resources.recording_of(self.state, one, address_of(self.state, one.sid))
        raise _missing(f"/Recordings/{asked.sid}")

    def _recordings_delete(self, asked: Asked) -> tuple[int, Json]:
        self._recordings_fetch(asked)
        for one in self.state.recordings:
            one.deleted = one.deleted or one.sid == asked.sid
        self.state.changed()
        return 204, {}

    # --- rooms -----------------------------------------------------------------------------------------------

    def _conferences_list(self, asked: Asked) -> tuple[int, Json]:
        found = [
            resources.room_of(self.state, room)
            for room in reversed(self.state.rooms)
            if asked.get("FriendlyName") in ("", room.name)
            and asked.get("Status") in ("", room.status)
            and _within(room.made_at, asked, "DateCreated")
        ]
        return self._page("conferences", found, asked)

    def _conferences_fetch(self, asked: Asked) -> tuple[int, Json]:
        return 200, resources.room_of(self.state, self._room(asked.sid))

    def _conferences_update(self, asked: Asked) -> tuple[int, Json]:
        room = self._room(asked.sid)
        if asked.get("Status") == "completed" and room.status != "completed":
            room.end("conference-ended-via-api")
        return 200, resources.room_of(self.state, room)

    def _participants_list(self, asked: Asked) -> tuple[int, Json]:
        room = self._room(asked.sid)
        return self._page("participants", [resources.seat_of(self.state, room, one) for one in room.seats], asked)

    def _participants_fetch(self, asked: Asked) -> tuple[int, Json]:
        room = self._room(asked.sid)
        for seat in room.seats:
            if asked.names["call"] in (seat.leg.call.sid, seat.label):
                return 200, resources.seat_of(self.state, room, seat)
        raise _missing(asked.path)

    def _participants_update(self, asked: Asked) -> tuple[int, Json]:
        self._participants_fetch(asked)
        for seat in self._room(asked.sid).seats:
            if asked.names["call"] in (seat.leg.call.sid, seat.label):
                seat.muted = asked.get("Muted", str(seat.muted)).lower() == "true"
                seat.held = asked.get("Hold", str(seat.held)).lower() == "true"
                seat.ends = asked.get("EndConferenceOnExit", str(seat.ends)).lower() == "true"
        self.state.changed()
        return self._participants_fetch(asked)

    def _participants_delete(self, asked: Asked) -> tuple[int, Json]:
        self._participants_fetch(asked)
        for seat in self._room(asked.sid).seats:
            if asked.names["call"] in (seat.leg.call.sid, seat.label):
                seat.out.set()
                seat.leg.rests(False)
        return 204, {}

    def _room(self, sid: str) -> Room:
        for room in self.state.rooms:
            if room.sid == sid:
                return room
        raise _missing(f"/Conferences/{sid}")

    # --- the account -----------------------------------------------------------------------------------------

    def _account_fetch(self, asked: Asked) -> tuple[int, Json]:
        return 200, resources.account_of(self.state)

    def _numbers_list(self, asked: Asked) -> tuple[int, Json]:
        found = [
            resources.number_of(self.state, one) for one in self.state.numbers if asked.get("PhoneNumber") in one.number
        ]
        return self._page("incoming_phone_numbers", found, asked)

    def _numbers_fetch(self, asked: Asked) -> tuple[int, Json]:
        for one in self.state.numbers:
            if one.sid == asked.sid:
                return 200, resources.number_of(self.state, one)
        raise _missing(asked.path)

    def _numbers_update(self, asked: Asked) -> tuple[int, Json]:
        self._numbers_fetch(asked)
        for one in self.state.numbers:
            if one.sid == asked.sid:
                one.voice_url = asked.get("VoiceUrl", one.voice_url)
                one.text_url = asked.get("SmsUrl", one.text_url)
                one.status_url = asked.get("StatusCallback", one.status_url)
        return self._numbers_fetch(asked)

    # --- shared ----------------------------------------------------------------------------------------------

    def _reachable(self, to: str) -> None:
        refusal = self.troubles.refusals.get(to)
        if refusal is not None:
            raise Refused(*refusal, f"{to} cannot be reached so.")
        if self.state.trial and self.state.person(to) is None:
            raise Refused(400, 21608, f"{to} is unverified; trial accounts reach verified numbers alone.")

    def _page(self, name: str, rows: list[Json], asked: Asked) -> tuple[int, Json]:
        number, size = int(asked.get("Page", "0")), int(asked.get("PageSize", "50"))
        return 200, resources.page_of(name, rows, number, size, asked.path)


def _missing(path: str) -> Refused:
    return Refused(404, 20404, f"The requested resource {path} was not found")


def _within(at: datetime, asked: Asked, name: str) -> bool:
    """Whether it lies where `NAME>`, `NAME<` and `NAME` say, to the second or the day."""
    at = at.replace(microsecond=0)
    low, high, exact = asked.get(f"{name}>"), asked.get(f"{name}<"), asked.get(name)
    if exact and at.date() != _instant(exact).date():
        return False
    return not (low and at < _instant(low)) and not (high and at > _instant(high))


def _instant(text: str) -> datetime:
    at = datetime.fromisoformat(text)
    return at.replace(tzinfo=UTC) if at.tzinfo is None else at
