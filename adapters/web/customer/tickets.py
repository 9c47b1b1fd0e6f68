"""A customer's tickets: all of them, and one with its conversation, its files and what can be done about it."""

from __future__ import annotations

from collections.abc import Sequence

from adapters.web.customer.conversation import Said, conversation, may_have
from adapters.web.customer.guest import Guest, guest_at, ticket_of
from adapters.web.customer.sending import Sending, words_of
from adapters.web.customer.standing import promise_lines, state_words
from adapters.web.customer.ticket_rows import rows
from adapters.web.pages.attaching import attachment
from adapters.web.pages.limits import Rate
from adapters.web.pages.site import Room, Site
from adapters.web.pages.visit import Reply, Turned, Visit
from bot.domain.attachments import Attachment
from bot.domain.ticket import OPEN_STATES, State, Ticket
from bot.ports import CopyState, TicketFilter, UnitOfWork
from commands.intake import BEST, close_for, rate_for, say_for

A_PAGE = 25
_STATES = {"open": OPEN_STATES, "closed": frozenset({State.CLOSED}), "all": frozenset[State]()}
_SAYING = Rate(30, 600)
_AT = "/support/tickets"
_NOTES = {"opened": "Your ticket is open.", "said": "Your words are with us.", "rated": "Thank you for your rating."}


class Tickets:
    """The list, and one ticket."""

    def __init__(self, site: Site) -> None:
        self._site = site
        self._sending = Sending(site.door)

    def rooms(self) -> Sequence[Room]:
        one = _AT + "/{ticket}"
        return (
            Room(_AT, get=self.list),
            Room(one, get=self.show),
            Room(one + "/say", post=self.say, uploads=True, forms=_SAYING),
            Room(one + "/close", post=self.close),
            Room(one + "/rate", post=self.rate),
            Room(one + "/files/{seq}/{number}", get=self.file),
        )

    def list(self, visit: Visit) -> Reply:
        shown = visit.query.get("show", "all")
        shown = shown if shown in _STATES else "all"
        at = visit.query.get("page", "1")
        page = int(at) if at.isascii() and at.isdigit() and 0 < len(at) <= 6 else 1

        def look(work: UnitOfWork) -> Reply:
            guest = guest_at(work, visit)
            offset = (max(page, 1) - 1) * A_PAGE
            wanted = TicketFilter(
                states=_STATES[shown], customer=guest.customer.id, order="newest", limit=A_PAGE, offset=offset
            )
            found, count = work.tickets.find(wanted), work.tickets.count(wanted)
            return self._site.page(
                visit,
                "tickets.html",
                times=guest.times,
                tickets=rows(found, work.promises, visit.now),
                count=count,
                shown=shown,
                page=max(page, 1),
                more=offset + len(found) < count,
            )

        return self._site.door.database.read(look)

    def show(self, visit: Visit) -> Reply:
        note = next((words for name, words in _NOTES.items() if name in visit.query), "")
        return self._site.door.database.read(lambda work: self._page(work, visit, note=note))

    def say(self, visit: Visit) -> Reply:
        number, text = visit.number("ticket"), visit.form.text("text")
        most = self._site.door.database.read(lambda work: work.promises.policy.limits.text)
        problem = _problem(text, bool(visit.form.files), most)
        if problem:
            return self._site.door.database.read(
                lambda work: self._page(work, visit, problems={"text": problem}, text=text, status=400)
            )

        def deed(work: UnitOfWork, guest: Guest, files: tuple[Attachment, ...]) -> Ticket:
            ticket = _standing(work, guest, number)
            return say_for(work, words_of(guest, text, files), ticket.number, visit.now)

        return self._site.go(f"{_AT}/{self._sending.once(visit, deed)}?said#last")

    def close(self, visit: Visit) -> Reply:
        number = visit.number("ticket")

        def deed(work: UnitOfWork, guest: Guest, files: tuple[Attachment, ...]) -> Ticket:
            ticket = ticket_of(work, guest, number)
            return ticket if ticket.closed else close_for(work, words_of(guest, ""), number, visit.now)

        return self._site.go(f"{_AT}/{self._sending.once(visit, deed)}")

    def rate(self, visit: Visit) -> Reply:
        number, stars = visit.number("ticket"), visit.form.text("stars")
        if stars not in [str(one) for one in range(1, BEST + 1)]:
            raise Turned(400, f"Choose a number from 1 to {BEST}.")
        words = visit.form.text("words")[:2000]

        def deed(work: UnitOfWork, guest: Guest, files: tuple[Attachment, ...]) -> Ticket:
            ticket = ticket_of(work, guest, number)
            if not ticket.closed or ticket.merged_into is not None:
                raise Turned(409, "It can be rated once it is closed.")
            return rate_for(work, words_of(guest, words), number, int(stars), visit.now)

        return self._site.go(f"{_AT}/{self._sending.once(visit, deed)}?rated")

    def file(self, visit: Visit) -> Reply:
        number, seq, place = (visit.number(name) for name in ("ticket", "seq", "number"))

        def look(work: UnitOfWork) -> Reply:
            ticket = ticket_of(work, guest_at(work, visit), number)
            if not may_have(work.tickets.history(ticket.number), (seq, place), visit.now):
                raise Turned(404)
            return attachment(work, self._site.door.filing, ticket.number, seq, place)

        return self._site.door.database.read(look)

    def _page(
        self,
        work: UnitOfWork,
        visit: Visit,
        *,
        note: str = "",
        problems: dict[str, str] | None = None,
        text: str = "",
        status: int = 200,
    ) -> Reply:
        guest = guest_at(work, visit)
        ticket = ticket_of(work, guest, visit.number("ticket"))
        state, tone = state_words(ticket, work.promises.policy)
        return self._site.page(
            visit,
            "ticket.html",
            times=guest.times,
            status=status,
            ticket=ticket,
            state=state,
            tone=tone,
            promised=promise_lines(ticket, work.promises, visit.now),
            talk=self._talk(work, visit, ticket),
            category=work.promises.policy.categories.get(ticket.category, ""),
            best=BEST,
            note=note,
            problems=problems or {},
            text=text,
        )

    def _talk(self, work: UnitOfWork, visit: Visit, ticket: Ticket) -> tuple[Said, ...]:
        copies = work.files.of_ticket(ticket.number)
        here = frozenset(one.key for one in copies if one.state is CopyState.COPIED)
        names = {staff.id: staff.name for staff in work.people.all()}
        return conversation(work.tickets.history(ticket.number), names, here, work.promises.policy, visit.now)


def _standing(work: UnitOfWork, guest: Guest, number: int) -> Ticket:
    """Theirs, or the one that it was merged into, if that is theirs, too."""
    ticket = ticket_of(work, guest, number)
    while ticket.merged_into is not None:
        ticket = ticket_of(work, guest, ticket.merged_into)
    return ticket


def _problem(text: str, files: bool, most: int) -> str:
    if not text and not files:
        return "Write what there is to say, or choose a file."
    return f"That is more than {most:,} characters. Send the rest as a file." if len(text) > most else ""
