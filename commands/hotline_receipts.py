"""What became of the hotline's calls, as the provider and the outbox tell it: late, twice or in any order."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Protocol

from bot.cards import Card, Tone
from bot.domain.attachments import Attachment, file_to_data
from bot.domain.errors import NotFound
from bot.domain.paging import Trigger
from bot.domain.policy import Way
from bot.ports import ALERTS, Copy, Kind, News, Outcome, Parcel, ParcelState, UnitOfWork, Urgency
from bot.ports.oncall import LegState, PhoneCall
from commands.hotline import ticket_of_call
from commands.hotline_bridge import UNANSWERED
from commands.hotline_legs import (
    ACCOUNT,
    CUSTOMER,
    ENGINEER,
    HOTLINE,
    PHONE,
    ROOM,
    move,
    note,
    on_the_line,
    tell,
    whence,
)
from commands.page_ends import cut, name_of
from commands.paging import start_page
from commands.record import owed_by

RECORDED = "recording.mp3"
ENDED = frozenset({"completed", "busy", "no-answer", "failed", "canceled"})
"""Statuses after which a call is over, in the words of the providers."""


class CallNews(Protocol):
    """What a provider says of a call."""

    @property
    def status(self) -> str: ...
    @property
    def seconds(self) -> int | None: ...
    @property
    def recording(self) -> str: ...
    @property
    def recording_ref(self) -> str: ...


def told_status(work: UnitOfWork, call: PhoneCall, news: CallNews, now: datetime) -> None:
    """A call has ended, or is on its way; only the end brings anything about, and once."""
    if news.status not in ENDED or call.ended_at is not None:
        return
    _over(work, call, news.status, now)


def told_machine(work: UnitOfWork, call: PhoneCall, news: CallNews, now: datetime) -> None:
    """What the provider thinks has answered is no proof of anything: a key is asked for in any case."""


def told_recording(work: UnitOfWork, call: PhoneCall, news: CallNews, now: datetime) -> None:
    """A recording is there: of a message, which somebody must hear, or of a conversation."""
    if not news.recording or news.recording_ref in call.data.get("recordings", ()):
        return
    known = [*call.data.get("recordings", ()), news.recording_ref]
    call = replace(call, data=dict(call.data) | {"recordings": known})
    message = call.state is LegState.VOICEMAIL
    if message:
        ticket = ticket_of_call(work, call, now)
        call = replace(call, ticket=ticket.number if ticket is not None else None, state=LegState.OVER, due=None)
    work.calls.save(call)
    _kept(work, call, news, now, message=message)
    if message:
        _heard_by_somebody(work, call, now)


def _kept(work: UnitOfWork, call: PhoneCall, news: CallNews, now: datetime, *, message: bool) -> None:
    """The ticket says so, and a copy is made: a provider gives it out to whoever has its token alone, or not for long.
    What no ticket has room for is told in the alerts channel."""
    length = f" of {news.seconds} s" if news.seconds else ""
    said = f"left a message{length}, {whence(work, call)}" if message else f"conversation recorded{length}"
    file = Attachment(RECORDED, news.recording, type="audio/mpeg")
    facts = {"recording": news.recording, "files": [file_to_data(file)]}
    ticket = note(work, call, f"{said}. To hear it: /ticket files {call.ticket}", now, **facts)
    if ticket is not None:
        copy = Copy(ticket.number, ticket.seq, 1, PHONE, file.name, file.type, news.recording)
        work.files.want(copy, now)
        return
    line = f"A caller {said}, and no ticket could be opened for it: too many were lately. {news.recording}"
    key = f"recording:{call.id}:{news.recording_ref}"
    work.outbox.post(News(Kind.ALERT, ALERTS, Card(lines=((line,),), tone=Tone.WARNING), key, Urgency.WARNING))


def settled_leg(work: UnitOfWork, parcel: Parcel, outcome: Outcome, now: datetime) -> None:
    """What came of calling somebody for the hotline, or of leading them elsewhere."""
    call = _leg_of(work, parcel)
    if call is None or "then" in parcel.card.data or "cut" in parcel.card.data:
        return
    if outcome.state is ParcelState.SENT and outcome.ref and not call.ref:
        work.calls.save(replace(call, ref=outcome.ref, provider=outcome.ref.partition(":")[0]))
    elif outcome.state is ParcelState.DEAD and call.ended_at is None:
        _over(work, call, outcome.reason, now)


def draw_leg(work: UnitOfWork, parcel: Parcel, now: datetime) -> Card | None:
    """What the telephone needs to know to make, lead or cut a call; None where nobody wants that any more."""
    call = _leg_of(work, parcel)
    if call is None:
        return None
    data = parcel.card.data
    if "cut" in data:
        return replace(parcel.card, data={"cut": call.ref}) if call.ref else None
    if call.ended_at is not None:
        return None
    facts = {"call": call.id, "token": call.token, "turn": call.turn, "since": int(call.started_at.timestamp())}
    if "then" in data:
        # Somebody has come meanwhile, or they are being told already.
        wanted = call.state is LegState.WAITING or call.kind != HOTLINE
        return replace(parcel.card, data=facts | {"ref": call.ref, "then": data["then"]}) if wanted else None
    return replace(parcel.card, data=facts | {"then": "start", "account": _account(work, call)})


def _account(work: UnitOfWork, call: PhoneCall) -> str:
    """By which account somebody must be called, as whom they are to meet is there on it; "" for whichever takes it.
    Where the customer has hung up meanwhile, they are called back by the one on which the engineer then is."""
    room = _room(work, call)
    return room.provider if room is not None and on_the_line(room) else str(call.data.get(ACCOUNT, ""))


def _leg_of(work: UnitOfWork, parcel: Parcel) -> PhoneCall | None:
    try:
        return work.calls.get(int(parcel.card.data["leg"]))
    except (KeyError, NotFound):
        return None


def _over(work: UnitOfWork, call: PhoneCall, how: str, now: datetime) -> None:
    if call.kind == HOTLINE:
        _hung_up(work, call, now)
        return
    reached = call.state is LegState.CONNECTED
    work.calls.save(replace(call, state=LegState.OVER, ended_at=now, due=None))
    if reached:
        return
    if call.kind == ENGINEER:
        _no_engineer(work, call, how, now)
    elif call.kind == CUSTOMER:
        _no_customer(work, call, how, now)


def _hung_up(work: UnitOfWork, call: PhoneCall, now: datetime) -> None:
    """The page goes on: who acknowledges is told, and calls them back."""
    waited = call.state in (LegState.WAITING, LegState.GREETED) and call.ticket is not None
    # A message still needs its recording, and a wish to be called back stays one.
    kept = call.state in (LegState.VOICEMAIL, LegState.CALL_BACK)
    state = call.state if kept else LegState.OVER
    due = call.due if call.state is LegState.VOICEMAIL else None
    call = replace(call, state=state, ended_at=now, due=due)
    work.calls.save(call)
    if waited:
        note(work, call, "hung up before an engineer was there", now)


def _no_engineer(work: UnitOfWork, call: PhoneCall, how: str, now: datetime) -> None:
    """The engineer's telephone was not answered: they are told in chat, and whoever waits is not left waiting."""
    why = "nobody pressed 1" if how == "completed" else how
    words = f"Your telephone was not answered ({why}). "
    again = f"Call them: /ticket dial {call.ticket}" if call.ticket is not None else ""
    tell(work, call, call.person, words + again, now)
    waiting = _room(work, call)
    if waiting is not None and waiting.state is LegState.WAITING and waiting.ended_at is None:
        _called_again(work, waiting, call.person, now)
        move(work, waiting, "nobody")


def _called_again(work: UnitOfWork, waiting: PhoneCall, person: str, now: datetime) -> None:
    """Whoever has the page does not come to the telephone, and somebody waits there: the chain begins anew."""
    if waiting.ticket is None or work.tickets.get(waiting.ticket).closed:
        return
    data = {name: value for name, value in waiting.data.items() if name not in ("taken_by", "via", "brought")}
    work.calls.save(replace(waiting, data=data))
    page = start_page(
        work,
        trigger=Trigger.HOTLINE,
        reason=f"The customer is still on the line; {name_of(work, person)} was not reached.",
        by="customer",
        now=now,
        ticket=work.tickets.get(waiting.ticket),
        call=waiting.id,
    )
    work.calls.save(replace(work.calls.get(waiting.id), page=page.id))


def _no_customer(work: UnitOfWork, call: PhoneCall, how: str, now: datetime) -> None:
    why = "nobody pressed 1" if how == "completed" else how
    note(work, call, f"could not be called back ({why})", now)
    tell(work, call, call.person, f"The customer was not reached ({why}). Again: /ticket dial {call.ticket}", now)
    room = _room(work, call)
    if room is None:
        return
    if room.kind == ENGINEER:
        move(work, room, UNANSWERED)
        return
    for attempt in work.pages.attempts(call.page) if call.page is not None else ():
        if attempt.person == call.person and attempt.kind == "call" and attempt.ref:
            cut(work, attempt)


def _room(work: UnitOfWork, call: PhoneCall) -> PhoneCall | None:
    try:
        return work.calls.get(int(call.data[ROOM])) if ROOM in call.data else None
    except NotFound:
        return None


def _heard_by_somebody(work: UnitOfWork, call: PhoneCall, now: datetime) -> None:
    """A message of somebody who is owed the telephone brings the engineer; another waits as its level does."""
    if call.ticket is None:
        return
    ticket = work.tickets.get(call.ticket)
    owed = owed_by(work, ticket, now)
    if Way.TELEPHONE not in owed.ways and not ticket.phone_credit:
        return
    name = owed.customer.name if owed.customer else "Somebody"
    reason = f"{name} left a message on the hotline."
    start_page(work, trigger=Trigger.HOTLINE, reason=reason, by="customer", now=now, ticket=ticket, call=None)
