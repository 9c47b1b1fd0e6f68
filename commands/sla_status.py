"""/sla status: is the desk open, and how do its promises stand."""

from __future__ import annotations

from datetime import datetime

from bot.cards import Card, Line, Strong, Table, When
from bot.domain.agenda import due
from bot.domain.people import Role
from bot.domain.sla import Promises
from bot.domain.ticket import OPEN_STATES, State, Ticket
from bot.ports import TicketFilter, UnitOfWork
from bot.views.standing import standing, still
from bot.views.ticket_card import iso
from commands.on_call_lines import on_call_lines
from commands.spec import Caller, command

LOOKED_AT = 500
SHOWN = 5
BROKEN = 3


@command("sla status", role=Role.VIEWER, writes=False, examples=("sla status",))
def sla_status(caller: Caller, work: UnitOfWork) -> Card:
    """Show whether the desk is open and how its promises stand."""
    now, promises = caller.now, work.promises
    breached = work.tickets.count(TicketFilter(states=OPEN_STATES, due_before=now))
    waiting = work.tickets.count(TicketFilter(states=frozenset({State.WAITING})))
    alive = work.tickets.count(TicketFilter(states=OPEN_STATES))
    broken = _broken(work, now)
    coming = _coming(work, now, breached)
    risky = [ticket for ticket in coming if at_risk(ticket, promises, now)]
    more = " at least" if len(coming) == LOOKED_AT else ""
    counts = (
        f"{alive} open, {waiting} of them waiting on the customer. {breached} breached,{more} {len(risky)} at risk.",
    )
    lines = (still(promises.hours, now), counts, *on_call_lines(caller, work, own=False))
    return Card(
        title=(Strong("The desk is "), *standing(promises.hours, now)),
        lines=tuple(line for line in lines if line),
        table=_table(work, [*broken, *coming[:SHOWN]]),
        data={
            "state": promises.hours.state(now).value,
            "opens_at": iso(promises.hours.next_opening(now)),
            "closes_at": iso(promises.hours.closes_at(now)),
            "open": alive,
            "waiting": waiting,
            "breached": breached,
            "at_risk": len(risky),
            "late": [{"ticket": ticket.number, "due": iso(due(ticket, promises))} for ticket in broken],
            "next": [{"ticket": ticket.number, "due": iso(due(ticket, promises))} for ticket in coming[:SHOWN]],
        },
    )


def _broken(work: UnitOfWork, now: datetime) -> list[Ticket]:
    """The breached tickets that have been so for longest."""
    return list(work.tickets.find(TicketFilter(states=OPEN_STATES, due_before=now, limit=BROKEN, order="due")))


def _coming(work: UnitOfWork, now: datetime, breached: int) -> list[Ticket]:
    """The next due tickets after the breached ones, so many that a flood of them does not slow the answer."""
    found = work.tickets.find(TicketFilter(states=OPEN_STATES, limit=LOOKED_AT, offset=breached, order="due"))
    return [ticket for ticket in found if due(ticket, work.promises) is not None]


def at_risk(ticket: Ticket, promises: Promises, now: datetime) -> bool:
    """Whether a running clock has passed its first warning."""
    level = promises.policy.level(ticket.level)
    stages = (promises.stage(clock, level, 0) for clock in ticket.clocks if not clock.paused)
    return any(stage is not None and stage.at <= now for stage in stages)


def _table(work: UnitOfWork, tickets: list[Ticket]) -> Table | None:
    if not tickets:
        return None
    names = {staff.id: staff.name for staff in work.people.all()}
    rows = []
    for ticket in tickets:
        ends = due(ticket, work.promises)
        at: Line = (When(ends),) if ends else ()
        held = names.get(ticket.owner, ticket.owner) if ticket.owner else "nobody"
        rows.append(((f"#{ticket.number}",), (ticket.subject,), (ticket.level,), at, (held,)))
    return Table(("Ticket", "Subject", "Level", "Due", "Held by"), tuple(rows))
