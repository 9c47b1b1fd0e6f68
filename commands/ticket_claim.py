"""/ticket claim: one owner a ticket; a second claim is told who was first, and never overwrites."""

from __future__ import annotations

from typing import Any

from bot.cards import Card, Choice, Tone, When, say
from bot.domain.history import Deed
from bot.domain.ticket import Ticket
from bot.ports import UnitOfWork
from bot.views.wording import span_words
from commands.answers import answering, clock_lines, done
from commands.record import record, tell
from commands.spec import BLANK, Caller, Text, command


@command(
    "ticket claim",
    ticket="Which ticket",
    reason="Why",
    take="Take it over from whoever has it",
    examples=("ticket claim 1",),
)
def ticket_claim(caller: Caller, work: UnitOfWork, *, ticket: Ticket, reason: Text = BLANK, take: bool = False) -> Card:
    """Take a ticket: it is yours until you release it."""
    ticket.must_be_open()
    number = ticket.number
    if ticket.owner == caller.id:
        return say(f"You have had #{number} since ", _since(ticket, caller), ".", ticket=number)
    if ticket.owner is not None and not take:
        return _beaten(caller, work, ticket)
    before = ticket.owner
    answer = answering(caller, work, ticket, "claim")
    from_whom: dict[str, Any] = {"taken_from": before} if before else {}
    ticket = record(caller, work, ticket, Deed.CLAIMED, reason, owner=caller.id, **answer, **from_whom)
    verb = "took over" if before else "claimed"
    tell(caller, work, ticket, {*ticket.watchers, before}, (f"{caller.name} {verb} #{number} {ticket.subject}",))
    taken = f" You took it over from {work.people.get(before).name}, who is told." if before else ""
    return done(work, ticket, f"You have #{number}.{taken}", more=clock_lines(work, ticket, caller.now))


def _beaten(caller: Caller, work: UnitOfWork, ticket: Ticket) -> Card:
    """Somebody was first: say who and when, and let the caller watch."""
    owner = work.people.get(ticket.owner or "")
    if caller.id not in ticket.watchers:
        ticket = record(caller, work, ticket, Deed.WATCHED, person=caller.id)
    held = int((caller.now - (ticket.owned_since or caller.now)).total_seconds())
    taken = (
        (f"took #{ticket.number} {span_words(held)} ago",) if 0 < held < 3600 else (f"took #{ticket.number} just now",)
    )
    since = taken if held < 3600 else (f"has had #{ticket.number} since ", _since(ticket, caller))
    return say(
        f"{owner.name} ",
        *since,
        f". You are watching it now; /ticket claim {ticket.number} --take to take it over.",
        tone=Tone.REFUSAL,
        ticket=ticket.number,
        choices=(Choice("Take it over", "ticket claim", {"ticket": ticket.number, "take": "yes"}),),
        data={"ticket": ticket.number, "owner": owner.id, "error": "already claimed"},
    )


def _since(ticket: Ticket, caller: Caller) -> When:
    return When(ticket.owned_since or caller.now)
