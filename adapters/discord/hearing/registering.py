"""Registering: Discord is told of the commands where they are not what it was told last."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from adapters.discord.drawing.payloads import Json, fingerprint, payloads
from adapters.discord.wire.clients import Rest
from adapters.discord.wire.troubles import NO_ACCESS, TROUBLES, code_of, in_words
from bot.below import AN_OPERATORS_PAUSE
from bot.ports import Database
from bot.workers import Workers
from commands.spec import Command

log = logging.getLogger(__name__)

FACT = "discord.commands"
"""What was registered last, and where."""


@dataclass(frozen=True, slots=True)
class Scope:
    """Where commands are registered: in a server, or (None) everywhere."""

    application: int
    server: int | None

    @property
    def words(self) -> str:
        return f"server {self.server}" if self.server else "everywhere"

    @property
    def path(self) -> str:
        server = f"/guilds/{self.server}" if self.server else ""
        return f"/applications/{self.application}{server}/commands"

    def other(self, server: int) -> Scope:
        """The scope in which the same commands would be shown a second time."""
        return Scope(self.application, None if self.server else server)


class Registering:
    """Registers the commands of a catalogue."""

    def __init__(
        self,
        rest: Rest,
        database: Database,
        workers: Workers,
        pause: float = AN_OPERATORS_PAUSE,
        shown_to: str = "everyone",
    ) -> None:
        """`pause` is in real seconds; `shown_to` as in the settings."""
        self._shown_to = shown_to
        self._rest = rest
        self._pause = pause
        self._over = asyncio.Event()
        self._database = database
        self._workers = workers
        self._in_turn = asyncio.Lock()
        self.trouble = ""
        """Why Discord may not have the commands, in words for an operator; empty when it has them."""

    async def keep(self, catalogue: Mapping[str, Command], application: int, server: int, where: str) -> None:
        """Do it until it is done, or until `stop`: without commands nobody could do anything here."""
        while not self._over.is_set():
            try:
                async with self._in_turn:
                    if await self.register(catalogue, application, server, where):
                        return
            except Exception:  # The database is away, mostly.
                self.trouble = "the desk met a fault, and the log tells which"
                log.exception("A fault while the commands were registered.")
            with suppress(TimeoutError):
                await asyncio.wait_for(self._over.wait(), self._pause)

    def stop(self) -> None:
        """Try no more; what is under way comes to its end."""
        self._over.set()

    async def register(self, catalogue: Mapping[str, Command], application: int, server: int, where: str) -> bool:
        """Do it for a server, or everywhere (`where` as in the settings); whether Discord has them now. What keeps it
        from that is in the log."""
        scope = Scope(application, server if where == "server" else None)
        made = payloads(catalogue, everywhere=scope.server is None, shown_to=self._shown_to)
        known = await self._workers.begin(lambda: self._database.read(lambda work: work.memory.fact(FACT))) or {}
        wanted = {"scope": [application, scope.server], "hash": fingerprint(made)}
        try:
            if known == wanted and await self._are_there(scope, made):
                log.info("Discord has the %d commands of this catalogue.", len(made))
                self.trouble = ""
                return True
            if known.get("scope", wanted["scope"]) != wanted["scope"]:
                await self._rest.call("PUT", scope.other(server).path, body=[])
            await self._rest.call("PUT", scope.path, body=made)
        except TROUBLES as error:
            what, cure = in_words(error)
            if code_of(error) == NO_ACCESS:
                what, cure = "the bot was invited without the scope applications.commands", "Invite it again with that"
            self.trouble = f"{what}. {cure}"
            log.warning("The commands could not be registered with Discord: %s", self.trouble)
            return False
        self.trouble = ""
        await self._workers.begin(lambda: self._database.write(lambda work: work.memory.set_fact(FACT, wanted)))
        log.info("%d commands were registered with Discord, %s.", len(made), scope.words)
        return True

    async def _are_there(self, scope: Scope, made: Sequence[Json]) -> bool:
        """Whether nobody has taken them away since, as leaving the server does."""
        there: Sequence[Mapping[str, Any]] = await self._rest.call("GET", scope.path)
        return {(one["name"], one.get("type", 1)) for one in there} == {(one["name"], one["type"]) for one in made}
