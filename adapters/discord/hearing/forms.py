"""Forms and buttons: a pressed one is a command, however old its message; what it needs is asked in a modal."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from adapters.discord.drawing.again import refused_form, typed_before
from adapters.discord.drawing.buttons import choice_of
from adapters.discord.drawing.modals import asked_in, errand_of, typed
from adapters.discord.hearing.answering import Outcome
from adapters.discord.hearing.counter import Counter
from adapters.discord.hearing.menus import UNSEEN
from adapters.discord.wire.heard import Heard
from bot.domain.errors import NotFound
from bot.ports import Speaker

log = logging.getLogger(__name__)

_GONE = NotFound("This button does nothing any more.", "What the desk can do: /desk help")
_NO_FORM = NotFound("This form does nothing any more.", "What the desk can do: /desk help")


class Forms:
    """Hears buttons, menus and modals. All of it blocks, and raises Refusal."""

    def __init__(self, counter: Counter, with_source: Callable[[Heard, Speaker, Mapping[str, Any]], Speaker]) -> None:
        """`with_source` knows of which message a form was opened."""
        self._counter = counter
        self._with_source = with_source

    def pressed(self, heard: Heard) -> Outcome:
        """Do what the button says, or ask for what that needs."""
        counter = self._counter
        choice = choice_of(heard.data)
        if choice is None or choice.command not in counter.desk.catalogue:
            log.info("A button without a command was pressed.")
            raise _GONE
        speaker = counter.speakers.of(heard)
        if choice.asks:
            return counter.ask(speaker, replace(choice, values={**choice.values, **typed_before(heard.message)}))
        return counter.run(speaker, choice.command, choice.values, heard.request)

    def sent(self, heard: Heard) -> Outcome:
        """Run the command of a form. What was typed into one that is refused is kept in the answer."""
        counter = self._counter
        errand = errand_of(str(heard.data.get("custom_id") or ""))
        command = counter.desk.catalogue.get(errand.command) if errand is not None else None
        if errand is None or command is None:
            log.info("A form without a command was sent.")
            raise _NO_FORM
        components = heard.data.get("components")
        values = {**errand.values, **typed(components)}
        speaker = self._with_source(heard, counter.speakers.of(heard), errand.values)
        answer = counter.answer(lambda: counter.desk.run(speaker, command.words, values, heard.request))
        told = counter.told(answer, command.words)
        if answer.ok or answer.card.choices:
            return told
        kept = refused_form(answer.card, command, values, asked_in(components), counter.names(), unseen=UNSEEN)
        return replace(told, message=kept)
