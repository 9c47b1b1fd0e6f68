"""Ways in: everything that people of a server do by command, button, menu and form, over one counter."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from adapters.discord import PLATFORM
from adapters.discord.hearing.answering import Answering
from adapters.discord.hearing.counter import Counter
from adapters.discord.hearing.interactions import EVENT, Interactions
from adapters.discord.hearing.menus import Menus
from adapters.discord.hearing.registering import Registering
from adapters.discord.people.speakers import Admit, Speakers
from adapters.discord.sending.anchors import ticket_at
from adapters.discord.sending.places import Places
from adapters.discord.wire.clients import Rest
from adapters.discord.wire.heard import Heard
from adapters.discord.wire.hooks import Hooks
from bot.counter import Roster
from bot.settings import Discord
from commands.desk import Desk


class Ways:
    """Hears interactions between `start` and `stop`. `changed` is called, in the event loop, after something was
    written; `admit` lets somebody in as their roles say."""

    def __init__(
        self,
        desk: Desk,
        settings: Discord,
        rest: Rest,
        places: Places,
        changed: Callable[[], None],
        admit: Admit = lambda heard: None,
    ) -> None:
        self._settings = settings
        roster = Roster(desk.database, PLATFORM, places.team(settings.team))
        self._database = desk.database
        speakers = Speakers(settings.server, places.called, self._ticket_in, admit, places.is_desk)
        self.counter = Counter(desk, roster, speakers, changed=changed)
        self._hooks = Hooks(settings.api_url)
        menus = Menus(self.counter, places)
        self._interactions = Interactions(self.counter, Answering(self._hooks, rest, places), menus)
        self._registering = Registering(rest, desk.database, self.counter.workers, shown_to=settings.shown_to)
        self._application = 0
        self._sent_away = False

    @property
    def trouble(self) -> str:
        """Why people may see no commands; empty when all is well."""
        return self._registering.trouble

    async def start(self, application: int) -> None:
        """Once the gateway has told of the server. The commands are registered while nobody waits for that."""
        await self._hooks.open()
        await self.counter.start()
        self._application = application
        self._register()

    def _register(self) -> None:
        settings, catalogue = self._settings, self.counter.desk.catalogue
        registered = self._registering.keep(catalogue, self._application, settings.server, settings.commands)
        self.counter.tasks.start(registered, "the registration of the commands")

    async def stop(self) -> None:
        """Give the answers under way, and hear no more."""
        self._registering.stop()
        await self.counter.stop()
        await self._hooks.close()

    def heard(self, event: str, payload: Mapping[str, Any]) -> None:
        """An event of the gateway's, in the event loop."""
        if event == EVENT:
            self._interactions.heard(payload)
        elif event in ("GUILD_DELETE", "GUILD_CREATE") and str(payload.get("id")) == str(self._settings.server):
            self._invited(event, payload)

    def _invited(self, event: str, payload: Mapping[str, Any]) -> None:
        """A bot that is sent away loses its commands; one that is invited again needs them again. A server that is
        merely out of order is told as unavailable."""
        if event == "GUILD_DELETE":
            self._sent_away = self._sent_away or not payload.get("unavailable")
        elif self._sent_away:
            self._sent_away = False
            self._register()

    def _ticket_in(self, heard: Heard) -> int | None:
        """Blocks."""
        parents = (heard.parent, heard.channel)
        return self._database.read(lambda work: ticket_at(work, heard.channel, parents))
