"""Conference rooms: who is in, who hears whom, who waits with music, and when the room ends for everybody."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING

from tests.doubles.phone.recording import record
from tests.doubles.phone.state import State
from tests.doubles.phone.webhooks import Webhooks, stamp

if TYPE_CHECKING:
    from tests.doubles.phone.leg import Leg


@dataclass(slots=True, eq=False)
class Seat:
    """Somebody in a room. `out` is set when they are to leave it; `done` when they have left."""

    leg: Leg
    starts: bool
    ends: bool
    muted: bool = False
    held: bool = False
    label: str = ""
    out: asyncio.Event = field(default_factory=asyncio.Event)


@dataclass(slots=True, eq=False)
class Room:
    """A room by its name. It begins when there are two, and one of them may start it."""

    sid: str
    name: str
    made_at: datetime
    state: State
    webhooks: Webhooks
    settings: Mapping[str, str]
    base: str
    seats: list[Seat] = field(default_factory=list)
    status: str = "init"
    reason: str = ""
    ended_by: str = ""
    records: bool = False
    began_at: float = 0.0
    started: asyncio.Event = field(default_factory=asyncio.Event)
    _sequence: int = 0

    def enter(self, seat: Seat) -> None:
        self.seats.append(seat)
        self.tell("participant-join", seat)
        self._begin()

    def _begin(self) -> None:
        if not self.started.is_set() and len(self.seats) > 1 and any(seat.starts for seat in self.seats):
            self.status = "in-progress"
            self.began_at = asyncio.get_running_loop().time()
            for seat in self.seats:
                seat.leg.call.on_hold = False
            self.started.set()
            self.tell("conference-start")

    def leave(self, seat: Seat) -> None:
        if seat not in self.seats:
            return
        self.seats.remove(seat)
        self.tell("participant-leave", seat)
        if seat.ends and self.status != "completed":
            self.end("participant-with-end-conference-on-exit-left", seat.leg.call.sid)
        elif not self.seats and self.status != "completed":
            self.end("last-participant-left", seat.leg.call.sid)

    def end(self, reason: str, by: str = "") -> None:
        """Over, for everybody in it."""
        self.status, self.reason, self.ended_by = "completed", reason, by
        for seat in list(self.seats):
            seat.out.set()
            seat.leg.rests(False)
        self.tell("conference-end")
        if self.records and self.started.is_set():
            seconds = max(1, int((asyncio.get_running_loop().time() - self.began_at) / self.state.scale))
            record(self.state, self.webhooks, self.settings, self.base, source="Conference", seconds=seconds, room=self)
        self.state.changed()

    def heard_by(self, leg: Leg) -> tuple[str, ...]:
        if not self.started.is_set() or any(seat.leg is leg and seat.held for seat in self.seats):
            return ()
        others = [seat for seat in self.seats if seat.leg is not leg and not seat.muted and not seat.held]
        return tuple(seat.leg.who for seat in others)

    def tell(self, event: str, seat: Seat | None = None) -> None:
        url = self.settings.get("statusCallback", "")
        wanted = self.settings.get("statusCallbackEvent", "start end").split()
        if not url or not any(event.endswith(one) for one in wanted):
            return
        self._sequence += 1
        given = {
            "AccountSid": self.state.account,
            "ConferenceSid": self.sid,
            "FriendlyName": self.name,
            "StatusCallbackEvent": event,
            "SequenceNumber": str(self._sequence),
            "Timestamp": stamp(self.state),
        }
        if seat is not None:
            given |= {
                "CallSid": seat.leg.call.sid,
                "Muted": _yes(seat.muted),
                "Hold": _yes(seat.held),
                "Coaching": "false",
                "StartConferenceOnEnter": _yes(seat.starts),
                "EndConferenceOnExit": _yes(seat.ends),
            }
            if seat.label:
                given["ParticipantLabel"] = seat.label
        if event == "conference-end":
            given |= {"ReasonConferenceEnded": self.reason, "CallSidEndingConference": self.ended_by}
        self.webhooks.tell("conference", self.sid, url, given, event)


def _yes(holds: bool) -> str:
    return "true" if holds else "false"
