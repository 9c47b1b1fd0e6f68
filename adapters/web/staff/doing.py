"""Doing: every command of the desk from a page, with the words, the rights and the refusals that it has in chat."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from adapters.web.pages.drawing import Times
from adapters.web.pages.site import Room, Site
from adapters.web.pages.visit import Reply, Turned, Visit
from adapters.web.staff.asking import Asked, asked, values_in
from adapters.web.staff.who import looking, speaker
from bot.cards import Card
from bot.domain.errors import Refusal
from bot.domain.people import Staff
from commands.desk import Answer

DO = "/desk/do"
SAY = "/desk/say"
LONGEST = 5000


class Doing:
    """GET /desk/do asks for what a command needs; POST does it; POST /desk/say does a line as it is typed in chat."""

    def __init__(self, site: Site) -> None:
        self._site = site
        self._desk = site.door.desk

    def rooms(self) -> Sequence[Room]:
        return (Room(DO, get=self.ask, post=self.do), Room(SAY, post=self.say))

    def ask(self, visit: Visit) -> Reply:
        """A button that needs more: `command`, what is `asks`ed for although it need not be, and `v.NAME` values."""
        staff = self._staff(visit)
        words, asks = visit.query.get("command", ""), visit.query.get("asks", "")
        form = self._desk.form(speaker(staff), words, values_in(visit.query), [one for one in asks.split(",") if one])
        return self._form(visit, asked(self._desk, form), asks)

    def do(self, visit: Visit) -> Reply:
        staff, fields = self._staff(visit), visit.form.fields
        words, asks, values = fields.get("command", ""), fields.get("asks", ""), values_in(fields)
        answer = self._desk.run(speaker(staff), words, values, _request(visit))
        if answer.ok:
            return self._answered(visit, staff, answer.card)
        return self._refused(visit, staff, answer, words, asks, values)

    def say(self, visit: Visit) -> Reply:
        staff, line = self._staff(visit), visit.form.text("line")[:LONGEST]
        if not line:
            return self._site.go("/desk")
        answer = self._desk.say(speaker(staff), line if line.startswith("/") else f"/{line}", _request(visit))
        if not answer.ok and answer.form is not None:
            return self._form(visit, asked(self._desk, answer.form), "")
        return self._answered(visit, staff, answer.card, line, ok=answer.ok)

    def _refused(
        self, visit: Visit, staff: Staff, answer: Answer, words: str, asks: str, values: Mapping[str, str]
    ) -> Reply:
        """The form again, with what was typed, below the reason; where there is no form, the reason alone."""
        try:
            names = [one for one in asks.split(",") if one] or list(values)
            form = answer.form or self._desk.form(speaker(staff), words, {}, names)
        except Refusal:
            return self._answered(visit, staff, answer.card, ok=False)
        return self._form(visit, asked(self._desk, form, values), asks, answer.card)

    def _answered(self, visit: Visit, staff: Staff, card: Card, line: str = "", *, ok: bool = True) -> Reply:
        if ok:
            self._site.door.changed()
        status = 200 if ok else 409
        return self._site.page(
            visit, "answer.html", times=self._times(visit, staff), status=status, card=card, typed=line
        )

    def _form(self, visit: Visit, form: Asked, asks: str, problem: Card | None = None) -> Reply:
        staff = self._staff(visit)
        status = 200 if problem is None else 409
        return self._site.page(
            visit, "form.html", times=self._times(visit, staff), status=status, form=form, asks=asks, problem=problem
        )

    def _staff(self, visit: Visit) -> Staff:
        return self._site.door.database.read(lambda work: looking(work, visit))

    def _times(self, visit: Visit, staff: Staff) -> Times:
        return times_of(self._site, visit, staff)


def times_of(site: Site, visit: Visit, staff: Staff) -> Times:
    """Instants as this person reads them."""
    return Times(staff.zone, site.door.database.read(lambda work: work.promises.policy.zone), visit.now)


def _request(visit: Visit) -> str:
    """The same form sent twice is done once. Raises Turned for a form that is none of ours."""
    nonce = visit.form.fields.get("nonce", "")
    if not 10 <= len(nonce) <= 100 or not nonce.isascii():
        raise Turned(400)
    return f"web:{visit.signed_in.subject}:{nonce}"
