"""/ticket category: what kind of trouble a ticket is."""

from __future__ import annotations

from dataclasses import replace

from bot.cards import Card, Line
from bot.domain.errors import Conflict
from bot.domain.history import Deed
from bot.domain.ticket import Ticket
from bot.ports import UnitOfWork
from commands.answers import done
from commands.page_decisions import change_decision, decided
from commands.paging import on_changed
from commands.record import record
from commands.spec import BLANK, Caller, Category, Text, command


@command(
    "ticket category",
    ticket="Which ticket",
    category="What kind of trouble it is",
    reason="Why",
    examples=("ticket category 1 hardware-failure", "ticket category 1 configuration it was only a setting"),
)
def ticket_category(
    caller: Caller, work: UnitOfWork, *, ticket: Ticket, category: Category, reason: Text = BLANK
) -> Card:
    """Say what kind of trouble a ticket is; closed ones too, for the statistics."""
    number, was, policy = ticket.number, ticket.category, work.promises.policy
    title = policy.categories[category]
    if was == category:
        raise Conflict(f"#{number} is filed under “{title}” already.", f"/ticket show {number}")
    asked = change_decision(work, replace(ticket, category=category), caller.now)
    ticket = record(caller, work, ticket, Deed.CATEGORY, reason, category=category, was=was, **decided(asked))
    worst: Line = ()
    if category in policy.worst_cases and not ticket.closed:
        worst = ("That is one of the worst cases that the higher levels insure against: it is seen first.",)
    called = on_changed(caller, work, ticket, asked)
    before = f"; it was “{policy.categories.get(was, was)}”" if was else ""
    return done(work, ticket, f"#{number} is filed under “{title}” now{before}.", more=(worst, called))
