"""/ticket unsend: a reply is taken back before it leaves, and the ticket stands as if it had never been written."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from bot.cards import Card, Choice, Line, Style
from bot.domain.errors import Conflict
from bot.domain.history import Deed, Event
from bot.domain.policy import ClockKind
from bot.domain.sla import Clock, clock_to_data
from bot.domain.ticket import Ticket, replay
from bot.ports import UnitOfWork
from commands.answers import clock_lines, done
from commands.record import record, tell
from commands.spec import BLANK, Caller, Text, command
from commands.ticket_reply import letter_key, taken_back_in


@command(
    "ticket unsend",
    ticket="Which ticket",
    reason="Why, for the history",
    reply="Which reply: its own button says so; without it the newest",
    examples=("ticket unsend 2", "ticket unsend 2 wrong customer"),
)
def ticket_unsend(
    caller: Caller, work: UnitOfWork, *, ticket: Ticket, reason: Text = BLANK, reply: int | None = None
) -> Card:
    """Take back a reply, as long as it has not left."""
    number = ticket.number
    history = work.tickets.history(number)
    wrote = _wanted(history, reply)
    if wrote is None:
        raise Conflict(f"#{number} has no reply to take back.", f"/ticket show {number}")
    to = str(wrote.data.get("to") or "")
    if not to:
        raise Conflict(f"That reply to #{number} was never sent: it is kept on the ticket alone.")
    if not work.outbox.recall(number, letter_key(number, wrote.seq), caller.now):
        raise Conflict(
            f"It is too late: the reply to {to} has left, or is on its way.",
            f"To set it right, write another: /ticket reply {number}",
        )
    data = _stood_before(history, wrote)
    ticket = record(caller, work, ticket, Deed.UNSENT, reason, reply=wrote.seq, **data)
    line = f"{caller.name} took back the reply on #{number} {ticket.subject} before it left"
    tell(caller, work, ticket, {*ticket.watchers, ticket.owner, wrote.by}, (line,))
    again = Choice("Write it again", "ticket reply", {"ticket": number}, asks=("text",), style=Style.PRIMARY)
    return done(
        work,
        ticket,
        f"Taken back: nothing goes to {to}. You had written:",
        more=((str(wrote.data["text"]),), _elsewhere(ticket), *clock_lines(work, ticket, caller.now)),
        choices=() if ticket.closed else (again,),
        text=wrote.data["text"],
    )


def _wanted(history: Sequence[Event], seq: int | None) -> Event | None:
    """The reply of that line, or the newest; one that has been taken back is none any more."""
    taken_back = taken_back_in(history)
    replies = [event for event in history if event.deed is Deed.REPLIED and event.seq not in taken_back]
    return next((event for event in reversed(replies) if seq in (None, event.seq)), None)


def _stood_before(history: Sequence[Event], reply: Event) -> dict[str, Any]:
    """How the ticket would stand now if the reply, and those that were taken back before, had never been written."""
    never = {reply.seq, *taken_back_in(history)}
    stood = replay(event for event in history if not {event.seq, event.data.get("reply")} & never)
    return {
        "state": stood.state.value,
        "clocks": [clock_to_data(clock) for clock in _owed(stood.clocks)],
        "responded_at": _epoch(stood.responded_at),
        "wait_until": _epoch(stood.wait_until),
        "snoozed_until": _epoch(stood.snoozed_until),
    }


def _owed(clocks: Sequence[Clock]) -> Sequence[Clock]:
    """Words that came after the reply started a clock of their own; the one that was owed already counts."""
    first = any(clock.kind is ClockKind.FIRST_RESPONSE for clock in clocks)
    return [clock for clock in clocks if not (first and clock.kind is ClockKind.NEXT_RESPONSE)]


def _elsewhere(ticket: Ticket) -> Line:
    """What taking it back cannot set right."""
    if ticket.merged_into is not None:
        return (f"#{ticket.merged_into}, which it was merged into, counts it as answered: please look at it.",)
    return (
        (f"#{ticket.number} was closed meanwhile and stays so: /ticket reopen {ticket.number}",)
        if ticket.closed
        else ()
    )


def _epoch(at: datetime | None) -> int | None:
    return None if at is None else int(at.timestamp())
