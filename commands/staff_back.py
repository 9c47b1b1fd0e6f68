"""/staff back: somebody is at the desk again."""

from __future__ import annotations

from dataclasses import replace

from bot.cards import Card, Strong, Tone, say
from bot.domain.people import Staff
from bot.ports import UnitOfWork
from commands.spec import Caller, command
from commands.staff_away import somebody
from commands.staff_changes import note, staff_data


@command("staff back", person="Who, if it is not you (a lead can say it for others)", examples=("staff back",))
def staff_back(caller: Caller, work: UnitOfWork, *, person: Staff | None = None) -> Card:
    """Be back: tickets can be assigned to you again."""
    who = somebody(caller, person)
    if not who.is_away(caller.now):
        return say(f"{who.name} is not away.", data=staff_data(who, caller.now))
    after = replace(who, away_since=None, away_until=None)
    work.people.save(after)
    note(caller, work, after, "back")
    return say(Strong(after.name), " is back.", tone=Tone.GOOD, data=staff_data(after, caller.now))
