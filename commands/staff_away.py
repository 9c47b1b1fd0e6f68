"""/staff away: somebody is not at the desk: neither assigned nor mentioned until they are back."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from bot.cards import Card, Choice, Part, Strong, Tone, When
from bot.domain.errors import BadValue, Conflict, NotAllowed
from bot.domain.people import Role, Staff
from bot.ports import UnitOfWork
from commands.spec import Caller, command
from commands.staff_changes import note, staff_data
from commands.staff_roles import held_line


@command(
    "staff away",
    person="Who, if it is not you (a lead can say it for others)",
    until="When they are back; until /staff back if you give none",
    examples=('staff away --until "tomorrow 10:00"', "staff away bob"),
)
def staff_away(caller: Caller, work: UnitOfWork, *, person: Staff | None = None, until: datetime | None = None) -> Card:
    """Be away: nothing is assigned to you and nobody mentions you."""
    who = somebody(caller, person)
    if until is not None and until <= caller.now:
        raise BadValue("That moment has passed already.", "Give one to come: tomorrow 10:00, Mon 10:00, 2026-12-28")
    since = who.away_since if who.is_away(caller.now) else caller.now
    after = replace(who, away_since=since, away_until=until)
    work.people.save(after)
    note(caller, work, after, "away", until=None if until is None else int(until.timestamp()))
    ends: tuple[Part, ...] = (" until ", When(until)) if until else (" until /staff back",)
    said = (Strong(after.name), " is away", *ends, ".")
    held = held_line(work, after)
    return Card(
        lines=(said, held) if held else (said,),
        choices=(Choice("Back", "staff back", {"person": after.id}),),
        tone=Tone.GOOD,
        data=staff_data(after, caller.now),
    )


def somebody(caller: Caller, person: Staff | None) -> Staff:
    """The caller, or whom a lead names. Raises NotAllowed, or Conflict for somebody who has left."""
    who = person or caller.staff
    if who is None or (who.id != caller.id and caller.role < Role.LEAD):
        raise NotAllowed("Only a lead can say that for somebody else.", "For yourself: /staff away, /staff back")
    if who.has_left:
        raise Conflict(f"{who.name} has left the desk.", f"To have them back: /staff roles {who.id} staff")
    return who
