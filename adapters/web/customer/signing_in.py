"""Signing in: an address is asked for, a link goes to it if it is a customer's, and nobody is told whether it did."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from functools import partial

from adapters.web.pages.limits import Rate
from adapters.web.pages.site import Room, Site
from adapters.web.pages.visit import Reply, Visit
from bot.domain import customers
from bot.domain.errors import BadValue
from bot.ports.intake import PassKind
from commands import visits

ENTRANCE = "/support/sign-in"

_ASKED = Rate(10, 600)
_TRIED = Rate(30, 600)
_KIND = PassKind.CUSTOMER_LINK


class SigningIn:
    """The pages in front of the door."""

    def __init__(self, site: Site) -> None:
        self._site = site

    def rooms(self) -> Sequence[Room]:
        return (
            Room(ENTRANCE, get=self.ask, post=self.asked, public=True, forms=_ASKED),
            Room(ENTRANCE + "/{secret}", get=self.look, post=self.enter, public=True, forms=_TRIED),
            Room("/support/sign-out", post=self.leave),
        )

    def ask(self, visit: Visit) -> Reply:
        if visit.session is not None:
            return self._site.go("/support")
        return self._site.page(visit, "sign_in.html", problems={}, address="")

    def asked(self, visit: Visit) -> Reply:
        """The answer is given before anybody looks whether the address is known: it takes as long and says the same
        for every address."""
        given = visit.form.line("address")
        try:
            address = customers.address(given)
        except BadValue as refusal:
            return self._site.page(
                visit, "sign_in.html", status=400, problems={"address": f"{refusal.text} {refusal.hint}"}, address=given
            )
        mail = self._site.door.settings.email
        box = next((one.address for one in mail.boxes.values()), "") if mail is not None else ""
        write = partial(self._write, address, visit.now)
        return self._site.page(visit, "link_sent.html", address=address, box=box, behind=write)

    def look(self, visit: Visit) -> Reply:
        """One button, and nothing happens before it is pressed: whoever scans mail follows its links."""
        secret = visit.path["secret"]
        found = self._site.door.database.read(lambda work: visits.link_at(work, _KIND, secret, visit.now))
        if found is None and visit.session is not None:  # They came in by it, and open the mail once more.
            return self._site.go("/support")
        if found is None:
            return self._site.page(visit, "link_over.html", status=410)
        return self._site.page(visit, "enter.html", secret=secret, address=found.subject)

    def enter(self, visit: Visit) -> Reply:
        secret, before = visit.path["secret"], visit.secret
        session = self._site.door.database.write(lambda work: visits.sign_in(work, _KIND, secret, visit.now, before))
        if session is None:
            return self._site.page(visit, "link_over.html", status=410)
        return self._site.go("/support", session)

    def leave(self, visit: Visit) -> Reply:
        self._site.door.database.write(lambda work: visits.sign_out(work, visit.secret))
        return self._site.go(ENTRANCE, "")

    def _write(self, address: str, now: datetime) -> None:
        door = self._site.door
        at = door.link(ENTRANCE + "/")
        if door.database.write(lambda work: visits.write_link(work, address, at, now)):
            door.changed()
