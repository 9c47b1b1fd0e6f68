"""The board: what is open, by due time, and what of it is at risk."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlencode

from adapters.web.pages.drawing import Times
from adapters.web.pages.site import Room, Site
from adapters.web.pages.visit import Reply, Visit
from adapters.web.staff.who import looking
from bot.domain.agenda import due
from bot.domain.sla import Promises
from bot.domain.ticket import OPEN_STATES, State, Ticket
from bot.ports import TicketFilter, UnitOfWork
from bot.views.wording import span_words

ROWS = 50
LAST_PAGE = 200
"""Beyond it a page would cost as much as all before it; whoever looks that far searches."""
_HOLDERS = ("", "mine", "nobody")


@dataclass(frozen=True, slots=True)
class Row:
    """One ticket of the board. `state` is a word for how its promise stands: "late", "at risk" or ""."""

    ticket: Ticket
    customer: str
    owner: str
    due: datetime | None
    left: str
    stands: str


class Board:
    """GET /desk."""

    def __init__(self, site: Site) -> None:
        self._site = site

    def rooms(self) -> Sequence[Room]:
        return (Room("/desk", get=self.show),)

    def show(self, visit: Visit) -> Reply:
        return self._site.door.database.read(lambda work: self._shown(work, visit))

    def _shown(self, work: UnitOfWork, visit: Visit) -> Reply:
        staff, asked = looking(work, visit), _asked(visit.query)
        levels = [level.name for level in work.promises.policy.levels]
        wanted = TicketFilter(
            states=frozenset({State(asked["state"])}) if asked["state"] else OPEN_STATES,
            owner=staff.id if asked["holder"] == "mine" else None,
            unclaimed=asked["holder"] == "nobody",
            level=asked["level"] if asked["level"] in levels else None,
            text=asked["text"],
            limit=ROWS + 1,
            offset=(int(asked["page"]) - 1) * ROWS,
        )
        found = work.tickets.find(wanted)
        names = {one.id: one.name for one in work.people.all()}
        return self._site.page(
            visit,
            "board.html",
            times=Times(staff.zone, work.promises.policy.zone, visit.now),
            who=staff,
            rows=[_row(work, ticket, names, visit.now) for ticket in found[:ROWS]],
            asked=asked,
            levels=levels,
            states=[state.value for state in State if state in OPEN_STATES],
            page=int(asked["page"]),
            before=_page(asked, -1) if asked["page"] != "1" else "",
            after=_page(asked, 1) if len(found) > ROWS and int(asked["page"]) < LAST_PAGE else "",
        )


def _asked(query: Mapping[str, str]) -> dict[str, str]:
    """What the address asks for; what makes no sense counts as not asked."""
    state, holder, page = query.get("state", ""), query.get("holder", ""), query.get("page", "1")
    known = {one.value for one in OPEN_STATES}
    return {
        "state": state if state in known else "",
        "holder": holder if holder in _HOLDERS else "",
        "level": query.get("level", "")[:20],
        "text": query.get("text", "").replace("\0", "")[:200],
        "page": page if page.isascii() and page.isdigit() and 1 <= int(page[:6]) <= LAST_PAGE else "1",
    }


def _page(asked: Mapping[str, str], step: int) -> str:
    told = {name: value for name, value in asked.items() if value} | {"page": str(int(asked["page"]) + step)}
    return "?" + urlencode(told)


def _row(work: UnitOfWork, ticket: Ticket, names: Mapping[str, str], now: datetime) -> Row:
    promises = work.promises
    at = due(ticket, promises)
    customer = work.customers.look(ticket.customer).name if ticket.customer else ""
    return Row(
        ticket, customer, names.get(ticket.owner or "", ""), at, _left(promises, at, now), _stands(ticket, at, now)
    )


def _left(promises: Promises, at: datetime | None, now: datetime) -> str:
    """The business time that is left, or by which it is late."""
    if at is None:
        return ""
    if at < now:
        return f"{span_words(promises.hours.open_seconds(at, now))} late"
    return f"in {span_words(promises.hours.open_seconds(now, at))}"


def _stands(ticket: Ticket, at: datetime | None, now: datetime) -> str:
    if at is None:
        return ""
    if at < now:
        return "late"
    return "at risk" if any(clock.told for clock in ticket.clocks) else ""
