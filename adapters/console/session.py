"""The conversation: who speaks in which thread, words that only a terminal knows, buttons, forms and commands."""

from __future__ import annotations

import logging
import re
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import replace

from adapters.console.channel import PLATFORM
from adapters.console.forms import HOW_TO_LEAVE, LEAVE, Filling, looks_like_a_command, unquoted
from adapters.console.screen import Screen
from adapters.console.seen import Seen, look
from bot.cards import Card, Line, Strong, Table, When, say
from bot.domain.errors import BadValue, NotFound, Refusal
from bot.ports import Speaker
from bot.views.standing import standing
from commands.checking import check
from commands.completion import Completion, choices, complete, complete_value
from commands.desk import Answer, Desk, Form, refused
from commands.spec import Param, Takes

log = logging.getLogger(__name__)

LOCAL_WORDS = {
    "/as NAME": "speak as somebody else; /as alone says who you are",
    "/in 42": "enter a ticket's thread: plain words become notes there",
    "/out": "leave the thread",
    "/time": "what time it is at the desk, and whether it is open",
    "/quit": "leave",
    "7": "press the button with that number",
    "… --json": "at the end of a line: the answer as JSON, for programs",
}
_LOCAL_HELP = Card(
    table=Table(("here also", "to"), tuple(((words,), (meaning,)) for words, meaning in LOCAL_WORDS.items()))
)
Move = Callable[[str], None]
"""Moves the desk's clock to where a text says ("+2h", "2026-10-09 17:30"), all that is due on the way done. Blocks.
Raises BadValue."""

_LOCAL_VALUES = {
    "/as ": Param("name", Takes.STAFF, "Who", required=True),
    "/in ": Param("ticket", Takes.TICKET, "Which ticket", required=True),
}
_BUTTON = re.compile(r"\[?(\d{1,9})\]?")
_JSON = re.compile(r"\s+--json\s*$")
_LEAVING = ("/quit", "/exit")


class Session:
    """One person at a terminal. `asks` is whether there is somebody to ask: then a command that lacks something opens
    a form, and each field is checked as it is typed; without, a form takes the lines that follow and is checked
    at its end. Plain and blocking: call it from one thread at a time.
    """

    def __init__(
        self, desk: Desk, screen: Screen, *, account: str = "you", asks: bool = True, move: Move | None = None
    ) -> None:
        self.speaker = Speaker(PLATFORM, account)
        self.form: Filling | None = None
        self.over = False
        self._desk = desk
        self._screen = screen
        self._asks = asks
        self._move = move
        self._seen: Seen | None = None
        self._local: Mapping[str, Callable[[str], Card]] = {
            "/as": self._as,
            "/in": self._in,
            "/out": self._out,
            "/time": self._time,
            "/quit": self._quit,
            "/exit": self._quit,
        }
        self.look()

    def look(self) -> None:
        """See anew who is speaking, in which zone, and who is who. Raises Refusal while the database is away."""
        self._seen = look(self._desk, self._screen, self.speaker)

    def _look_again(self) -> None:
        """After a command that may have changed names or hours; it is done, even if nothing can be asked now."""
        with suppress(Refusal):
            self.look()

    def prompt(self) -> str:
        """ "bob> ", "bob #42> ", or the question of the form."""
        question = self.form.question if self.form else None
        if self.form and question:
            return f"  {self.form.prompt(question)}"
        thread = f" #{self.speaker.ticket}" if self.speaker.ticket is not None else ""
        return f"{self.speaker.account}{thread}> "

    def status(self) -> str:
        """ "Bob · Fri 17:30 · open until 19:00": the clock, too, for in the demo it runs away from everybody's own."""
        if self._seen is None:
            return self.speaker.account
        reader = self._screen.reader
        stands = standing(self._seen.promises.hours, reader.now)
        clock = f"{reader.now.astimezone(reader.zone):%a %H:%M}"
        return f"{self._screen.words((self._seen.name,))} · {clock} · {self._screen.words(stands)}"

    def completions(self, text: str) -> list[Completion]:
        """What could come next on the line, or in the form's field."""
        for word, param in _LOCAL_VALUES.items():
            if self.form is None and text.startswith(word):
                found = complete_value(self._desk, self.speaker, param, text.removeprefix(word))
                return [replace(one, start=len(word)) for one in found]
        if self.form is None:
            return complete(self._desk, self.speaker, text)
        question = self.form.question
        return complete_value(self._desk, self.speaker, question, text) if question else []

    def hear(self, line: str) -> bool:
        """Take one line and show the answer. True unless something was refused."""
        try:
            if self.form is not None:
                return self._fill(self.form, line)
            return self._line(line.strip())
        except Refusal as refusal:
            return self._show(refused(refusal))
        except OSError:
            raise
        except Exception:  # A fault of ours must not end the conversation; the log tells what it was.
            log.exception("A line in the terminal met a fault.")
            return self._show(
                refused(Refusal("Something went wrong here, not with you.", "The log tells what it was."))
            )

    def leave_form(self) -> None:
        """Drop the form, saying what had been typed."""
        if self.form is not None:
            form, self.form = self.form, None
            self._screen.answer(form.left())

    def _line(self, line: str) -> bool:
        as_json = _JSON.search(line) is not None or self._screen.for_programs
        line = _JSON.sub("", line)
        if not line:
            return True
        if button := _BUTTON.fullmatch(line):
            return self._press(int(button[1]), as_json)
        word, _, rest = line.partition(" ")
        local = self._local.get(word.casefold())
        if local is not None:
            return self._show(Answer(local(rest.strip())), as_json)
        answer = self._say(line)
        if answer.form is not None and self._asks and not as_json:
            return self._open(self._filling(answer.form))
        done = self._show(answer, as_json)
        self._look_again()
        if word.casefold().removeprefix("/") == "help" and not rest.strip() and not as_json:
            self._screen.answer(_LOCAL_HELP)
        return done

    def _say(self, line: str) -> Answer:
        if line.startswith("/"):
            return self._desk.say(self.speaker, line)
        ticket = self.speaker.ticket
        if ticket is not None and "ticket note" in self._desk.catalogue:
            return self._desk.run(self.speaker, "ticket note", {"ticket": str(ticket), "text": line})
        first = line.split(maxsplit=1)[0].casefold()
        if any(first == name.partition(" ")[0] for name in self._desk.catalogue):
            return self._desk.say(self.speaker, line)
        hint = "/help lists what the desk understands; /in 42 enters a ticket's thread, where plain words are notes."
        return refused(BadValue("A line to the desk begins with a slash.", hint))

    def _press(self, number: int, as_json: bool) -> bool:
        choice = self._screen.buttons.pressed(number)
        if choice is None or choice.command not in self._desk.catalogue:
            raise NotFound(f"Button {number} has scrolled away or was never there.")
        filling = self._filling(self._desk.form(self.speaker, choice.command, choice.values, choice.asks))
        filling.as_json = as_json
        return self._send(filling) if filling.question is None else self._open(filling)

    # --- forms ------------------------------------------------------------------------------------------------------

    def _filling(self, form: Form) -> Filling:
        return Filling.of_form(form, {param.name: choices(self._desk, param) for param in form.asks})

    def _open(self, form: Filling) -> bool:
        self.form = form
        self._screen.answer(form.opening())
        return True

    def _fill(self, form: Filling, line: str) -> bool:
        question = form.question
        if line.strip().casefold() == LEAVE:
            self.leave_form()
            return True
        if looks_like_a_command(line):
            return self._command_in_form(line)
        value = unquoted(line)
        if question is not None and self._asks:
            self._check(form, question, value)
        form.take(value)
        if form.question is not None:
            return True
        self.form = None
        return self._send(form)

    def _command_in_form(self, line: str) -> bool:
        """Nobody means a command to be a reply that a customer gets. Whoever is there is asked again; a script has lost
        its place, so it goes on with the command, and the line counts as refused for the form that it left."""
        leaves = line.split(maxsplit=1)[0].casefold() in _LEAVING
        if self._asks and not leaves:
            hint = "To say it all the same, put it in quotes."
            raise BadValue("That looks like a command, so it was not taken.", hint)
        self.leave_form()
        if not self._asks:
            self._line(line.strip())
        return self._asks

    def _check(self, form: Filling, question: Param, line: str) -> None:
        """Raises what the desk would refuse about this one field, so that only it is asked again."""
        text = line if line.strip() else form.values.get(question.name, "")
        check(self._desk, self.speaker, form.command, question, text)

    def _send(self, form: Filling) -> bool:
        answer = self._desk.run(self.speaker, form.command.words, form.values)
        in_vain = not answer.ok and bool(form.typed)
        if in_vain and self._asks:
            form.again()
            self.form = form
        self._show(answer, form.as_json)
        self._look_again()
        if in_vain and not self._asks:
            self._screen.answer(form.left())
        return answer.ok

    # --- words of the terminal ----------------------------------------------------------------------------------------

    def _as(self, name: str) -> Card:
        if name:
            self.speaker = replace(self.speaker, account=self._account(name.removeprefix("@")))
        self.look()
        caller = self._desk.caller(self.speaker)
        data = {"account": self.speaker.account, "name": caller.name, "role": caller.role.title}
        if caller.staff is None:
            line = f"You are {self.speaker.account}; this desk does not know you yet. An admin adds people: /staff add"
            return say(line, data=data)
        return say(f"You are {caller.name}, {caller.role.title}.", data=data)

    def _account(self, name: str) -> str:
        """The terminal's account of a person of the desk; what was typed, when nobody has that name."""
        if len(name) > 64 or not name.isprintable():
            raise BadValue("That is not a name.", "A name is a short word: /as ann")
        try:
            staff = self._desk.database.read(lambda work: work.people.find(name))
        except NotFound:
            return name.casefold()
        return staff.accounts.get(PLATFORM, staff.id)

    def _in(self, which: str) -> Card:
        digits = which.removeprefix("#")
        if not (digits.isascii() and digits.isdigit() and len(digits) < 10):
            raise BadValue(f"“{which[:40]}” is not a ticket number.", "A ticket's thread is entered by number: /in 42")
        ticket = self._desk.database.read(lambda work: work.tickets.get(int(digits)))
        self.speaker = replace(self.speaker, ticket=ticket.number)
        return say(
            Strong(f"#{ticket.number}"),
            f"  {ticket.subject}: plain words are notes now, and commands need no number. /out leaves.",
            data={"ticket": ticket.number},
        )

    def _out(self, rest: str) -> Card:
        if self.speaker.ticket is None:
            return say("You are in no ticket's thread.")
        number, self.speaker = self.speaker.ticket, replace(self.speaker, ticket=None)
        return say(f"You left #{number}.")

    def _time(self, rest: str) -> Card:
        if rest and self._move is None:
            raise BadValue("The desk goes by the real time.", "In `thirdline demo` the clock can be moved: /time +2h")
        if rest and self._move is not None:
            self._move(rest)
        self.look()
        now = self._desk.clock.now()
        return say("It is ", When(now), ": ", *self._hours(), ".", data={"now": f"{now:%Y-%m-%dT%H:%M:%SZ}"})

    def _quit(self, rest: str) -> Card:
        self.over = True
        return say("Goodbye.")

    def _hours(self) -> Line:
        """ "the desk is open until 19:00", "the desk is closed until Tue 10:00, and watched"."""
        if self._seen is None:
            return ()
        return ("the desk is ", *standing(self._seen.promises.hours, self._desk.clock.now()))

    def _show(self, answer: Answer, as_json: bool = False) -> bool:
        if as_json:
            self._screen.data(answer.card)
        elif self.form is not None and not answer.ok:
            self._screen.answer(answer.card.and_lines(HOW_TO_LEAVE))
        else:
            self._screen.answer(answer.card)
        return answer.ok
