"""What is said on the calls that the desk makes to bring an engineer and a customer together: nobody is taken into a
room who has not pressed a key, as a voicemail would be.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from bot.domain.errors import NotFound
from bot.flow import Conference, Flow, Gather, HangUp, Say
from bot.ports import UnitOfWork
from bot.ports.oncall import LegState, PhoneCall
from bot.views.spoken import firm, level, number
from commands.hotline_legs import CUSTOMER, ENGINEER, ROOM, connected, phone_of
from commands.hotline_room import Engineer, joined, room_of
from commands.hotline_words import words_in

START = "start"
WAITED = "waited"
UNANSWERED = "unanswered"
LANGUAGE = "language"
"""In a call's data: what its customer wants to hear."""


def bridge(work: UnitOfWork, call: PhoneCall, then: str, keys: str, now: datetime, *, records: bool = False) -> Flow:
    """What is said next. `then` is the prompt that was answered with `keys`; `records` says whether conversations are
    recorded."""
    room = _room_call(work, call)
    language = _language(work, call, room)
    words = words_in(language)
    if then == UNANSWERED:
        return (Say(words.no_answer, language), HangUp())
    if then == WAITED or room is None:
        return (HangUp(),)
    if room.kind == ENGINEER and room.ended_at is not None:
        return (Say(words.too_late, language), HangUp())
    asked = Say(_line(work, call, room, language), language)
    if then == START:
        return (Gather((asked,), "take-0"),)
    if keys != "1":
        again = then == "take-0"
        return (Gather((asked,), "take-1"),) if again else (Say(words.goodbye, language), HangUp())
    into = Conference(room_of(room), WAITED, ends=True, record=records)
    return _brought(work, call, room, into, language, now)


def _line(work: UnitOfWork, call: PhoneCall, room: PhoneCall, language: str) -> str:
    words = words_in(language)
    about = {"customer": _name(work, call, language), "ticket": number(call.ticket or 0, language)}
    if call.kind == CUSTOMER:
        return words.customer.format(**about)
    if room.kind == ENGINEER:
        return words.line_dial.format(**about)
    if room.state is LegState.WAITING:
        ticket = work.tickets.get(call.ticket) if call.ticket is not None else None
        spoken = level(ticket.level if ticket else "", language)
        return words.line.format(level=spoken[:1].upper() + spoken[1:], **about)
    return words.line_back.format(**about)


def _brought(
    work: UnitOfWork, call: PhoneCall, room: PhoneCall, into: Conference, language: str, now: datetime
) -> Flow:
    """They pressed 1: into the room, and whoever is missing is rung."""
    connecting = Say(words_in(language).connecting, language)
    work.calls.save(replace(call, state=LegState.CONNECTED, due=None))
    if call.kind == CUSTOMER:
        connected(work, room, room.person or str(room.data.get("taken_by", "")), now)
        return (connecting, into)
    flow = joined(work, room, Engineer(call.person, call.number, call.provider), now, into, language)
    return (connecting, *flow)


def _room_call(work: UnitOfWork, call: PhoneCall) -> PhoneCall | None:
    """The call in whose room it goes on; its own where it makes a room."""
    room = call.data.get(ROOM)
    return call if room is None else work.calls.get(int(room))


def _name(work: UnitOfWork, call: PhoneCall, language: str) -> str:
    try:
        found = work.customers.get(call.customer) if call.customer else None
    except NotFound:
        found = None
    return firm(found.name, language) if found is not None else words_in(language).a_customer


def _language(work: UnitOfWork, call: PhoneCall, room: PhoneCall | None) -> str:
    """An engineer's own, and of a customer the one that they have chosen."""
    if call.kind == CUSTOMER:
        return str(room.data.get(LANGUAGE) or "en") if room is not None else "en"
    contact = phone_of(work, call.person)
    return contact.language if contact is not None else "en"
