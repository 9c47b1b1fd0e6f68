"""The legs of a hotline's conversation: who is called for it, into which room, and what is written down of it."""

from __future__ import annotations

import secrets
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from bot.cards import Card, When
from bot.domain.contacts import CALL, Contact
from bot.domain.errors import Conflict
from bot.domain.history import Deed
from bot.domain.phone_numbers import shown
from bot.domain.ticket import Ticket
from bot.ports import ONLY, Kind, News, Speaker, UnitOfWork, Urgency
from bot.ports.oncall import LegState, PhoneCall
from bot.views.wording import listed
from commands.answers import answering
from commands.record import record
from commands.spec import Caller
from commands.writing import append

PHONE = "phone"
HOTLINE = "hotline"
ENGINEER = "engineer"
CUSTOMER = "customer"
"""The kinds of calls: a customer's own, and those that the desk makes to bring the two together."""

RINGS_FOR = timedelta(seconds=90)
"""A call that nobody was connected by in that time is given up."""
HANGS_UP_IN = timedelta(seconds=10)
"""Whoever is to be rung again has heard so, and their telephone is free."""
ROOM = "room"
NUMBER = "number"
ACCOUNT = "account"
"""In a call's data: the id of the call whose room it goes to; whom to ring once the engineer is there; the telephone
account by which alone it goes out, as somebody is in the room on that one."""


def new_call(kind: str, now: datetime, **facts: Any) -> PhoneCall:
    """A call not yet kept, with a secret of its own."""
    return PhoneCall(0, now, kind=kind, token=secrets.token_urlsafe(24), **facts)


def dial(work: UnitOfWork, call: PhoneCall, now: datetime, after: timedelta = timedelta(0)) -> PhoneCall:
    """Have the provider ring `call.number`; what is said there is asked of the dialogue. Raises Conflict where no
    provider is set up."""
    call = work.calls.add(replace(call, due=now + after + RINGS_FOR))
    card = Card(ticket=call.ticket, data={"leg": call.id})
    to = f"{ONLY}{PHONE}:dial:{call.number}"
    news = News(Kind.PAGE, to, card, f"leg:{call.id}", Urgency.PAGE, call.ticket, now + after if after else None)
    if not work.outbox.post(news):
        raise Conflict("No telephone provider is set up, so nobody can be connected.", "thirdline init phone")
    return call


def move(work: UnitOfWork, call: PhoneCall, then: str) -> None:
    """Have somebody who is on the line hear something else from now on."""
    card = Card(ticket=call.ticket, data={"leg": call.id, "then": then})
    key = f"move:{call.id}:{call.turn}:{then}"
    work.outbox.post(News(Kind.PAGE, f"{ONLY}{PHONE}:move:{call.id}", card, key, Urgency.PAGE, call.ticket))


def cut(work: UnitOfWork, call: PhoneCall) -> None:
    """Hang up on somebody."""
    card = Card(ticket=call.ticket, data={"leg": call.id, "cut": True})
    news = News(Kind.PAGE, f"{ONLY}{PHONE}:cut:call-{call.id}", card, f"cut-leg:{call.id}", Urgency.PAGE, call.ticket)
    work.outbox.post(news)


def phone_of(work: UnitOfWork, person: str) -> Contact | None:
    """The first telephone of a person that may be called."""
    return next((one for one in work.contacts.of(person) if one.kind == CALL and one.usable), None)


def ring_engineer(
    work: UnitOfWork, person: str, waiting: PhoneCall, now: datetime, number: str = "", after: timedelta = timedelta(0)
) -> bool:
    """Call the engineer into the room of that call, at their first telephone where no number is given. Returns False
    where they have none that may be called."""
    contact = phone_of(work, person)
    number = number or (contact.address if contact is not None else "")
    if not number:
        return False
    facts = {"customer": waiting.customer, "ticket": waiting.ticket, "page": waiting.page}
    engineer = new_call(ENGINEER, now, number=number, person=person, **facts)
    dial(work, replace(engineer, data={ROOM: waiting.id}), now, after)
    return True


def ring_customer(work: UnitOfWork, room: PhoneCall, number: str, now: datetime, account: str = "") -> PhoneCall:
    """Call the customer into the room of that call, where the engineer is on that account."""
    facts = {"customer": room.customer, "ticket": room.ticket, "page": room.page, "person": room.person}
    data = {ROOM: room.id, ACCOUNT: account}
    return dial(work, replace(new_call(CUSTOMER, now, number=number, **facts), data=data), now)


def on_the_line(call: PhoneCall) -> bool:
    """Whether it is a customer's, who waits in the room of it, or talks there."""
    return call.kind == HOTLINE and call.state in (LegState.WAITING, LegState.CONNECTED) and call.ended_at is None


def note(work: UnitOfWork, call: PhoneCall, words: str, now: datetime, **data: Any) -> Ticket | None:
    """A line in the history of the call's ticket, where it has one."""
    if call.ticket is None:
        return None
    by = (call.customer and "customer") or "phone"
    return append(work, work.tickets.get(call.ticket), Deed.PHONED, now, by=by, source=PHONE, words=words, **data)


def whence(work: UnitOfWork, call: PhoneCall) -> str:
    """From which number somebody called, for staff: whose it seems to be is a hint alone, as anybody can send any."""
    if not call.number:
        return "from a number that is withheld"
    if call.customer is None:
        names = [one.name for one in work.customers.of_phone(call.number)]
        seems = f", which is kept as {listed(names)}'s (that proves nothing)" if names else ""
        return f"from {shown(call.number)}{seems}"
    kept = work.customers.get(call.customer).phones
    theirs = f", {'a' if call.number in kept else 'no'} number of theirs" if kept else ""
    return f"from {shown(call.number)}{theirs}"


def tell(work: UnitOfWork, call: PhoneCall, person: str, words: str, now: datetime, what: str = "") -> None:
    """A direct message to the engineer about the call; the same one (`what`) once."""
    if person:
        card = Card(lines=((words, " ", When(now, "time")),), ticket=call.ticket)
        key = f"line:{call.id}:{person}{what and ':' + what}"
        work.outbox.post(News(Kind.NOTICE, f"@{person}", card, key, ticket=call.ticket))


def spoke(work: UnitOfWork, call: PhoneCall, person: str, now: datetime) -> None:
    """They talk: the call is logged as the engineer's, and so it answers what was promised."""
    if call.ticket is None:
        return
    ticket = work.tickets.get(call.ticket)
    if ticket.closed:
        return
    caller = Caller(work.people.get(person), Speaker(PHONE, person, person=person), now)
    answer = answering(caller, work, ticket, "call")
    record(caller, work, ticket, Deed.CALLED, text="", credit=False, call=call.id, **answer)


def connected(work: UnitOfWork, call: PhoneCall, person: str, now: datetime) -> PhoneCall:
    """Engineer and customer are in one room; returns the call as it is now."""
    if call.state is not LegState.CONNECTED:
        data = dict(call.data) | {"talked_with": person}
        call = replace(call, state=LegState.CONNECTED, person=person, due=None, data=data)
        work.calls.save(call)
        spoke(work, call, person, now)
    return call
