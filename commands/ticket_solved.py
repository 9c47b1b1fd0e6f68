"""Some days after a referral: the customer is asked whether it was solved, and the desk is told of those who keep
silent."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from bot.cards import Card, Choice, Line, When
from bot.domain.history import Deed, Event
from bot.domain.ticket import State, Ticket
from bot.ports import DESK, Kind, News, UnitOfWork
from bot.ports.intake import Reminder
from bot.signing import signer_of
from commands.letters import Letter, post_letter
from commands.record import record
from commands.referring import SOLVED, UNANSWERED, day_ahead
from commands.sweep import clock_caller

CUSTOMER = "customer"
REFERRED = "referred"


def ask(work: UnitOfWork, reminder: Reminder, now: datetime) -> None:
    """Ask the customer, unless the ticket has come back, was closed otherwise or they have said how it went."""
    ticket = work.tickets.get(_number(reminder))
    since = _since(work, ticket, Deed.REFERRED)
    work.reminders.arm(reminder.subject, {SOLVED: None})
    if not _is_out(ticket, since) or any(one.deed is Deed.RATED for one in since) or not ticket.requester:
        return
    closed = next((one.seq for one in reversed(since) if one.deed is Deed.CLOSED), None)
    ticket = record(clock_caller(now), work, ticket, Deed.ASKED, partner=ticket.partner, to=ticket.requester)
    path = "" if closed is None else _path(work, ticket.number, closed)
    values = {"partner": ticket.partner, "path": path, "open": not ticket.closed}
    subject = f"Re: {ticket.subject} [#{ticket.number}]"
    text = f"Did {ticket.partner} solve it? You can answer this message."
    key = f"solved:{ticket.number}:{ticket.seq}"
    post_letter(work, Letter.SOLVED, ticket.requester, key, values, ticket=ticket, subject=subject, text=text)
    if days := work.promises.policy.referral.answer_within:
        work.reminders.arm(reminder.subject, {UNANSWERED: day_ahead(work, now, days)})


def look_after(work: UnitOfWork, reminder: Reminder, now: datetime) -> None:
    """Tell the desk that the customer was asked and has not answered."""
    ticket = work.tickets.get(_number(reminder))
    work.reminders.arm(reminder.subject, {UNANSWERED: None})
    since = _since(work, ticket, Deed.ASKED)
    if not since or not _is_out(ticket, since[1:]) or any(one.by == CUSTOMER for one in since):
        return
    me = {"ticket": ticket.number}
    line: Line = (
        f"#{ticket.number} {ticket.subject} was referred to {ticket.partner}. The customer was asked on ",
        When(since[0].at),
        " whether it was solved, and has not answered.",
    )
    end = Choice("Reopen", "ticket reopen", me)
    if not ticket.closed:
        end = Choice("Close…", "ticket close", me, asks=("resolution", "text"))
    card = Card(lines=(line,), choices=(end, Choice("Transcript", "ticket history", me)), ticket=ticket.number)
    key = f"unanswered:{ticket.number}:{since[0].seq}"
    work.outbox.post(News(Kind.NOTICE, DESK, card, key, ticket=ticket.number))


def _path(work: UnitOfWork, number: int, seq: int) -> str:
    """Of the page on which the customer says so with one click."""
    return f"/t/{number}/{seq}/{signer_of(work).mark('closed', number, seq)}"


def _number(reminder: Reminder) -> int:
    return int(reminder.subject.partition(":")[2])


def _since(work: UnitOfWork, ticket: Ticket, deed: Deed) -> Sequence[Event]:
    """The history from the last such deed on, that included; empty where there was none."""
    events = work.tickets.history(ticket.number)
    first = next((index for index in reversed(range(len(events))) if events[index].deed is deed), len(events))
    return events[first:]


def _is_out(ticket: Ticket, since: Sequence[Event]) -> bool:
    """Whether the ticket is still where the referral left it: closed as referred, or waiting."""
    if any(one.deed is Deed.REOPENED for one in since):
        return False
    return ticket.resolution == REFERRED if ticket.closed else ticket.state is State.WAITING
