"""Reports: what was promised and what was kept, as figures and as bars."""

from __future__ import annotations

from collections.abc import Sequence

from adapters.web.pages.site import Room, Site
from adapters.web.pages.visit import Reply, Visit
from adapters.web.staff.doing import times_of
from adapters.web.staff.who import looking, speaker

_ASKS = ("from", "until", "level", "customer")


class Reports:
    """GET /desk/reports."""

    def __init__(self, site: Site) -> None:
        self._site = site

    def rooms(self) -> Sequence[Room]:
        return (Room("/desk/reports", get=self.show),)

    def show(self, visit: Visit) -> Reply:
        door = self._site.door
        staff = door.database.read(lambda work: looking(work, visit))
        typed = {name: visit.query.get(name, "").strip()[:100] for name in _ASKS}
        answer = door.desk.run(speaker(staff), "desk report", {name: value for name, value in typed.items() if value})
        levels = door.database.read(lambda work: [level.name for level in work.promises.policy.levels])
        return self._site.page(
            visit,
            "reports.html",
            times=times_of(self._site, visit, staff),
            status=200 if answer.ok else 400,
            card=answer.card,
            typed=typed,
            levels=levels,
        )
