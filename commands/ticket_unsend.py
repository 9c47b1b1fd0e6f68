"""/ticket unsend: a reply is taken back before it leaves, and the ticket stands as if it had never been written."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from bot.cards import Card, Choice, Line, Style
from bot.domain.errors import Conflict
from bot.domain.history import Deed, Event
from bot.domain.ticket import Ticket
from bot.ports import UnitOfWork
from commands.answers import clock_lines, done
from commands.record import record, tell
from commands.spec import BLANK, Caller, Text, command
from commands.ticket_reply import letter_key, taken_back_in
from commands.unheard import closed_too_late, taken_back


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
    data = taken_back(history, wrote.seq)
    data |= closed_too_late(ticket, history, data, work.promises.hours)
    ticket = record(caller, work, ticket, Deed.UNSENT, reason, **data)
    line = f"{caller.name} took back the reply on #{number} {ticket.subject} before it left"
    tell(caller, work, ticket, {*ticket.watchers, ticket.owner, wrote.by}, (line,))
    again = Choice("Write it again", "ticket reply", {"ticket": number}, asks=("text",), style=Style.PRIMARY)
    return done(
        work,
        ticket,
        f"Taken back: nothing goes to {to}. You had written:",
        more=(
            (str(wrote.data["text"]),),
            _lost_before(data),
            _elsewhere(ticket),
            *clock_lines(work, ticket, caller.now),
        ),
        choices=() if ticket.closed else (again,),
        text=wrote.data["text"],
    )


def _wanted(history: Sequence[Event], seq: int | None) -> Event | None:
    """The reply of that line, or the newest; one that has been taken back is none any more."""
    taken_back = taken_back_in(history)
    replies = [event for event in history if event.deed is Deed.REPLIED and event.seq not in taken_back]
    return next((event for event in reversed(replies) if seq in (None, event.seq)), None)


def _lost_before(data: Mapping[str, Any]) -> Line:
    return ("What went out before did not arrive, so nobody has answered the customer.",) if "unheard" in data else ()


def _elsewhere(ticket: Ticket) -> Line:
    """What taking it back cannot set right."""
    if ticket.merged_into is not None:
        return (f"#{ticket.merged_into}, which it was merged into, counts it as answered: please look at it.",)
    return (
        (f"#{ticket.number} was closed meanwhile and stays so: /ticket reopen {ticket.number}",)
        if ticket.closed
        else ()
    )
