"""Hearing: what the gateway tells goes to whom it concerns: commands and buttons, notes in threads, who is who."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from adapters.discord.hearing import missed
from adapters.discord.hearing.mark import Mark
from adapters.discord.hearing.missed import Missed
from adapters.discord.hearing.notes import EVENT, PAUSES, Notes
from adapters.discord.hearing.talk import Talk
from adapters.discord.hearing.ways import Ways
from adapters.discord.people.membership import Membership
from adapters.discord.sending.places import Places
from adapters.discord.wire.clients import Rest
from adapters.discord.wire.heard import Heard
from bot.settings import Discord
from commands.desk import Desk

log = logging.getLogger(__name__)


class Hearing:
    """Hears between `start` and `stop`. `notes` says whether messages in threads are read; `changed` is called, in the
    event loop, after something was written; `pauses` are before another try to keep a note, in real seconds."""

    def __init__(
        self,
        desk: Desk,
        settings: Discord,
        rest: Rest,
        places: Places,
        changed: Callable[[], None],
        *,
        notes: bool,
        pauses: Sequence[float] = PAUSES,
    ) -> None:
        self._ways = Ways(desk, settings, rest, places, changed, self._admit)
        counter = self._ways.counter
        self._membership = Membership(
            rest, desk.database, desk.clock, counter.workers, counter.roster, places, settings
        )
        self._wanted = settings.notes
        self._mark = Mark(desk.database)
        self._notes: Notes | None = None
        self._missed: Missed | None = None
        if notes:
            server, workers, tasks = settings.server, counter.workers, counter.tasks
            self._notes = Notes(counter, rest, places, self._membership, server, self._mark, pauses)
            self._missed = Missed(rest, desk.database, workers, tasks, self._mark, server, self._notes.heard)
        self._talk = Talk(counter, rest, settings.server, everywhere=settings.commands == "global")
        self._looking: asyncio.Task[None] | None = None

    @property
    def trouble(self) -> str:
        """Why people may see no commands; empty when all is well."""
        return self._ways.trouble

    async def start(self, application: int) -> None:
        """Once the gateway has told of the server."""
        await self._ways.start(application)
        if not self._wanted:
            await self._safely(self._mark.forget)
        self._looking = asyncio.create_task(self._membership.run(), name="membership of discord")

    async def stop(self) -> None:
        """Give the answers under way, and hear no more."""
        looking, self._looking = self._looking, None
        if looking is not None:
            looking.cancel()
            await asyncio.gather(looking, return_exceptions=True)
        if self._missed is not None:
            self._missed.stop()
        await self._ways.stop()
        if self._notes is not None:
            self._mark.settle()
            await self._safely(self._mark.save)

    def heard(self, event: str, data: Mapping[str, Any]) -> None:
        """An event of the gateway's, in the event loop."""
        if event == EVENT:
            self._talk.heard(data)
            if self._notes is not None:
                self._notes.heard(data)
        else:
            if event == missed.EVENT and self._missed is not None:
                self._missed.began(data)
            self._membership.heard(event, data)
            self._ways.heard(event, data)

    async def _safely(self, deed: Callable[[], None]) -> None:
        """What helps the next start, and must not keep this one from its end."""
        try:
            await asyncio.to_thread(deed)
        except Exception:
            log.warning("How far Discord was heard could not be written down.", exc_info=True)

    def _admit(self, heard: Heard) -> None:
        """Let somebody in as Discord says, before they are heard. Blocks."""
        self._membership.learn(str(heard.user), heard.name, heard.member)
