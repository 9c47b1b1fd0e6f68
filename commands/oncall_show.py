"""/oncall show: the shifts of the coming weeks."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from bot.cards import Card, Choice, Line, Strong, Table, When
from bot.domain.errors import BadValue
from bot.domain.people import Role
from bot.domain.rota import Schedule, Shift
from bot.ports import UnitOfWork
from bot.views.rota_weeks import weeks_table
from bot.views.ticket_card import iso
from commands.oncall_changes import ASK_FOR_COVER, change_line
from commands.oncall_rota import Rota, asked
from commands.spec import Caller, command

USUAL, LONGEST = 4, 26
SHOWN, MOST = 10, 60
A_DAY = timedelta(days=1)


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
    rota = Rota(work, caller.now - A_DAY, caller.now + timedelta(weeks=weeks) + A_DAY)
    names = asked(rota, schedule)
    until = caller.now + timedelta(weeks=weeks)
    found = [(name, shift) for name in names for shift in rota.duty(name).shifts(caller.now, until)]
    found.sort(key=lambda one: (one[1].start, one[0]))
    table, lines = _weeks(rota, names[0], caller, weeks) if len(names) == 1 else _shifts(rota, found, caller.now, until)
    changed = [one for name in names for one in work.rota.overrides(caller.now, until, name)]
    lines += [(f"#{one.id} ", *change_line(rota, one)) for one in changed[:SHOWN]]
    return Card(
        title=(Strong("On call"), f"  {names[0] if len(names) == 1 else 'all schedules'}, {_how_long(weeks)}"),
        lines=tuple(lines),
        table=table,
        choices=(Choice("Gaps", "oncall gaps"), ASK_FOR_COVER),
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


def _how_long(weeks: int) -> str:
    return f"the next {weeks} weeks" if weeks > 1 else "the next week"


def _weeks(rota: Rota, schedule: str, caller: Caller, weeks: int) -> tuple[Table | None, list[Line]]:
    """One schedule, day by day."""
    names = {id: person.name for id, person in rota.people.items()}
    duty = rota.duty(schedule)
    first = caller.now.astimezone(ZoneInfo(duty.schedule.zone)).date()
    table, meaning = weeks_table(duty, first, weeks, names)
    return table, [meaning]


def _shifts(
    rota: Rota, found: Sequence[tuple[str, Shift]], now: datetime, until: datetime
) -> tuple[Table | None, list[Line]]:
    """Several schedules, shift by shift."""
    rows = tuple(_row(rota, name, shift, now, until) for name, shift in found[:MOST])
    lines: list[Line] = [(f"and {len(found) - MOST} more.",)] if len(found) > MOST else []
    if not rows:
        return None, [("Nobody is on call.",)]
    return Table(("schedule", "who", "from", "until", "by"), rows), lines


def _row(rota: Rota, schedule: str, shift: Shift, now: datetime, until: datetime) -> tuple[Line, ...]:
    begins: Line = ("now",) if shift.start <= now else (When(shift.start),)
    ends: Line = ("-",) if shift.end >= until else (When(shift.end),)
    return ((schedule,), (rota.name(shift.person),), begins, ends, (shift.layer,))
