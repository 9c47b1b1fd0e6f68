"""The room in which engineer and customer meet: who waits is joined, and who has hung up is called back."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from bot.flow import Conference, Flow, HangUp, Say
from bot.oncall_ports import LegState, PhoneCall
from bot.ports import UnitOfWork
from commands import hotline_words as words
from commands.hotline_legs import ENGINEER, HOTLINE, NUMBER, connected, ring_customer


def room_of(call: PhoneCall) -> str:
    """The name of the conference room that belongs to this call."""
    return f"hotline-{call.id}"


def joined(work: UnitOfWork, waiting: PhoneCall, person: str, now: datetime, into: Conference) -> Flow:
    """An engineer comes to talk to whoever waits in that room, by whatever way they came: they are connected, or the
    customer is called back first."""
    if waiting.state in (LegState.WAITING, LegState.CONNECTED) and waiting.ended_at is None and waiting.kind == HOTLINE:
        connected(work, waiting, person, now)
        return (into,)
    back = str(waiting.data.get(NUMBER) or (waiting.number if waiting.kind == HOTLINE else ""))
    if not back:
        return (Say(words.HUNG_UP_WITHHELD), HangUp())
    room = replace(waiting, person=person, data=dict(waiting.data) | {"taken_by": person})
    work.calls.save(room)
    ring_customer(work, room, back, now)
    hello = words.CALLING if waiting.kind == ENGINEER or waiting.state is LegState.CALL_BACK else words.HUNG_UP
    return (Say(hello), into)
