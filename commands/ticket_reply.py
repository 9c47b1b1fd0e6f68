"""/ticket reply: the one verb that reaches the customer; it says to whom it went."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import timedelta
from functools import partial
from typing import Any

from bot.cards import Card, Choice, Line
from bot.domain.history import Deed, Event
from bot.domain.ticket import Ticket
from bot.ports import UnitOfWork
from bot.views.wording import listed, span_words
from commands.answers import answering, clock_lines, cut, done
from commands.letters import Letter, post_letter
from commands.record import record, tell
from commands.spec import BLANK, Caller, Command, Text, command
from commands.ticket_customer import strange_address

TERMINAL = "console"
MEANWHILE = timedelta(minutes=15)
"""How long somebody may take over a reply, while others answer."""


def _foreword(work: UnitOfWork, ticket: Ticket, by_hand: str = "") -> Line:
    """Who will read it, before a word is written."""
    if not ticket.requester:
        return (_kept(ticket),)
    whose = f" ({work.customers.get(ticket.customer).name})" if ticket.customer else ""
    if strange := strange_address(work, ticket):
        whose, strange = "", (*strange, " ")
    if by_hand:
        return (*strange, f"What you write is kept as a letter {_there(by_hand, ticket, ticket.requester + whose)}")
    return strange[:1] or (f"What you write goes to the customer: {ticket.requester}{whose}.",)


@command(
    "ticket reply",
    ticket="Which ticket",
    text="What the customer is told",
    wait="Then wait for the customer: the clocks stop until they speak",
    reason="Why, for the history",
    foreword=_foreword,
    labels={"text": "Reply"},
    examples=("ticket reply 1 the printer is back, please try again", 'ticket reply 1 "Which model is it?" --wait'),
)
def ticket_reply(
    caller: Caller,
    work: UnitOfWork,
    by_hand: str = "",
    undo: int = 0,
    *,
    ticket: Ticket,
    text: Text,
    wait: bool = False,
    reason: Text = BLANK,
) -> Card:
    """Answer the customer by mail."""
    ticket.must_be_open()
    number, to = ticket.number, ticket.requester
    subject = f"Re: {ticket.subject} [#{number}]"
    other = _other(caller, work, ticket)
    answer = answering(caller, work, ticket, "reply")
    goes = caller.now + timedelta(seconds=undo) if to and undo else None
    leaves: dict[str, Any] = {"leaves": int(goes.timestamp())} if goes else {}
    ticket = record(caller, work, ticket, Deed.REPLIED, reason, text=text, to=to, **leaves, **answer)
    replied = ticket.seq
    if to:
        values = {"seq": replied, "by": caller.name}
        key = letter_key(number, replied)
        post_letter(work, Letter.REPLY, to, key, values, ticket=ticket, subject=subject, text=text, not_before=goes)
    line = f"{caller.name} replied on #{number} {ticket.subject}: {cut(text, 200)}"
    tell(caller, work, ticket, {*ticket.watchers, ticket.owner}, (line,))
    if wait:
        ticket = record(caller, work, ticket, Deed.WAITING, reason, reply=replied)
    turn: Line = ("Now it waits for the customer; what they say next starts the clocks again.",) if wait else ()
    return done(
        work,
        ticket,
        _sent(ticket, by_hand, undo),
        more=(strange_address(work, ticket), other, _staying(caller), turn, *clock_lines(work, ticket, caller.now)),
        choices=(Choice("Take back", "ticket unsend", {"ticket": number, "reply": replied}),) if to and undo else (),
        sent_to=to or None,
    )


def ticket_reply_for(by_hand: str, undo: int = 0) -> Command:
    """The command of a desk without mail: people find the letters that they must send themselves on the platform
    `by_hand`, or, where that is empty, the letters go by themselves, `undo` seconds after they were written."""
    deed, foreword = partial(ticket_reply.deed, by_hand=by_hand, undo=undo), partial(_foreword, by_hand=by_hand)
    return replace(ticket_reply, deed=deed, foreword=foreword)


def _sent(ticket: Ticket, by_hand: str, undo: int) -> str:
    if not ticket.requester:
        return _kept(ticket)
    if by_hand:
        return f"Your reply is kept as a letter {_there(by_hand, ticket, ticket.requester)}"
    when = f"; it goes out in {undo} s" if undo else ""
    return f"Your reply goes to {ticket.requester}{when}."


def _staying(caller: Caller) -> Line:
    """The files that were brought and of which the desk has no copy: a letter can hold none that it cannot read."""
    staying = [file.name for file in caller.speaker.files if not (file.source or file.kept)]
    if not staying:
        return ()
    return (f"The letter names {listed(staying)} and goes without: files of this kind are not copied to the desk.",)


def _there(platform: str, ticket: Ticket, to: str) -> str:
    """Where the letter is found, and what is left to do with it."""
    where = "in the terminal" if platform == TERMINAL else f"in #{ticket.number}'s thread in {platform.capitalize()}"
    return f"{where}: mail is not set up, send it to {to} by hand."


def _other(caller: Caller, work: UnitOfWork, ticket: Ticket) -> Line:
    """Who else has answered while this was written: both letters go, and who wrote the second should know."""
    history = work.tickets.history(ticket.number)
    taken_back = taken_back_in(history)
    for event in reversed(history):
        if event.deed is Deed.SAID or event.at < caller.now - MEANWHILE:
            break
        if event.deed is Deed.REPLIED and event.by != caller.id and event.seq not in taken_back:
            who = {staff.id: staff.name for staff in work.people.all()}.get(event.by, event.by)
            return (f"{who} replied {_ago(caller.now - event.at)}, too: /ticket history {ticket.number}",)
    return ()


def _ago(span: timedelta) -> str:
    seconds = int(span.total_seconds())
    return f"{span_words(seconds)} ago" if seconds >= 60 else "just now"


def taken_back_in(history: Iterable[Event]) -> frozenset[int]:
    """Which replies of a history never left, by their lines' numbers."""
    return frozenset(int(event.data["reply"]) for event in history if event.deed is Deed.UNSENT)


def letter_key(number: int, seq: int) -> str:
    """The name of the letter that this line of the ticket's history sent."""
    return f"reply:{number}:{seq}"


def reply_of(number: int, key: str) -> int | None:
    """The line of the ticket's history that sent the letter of that name; None for other letters."""
    begins = f"reply:{number}:"
    return int(key.removeprefix(begins)) if key.startswith(begins) else None


def _kept(ticket: Ticket) -> str:
    return (
        f"#{ticket.number} has no mail address to answer to, so this is kept on the ticket and nothing was sent: "
        "send it by hand. To set the address: /ticket customer "
        f"{ticket.number} {ticket.customer or 'NAME'} --requester ADDRESS"
    )
