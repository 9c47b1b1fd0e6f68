"""One ticket: its card, what was said and done, why it is due when it is, its files, and what can be done about it."""

from __future__ import annotations

from collections.abc import Sequence

from adapters.web.pages.attaching import attachment
from adapters.web.pages.site import Room
from adapters.web.pages.visit import Reply, Turned, Visit
from adapters.web.staff.asking import Asked, asked
from adapters.web.staff.showing import Showing
from adapters.web.staff.who import looking, speaker
from bot.cards import Card
from bot.domain.attachments import attached
from bot.domain.errors import NotFound, Refusal
from bot.domain.people import Staff
from bot.ports import CopyState, UnitOfWork

_AT = "/desk/tickets/{ticket}"
_FORMS = (("ticket reply", ("text",)), ("ticket note", ("text",)))
"""What is written most, on the page itself; everything else is a button. Closed tickets take no reply."""


class Tickets:
    """GET /desk/tickets/N, and its files."""

    def __init__(self, showing: Showing) -> None:
        self._showing = showing
        self._door = showing.site.door
        self._desk = showing.desk

    def rooms(self) -> Sequence[Room]:
        return (Room(_AT, get=self.show), Room(_AT + "/files/{seq}/{number}", get=self.file))

    def show(self, visit: Visit) -> Reply:
        staff, number = self._showing.staff(visit), visit.number("ticket")
        ticket = {"ticket": str(number)}
        shown = self._card(staff, "ticket show", ticket)
        if shown is None:
            raise Turned(404, f"There is no ticket #{number}.")
        whole = visit.query.get("all") == "yes"
        return self._showing.page(
            visit,
            staff,
            "ticket.html",
            number=number,
            shown=shown,
            history=self._card(staff, "ticket history", ticket | ({"all": "yes"} if whole else {})),
            whole=whole,
            why=self._card(staff, "ticket why", ticket),
            paged=self._card(staff, "page why", {"what": str(number)}),
            files=self._door.database.read(lambda work: _files(work, number)),
            forms=self._forms(staff, number),
        )

    def file(self, visit: Visit) -> Reply:
        number, seq, place = (visit.number(name) for name in ("ticket", "seq", "number"))

        def look(work: UnitOfWork) -> Reply:
            looking(work, visit)
            return attachment(work, self._door.filing, number, seq, place)

        return self._door.database.read(look)

    def _card(self, staff: Staff, words: str, values: dict[str, str]) -> Card | None:
        """What the desk answers to that, None where it refuses: a ticket that nobody was called for has no such why."""
        answer = self._desk.run(speaker(staff), words, values)
        return answer.card if answer.ok else None

    def _forms(self, staff: Staff, number: int) -> list[Asked]:
        found = []
        closed = self._door.database.read(lambda work: work.tickets.get(number).closed)
        for words, asks in _FORMS[1:] if closed else _FORMS:
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
