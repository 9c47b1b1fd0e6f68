"""Reports: what was promised and what was kept, as figures and as bars."""

from __future__ import annotations

from collections.abc import Sequence

from adapters.web.pages.site import Room
from adapters.web.pages.visit import Reply, Visit
from adapters.web.staff.showing import Showing
from adapters.web.staff.who import speaker
from bot.ports import UnitOfWork

_ASKS = ("from", "until", "month", "level", "customer")


class Reports:
    """GET /desk/reports."""

    def __init__(self, showing: Showing) -> None:
        self._showing = showing

    def rooms(self) -> Sequence[Room]:
        return (Room("/desk/reports", get=self.show),)

    def show(self, visit: Visit) -> Reply:
        staff = self._showing.staff(visit)
        typed = {name: visit.query.get(name, "").strip()[:100] for name in _ASKS}
        given = {name: value for name, value in typed.items() if value}
        answer = self._showing.desk.run(speaker(staff), "desk report", given)
        levels = self._showing.site.door.database.read(_levels)
        status = 200 if answer.ok else 400
        return self._showing.page(
            visit, staff, "reports.html", at="reports", status=status, card=answer.card, typed=typed, levels=levels
        )


def _levels(work: UnitOfWork) -> list[str]:
    return [level.name for level in work.promises.policy.levels]
