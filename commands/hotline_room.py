"""The room in which engineer and customer meet: who waits is joined, and who has hung up is called back.

A room is one telephone account's: two accounts have two rooms of the same name. So who is in it says by which account
the other one must come.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from bot.flow import Conference, Flow, HangUp, Say
from bot.ports import UnitOfWork
from bot.ports.oncall import LegState, PhoneCall
from commands.hotline_legs import (
    ENGINEER,
    HANGS_UP_IN,
    HOTLINE,
    NUMBER,
    connected,
    on_the_line,
    ring_customer,
    ring_engineer,
)
from commands.hotline_words import words_in


@dataclass(frozen=True, slots=True)
class Engineer:
    """Who comes to talk, at which number, and by which telephone account they were called there."""

    person: str
    number: str
    account: str


def room_of(call: PhoneCall) -> str:
    """The name of the conference room that belongs to this call."""
    return f"hotline-{call.id}"


def called_back_at(call: PhoneCall) -> str:
    """The number at which the customer of that call is rung once they are not on the line; "" where nobody knows it."""
    return str(call.data.get(NUMBER) or (call.number if call.kind == HOTLINE else ""))


def joined(
    work: UnitOfWork, waiting: PhoneCall, engineer: Engineer, now: datetime, into: Conference, language: str = "en"
) -> Flow:
    """An engineer comes to talk to whoever waits in that room, by whatever way they came: they are connected, or rung
    again by the account on which the customer waits, or the customer is called back first."""
    words = words_in(language)
    if on_the_line(waiting):
        if engineer.account != waiting.provider:
            ring_engineer(work, engineer.person, waiting, now, engineer.number, HANGS_UP_IN)
            return (Say(words.ring_again, language), HangUp())
        connected(work, waiting, engineer.person, now)
        return (into,)
    back = called_back_at(waiting)
    if not back:
        return (Say(words.hung_up_withheld, language), HangUp())
    room = replace(waiting, person=engineer.person, data=dict(waiting.data) | {"taken_by": engineer.person})
    work.calls.save(room)
    ring_customer(work, room, back, now, engineer.account)
    hello = words.calling if waiting.kind == ENGINEER or waiting.state is LegState.CALL_BACK else words.hung_up
    return (Say(hello, language), into)
