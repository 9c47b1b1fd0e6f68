"""/ticket wait: the customer has the next word, so the clocks stand still."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from bot.cards import Card, Choice, Line, When
from bot.domain.errors import BadValue, Conflict
from bot.domain.history import Deed
from bot.domain.moments import HINT, moment, span, to_come
from bot.domain.ticket import State, Ticket
from bot.ports import UnitOfWork
from commands.answers import clock_lines, done, spoken
from commands.record import record, tell
from commands.spec import BLANK, Caller, Text, command


@command(
    "ticket wait",
    ticket="Which ticket",
    reason="What you wait for",
    until="When the desk looks again, if the customer says nothing",
    examples=("ticket wait 1 2d", 'ticket wait 1 for the serial number --until "Mon 10:00"'),
)
def ticket_wait(
    caller: Caller, work: UnitOfWork, *, ticket: Ticket, reason: Text = BLANK, until: datetime | None = None
) -> Card:
    """Wait for the customer: the clocks stop until they speak."""
    ticket.must_be_open()
    number = ticket.number
    if until is None:
        until, left = _until(reason, caller, work)
        reason = Text(left)
    if until is not None and until <= caller.now:
        raise BadValue(f"{spoken(until, caller, work)} has passed already.", HINT)
    if ticket.state is State.WAITING and (until is None or until == ticket.wait_until):
        still = f" until {spoken(ticket.wait_until, caller, work)}" if ticket.wait_until else ""
        raise Conflict(
            f"#{number} waits for the customer already{still}.",
            f"/ticket wait {number} --until TIME sets another time, /ticket resume {number} ends it.",
        )
    data: dict[str, Any] = {} if until is None else {"until": int(until.timestamp())}
    ticket = record(caller, work, ticket, Deed.WAITING, reason, **data)
    line = f"{caller.name} set #{number} {ticket.subject} to wait for the customer"
    tell(caller, work, ticket, {*ticket.watchers, ticket.owner}, (line,))
    ends: Line = (" until ", When(until)) if until else ()
    again = "Then they run again; so they do once the customer speaks." if until else "They run again once they speak."
    return done(
        work,
        ticket,
        f"#{number} waits for the customer",
        *ends,
        f". The clocks stand still. {again}",
        more=clock_lines(work, ticket, caller.now),
        choices=(Choice("Resume", "ticket resume", {"ticket": number}),),
    )


def _until(words: str, caller: Caller, work: UnitOfWork) -> tuple[datetime | None, str]:
    """The time that the words are or begin with, and the reason that is left: "2d", "until Mon 10:00", "2d for the
    serial number". A wait that was meant to end must not be one without an end. Raises BadValue for what is past."""
    promises = work.promises
    zone = ZoneInfo(caller.zone(promises.policy.zone))
    head, _, rest = words.partition(" ")
    bare = rest if head.casefold() in ("until", "for") else words
    first, _, reason = bare.partition(" ")
    whole = span(bare, promises.working_day) is not None or span(first, promises.working_day) is None
    time, reason = (bare, "") if whole else (first, reason.strip())
    try:
        moment(time, caller.now, zone, promises)
    except BadValue:
        return None, words
    return to_come(time, caller.now, zone, promises), reason
