"""Who reads the screen, as the desk knows them: in which zone, under which hours, among whom."""

from __future__ import annotations

from dataclasses import dataclass
from zoneinfo import ZoneInfo

from adapters.console.screen import Screen
from bot.domain.sla import Promises
from bot.ports import Speaker, UnitOfWork
from commands.desk import Desk


@dataclass(frozen=True, slots=True)
class Seen:
    """What the desk knows of the speaker, as of the last line."""

    name: str
    promises: Promises


def look(desk: Desk, screen: Screen, speaker: Speaker) -> Seen:
    """See who is speaking, and tell the screen in which zone they read and who is who; before anything is shown to
    them. Raises Refusal while the database is away."""
    caller = desk.caller(speaker)

    def looked(work: UnitOfWork) -> tuple[Promises, dict[str, str]]:
        return work.promises, {staff.id: staff.name for staff in work.people.all()}

    promises, names = desk.database.read(looked)
    zone = promises.policy.zone
    screen.is_for(ZoneInfo(caller.zone(zone)), ZoneInfo(zone), names)
    return Seen(caller.name, promises)
