"""The rota: who is on call now and next, the coming weeks as a picture and as a table, and where nobody is."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from adapters.web.pages.site import Room
from adapters.web.pages.visit import Reply, Visit
from adapters.web.staff.showing import Showing
from adapters.web.staff.who import looking, speaker
from bot.domain.duty import days_off
from bot.oncall.duties import duty_between
from bot.ports import UnitOfWork
from bot.views.rota_picture import rota_picture

WEEKS = 4
_CARDS = ("oncall who", "oncall next", "oncall gaps", "oncall show")
_PICTURE = {
    # Styles of its own, and nothing that could be asked for or run.
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; sandbox; frame-ancestors 'none'",
    "Cache-Control": "private, max-age=60",
}


class Rota:
    """GET /desk/rota, and its picture."""

    def __init__(self, showing: Showing) -> None:
        self._showing = showing

    def rooms(self) -> Sequence[Room]:
        return (Room("/desk/rota", get=self.show), Room("/desk/rota.svg", get=self.picture))

    def show(self, visit: Visit) -> Reply:
        staff, desk = self._showing.staff(visit), self._showing.desk
        answers = [desk.run(speaker(staff), words, {}) for words in _CARDS]
        drawn = any(answer.ok for answer in answers)
        # Where there is no schedule, each of them would say the same.
        cards = [answer.card for answer in answers if answer.ok] or [answers[0].card]
        return self._showing.page(visit, staff, "rota.html", at="rota", cards_of=cards, drawn=drawn, weeks=WEEKS)

    def picture(self, visit: Visit) -> Reply:
        def drawn(work: UnitOfWork) -> str:
            looking(work, visit)
            return _drawn(work, visit.now)

        html = self._showing.site.door.database.read(drawn)
        return Reply(html, headers=_PICTURE, type="image/svg+xml")


def _drawn(work: UnitOfWork, now: datetime) -> str:
    plan, names = work.rota.plan(), {one.id: one.name for one in work.people.all()}
    start, end = now - timedelta(days=8), now + timedelta(weeks=WEEKS + 1)
    duties = [duty_between(work, name, start, end) for name in plan.schedules]
    return rota_picture(duties, now, WEEKS, names, days_off(work.promises.hours.hours))
