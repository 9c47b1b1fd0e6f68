"""The counter: one door for everybody, one transaction for each command, and refusals become cards."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from bot.cards import Card, Home, Line, Tone
from bot.domain.errors import Incomplete, NotAllowed, NotUnderstood, Refusal
from bot.domain.people import Role
from bot.ports import Database, Speaker, UnitOfWork, WallClock
from commands import parsing
from commands.help import help_word
from commands.home import home_of
from commands.roles import NO_ADMIN, has_admin
from commands.spec import Caller, Command, Param
from commands.values import bind, missing

UNRECORDED = "unrecorded"
"""In the data of an answer that is for the caller's eyes and for no record: a repeat of the request is done anew."""


@dataclass(frozen=True, slots=True)
class Form:
    """What is still to be asked before a command can run, with what is known already."""

    command: Command
    known: Mapping[str, Any]
    asks: tuple[Param, ...]
    foreword: Line = ()


@dataclass(frozen=True, slots=True)
class Answer:
    """What the caller gets back. `ok` is False when the desk refused; `form` asks for what was missing."""

    card: Card
    ok: bool = True
    form: Form | None = None


class Desk:
    """The desk as adapters know it. Plain and thread-safe; a command never waits for a network."""

    def __init__(self, database: Database, catalogue: Mapping[str, Command], clock: WallClock) -> None:
        self.database = database
        self.catalogue = catalogue
        self.clock = clock

    def say(self, speaker: Speaker, line: str, request: str = "") -> Answer:
        """Run a line as typed. `request` is the platform's id of it: a repeat is answered, not done again."""
        try:
            command, raw = self.understood(speaker, line)
        except Refusal as refusal:
            return refused(refusal)
        return self.run(speaker, command.words, raw, request)

    def understood(self, speaker: Speaker, line: str) -> tuple[Command, Mapping[str, str]]:
        """The command that a line means and the raw values it gives, with nothing done and nothing looked up. Raises
        NotUnderstood or BadValue."""
        command, rest = parsing.find_command(line, self.catalogue, help_word(speaker.platform))
        return command, parsing.read(command, rest, in_ticket=speaker.ticket)

    def run(self, speaker: Speaker, words: str, raw: Mapping[str, Any], request: str = "") -> Answer:
        """Run a command with raw values, as a form or a button gives them."""
        try:
            command = self._command(words)
        except Refusal as refusal:
            return refused(refusal)
        now = self.clock.now()

        def deed(work: UnitOfWork) -> Card:
            known = work.memory.answer_to(request) if request else None
            if known is not None:
                return known
            caller = self._caller(speaker, work)
            allow(caller, command, work)
            values = bind(command, raw, Caller(caller.staff, speaker, now), work)
            card = command(Caller(caller.staff, speaker, now), work, **values)
            if request and command.writes and UNRECORDED not in card.data:
                work.memory.remember(request, card, now)
            return card

        try:
            card = self.database.write(deed) if command.writes else self.database.read(deed)
        except Refusal as refusal:
            form = self._asked(speaker, command, raw) if isinstance(refusal, Incomplete) else None
            return Answer(refused(refusal).card, False, form)
        return Answer(card, card.tone is not Tone.REFUSAL)

    def form(self, speaker: Speaker, words: str, known: Mapping[str, Any], asks: Sequence[str] = ()) -> Form:
        """What a button or a command must ask: what it cannot do without, then the optional fields named in `asks`.

        Its foreword says what a person must know before they fill it in: who will read the words. Raises NotAllowed
        rather than ask for what will be refused, and NotUnderstood for a button of a command that is no more.
        """
        command = self._command(words)
        self.database.read(lambda work: allow(self._caller(speaker, work), command, work))
        needed = missing(command, known)
        more = (param for name in asks if (param := command.param(name)) is not None)
        fields = (*needed, *(param for param in more if param not in needed))
        return Form(command, known, fields, self._foreword(command, known))

    def _command(self, words: str) -> Command:
        """The command of a button or a form. Messages outlive the version that wrote them, so it may be gone."""
        command = self.catalogue.get(words)
        if command is None:
            raise NotUnderstood(f"There is no “/{words}” any more: that button is of an earlier version.", "/help")
        return command

    def _asked(self, speaker: Speaker, command: Command, raw: Mapping[str, Any]) -> Form:
        """What a typed command lacks, and those of the fields that its form is to ask for which were not given."""
        given = {name for name, value in raw.items() if str(value).strip()}
        return self.form(speaker, command.words, raw, [name for name in command.asks if name not in given])

    def _foreword(self, command: Command, known: Mapping[str, Any]) -> Line:
        number = str(known.get("ticket", "")).removeprefix("#")
        foreword = command.foreword
        if foreword is None or not (number.isascii() and number.isdigit() and len(number) < 10):
            return ()
        try:
            return self.database.read(lambda work: foreword(work, work.tickets.get(int(number))))
        except Refusal:
            return ()  # The command itself will say what is wrong with that number.

    def home(self, speaker: Speaker) -> Home:
        """The page of their own that some platforms give to each person. Reads the database: call it in a thread."""
        return self.database.read(lambda work: home_of(self._caller(speaker, work), work))

    def caller(self, speaker: Speaker) -> Caller:
        """Who this is to the desk."""
        return self.database.read(lambda work: self._caller(speaker, work))

    def _caller(self, speaker: Speaker, work: UnitOfWork) -> Caller:
        if speaker.person:
            return Caller(work.people.get(speaker.person), speaker, self.clock.now())
        return Caller(work.people.of_account(speaker.platform, speaker.account), speaker, self.clock.now())


def allow(caller: Caller, command: Command, work: UnitOfWork) -> None:
    """Raises NotAllowed unless the caller's role reaches the command: the one place that decides."""
    if caller.role >= command.role:
        return
    if caller.staff is None:
        raise NotAllowed(f"{caller.name or 'You'} is not known to this desk.", _way_in(caller, work))
    has = caller.role.title if caller.role is not Role.NOBODY else "nothing"
    raise NotAllowed(
        f"/{command.words} is for {command.role.title} and above; {caller.name} has the role {has}.",
        f"An admin can change that: /staff roles {caller.id} {command.role.title}" if has_admin(work) else NO_ADMIN,
    )


def _way_in(caller: Caller, work: UnitOfWork) -> str:
    """What an admin types for somebody whom the desk does not know."""
    speaker = caller.speaker
    if not has_admin(work):
        return NO_ADMIN
    if speaker.platform == "console":
        return "An admin adds people: /staff add NAME --role staff"
    account = f"/staff link NAME --platform {speaker.platform} --account {speaker.account}"
    return f"An admin lets you in: /staff add NAME --role staff, then {account}"


def refused(refusal: Refusal) -> Answer:
    """A refusal as a card: the sentence, then what to type."""
    lines = ((refusal.text,), (refusal.hint,)) if refusal.hint else ((refusal.text,),)
    data = {"error": refusal.text, "hint": refusal.hint}
    return Answer(Card(lines=lines, tone=Tone.REFUSAL, data=data), False)
