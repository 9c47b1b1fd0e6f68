"""Hearing: what the gateway tells goes to whom it concerns: commands and buttons, notes in threads, who is who."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from typing import Any

from adapters.discord.hearing.notes import EVENT, Notes
from adapters.discord.hearing.talk import Talk
from adapters.discord.hearing.ways import Ways
from adapters.discord.people.membership import Membership
from adapters.discord.sending.places import Places
from adapters.discord.wire.clients import Rest
from adapters.discord.wire.heard import Heard
from bot.settings import Discord
from commands.desk import Desk


class Hearing:
    """Hears between `start` and `stop`. `notes` says whether messages in threads are read; `changed` is called, in the
    event loop, after something was written."""

    def __init__(
        self, desk: Desk, settings: Discord, rest: Rest, places: Places, changed: Callable[[], None], *, notes: bool
    ) -> None:
        self._ways = Ways(desk, settings, rest, places, changed, self._admit)
        counter = self._ways.counter
        self._membership = Membership(
            rest, desk.database, desk.clock, counter.workers, counter.roster, places, settings
        )
        self._notes = Notes(counter, rest, places, self._membership, settings.server) if notes else None
        self._talk = Talk(counter, rest, settings.server, everywhere=settings.commands == "global")
        self._looking: asyncio.Task[None] | None = None

    async def start(self, application: int) -> None:
        """Once the gateway has told of the server."""
        await self._ways.start(application)
        self._looking = asyncio.create_task(self._membership.run(), name="membership of discord")

    async def stop(self) -> None:
        """Give the answers under way, and hear no more."""
        looking, self._looking = self._looking, None
        if looking is not None:
            looking.cancel()
            await asyncio.gather(looking, return_exceptions=True)
        await self._ways.stop()

    def heard(self, event: str, data: Mapping[str, Any]) -> None:
        """An event of the gateway's, in the event loop."""
        if event == EVENT:
            self._talk.heard(data)
            if self._notes is not None:
                self._notes.heard(data)
        else:
            self._membership.heard(event, data)
            self._ways.heard(event, data)

    def _admit(self, heard: Heard) -> None:
        """Let somebody in as Discord says, before they are heard. Blocks."""
        self._membership.learn(str(heard.user), heard.name, heard.member)
