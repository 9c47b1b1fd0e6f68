"""The counter: what every handler of Discord's callers shares, from the desk to what they are shown."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from adapters.discord.drawing.again import FILL_IN
from adapters.discord.drawing.cards import Payload, message
from adapters.discord.drawing.modals import form_modal
from adapters.discord.hearing.answering import Outcome
from adapters.discord.people.speakers import Speakers
from bot import counter
from bot.cards import Card, Choice, Style
from bot.counter import Roster, with_typed
from bot.ports import Speaker
from bot.workers import Workers
from commands.completion import listed
from commands.desk import Answer, Desk, Form

LATE = "This needs more from you than was said."


class Counter(counter.Counter[Payload]):
    """Runs commands for Discord's callers. `changed` is called, in the event loop, after something was written."""

    def __init__(
        self,
        desk: Desk,
        roster: Roster,
        speakers: Speakers,
        *,
        changed: Callable[[], None] = lambda: None,
        workers: Workers | None = None,
    ) -> None:
        super().__init__(desk, roster, workers or Workers("discord"), changed)
        self.speakers = speakers

    async def start(self) -> None:
        """Learn who our people are before the first of them speaks."""
        await self.workers.begin(self.names)

    async def stop(self) -> None:
        """Give the answers under way; then no more is done here."""
        await self.tasks.stop()
        self.workers.stop()

    def dress(self, card: Card) -> Payload:
        return message(card, self.names())

    def plain(self, text: str) -> Payload:
        return Payload(text)

    # --- what becomes of words; these block ------------------------------------------------------------------------

    def run(
        self, speaker: Speaker, words: str, raw: Mapping[str, Any], request: str, *, typed: bool = False
    ) -> Outcome:
        """Run a command: its answer, or the form for what it cannot do without. A refusal gives back what was `typed`,
        which Discord shows nowhere any more."""
        answer = self.answer(lambda: self.desk.run(speaker, words, raw, request))
        if typed:
            answer = with_typed(answer, _line(words, raw))
        return self.asked(answer.form) if answer.form is not None else self.told(answer, words)

    def ask(self, speaker: Speaker, choice: Choice) -> Outcome:
        """The form for what a button leaves to be said. Raises Refusal rather than ask for what will be refused."""
        return self.asked(self.desk.form(speaker, choice.command, choice.values, choice.asks))

    def asked(self, form: Form) -> Outcome:
        """A form; where it is too late for one, a button that opens it. Raises Refusal when it is too large."""
        options = {param.name: listed(self.desk, param) for param in form.asks}
        asks = tuple(param.name for param in form.asks)
        again = Choice(FILL_IN, form.command.words, form.known, asks, Style.PRIMARY)
        return Outcome(self.draw(Card(lines=((LATE,),), choices=(again,))), form_modal(form, options, self.names()))

    def told(self, answer: Answer, words: str = "") -> Outcome:
        """An answer as it is shown."""
        return Outcome(self.draw(answer.card), None, answer, words)

    def safely(self, make: Callable[[], Outcome]) -> Outcome:
        """The outcome that `make` makes, or one that says why there is none."""
        made: list[Outcome] = []

        def deed() -> Answer:
            made.append(make())
            return Answer(Card())

        answer = self.answer(deed)
        return made[0] if made else self.told(answer)


def _line(words: str, raw: Mapping[str, Any]) -> str:
    """A slash command as one would type it."""
    given = (f'{name}:"{value}"' if " " in str(value) else f"{name}:{value}" for name, value in raw.items())
    return " ".join([f"/{words}", *given])
