"""Signing in to the desk's page: the link comes from chat, `/desk page`, and works once."""

from __future__ import annotations

from collections.abc import Sequence

from adapters.web.pages.limits import Rate
from adapters.web.pages.site import Room, Site
from adapters.web.pages.visit import Reply, Visit
from adapters.web.staff.who import at_desk
from bot.ports import UnitOfWork
from bot.ports.intake import PassKind
from commands import visits

ENTRANCE = "/desk/sign-in"

_TRIED = Rate(30, 600)
_KIND = PassKind.STAFF_LINK


class SigningIn:
    """The pages in front of the door."""

    def __init__(self, site: Site) -> None:
        self._site = site

    def rooms(self) -> Sequence[Room]:
        return (
            Room(ENTRANCE, get=self.say_how, public=True),
            Room(ENTRANCE + "/{secret}", get=self.look, post=self.enter, public=True, forms=_TRIED),
            Room("/desk/sign-out", post=self.leave),
        )

    def say_how(self, visit: Visit) -> Reply:
        if visit.session is not None:
            return self._site.go("/desk")
        return self._site.page(visit, "sign_in.html")

    def look(self, visit: Visit) -> Reply:
        """One button, and nothing happens before it is pressed: chat programs follow links to show what is there."""
        secret = visit.path["secret"]
        who = self._site.door.database.read(lambda work: _named(work, secret, visit))
        if not who and visit.session is not None:  # They came in by it.
            return self._site.go("/desk")
        if not who:
            return self._site.page(visit, "link_over.html", status=410)
        return self._site.page(visit, "enter.html", secret=secret, named=who)

    def enter(self, visit: Visit) -> Reply:
        secret, before = visit.path["secret"], visit.secret

        def sign_in(work: UnitOfWork) -> str | None:
            known = _named(work, secret, visit)
            return visits.sign_in(work, _KIND, secret, visit.now, before) if known else None

        session = self._site.door.database.write(sign_in)
        if session is None:
            return self._site.page(visit, "link_over.html", status=410)
        return self._site.go("/desk", session)

    def leave(self, visit: Visit) -> Reply:
        self._site.door.database.write(lambda work: visits.sign_out(work, visit.secret))
        return self._site.go(ENTRANCE, "")


def _named(work: UnitOfWork, secret: str, visit: Visit) -> str:
    """Whom a link signs in, "" where it signs in nobody: it is over, or they are not at the desk any more."""
    link = visits.link_at(work, _KIND, secret, visit.now)
    staff = at_desk(work, link.subject) if link is not None else None
    return staff.name if staff is not None else ""
