"""Interactions: whatever people do by command, button, menu or form is heard here, and answered in time."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import Any

from adapters.discord.drawing.payloads import SLASH
from adapters.discord.hearing.answering import Answering, Outcome
from adapters.discord.hearing.autocomplete import Autocomplete
from adapters.discord.hearing.counter import Counter
from adapters.discord.hearing.forms import Forms
from adapters.discord.hearing.menus import Menus
from adapters.discord.hearing.values import given, meant
from adapters.discord.wire.heard import Heard, Kind
from bot.cards import Card
from bot.domain.errors import NotFound
from bot.once import NotDone, Once
from commands.desk import Answer

log = logging.getLogger(__name__)

EVENT = "INTERACTION_CREATE"
_GONE = NotFound("The desk does not know this command (any more).", "What the desk can do: /desk help")


class Interactions:
    """Hears interactions. What Discord sends twice is done and answered once."""

    def __init__(self, counter: Counter, answering: Answering, menus: Menus) -> None:
        self._counter = counter
        self._answering = answering
        self._menus = menus
        self._forms = Forms(counter, menus.with_source)
        self._typing = Autocomplete(counter.desk, counter.speakers)
        self._once = Once(counter.tasks)
        self._by_kind: Mapping[int, Callable[[Heard], Outcome]] = {
            Kind.COMMAND: self._command,
            Kind.COMPONENT: self._forms.pressed,
            Kind.FORM: self._forms.sent,
        }

    def heard(self, payload: Mapping[str, Any]) -> None:
        """Take in an event of the gateway's; call it in the event loop. Bots and webhooks get nothing."""
        heard = Heard.read(payload)
        if heard is None or not heard.is_person:
            return
        work = self._typed(heard) if heard.kind == Kind.TYPING else self._once_done(heard)
        self._counter.tasks.start(work, f"an interaction of {heard.user}")

    async def _typed(self, heard: Heard) -> None:
        found: list[dict[str, str]] = []

        def look() -> Answer:
            found.extend(self._typing.of(heard))
            return Answer(Card())

        await self._counter.workers.begin(lambda: self._counter.answer(look))
        await self._answering.choices(heard, found)

    async def _once_done(self, heard: Heard) -> None:
        with suppress(NotDone):  # The log has told why, and Discord brings nothing again.
            await self._once.do(heard.request, lambda: self._do(heard))

    async def _do(self, heard: Heard) -> None:
        do = self._by_kind.get(heard.kind)
        if do is None:
            log.info("An interaction of the kind %d is none of ours.", heard.kind)
            return
        await self._answering.settle(heard, asyncio.ensure_future(self._done(do, heard)))

    async def _done(self, do: Callable[[Heard], Outcome], heard: Heard) -> Outcome:
        outcome = await self._counter.workers.begin(lambda: self._counter.safely(lambda: do(heard)))
        if outcome.answer is not None:
            self._counter.done(outcome.answer, outcome.words)
        return outcome

    def _command(self, heard: Heard) -> Outcome:
        """Blocks."""
        if heard.data.get("type", SLASH) != SLASH:
            return self._menus.chosen(heard)
        counter = self._counter
        command = counter.desk.catalogue.get(heard.words)
        if command is None:
            raise _GONE
        names = counter.names()
        raw = given(heard, command, {account: id for id, account in names.accounts.items()})
        speaker = counter.speakers.of(heard)
        raw = meant(counter.desk.database, command, raw, speaker.ticket)
        return counter.run(speaker, command.words, raw, heard.request, typed=True)
