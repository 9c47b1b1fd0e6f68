"""/oncall next: your next shifts, and who hands over to whom next."""

from __future__ import annotations

from bot.cards import Card, Line, Strong, When
from bot.domain.people import Role, Staff
from bot.domain.rota import Shift
from bot.ports import UnitOfWork
from bot.views.ticket_card import iso
from commands.oncall_changes import ASK_FOR_COVER
from commands.oncall_rota import HORIZON, Rota, asked, rota_ahead, span, standing
from commands.spec import Caller, command

SHOWN = 3


@command(
    "oncall next",
    role=Role.VIEWER,
    writes=False,
    person="Whose shifts; yours if you give none",
    examples=("oncall next", "oncall next bob"),
)
def oncall_next(caller: Caller, work: UnitOfWork, *, person: Staff | None = None) -> Card:
    """Show your next shifts, and the next hand-overs."""
    rota = rota_ahead(work, caller.now)
    names = asked(rota, None)
    who = person or caller.staff
    own = rota.shifts_of(who.id)[:SHOWN] if who else []
    mine = who is not None and who.id == caller.id
    lines = [_shift(rota, name, shift) for name, shift in own]
    if who is not None and not own:
        lines.append((f"{'You have' if mine else f'{who.name} has'} no shift in the next {HORIZON.days} days.",))
    handovers = [standing(rota, name, caller.now) for name in names]
    for now in (one for one in handovers if one.until is not None):
        before, after = rota.names(now.people) or "nobody", rota.names(now.then) or "nobody"
        lines.append((f"{now.schedule}: {before} hands over to {after} on ", When(now.until or caller.now)))
    return Card(
        title=(Strong("Your next shifts" if mine else f"The next shifts of {who.name}" if who else "Next"),),
        lines=tuple(lines),
        choices=(ASK_FOR_COVER,) if mine and own else (),
        data={
            "shifts": [
                {"schedule": name, "from": iso(shift.start), "until": iso(shift.end), "layer": shift.layer}
                for name, shift in own
            ],
            "handovers": {now.schedule: iso(now.until) for now in handovers},
        },
    )


def _shift(rota: Rota, schedule: str, shift: Shift) -> Line:
    if shift.start <= rota.start:
        now: Line = (f"{schedule}: ", Strong("on call now"))
        return now if shift.end >= rota.end else (*now, " until ", When(shift.end))
    return (f"{schedule}: ", *span(shift.start, shift.end))
