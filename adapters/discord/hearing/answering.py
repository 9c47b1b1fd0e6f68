"""Answering: an interaction gets its answer in time, for the caller's eyes alone, in the first way that is open."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from adapters.discord.drawing.again import opened_from
from adapters.discord.drawing.cards import Payload
from adapters.discord.sending.places import Places
from adapters.discord.wire.clients import Rest
from adapters.discord.wire.heard import Heard, Kind
from adapters.discord.wire.hooks import Hooks, Said
from adapters.discord.wire.troubles import TROUBLES, in_words
from bot.ports import CannotDeliver
from bot.workers import in_time
from commands.desk import Answer

log = logging.getLogger(__name__)

Json = Mapping[str, Any]

PROMPT = 1.2
"""Seconds for which an answer is awaited before Discord hears that it will come: it waits for three in all."""

MESSAGE, DEFERRED, DEFERRED_INSTEAD, INSTEAD, CHOICES, MODAL = 4, 5, 6, 7, 8, 9
"""Kinds of first answers; "instead" takes the place of the message that a form was opened from."""
ONLY_YOU = 1 << 6

NOBODY: Json = {"parse": []}
NOT_SHOWN = "The desk has answered you, but the answer could not be shown here. Please look at what came of it."
UNDRAWN = Payload("The desk has an answer, but it could not be shown here. The log tells why.")


@dataclass(frozen=True, slots=True)
class Outcome:
    """What somebody is to be shown: a message, or, where that can still be, a form instead of it. `answer` is the
    desk's, to the command `words`."""

    message: Payload
    modal: Json | None = None
    answer: Answer | None = None
    words: str = ""


class Answering:
    """Tells outcomes to those who wait for them."""

    def __init__(self, hooks: Hooks, rest: Rest, places: Places) -> None:
        self._hooks = hooks
        self._rest = rest
        self._places = places

    async def settle(self, heard: Heard, work: asyncio.Future[Outcome]) -> None:
        """Answer with what comes of the work: at once, or else after a word that it will come. Never raises what
        Discord did; what could not be said is in the log, by ids."""
        if await in_time(work, PROMPT):
            outcome = work.result()
            said = await self._first(heard, outcome)
        else:
            if _takes_its_place(heard):
                await self._hooks.respond(heard.id, heard.token, DEFERRED_INSTEAD)
            else:
                await self._hooks.respond(heard.id, heard.token, DEFERRED, {"flags": ONLY_YOU})
            outcome = await work
            said = await self._later(heard, outcome.message)
        if said is not Said.SHOWN:
            await self._elsewhere(heard, outcome.message)

    async def choices(self, heard: Heard, found: list[dict[str, str]]) -> None:
        """What is offered while somebody types; nobody is told when it comes too late."""
        await self._hooks.respond(heard.id, heard.token, CHOICES, {"choices": found})

    async def _first(self, heard: Heard, outcome: Outcome) -> Said:
        if outcome.modal is not None:
            said = await self._hooks.respond(heard.id, heard.token, MODAL, outcome.modal)
            if said is not Said.NOT_TAKEN:
                return said
        if _takes_its_place(heard):
            message = outcome.message
            said = await self._hooks.respond(heard.id, heard.token, INSTEAD, _instead(message), message.files)
        else:
            said = await self._message(heard, outcome.message)
        return await self._message(heard, UNDRAWN) if said is Said.NOT_TAKEN else said

    async def _message(self, heard: Heard, message: Payload) -> Said:
        body = _quiet(message)
        hidden = {**body, "flags": body["flags"] | ONLY_YOU}
        return await self._hooks.respond(heard.id, heard.token, MESSAGE, hidden, message.files)

    async def _later(self, heard: Heard, message: Payload) -> Said:
        body = _instead(message) if _takes_its_place(heard) else _quiet(message)
        said = await self._hooks.edit(heard.application, heard.token, body, message.files)
        if said is Said.NOT_TAKEN:
            said = await self._hooks.edit(heard.application, heard.token, _quiet(UNDRAWN))
        return said

    async def _elsewhere(self, heard: Heard, message: Payload) -> None:
        """The token is dead: in their direct messages, or in the channel that there was an answer, and not which."""
        try:
            if await self._posted(await self._places.direct(str(heard.user)), heard.id, _quiet(message)):
                return
        except CannotDeliver as trouble:
            log.info("No direct messages to %d: %s.", heard.user, trouble.reason)
        body = {"content": f"<@{heard.user}> {NOT_SHOWN}", "allowed_mentions": {"users": [str(heard.user)]}}
        if not heard.channel or not await self._posted(heard.channel, heard.id, body):
            log.warning("An answer to %d found no way to them.", heard.user)

    async def _posted(self, channel: int, interaction: int, body: Json) -> bool:
        once = {"nonce": f"i{interaction}", "enforce_nonce": True}
        try:
            await self._rest.call("POST", "/channels/{channel_id}/messages", body={**body, **once}, channel_id=channel)
        except TROUBLES as error:
            log.info("Nothing could be said in %d: %s.", channel, in_words(error)[0])
            return False
        return True


def _takes_its_place(heard: Heard) -> bool:
    """Whether the answer replaces the message whose button opened this form: with that button the same form could be
    sent a second time."""
    return heard.kind == Kind.FORM and opened_from(heard.message)


def _instead(message: Payload) -> dict[str, Any]:
    """A message with no file of the one in whose place it is put."""
    files = [{"id": number, "filename": name} for number, (name, _) in enumerate(message.files)]
    return {**_quiet(message), "attachments": files}


def _quiet(message: Payload) -> dict[str, Any]:
    """A message that rings nobody's phone: whom it names need not know of an answer to somebody else."""
    return {**message.body(), "allowed_mentions": NOBODY}
