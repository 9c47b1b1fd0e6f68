"""/ticket said: write down what the customer said, and start the clock that it deserves."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from bot.cards import Card, Choice, Line, Style
from bot.domain.history import Deed
from bot.domain.policy import ClockKind
from bot.domain.thanks import is_thanks
from bot.domain.ticket import State, Ticket
from bot.ports import DESK, Kind, News, UnitOfWork
from commands.answers import clock_lines, cut, done
from commands.record import owed_by, record, tell
from commands.spec import BLANK, CLOCK, Caller, Text, command

CUSTOMER = "customer"

_ASKING = (Deed.ASKED, Deed.SAID, Deed.REPLIED, Deed.REFERRED)
_RESPONSES = (ClockKind.FIRST_RESPONSE, ClockKind.NEXT_RESPONSE)


@command(
    "ticket said",
    ticket="Which ticket",
    text="The customer's words",
    reason="How it reached you",
    examples=('ticket said 1 "it broke again"', "ticket said 1 thanks"),
)
def ticket_said(caller: Caller, work: UnitOfWork, *, ticket: Ticket, text: Text, reason: Text = BLANK) -> Card:
    """Write down what the customer said."""
    asked = ticket
    before, ticket, thanks = customer_said(caller, work, ticket, text, reason, written_by=caller.id)
    merged: Line = ()
    if asked.number != ticket.number:
        merged = (f"#{asked.number} was merged into #{ticket.number}, so it is written there.",)
    me = {"ticket": ticket.number}
    reply = Choice("Reply", "ticket reply", me, asks=("text",), style=Style.PRIMARY)
    more = (merged, (_meaning(before, thanks),), *clock_lines(work, ticket, caller.now))
    written = f"Written down on #{ticket.number} as the customer's words."
    return done(work, ticket, written, more=more, choices=() if thanks else (reply,))


def customer_said(
    caller: Caller, work: UnitOfWork, ticket: Ticket, text: str, reason: str = "", **data: Any
) -> tuple[Ticket, Ticket, bool]:
    """Write down the customer's words, whichever way they came, and tell whom they are for. Returns the ticket before
    and after, which is the one that it was merged into, and whether they only say thanks. `data` goes into the history
    with them."""
    ticket = standing(work, ticket)
    thanks = is_thanks(text, _meaning_thanks(work, ticket), (staff.name for staff in work.people.all()))
    before = ticket
    starts = {} if thanks or ticket.closed or _awaited(ticket) else {"starts": ClockKind.NEXT_RESPONSE.value}
    data = {"text": text, "thanks": thanks, **data, **starts}
    unheard = unheard_by_owner(caller, work, ticket)
    # Words that the whole desk is told of need no second line in the thread.
    ticket = record(caller, work, ticket, Deed.SAID, reason, by=CUSTOMER, threaded=not unheard, **data)
    if before.closed and not thanks:
        ticket = on_a_level(caller, work, ticket)
        doubt = {"unverified": True} if data.get("unverified") else {}
        ticket = record(
            caller, work, ticket, Deed.REOPENED, "The customer wrote again", by=CUSTOMER, starts=anew(ticket), **doubt
        )
    who = work.customers.get(ticket.customer).name if ticket.customer else "The customer"
    wrote = f"{who} wrote on #{ticket.number} {ticket.subject}"
    tell(caller, work, ticket, {*ticket.watchers, ticket.owner}, (f"{wrote}: {cut(text, 200)}",))
    if unheard:
        card = Card(lines=((f"{wrote}: {text} · {unheard}",),), ticket=ticket.number)
        work.outbox.post(News(Kind.NOTICE, DESK, card, f"said:{ticket.number}:{ticket.seq}", ticket=ticket.number))
    return before, ticket, thanks


def _meaning_thanks(work: UnitOfWork, ticket: Ticket) -> Sequence[str]:
    """What asks nothing of the desk; a yes is among it where the customer was asked whether their partner solved it."""
    policy = work.promises.policy
    if not ticket.partner:
        return policy.thanks
    last = (event.deed for event in reversed(work.tickets.history(ticket.number)) if event.deed in _ASKING)
    return (*policy.thanks, *policy.referral.yes) if next(last, None) is Deed.ASKED else policy.thanks


def on_a_level(caller: Caller, work: UnitOfWork, ticket: Ticket) -> Ticket:
    """The closed ticket, ready to be opened again: where the policy has dropped its level meanwhile, it is on the one
    that its customer is owed."""
    if any(level.name == ticket.level for level in work.promises.policy.levels):
        return ticket
    owed = owed_by(work, ticket, caller.now).level.name
    why = f"The policy has no Level {ticket.level} any more"
    return record(caller, work, ticket, Deed.LEVEL, why, by=CLOCK, level=owed, was=ticket.level)


def anew(ticket: Ticket) -> list[str]:
    """The clocks of a new cycle: the first response only while the customer has never had one."""
    response = ClockKind.NEXT_RESPONSE if ticket.responded_at else ClockKind.FIRST_RESPONSE
    return [response.value, ClockKind.RESOLUTION.value]


def unheard_by_owner(caller: Caller, work: UnitOfWork, ticket: Ticket) -> str:
    """Why no owner hears the words, so that they are for everybody: there is none, or they are away. Else empty."""
    if ticket.owner is None:
        return "nobody has claimed it"
    owner = work.people.get(ticket.owner)
    if not owner.is_away(caller.now):
        return ""
    return f"{owner.name}, who has it, {'has left' if owner.has_left else 'is away'}"


def standing(work: UnitOfWork, ticket: Ticket) -> Ticket:
    """The ticket that a merged one became a part of, however often that was merged in turn."""
    while ticket.merged_into is not None:
        ticket = work.tickets.get(ticket.merged_into)
    return ticket


def _awaited(ticket: Ticket) -> bool:
    return any(ticket.clock(kind) is not None for kind in _RESPONSES)


def _meaning(before: Ticket, thanks: bool) -> str:
    if before.closed:
        return "It says thanks, so the ticket stays closed." if thanks else "The ticket was closed and is open again."
    woken = "The wait is over. " if before.state is State.WAITING else ""
    if thanks:
        return f"{woken}It says thanks, so no clock starts. Done? /ticket close {before.number} solved"
    if _awaited(before):
        return f"{woken}The clock that runs already still counts."
    return f"{woken}They are owed an answer, so the next-response clock starts now."
