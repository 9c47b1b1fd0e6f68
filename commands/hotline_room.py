"""The room in which engineer and customer meet: who waits is joined, and who has hung up is called back."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from bot.flow import Conference, Flow, HangUp, Say
from bot.oncall_ports import LegState, PhoneCall
from bot.ports import UnitOfWork
from commands.hotline_legs import ENGINEER, HOTLINE, NUMBER, connected, ring_customer
from commands.hotline_words import words_in


def room_of(call: PhoneCall) -> str:
    """The name of the conference room that belongs to this call."""
    return f"hotline-{call.id}"


def joined(
    work: UnitOfWork, waiting: PhoneCall, person: str, now: datetime, into: Conference, language: str = "en"
) -> Flow:
    """An engineer comes to talk to whoever waits in that room, by whatever way they came: they are connected, or the
    customer is called back first."""
    if waiting.state in (LegState.WAITING, LegState.CONNECTED) and waiting.ended_at is None and waiting.kind == HOTLINE:
        connected(work, waiting, person, now)
        return (into,)
    words = words_in(language)
    back = str(waiting.data.get(NUMBER) or (waiting.number if waiting.kind == HOTLINE else ""))
    if not back:
        return (Say(words.hung_up_withheld, language), HangUp())
    room = replace(waiting, person=person, data=dict(waiting.data) | {"taken_by": person})
    work.calls.save(room)
    ring_customer(work, room, back, now)
    hello = words.calling if waiting.kind == ENGINEER or waiting.state is LegState.CALL_BACK else words.hung_up
    return (Say(hello, language), into)
