"""Who of the desk is looking: found anew at each request, so that whoever has left is out at once."""

from __future__ import annotations

from adapters.web.pages.visit import Turned, Visit
from bot.domain.errors import NotFound
from bot.domain.people import Role, Staff
from bot.ports import Speaker, UnitOfWork

PLATFORM = "web"


def looking(work: UnitOfWork, visit: Visit) -> Staff:
    """Raises Turned for somebody who is not at the desk any more."""
    try:
        found = work.people.get(visit.signed_in.subject)
    except NotFound:
        raise Turned(403, "You are not at this desk any more.") from None
    if found.role < Role.VIEWER:
        raise Turned(403, "You are not at this desk any more.")
    return found


def speaker(staff: Staff) -> Speaker:
    """They speak from the page as they do in chat: with the same rights and the same words."""
    return Speaker(PLATFORM, staff.id, staff.name, f"@{staff.id}", zone=staff.zone, person=staff.id)
