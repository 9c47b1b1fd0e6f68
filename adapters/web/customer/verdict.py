"""The page behind the link in a closing letter: not solved, or how it went. Who has the letter needs no sign-in, and
sees no more than what the letter said: the number and the subject."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from adapters.web.door import Door
from adapters.web.pages.limits import Rate
from adapters.web.pages.site import Room, Site
from adapters.web.pages.visit import Reply, Turned, Visit
from bot.domain.errors import NotFound
from bot.domain.history import Deed
from bot.domain.ticket import Ticket
from bot.ports import UnitOfWork
from commands.intake import BEST, Words, rate_for, say_for

_AT = "/t/{ticket}/{seq}/{mark}"
_TRIED = Rate(60, 600)
_MARK = re.compile(r"[a-zA-Z2-7]{20}")
_MOST_WORDS = 2000


class Verdict:
    """One closing, judged by its customer."""

    def __init__(self, site: Site) -> None:
        self._site = site

    def rooms(self) -> Sequence[Room]:
        return (Room(_AT, get=self.look, post=self.judge, public=True, forms=_TRIED),)

    def look(self, visit: Visit) -> Reply:
        """Nothing happens before a button is pressed: whoever scans mail follows its links."""
        self._site.allow("verdict", visit.client, _TRIED, visit.now)
        return self._site.door.database.read(lambda work: self._page(work, visit))

    def judge(self, visit: Visit) -> Reply:
        does = {"not solved": self._not_solved, "rate": self._rate}.get(visit.form.text("verdict"))
        if does is None:
            raise Turned(400)
        reply, changed = self._site.door.database.write(lambda work: self._done(work, visit, does))
        if changed:
            self._site.door.changed()
        return reply

    def _done(
        self, work: UnitOfWork, visit: Visit, does: Callable[[UnitOfWork, Visit, Ticket], str]
    ) -> tuple[Reply, bool]:
        ticket = _closed_by(work, self._site.door, visit)
        if _over(work, ticket, visit.number("seq")):
            return self._page(work, visit), False
        done = does(work, visit, ticket)
        return self._site.page(visit, "judged.html", ticket=ticket, done=done), True

    def _not_solved(self, work: UnitOfWork, visit: Visit, ticket: Ticket) -> str:
        words = visit.form.text("words")[:_MOST_WORDS]
        say_for(work, _words(ticket, f"It is not solved.\n\n{words}".strip()), ticket.number, visit.now)
        return "reopened"

    def _rate(self, work: UnitOfWork, visit: Visit, ticket: Ticket) -> str:
        stars = visit.form.text("stars")
        if stars not in _STARS:
            raise Turned(400, f"Choose a number from 1 to {BEST}.")
        words = visit.form.text("words")[:_MOST_WORDS]
        rate_for(work, _words(ticket, words), ticket.number, int(stars), visit.now)
        return "rated"

    def _page(self, work: UnitOfWork, visit: Visit) -> Reply:
        ticket = _closed_by(work, self._site.door, visit)
        stars = visit.query.get("stars", "")
        return self._site.page(
            visit,
            "verdict.html",
            ticket=ticket,
            over=_over(work, ticket, visit.number("seq")),
            here_again=f"/t/{ticket.number}/{visit.number('seq')}/{visit.path['mark']}",
            stars=stars if stars in _STARS else "",
            choices=_STARS,
        )


_STARS = tuple(str(one) for one in range(1, BEST + 1))


def _closed_by(work: UnitOfWork, door: Door, visit: Visit) -> Ticket:
    """The ticket that the link is of. Raises Turned (404) for a link that we did not make; the mark is looked at
    before the ticket is, so that nobody learns which numbers there are."""
    number, seq, mark = visit.number("ticket"), visit.number("seq"), visit.path["mark"]
    if not _MARK.fullmatch(mark) or not door.signer.holds(mark, "closed", number, seq):
        raise Turned(404)
    try:
        return work.tickets.get(number)
    except NotFound:
        raise Turned(404) from None


def _over(work: UnitOfWork, ticket: Ticket, seq: int) -> str:
    """Why there is nothing to judge any more: it is open again, a part of another one, or another closing followed."""
    if ticket.merged_into is not None:
        return "merged"
    if not ticket.closed:
        return "open"
    closings = [event.seq for event in work.tickets.history(ticket.number) if event.deed is Deed.CLOSED]
    return "" if closings and closings[-1] == seq else "later"


def _words(ticket: Ticket, text: str) -> Words:
    """Who has the link has the letter, so it is whoever the ticket's letters go to."""
    return Words("web", ticket.requester, text)
