"""The board: what is open, by due time, and what of it is at risk."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlencode

from adapters.web.pages.site import Room
from adapters.web.pages.visit import Reply, Visit
from adapters.web.staff.showing import Showing
from bot.cards import Choice
from bot.domain.agenda import due
from bot.domain.people import Role, Staff
from bot.domain.sla import Promises
from bot.domain.ticket import OPEN_STATES, State, Ticket
from bot.ports import TicketFilter, UnitOfWork
from bot.views.wording import span_words

ROWS = 50
HELD_SHOWN = 20
"""So many messages that wait for a person are counted, as `/mail held` lists them; of more it says so."""
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

    def __init__(self, showing: Showing) -> None:
        self._showing = showing

    def rooms(self) -> Sequence[Room]:
        return (Room("/desk", get=self.show),)

    def show(self, visit: Visit) -> Reply:
        staff, asked = self._showing.staff(visit), _asked(visit.query)
        database = self._showing.site.door.database
        rows, levels, more = database.read(lambda work: _read(work, staff, asked, visit.now))
        # Nobody is shown what they may not look into.
        held = database.read(lambda work: work.mails.waiting(HELD_SHOWN + 1)) if staff.role >= Role.STAFF else 0
        page = int(asked["page"])
        return self._showing.page(
            visit,
            staff,
            "board.html",
            at="board",
            rows=rows,
            asked=asked,
            levels=levels,
            states=[state.value for state in State if state in OPEN_STATES],
            page=page,
            before=_page(asked, -1) if page > 1 else "",
            held=_held(held),
            look=Choice("Look", "mail held", {}),
            after=_page(asked, 1) if more and page < LAST_PAGE else "",
        )


def _read(
    work: UnitOfWork, staff: Staff, asked: Mapping[str, str], now: datetime
) -> tuple[Sequence[Row], Sequence[str], bool]:
    """The rows of the page, the levels that there are, and whether there is a page after it."""
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
    people = {one.id: one.name for one in work.people.all()}
    customers = {id: work.customers.look(id).name for id in {one.customer for one in found} if id}
    rows = [_row(work.promises, ticket, people, customers, now) for ticket in found[:ROWS]]
    return rows, levels, len(found) > ROWS


def _held(mails: int) -> str:
    """ "3 messages wait"; nothing where none does."""
    if mails > HELD_SHOWN:
        return f"More than {HELD_SHOWN} messages wait"
    if mails > 1:
        return f"{mails} messages wait"
    return "1 message waits" if mails else ""


def _asked(query: Mapping[str, str]) -> dict[str, str]:
    """What the address asks for; what makes no sense counts as not asked."""
    state, holder, page = query.get("state", ""), query.get("holder", ""), query.get("page", "1")
    known = {one.value for one in OPEN_STATES}
    return {
        "state": state if state in known else "",
        "holder": holder if holder in _HOLDERS else "",
        "level": query.get("level", "")[:20],
        "text": query.get("text", "").replace("\0", "")[:200],
        "page": page if page.isascii() and page.isdigit() and len(page) < 4 and 1 <= int(page) <= LAST_PAGE else "1",
    }


def _page(asked: Mapping[str, str], step: int) -> str:
    told = {name: value for name, value in asked.items() if value} | {"page": str(int(asked["page"]) + step)}
    return "?" + urlencode(told)


def _row(
    promises: Promises, ticket: Ticket, people: Mapping[str, str], customers: Mapping[str, str], now: datetime
) -> Row:
    at = due(ticket, promises)
    customer, owner = customers.get(ticket.customer or "", ""), people.get(ticket.owner or "", "")
    return Row(ticket, customer, owner, at, _left(promises, at, now), _stands(ticket, at, now))


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
