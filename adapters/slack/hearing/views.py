"""Modals that were sent: what was typed becomes a command, and what is wrong is said at its field."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from adapters.slack.drawing.errand import Errand
from adapters.slack.drawing.limits import Block
from adapters.slack.drawing.modals import answer_view, field_errors, loading_view, typed
from adapters.slack.hearing.asking import Asking, spot_of
from adapters.slack.hearing.counter import Counter, Drawn
from bot.cards import Card
from bot.domain.errors import NotFound, Refusal
from bot.ports import Speaker
from bot.sources import with_source
from bot.workers import in_time
from commands.checking import faults
from commands.desk import Answer, refused
from commands.form_words import name_of
from commands.spec import Command

log = logging.getLogger(__name__)

View = Mapping[str, Any]
_GONE = NotFound("This form does nothing any more.", "What the desk can do: /desk help")


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of a form: the answer, and what the modal shows then: errors at its fields where it was refused for
    them, the answer where there is no other place for it, or nothing."""

    drawn: Drawn
    errors: Mapping[str, str]
    shown: Block | None


@dataclass(frozen=True, slots=True)
class Sent:
    """A form as it was sent."""

    view: View
    errand: Errand
    command: Command
    speaker: Speaker

    @property
    def request(self) -> str:
        """What a repeat of it is known by. A modal keeps its id when it shows another form; each content has a hash of
        its own."""
        return f"slack:view:{self.view.get('id', '')}:{self.view.get('hash', '')}"

    @property
    def values(self) -> dict[str, Any]:
        return {**self.errand.known, **typed(self.view)}

    @property
    def asked(self) -> list[str]:
        """The parameters that have a field, in order."""
        blocks = [block for block in self.view.get("blocks", ()) if block.get("type") == "input"]
        return list(dict.fromkeys(name_of(str(block.get("block_id", ""))) for block in blocks))


class Views:
    """Hears submitted modals."""

    def __init__(self, counter: Counter, asking: Asking) -> None:
        self._counter = counter
        self._asking = asking

    async def hear(self, body: Mapping[str, Any]) -> Block | None:
        """Run the form's command and return what becomes of the modal."""
        counter, view = self._counter, body["view"]
        try:
            sent = self._sent(view, await counter.speakers.of(str(body["user"]["id"])))
        except Refusal as refusal:
            # Drawn with the names as they were last read: nobody waits for the database here.
            view = answer_view(refused(refusal).card, counter.roster.seen)
            return {"response_action": "update", "view": view}
        work = counter.workers.begin(lambda: self._outcome(sent))
        if await in_time(work):
            return self._settled(sent, work.result())
        counter.tasks.start(self._later(sent, work), f"the late answer of a form to {sent.speaker.account}")
        return {"response_action": "update", "view": loading_view(f"/{sent.errand.words}")}

    def _sent(self, view: View, speaker: Speaker) -> Sent:
        errand = Errand.unpacked(str(view.get("private_metadata") or ""))
        command = self._counter.desk.catalogue.get(errand.words) if errand is not None else None
        if errand is None or command is None:
            log.info("A form without a command was sent: %.40r.", view.get("callback_id"))
            raise _GONE
        counter, channel = self._counter, errand.channel  # Where the form was asked for.
        speaker = replace(speaker, place=counter.place(channel), at_cards=counter.is_desk(channel))
        return Sent(view, errand, command, with_source(speaker, errand.known))

    def _outcome(self, sent: Sent) -> Outcome:
        """Blocks."""
        counter, words = self._counter, sent.command.words
        drawn = counter.drawn(lambda: counter.desk.run(sent.speaker, words, sent.values, sent.request))
        wrong = not drawn.answer.ok and not drawn.answer.card.choices
        errors = self._errors(sent, drawn.answer.card) if wrong else {}
        told_elsewhere = drawn.answer.ok and spot_of(sent.errand, sent.speaker.account).somewhere
        shown = None if errors or told_elsewhere else self._asking.of_card(drawn.answer.card)
        return Outcome(drawn, errors, shown)

    def _errors(self, sent: Sent, card: Card) -> Mapping[str, str]:
        """Each sentence at the field that it is about; what is about none is said at the last field. Blocks."""
        found: dict[str, Refusal] = {}

        def look() -> Answer:
            found.update(faults(self._counter.desk, sent.speaker, sent.command, sent.asked, sent.values))
            return Answer(card)

        self._counter.answer(look)
        told = {name: " ".join(filter(None, (one.text, one.hint))) for name, one in found.items()}
        last = sent.asked[-1] if sent.asked else ""
        return field_errors(sent.view, told or {last: _sentence(card)})

    def _settled(self, sent: Sent, outcome: Outcome) -> Block:
        """What becomes of the modal: it says what is wrong, or goes, or shows the answer where there is no place."""
        counter, answer = self._counter, outcome.drawn.answer
        if outcome.errors:
            return {"response_action": "errors", "errors": dict(outcome.errors)}
        counter.done(answer, sent.command.words)
        if outcome.shown is not None:
            return {"response_action": "update", "view": outcome.shown}
        spot = spot_of(sent.errand, sent.speaker.account)
        counter.tasks.start(counter.whisper.tell(spot, outcome.drawn.message), f"an answer to {spot.user}")
        return {"response_action": "clear"}

    async def _later(self, sent: Sent, work: Any) -> None:
        """The modal shows that the desk is at work: put the answer there, or the form again with all that was typed."""
        outcome: Outcome = await work
        asking, counter = self._asking, self._counter
        answer = outcome.drawn.answer
        counter.done(answer, sent.command.words)
        view = await asking.begin(
            lambda: self._again(sent, answer.card) if outcome.errors else asking.of_card(answer.card)
        )
        if not await asking.update(str(sent.view.get("id", "")), view):
            await counter.whisper.tell(spot_of(sent.errand, sent.speaker.account), outcome.drawn.message)

    def _again(self, sent: Sent, card: Card) -> Block:
        """The form with what was typed, and what is wrong above it. Blocks."""
        form = self._counter.desk.form(sent.speaker, sent.command.words, {}, sent.asked)
        again = replace(form, known=sent.values, foreword=(_sentence(card),))
        return self._asking.of_form(again, sent.errand)


def _sentence(card: Card) -> str:
    """A refusal as one text."""
    lines = ("".join(part for part in line if isinstance(part, str)) for line in card.lines)
    return " ".join(line for line in lines if line)
