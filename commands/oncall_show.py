"""/oncall show: the shifts of the coming weeks."""

from __future__ import annotations

from datetime import timedelta

from bot.cards import Card, Choice, Line, Strong, Table, When
from bot.domain.errors import BadValue
from bot.domain.people import Role
from bot.domain.rota import Schedule, Shift
from bot.ports import UnitOfWork
from bot.views.ticket_card import iso
from commands.oncall_rota import Rota, asked
from commands.spec import Caller, command

USUAL, LONGEST = 4, 26
SHOWN = 60


@command(
    "oncall show",
    role=Role.VIEWER,
    writes=False,
    schedule="Which schedule; all of them if you give none",
    weeks="How many weeks ahead; four if you give none",
    examples=("oncall show", "oncall show level3 2"),
)
def oncall_show(caller: Caller, work: UnitOfWork, *, schedule: Schedule | None = None, weeks: int = USUAL) -> Card:
    """Show the coming shifts, with what was changed for once."""
    if not 1 <= weeks <= LONGEST:
        raise BadValue(f"{weeks} weeks cannot be shown.", f"Give 1 to {LONGEST}: /oncall show --weeks 8")
    rota = Rota(work, caller.now, caller.now + timedelta(weeks=weeks))
    found = [(name, shift) for name in asked(rota, schedule) for shift in rota.shifts(name)]
    found.sort(key=lambda one: (one[1].start, one[0]))
    rows = tuple(_row(rota, name, shift) for name, shift in found[:SHOWN])
    more = len(found) - len(rows)
    return Card(
        title=(Strong("On call"), f"  the next {weeks} weeks" if weeks > 1 else "  the next week"),
        lines=((f"and {more} more.",),) if more else () if rows else (("Nobody is on call.",),),
        table=Table(("schedule", "who", "from", "until", "by"), rows) if rows else None,
        choices=(Choice("Gaps", "oncall gaps"), Choice("Ask for cover", "oncall cover")),
        data={
            "shifts": [
                {
                    "schedule": name,
                    "person": shift.person,
                    "from": iso(shift.start),
                    "until": iso(shift.end),
                    "layer": shift.layer,
                }
                for name, shift in found
            ]
        },
    )


def _row(rota: Rota, schedule: str, shift: Shift) -> tuple[Line, ...]:
    since: Line = ("now",) if shift.start <= rota.start else (When(shift.start),)
    until: Line = ("-",) if shift.end >= rota.end else (When(shift.end),)
    return ((schedule,), (rota.name(shift.person),), since, until, (shift.layer,))
