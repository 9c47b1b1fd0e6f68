"""Searches in the menus of a form: the desk's own proposals for the parameter that is asked."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from adapters.slack.drawing.errand import Errand
from adapters.slack.drawing.limits import Block
from adapters.slack.drawing.modals import options_answer
from adapters.slack.hearing.asking import option
from adapters.slack.hearing.counter import Counter
from bot.cards import Card
from bot.domain.errors import Refusal
from bot.workers import in_time
from commands.completion import Completion, complete_value
from commands.desk import Answer

PROMPT = 2.0
"""Seconds after which a search finds nothing: people type on, and each letter asks anew."""


class Options:
    """Hears what is typed into a searching menu."""

    def __init__(self, counter: Counter) -> None:
        self._counter = counter

    async def hear(self, body: Mapping[str, Any]) -> Block:
        """What Slack lists; nothing for those who may not look."""
        counter = self._counter
        errand = Errand.unpacked(str((body.get("view") or {}).get("private_metadata") or ""))
        command = counter.desk.catalogue.get(errand.words) if errand is not None else None
        param = command.param(str(body.get("action_id", ""))) if command is not None else None
        if param is None:
            return options_answer(())
        try:
            speaker = await counter.speakers.of(str(body["user"]["id"]))
        except Refusal:
            return options_answer(())
        found: list[Completion] = []

        def look() -> Answer:
            found.extend(complete_value(counter.desk, speaker, param, str(body.get("value") or "")))
            return Answer(Card())

        work = counter.workers.begin(lambda: counter.answer(look))
        await in_time(work, PROMPT)
        return options_answer(map(option, found) if work.done() else ())
