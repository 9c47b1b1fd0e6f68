"""Showing: what every page of the desk knows of the colleague who looks at it."""

from __future__ import annotations

from typing import Any

from adapters.web.pages.drawing import Times
from adapters.web.pages.site import Site
from adapters.web.pages.visit import Reply, Visit
from adapters.web.staff.who import looking
from bot.domain.people import Role, Staff


class Showing:
    """Pages for those who are at the desk."""

    def __init__(self, site: Site) -> None:
        self.site = site
        self.desk = site.door.desk

    def staff(self, visit: Visit) -> Staff:
        """Who is looking. Raises Turned for somebody who has left."""
        return self.site.door.database.read(lambda work: looking(work, visit))

    def page(
        self, visit: Visit, staff: Staff, template: str, *, at: str = "", status: int = 200, **values: Any
    ) -> Reply:
        """A page as this person reads it: with their times, and with the buttons and forms that their role reaches.
        `at` is the page of the menu that they are on."""
        zone = self.site.door.database.read(lambda work: work.promises.policy.zone)
        times = Times(staff.zone, zone, visit.now)

        def may(words: str) -> bool:
            command = self.desk.catalogue.get(words)
            return command is not None and staff.role >= command.role

        acts = staff.role >= Role.STAFF
        return self.site.page(
            visit, template, times=times, status=status, who=staff, at=at, may=may, acts=acts, **values
        )
