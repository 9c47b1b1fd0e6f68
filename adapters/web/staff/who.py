"""Who of the desk is looking: found anew at each request, so that whoever has left is out at once."""

from __future__ import annotations

from adapters.web.pages.visit import Turned, Visit
from bot.domain.errors import NotFound
from bot.domain.people import Role, Staff
from bot.ports import Speaker, UnitOfWork

PLATFORM = "web"
PLACE = "a browser"
"""Where tickets that are opened here say that they were opened."""


def at_desk(work: UnitOfWork, id: str) -> Staff | None:
    """The colleague of that short name, None for somebody who has left."""
    try:
        found = work.people.get(id)
    except NotFound:
        return None
    return found if found.role >= Role.VIEWER else None


def looking(work: UnitOfWork, visit: Visit) -> Staff:
    """Raises Turned for somebody who is not at the desk any more."""
    found = at_desk(work, visit.signed_in.subject)
    if found is None:
        raise Turned(403, "You are not at this desk any more.", out=True)
    return found


def speaker(staff: Staff) -> Speaker:
    """They speak from the page as they do in chat: with the same rights and the same words."""
    return Speaker(PLATFORM, staff.id, staff.name, PLACE, zone=staff.zone, person=staff.id)
