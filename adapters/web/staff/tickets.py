"""One ticket: its card, what was said and done, why it is due when it is, its files, and what can be done about it."""

from __future__ import annotations

from collections.abc import Sequence

from adapters.web.pages.attaching import attachment
from adapters.web.pages.site import Room, Site
from adapters.web.pages.visit import Reply, Turned, Visit
from adapters.web.staff.asking import Asked, asked
from adapters.web.staff.doing import times_of
from adapters.web.staff.who import looking, speaker
from bot.cards import Card
from bot.domain.attachments import attached
from bot.domain.errors import NotFound, Refusal
from bot.domain.people import Role, Staff
from bot.ports import CopyState, UnitOfWork

_AT = "/desk/tickets/{ticket}"
_FORMS = (("ticket reply", ("text",)), ("ticket note", ("text",)))
"""What is written most, on the page itself; everything else is a button."""


class Tickets:
    """GET /desk/tickets/N, and its files."""

    def __init__(self, site: Site) -> None:
        self._site = site
        self._desk = site.door.desk

    def rooms(self) -> Sequence[Room]:
        return (Room(_AT, get=self.show), Room(_AT + "/files/{seq}/{number}", get=self.file))

    def show(self, visit: Visit) -> Reply:
        staff = self._site.door.database.read(lambda work: looking(work, visit))
        number = visit.number("ticket")
        whole = visit.query.get("all") == "yes"
        ticket = {"ticket": str(number)}
        shown = self._card(staff, "ticket show", ticket)
        return self._site.page(
            visit,
            "ticket.html",
            times=times_of(self._site, visit, staff),
            number=number,
            shown=shown,
            history=self._card(staff, "ticket history", ticket | ({"all": "yes"} if whole else {})),
            whole=whole,
            why=self._card(staff, "ticket why", ticket),
            paged=self._card(staff, "page why", {"what": str(number)}),
            files=self._site.door.database.read(lambda work: _files(work, number)),
            forms=self._forms(staff, number) if staff.role >= Role.STAFF else [],
        )

    def file(self, visit: Visit) -> Reply:
        number, seq, place = (visit.number(name) for name in ("ticket", "seq", "number"))

        def look(work: UnitOfWork) -> Reply:
            looking(work, visit)
            return attachment(work, self._site.door.filing, number, seq, place)

        return self._site.door.database.read(look)

    def _card(self, staff: Staff, words: str, values: dict[str, str]) -> Card:
        answer = self._desk.run(speaker(staff), words, values)
        if not answer.ok and words == "ticket show":
            raise Turned(404, f"There is no ticket #{values['ticket']}.")
        return answer.card

    def _forms(self, staff: Staff, number: int) -> list[Asked]:
        found = []
        for words, asks in _FORMS:
            try:
                form = self._desk.form(speaker(staff), words, {"ticket": str(number)}, asks)
            except Refusal:
                continue
            found.append(asked(self._desk, form))
        return found


def _files(work: UnitOfWork, number: int) -> list[tuple[int, int, str, int | None, bool]]:
    """Line, number, name, size and whether the desk has it, of every file."""
    try:
        work.tickets.get(number)
    except NotFound:
        return []
    here = {one.key for one in work.files.of_ticket(number) if one.state is CopyState.COPIED}
    found = attached(work.tickets.history(number))
    return [(*one.key, one.file.name, one.file.size, one.key in here) for one in found]
