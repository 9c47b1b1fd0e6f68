"""/oncall gaps: when nobody would be reached although it was promised."""

from __future__ import annotations

from datetime import timedelta

from bot.cards import Card, Line, Strong, Tone
from bot.domain.errors import BadValue
from bot.domain.people import Role
from bot.ports import UnitOfWork
from bot.views.ticket_card import iso
from commands.coverage import Gap, gaps, mended, put_in
from commands.oncall_rota import asked, rota_ahead
from commands.spec import Caller, command

SHOWN = 20
LONGEST = 183


@command(
    "oncall gaps",
    role=Role.VIEWER,
    writes=False,
    days="How many days ahead; two weeks if you give none",
    examples=("oncall gaps", "oncall gaps 30"),
)
def oncall_gaps(caller: Caller, work: UnitOfWork, *, days: int | None = None) -> Card:
    """Show when nobody would be reached: only people with a verified phone count."""
    asked(rota_ahead(work, caller.now), None)
    ahead = work.rota.plan().ahead_days if days is None else days
    if not 1 <= ahead <= LONGEST:
        raise BadValue(f"{ahead} days cannot be looked at.", f"Give 1 to {LONGEST}: /oncall gaps 30")
    found = gaps(work, caller.now, caller.now + timedelta(days=ahead))
    lines: list[Line] = [gap.line for gap in found[:SHOWN]]
    if len(found) > SHOWN:
        lines.append((f"and {len(found) - SHOWN} more.",))
    if found:
        lines.append(mended(found))
    return Card(
        title=(Strong(f"The next {ahead} days" if ahead > 1 else "The next day"),),
        lines=tuple(lines) or (("Everything that was promised is covered.",),),
        choices=put_in(found[0]) if found and caller.role >= Role.STAFF else (),
        tone=Tone.WARNING if found else Tone.GOOD,
        data={"days": ahead, "gaps": [gap_data(gap) for gap in found]},
    )


def gap_data(gap: Gap) -> dict[str, object]:
    return {
        "level": gap.level,
        "schedule": gap.schedule,
        "from": iso(gap.start),
        "until": iso(gap.end),
        "why": gap.why,
        "people": list(gap.people),
    }
