"""What a ticket waits for: its earliest due time and its timers, computed from its clocks and the calendar."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from bot.domain.sla import Promises
from bot.domain.ticket import State, Ticket

WAIT = "wait"
SNOOZE = "snooze"


def due(ticket: Ticket, promises: Promises) -> datetime | None:
    """The earliest due time among the running clocks; None when nothing is promised now."""
    if not ticket.clocks:
        # Closed long ago, it may be of a level that today's policy no longer has.
        return None
    level = promises.policy.level(ticket.level)
    return min([at for clock in ticket.clocks if (at := promises.due(clock, level)) is not None], default=None)


def timers(ticket: Ticket, promises: Promises) -> Mapping[str, datetime]:
    """When the desk must look at the ticket again, by reason: the next stage of each clock, a wait, a snooze."""
    found: dict[str, datetime] = {}
    for clock in ticket.clocks:
        level = promises.policy.level(ticket.level)
        stage = promises.next_stage(clock, level)
        if clock.paused and stage is not None and not stage.breached:
            # A warning can wait as long as the customer lets us; a breach from before the pause cannot.
            stage = promises.breach(clock, level)
        if stage is not None:
            found[clock.kind.value] = stage.fires
    if ticket.state is State.WAITING and ticket.wait_until is not None:
        found[WAIT] = ticket.wait_until
    if ticket.snoozed_until is not None:
        found[SNOOZE] = ticket.snoozed_until
    return found
