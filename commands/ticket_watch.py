"""/ticket watch: be told what happens to a ticket that somebody else works on."""

from __future__ import annotations

from bot.cards import Card, Choice
from bot.domain.errors import Conflict
from bot.domain.history import Deed
from bot.domain.people import Role
from bot.domain.ticket import Ticket
from bot.ports import UnitOfWork
from commands.answers import done
from commands.record import record
from commands.spec import BLANK, Caller, Text, command


@command(
    "ticket watch",
    role=Role.VIEWER,
    ticket="Which ticket",
    off="Watch it no longer",
    reason="Why",
    examples=("ticket watch 1", "ticket watch 2 --off"),
)
def ticket_watch(caller: Caller, work: UnitOfWork, *, ticket: Ticket, off: bool = False, reason: Text = BLANK) -> Card:
    """Be told what happens to a ticket."""
    number, watching = ticket.number, caller.id in ticket.watchers
    if watching != off:
        state = "do not watch" if off else "watch"
        raise Conflict(f"You {state} #{number}{'' if off else ' already'}.", f"/ticket show {number}")
    ticket = record(caller, work, ticket, Deed.UNWATCHED if off else Deed.WATCHED, reason, person=caller.id)
    if off:
        return done(work, ticket, f"You watch #{number} no longer.")
    stop = Choice("Stop watching", "ticket watch", {"ticket": number, "off": "yes"})
    return done(work, ticket, f"You watch #{number}: what happens to it is told to you directly.", choices=(stop,))
