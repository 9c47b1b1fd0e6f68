"""Doing: every command of the desk from a page, with the words, the rights and the refusals that it has in chat."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from types import MappingProxyType

from adapters.web.pages.site import Room
from adapters.web.pages.visit import Reply, Turned, Visit
from adapters.web.staff.asking import asked, values_in
from adapters.web.staff.showing import Showing
from adapters.web.staff.who import speaker
from adapters.web.uploads import filed
from bot.cards import Card
from bot.domain.errors import Refusal
from bot.domain.people import Staff
from bot.signing import digest_of
from commands.bringing import BRINGING
from commands.desk import Answer, Form

DO = "/desk/do"
SAY = "/desk/say"
LONGEST = 5000
"""Characters of a line that is typed; forms take more."""
_NOTHING: Mapping[str, str] = MappingProxyType({})


class Doing:
    """GET /desk/do asks for what a command needs; POST does it; POST /desk/say does a line as it is typed in chat."""

    def __init__(self, showing: Showing) -> None:
        self._showing = showing
        self._desk = showing.desk
        self._door = showing.site.door

    def rooms(self) -> Sequence[Room]:
        return (Room(DO, get=self.ask, post=self.do, uploads=True), Room(SAY, post=self.say))

    def ask(self, visit: Visit) -> Reply:
        """A button that needs more: `command`, what is `asks`ed for although it need not be, and `v.NAME` values."""
        staff = self._showing.staff(visit)
        words, asks = visit.query.get("command", ""), _names(visit.query.get("asks", ""))
        return self._form(visit, staff, self._desk.form(speaker(staff), words, values_in(visit.query), asks))

    def do(self, visit: Visit) -> Reply:
        staff, fields = self._showing.staff(visit), visit.form.fields
        words, asks, values = fields.get("command", ""), _names(fields.get("asks", "")), values_in(fields)
        with filed(self._door.filing, visit.form.files if words in BRINGING else (), Turned) as put:
            speaks = replace(speaker(staff), files=put.files)
            answer = self._desk.run(speaks, words, values, _request(visit, words, values))
            put.recorded = self._is_recorded([file.kept for file in put.files])
        if answer.ok or not (asks or answer.form):
            return self._answered(visit, staff, answer)
        try:
            known = {name: value for name, value in values.items() if name not in asks}
            form = self._desk.form(speaker(staff), words, known, asks)
        except Refusal:
            return self._answered(visit, staff, answer)
        return self._form(visit, staff, form, values, answer.card)

    def _is_recorded(self, paths: Sequence[str]) -> bool:
        """Whether a ticket names these files now: not where the command was refused, or done before."""
        return bool(paths and self._door.database.read(lambda work: work.files.recorded(paths)))

    def say(self, visit: Visit) -> Reply:
        staff, line = self._showing.staff(visit), visit.form.text("line")
        if not line:
            return self._showing.site.go("/desk")
        if len(line) > LONGEST:
            raise Turned(413, f"A line may be up to {LONGEST} characters long.")
        answer = self._desk.say(speaker(staff), f"/{line.removeprefix('/')}", _request(visit, "", {"line": line}))
        if not answer.ok and answer.form is not None:
            return self._form(visit, staff, answer.form)
        return self._answered(visit, staff, answer, line)

    def _answered(self, visit: Visit, staff: Staff, answer: Answer, line: str = "") -> Reply:
        if answer.ok:
            self._door.changed()
        status = 200 if answer.ok else 409
        return self._showing.page(visit, staff, "answer.html", status=status, card=answer.card, typed=line)

    def _form(
        self, visit: Visit, staff: Staff, form: Form, typed: Mapping[str, str] = _NOTHING, problem: Card | None = None
    ) -> Reply:
        """A form: with what was `typed`, below the reason why it would not do, where there is one."""
        status = 200 if problem is None else 409
        shown = asked(self._desk, form, typed)
        return self._showing.page(visit, staff, "form.html", status=status, form=shown, problem=problem)


def _names(asks: str) -> list[str]:
    return [name for name in asks.split(",") if name]


def _request(visit: Visit, words: str, values: Mapping[str, str]) -> str:
    """The name of a request: the same form sent twice is done once, and one that was changed meanwhile is another.
    Raises Turned for a form that is none of ours."""
    nonce = visit.form.fields.get("nonce", "")
    if not (10 <= len(nonce) <= 100 and nonce.isascii()):
        raise Turned(400)
    files = [(one.name, one.digest) for one in visit.form.files]
    said = digest_of(repr((nonce, words, sorted(values.items()), files)))
    return f"web:{visit.signed_in.subject}:{said}"
