"""Words that may be anybody's wake nobody: neither when they come, nor when the answer to them is late."""

from __future__ import annotations

from dataclasses import replace

from bot.domain.history import Deed
from bot.domain.paging import Decision
from bot.domain.policy import ClockKind
from bot.domain.sla import Clock
from bot.domain.ticket import Ticket
from bot.ports import UnitOfWork

WHY = "All that waits for an answer was written by somebody who is not verified, so nobody is called for it"


def only_believed(work: UnitOfWork, decision: Decision | None, ticket: Ticket, clock: Clock) -> Decision | None:
    """The decision about a clock, where what started it may be made up: a letter that was sent on is enough to write to
    its ticket."""
    if decision is None or not decision.pages or clock.kind is not ClockKind.NEXT_RESPONSE:
        return decision
    said = [event for event in work.tickets.history(ticket.number) if event.deed is Deed.SAID]
    waiting = [event for event in said if event.at >= clock.started]
    if not waiting or not all(event.data.get("unverified") for event in waiting):
        return decision
    return replace(decision, pages=False, why=f"{WHY}. {decision.why}")
