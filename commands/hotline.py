"""The hotline's dialogue: who calls is told apart by a PIN, gets a ticket before anything rings, and is brought to the
engineer on call; who is not owed that is told why, kindly, and is heard all the same.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from bot.domain.business_hours import BeyondCalendar, DeskState
from bot.domain.customers import Customer
from bot.domain.entitlement import Entitlement, entitlement
from bot.domain.errors import NotFound, Refusal
from bot.domain.paging import Trigger
from bot.domain.policy import ClockKind, Way
from bot.domain.ticket import OPEN_STATES, Priority, Ticket
from bot.flow import Conference, Flow, Gather, HangUp, Record, Reject, Say
from bot.ports import Entry, Speaker, TicketFilter, UnitOfWork
from bot.ports.oncall import LegState, PhoneCall
from bot.views.spoken import FRENCH, firm, level, moment, number
from commands.floods import must_have_room, must_not_flood
from commands.hotline_bridge import LANGUAGE, START, WAITED, bridge
from commands.hotline_legs import CUSTOMER, ENGINEER, HOTLINE, PHONE, new_call, note, ring_engineer, tell, whence
from commands.hotline_pins import DIGITS, TRIES, customer_of_pin
from commands.hotline_room import room_of
from commands.hotline_words import FOR_FRENCH, IN_FRENCH, HotlineWords, words_in
from commands.paging import start_page
from commands.record import record_opened, today
from commands.spec import Caller

NOBODY = "nobody"
RECORDED = "recorded"

MOST_AN_HOUR = 200
"""Calls on the hotline within an hour; what comes then is rejected, and the line stays free."""
LATELY = "hotline.lately"
CALLER = "the caller, by key 1"
"""Who approves that a credit is used on the hotline: whoever knows the PIN, and was told how many there are."""
TALKS = timedelta(minutes=15)
"""After which nobody can still be in the dialogue."""


@dataclass(frozen=True, slots=True)
class Hotline:
    """The dialogue with the operator's settings: the first words, and the seconds that somebody waits for an engineer
    before they are offered something else. `records` says whether conversations are recorded."""

    greeting: str
    waits: int = 180
    records: bool = False

    def greet(self, work: UnitOfWork, *, number: str, provider: str, ref: str, now: datetime) -> PhoneCall:
        """Somebody calls in. The number they show is a hint alone."""
        known = work.calls.by_ref(provider, ref)
        if known is not None:
            return known
        data = {"waits": self.waits} | ({} if self._room(work, now) else {"full": True})
        call = new_call(HOTLINE, now, number=number, provider=provider, ref=ref, due=now + TALKS, data=data)
        return work.calls.add(call)

    def talk(self, work: UnitOfWork, call: PhoneCall, then: str, keys: str, now: datetime) -> Flow:
        """What is said next. `then` is the prompt that was answered with `keys`, "" for none."""
        if call.kind in (ENGINEER, CUSTOMER):
            return bridge(work, call, then, keys, now, records=self.records)
        if call.data.get("full"):
            return (Reject(),)
        name, _, rest = then.partition("-")
        answer = _PROMPTS.get(name)
        return answer(_Talk(self, work, call, now), keys.strip().rstrip("#"), rest) if answer else (HangUp(),)

    def _room(self, work: UnitOfWork, now: datetime) -> bool:
        since = (now - timedelta(hours=1)).timestamp()
        lately = [at for at in work.memory.fact(LATELY) or () if at > since][-MOST_AN_HOUR:]
        if len(lately) >= MOST_AN_HOUR:
            return False
        work.memory.set_fact(LATELY, [*lately, now.timestamp()])
        return True


@dataclass(frozen=True, slots=True)
class _Talk:
    """One turn of a customer's call."""

    line: Hotline
    work: UnitOfWork
    call: PhoneCall
    now: datetime

    def ask(self, text: str, then: str, digits: int = 1, finish: str = "", seconds: int = 8) -> Gather:
        return Gather((self.say(text),), then, digits, seconds, finish)

    def say(self, text: str) -> Say:
        return Say(text, self.language)

    @property
    def language(self) -> str:
        return str(self.call.data.get(LANGUAGE) or "en")

    @property
    def words(self) -> HotlineWords:
        return words_in(self.language)

    def save(self, **changes: object) -> _Talk:
        call = replace(self.call, **changes)  # type: ignore[arg-type]  # Fields of a call, said where they are set.
        self.work.calls.save(call)
        return replace(self, call=call)

    @property
    def customer(self) -> Customer | None:
        try:
            return self.work.customers.get(self.call.customer) if self.call.customer else None
        except NotFound:
            return None

    def owed(self) -> Entitlement:
        return entitlement(self.customer, self.work.promises.policy, today(self.work, self.now))


def _start(talk: _Talk, keys: str, rest: str) -> Flow:
    asked = (Say(f"{talk.line.greeting} {talk.words.pin}"), Say(IN_FRENCH, FRENCH))
    return (Gather(asked, "pin-0", DIGITS, 12, "#"),)


def _pin(talk: _Talk, keys: str, rest: str) -> Flow:
    """Three tries; who has none is heard without one."""
    if not keys:
        return _message(talk, talk.words.unknown)
    if keys == FOR_FRENCH:
        talk = talk.save(data=dict(talk.call.data) | {LANGUAGE: FRENCH})
        return (talk.ask(talk.words.pin, f"pin-{rest or 0}", DIGITS, "#", 12),)
    customer = customer_of_pin(talk.work, keys, talk.call.number, talk.now)
    wrong = int(rest or 0) + 1
    if customer is not None:
        return _known(talk.save(customer=customer.id), customer)
    if wrong < TRIES:
        return (talk.ask(talk.words.pin_wrong, f"pin-{wrong}", DIGITS, "#", 12),)
    return _message(talk, f"{talk.words.pin_locked} {talk.words.unknown}")


def _known(talk: _Talk, customer: Customer) -> Flow:
    owed = talk.owed()
    name, at = firm(customer.name, talk.language), level(owed.level.name, talk.language)
    if Way.TELEPHONE in owed.ways:
        hello = talk.words.welcome_option if owed.telephone_by == "option" else talk.words.welcome
        return _open_hours(talk, hello.format(customer=name, level=at))
    if customer.phone_credits:
        one = customer.phone_credits == 1
        many = talk.words.credits.format(count=number(customer.phone_credits, talk.language))
        count = talk.words.one_credit if one else many
        return (talk.ask(talk.words.credit.format(customer=name, level=at, credits=count), "credit"),)
    return _message(talk, talk.words.not_owed.format(customer=name, level=at))


def _credit(talk: _Talk, keys: str, rest: str) -> Flow:
    if keys == "1":
        return _open_hours(talk.save(data=dict(talk.call.data) | {"credit": True}), "")
    return _message(talk, talk.words.speak)


def _open_hours(talk: _Talk, hello: str) -> Flow:
    """In monitored hours nothing is promised, but an emergency is seen."""
    opens = _opens(talk)
    if not opens:
        return _which(talk, hello)
    return (talk.ask(f"{hello} {talk.words.closed.format(opens=opens)}".strip(), "closed"),)


def _opens(talk: _Talk) -> str:
    """When the desk opens, in words; nothing while it is open."""
    hours, zone = talk.work.promises.hours, ZoneInfo(talk.work.promises.policy.zone)
    try:
        if hours.state(talk.now) is DeskState.OPEN:
            return ""
        return moment(hours.next_opening(talk.now), zone, talk.now, talk.language)
    except (BeyondCalendar, Refusal):
        return ""


def _closed(talk: _Talk, keys: str, rest: str) -> Flow:
    return _which(talk, "") if keys == "1" else _message(talk, talk.words.speak)


def _which(talk: _Talk, hello: str) -> Flow:
    if not talk.call.customer or not talk.work.customers.open_tickets(talk.call.customer):
        return _waits(talk, _ticket(talk), hello)
    return (talk.ask(f"{hello} {talk.words.which}".strip(), "about", 0, "#"),)


def _about(talk: _Talk, keys: str, rest: str) -> Flow:
    found = _theirs(talk, keys)
    hello = talk.words.not_yours.format(ticket=keys[:9]) if keys and found is None else ""
    return _waits(talk, found or _ticket(talk), hello, new=found is None)


def _theirs(talk: _Talk, keys: str) -> Ticket | None:
    """The open ticket of that number, if it is this customer's: of nobody else's is it even said that there is one."""
    try:
        found = talk.work.tickets.get(int(keys)) if keys.isdigit() and len(keys) < 10 else None
    except NotFound:
        return None
    return found if found is not None and not found.closed and found.customer == talk.call.customer else None


def _ticket(talk: _Talk) -> Ticket | None:
    """The ticket of the call: a new one; the newest open one where there is no room for another."""
    work, customer, owed = talk.work, talk.customer, talk.owed()
    if talk.call.ticket is not None:
        return work.tickets.get(talk.call.ticket)
    caller = Caller(
        None, Speaker(PHONE, talk.call.number or "withheld", name=customer.name if customer else ""), talk.now
    )
    try:
        must_not_flood(work, customer, talk.now)
        if customer is not None:
            must_have_room(work, customer)
    except Refusal:
        mine = TicketFilter(customer=talk.call.customer, states=OPEN_STATES, order="newest", limit=1)
        return next(iter(work.tickets.find(mine)), None) if talk.call.customer else None
    return record_opened(
        caller,
        work,
        subject=f"{customer.name if customer else 'Somebody'} called the hotline",
        text="",
        level=owed.level.name,
        customer=customer.id if customer else None,
        requester=customer.contact if customer else "",
        priority=(Priority.HIGH if customer else Priority.NORMAL).value,
        category="",
        tags=(),
        starts=[ClockKind.FIRST_RESPONSE.value, ClockKind.RESOLUTION.value],
    )


def _waits(talk: _Talk, ticket: Ticket | None, hello: str, *, new: bool = True) -> Flow:
    """The ticket is there; now the engineer is called, and the caller waits in a room of their own."""
    if ticket is None:
        return _message(talk, talk.words.full)
    credit = _spent(talk, ticket)
    talk = talk.save(ticket=ticket.number, state=LegState.WAITING, due=talk.now + timedelta(seconds=talk.line.waits))
    using = ", using a per-incident credit" if credit else ""
    called = f"called the hotline {whence(talk.work, talk.call)}{using}, and waits on the line"
    note(talk.work, talk.call, called, talk.now, **credit)
    name = talk.customer.name if talk.customer else "A customer"
    page = start_page(
        talk.work,
        trigger=Trigger.HOTLINE,
        reason=f"{name} is on the line.",
        by="customer",
        now=talk.now,
        ticket=talk.work.tickets.get(ticket.number),
        call=talk.call.id,
    )
    # The page's first step may have told the call something; only the page is new to it.
    talk.work.calls.save(replace(talk.work.calls.get(talk.call.id), page=page.id))
    text = (talk.words.opened if new else talk.words.found).format(ticket=number(ticket.number, talk.language))
    return (talk.say(f"{hello} {text}".strip()), _room(talk))


def _room(talk: _Talk) -> Conference:
    """It closes when either leaves it: an engineer is not left alone on the line."""
    return Conference(room_of(talk.call), WAITED, waits=True, ends=True, record=talk.line.records)


def _spent(talk: _Talk, ticket: Ticket) -> Mapping[str, Any]:
    """The credit that the caller has agreed to use, taken off now that it is used."""
    customer = talk.customer
    if customer is None or not talk.call.data.get("credit") or ticket.phone_credit or not customer.phone_credits:
        return {}
    left = customer.phone_credits - 1
    talk.work.customers.save(replace(customer, phone_credits=left))
    data = {"ticket": ticket.number, "credits": left, "approved_by": CALLER}
    talk.work.memory.journal(Entry(talk.now, "the customer", f"customer:{customer.id}", "spent a credit", data))
    return {"credit": True, "approved_by": CALLER}


def _waited(talk: _Talk, keys: str, rest: str) -> Flow:
    """The engineer has left the room: done with them, or cut off. Who was cut off is connected again."""
    if talk.call.state is LegState.CONNECTED and not rest:
        return (talk.ask(talk.words.cut_off, f"{WAITED}-asked"),)
    if rest and keys == "1":
        person = str(talk.call.data.get("talked_with", ""))
        data = dict(talk.call.data) | {"brought": True, "taken_by": person}
        talk = talk.save(state=LegState.WAITING, due=talk.now + timedelta(seconds=talk.line.waits), data=data)
        note(talk.work, talk.call, "was cut off and waits on the line again", talk.now)
        if ring_engineer(talk.work, person, talk.call, talk.now):
            return (talk.say(talk.words.again), _room(talk))
        return _nobody(talk, "", "")
    if rest:
        talk.save(state=LegState.OVER, due=None)
        return (talk.say(talk.words.goodbye), HangUp())
    return _nobody(talk, "", "")


def _nobody(talk: _Talk, keys: str, rest: str) -> Flow:
    if rest == "":
        asked = talk.words.nobody if talk.call.number else talk.words.nobody_withheld
        return (talk.ask(asked, "nobody-asked"),)
    if keys == "1" and talk.call.number:
        talk = talk.save(state=LegState.CALL_BACK, data=dict(talk.call.data) | {"call_back": True}, due=None)
        note(talk.work, talk.call, "wants to be called back", talk.now)
        _has_them(talk)
        return (talk.say(talk.words.call_back.format(ticket=number(talk.call.ticket or 0, talk.language))), HangUp())
    if keys == "2":
        return _message(talk, talk.words.speak)
    talk = talk.save(state=LegState.WAITING, due=talk.now + timedelta(seconds=talk.line.waits))
    return (_room(talk),)


def _has_them(talk: _Talk) -> None:
    """Whoever has the page already, and was not reached, is told; nobody else is called for it any more."""
    person = str(talk.call.data.get("taken_by") or "")
    if person:
        wish = f"The customer of #{talk.call.ticket} has hung up and wants to be called back: "
        tell(talk.work, talk.call, person, f"{wish}/ticket dial {talk.call.ticket}", talk.now, "back")


def _message(talk: _Talk, text: str) -> Flow:
    """Voicemail: what they say becomes part of a ticket once the recording is there."""
    talk.save(state=LegState.VOICEMAIL, due=talk.now + TALKS)
    return (talk.say(text), Record(RECORDED))


def _recorded(talk: _Talk, keys: str, rest: str) -> Flow:
    talk = talk.save(data=dict(talk.call.data) | {"spoke": True})
    ticket = talk.call.ticket
    thanks = (
        talk.words.thanks.format(ticket=number(ticket, talk.language)) if ticket is not None else talk.words.thanks_new
    )
    return (talk.say(thanks), HangUp())


_PROMPTS: Mapping[str, Callable[[_Talk, str, str], Flow]] = {
    START: _start,
    "pin": _pin,
    "credit": _credit,
    "closed": _closed,
    "about": _about,
    WAITED: _waited,
    NOBODY: _nobody,
    RECORDED: _recorded,
}


def ticket_of_call(work: UnitOfWork, call: PhoneCall, now: datetime) -> Ticket | None:
    """The ticket of a call that had none yet; None where there is no room for one."""
    return _ticket(_Talk(Hotline(""), work, call, now))
