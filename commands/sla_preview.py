"""/sla preview: when would it be due, and why, before there is a ticket."""

from __future__ import annotations

from datetime import datetime

from bot.cards import Card, Line, Strong, When
from bot.domain.business_hours import DeskState
from bot.domain.errors import BadValue
from bot.domain.people import Role
from bot.domain.policy import ClockKind, SupportLevel
from bot.domain.sla import Clock
from bot.ports import UnitOfWork
from bot.views.ticket_card import iso
from bot.views.why import why_lines
from commands.spec import Caller, command

_KINDS = (ClockKind.FIRST_RESPONSE, ClockKind.RESOLUTION)


@command(
    "sla preview",
    role=Role.VIEWER,
    writes=False,
    level="The support level",
    at="When the ticket would be opened; now, if left out",
    examples=("sla preview III", 'sla preview level:III at:"Fri 17:30"'),
)
def sla_preview(caller: Caller, work: UnitOfWork, *, level: SupportLevel, at: datetime | None = None) -> Card:
    """Show when a ticket opened at some time would be due, with the sum."""
    promises = work.promises
    opened = at or caller.now
    clocks = [Clock(kind, opened) for kind in _KINDS if kind in level.targets]
    if not clocks:
        raise BadValue(f"{level.title} promises nothing when a ticket is opened.", f"/policy {level.name} shows it.")
    lines: list[Line] = []
    state = promises.hours.state(opened)
    if state is not DeskState.OPEN:
        opening = promises.hours.next_opening(opened)
        lines.append((f"The desk is {state.value} then; the clock starts at the next opening, ", When(opening), "."))
    for clock in clocks:
        lines += why_lines(promises, clock, level)
    return Card(
        title=(Strong(level.title), ", opened ", When(opened)),
        lines=tuple(lines),
        data={
            "level": level.name,
            "opened_at": iso(opened),
            "state": state.value,
            "due": {clock.kind.value: iso(promises.due(clock, level)) for clock in clocks},
        },
    )
