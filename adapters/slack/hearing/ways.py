"""Ways in: everything that people of a workspace say to the desk, put together over one app and one counter."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence
from pathlib import Path
from time import monotonic

from slack_bolt.app.async_app import AsyncApp

from adapters.slack.hearing.asking import Asking
from adapters.slack.hearing.copier import Copier
from adapters.slack.hearing.counter import Counter
from adapters.slack.hearing.events import Ears, listen_events
from adapters.slack.hearing.finding import Finding
from adapters.slack.hearing.homes import Homes
from adapters.slack.hearing.listening import Front, listen
from adapters.slack.hearing.notes import Notes
from adapters.slack.hearing.reactions import Reactions
from adapters.slack.hearing.rooms import Rooms
from adapters.slack.hearing.shortcuts import Shortcuts, listen_shortcuts
from adapters.slack.hearing.talk import Talk
from adapters.slack.people.membership import Membership
from adapters.slack.sending.places import Places
from bot.once import Once
from bot.settings import Channels, Slack

log = logging.getLogger(__name__)

LOOK_AROUND = 10.0
"""Seconds that the start waits to learn who is of the desk; in a large workspace that comes a little later."""


class Ways:
    """Hears commands, buttons, forms, events, emoji and shortcuts of an app, once it is connected.

    Between `start` and `stop` it also keeps pages and the people list as they should be, and copies files.
    """

    def __init__(self, counter: Counter, places: Places, settings: Slack, channels: Channels, data: Path) -> None:
        desk, client = counter.desk, counter.client
        own = (channels.desk, channels.alerts, *channels.alerts_by_level.values())
        rooms = Rooms(client, places, own)
        talk = Talk(counter, rooms)
        finding = Finding(client, talk, rooms, settings.files)
        self._counter = counter
        self._copier = (
            Copier(desk.database, desk.clock, counter.workers, settings, data) if settings.files.copies else None
        )
        self.homes = Homes(counter, monotonic)
        self.membership = Membership(
            client, desk.database, desk.clock, counter.workers, counter.speakers, counter.roster, places, settings
        )
        self._ears = Ears(
            talk=talk,
            notes=Notes(counter, talk),
            reactions=Reactions(counter, finding, settings.emoji),
            homes=self.homes,
            membership=self.membership,
            places=places,
            mended=counter.mended,
            once=Once(counter.tasks),
            files=settings.files,
            client=client,
        )
        self._shortcuts = Shortcuts(counter, Asking(counter), finding)
        self._tasks: Sequence[asyncio.Task[None]] = ()

    def listen(self, app: AsyncApp) -> Front:
        """Register everything with the app. Listeners that are named stand before those that take what is left. Returns
        who answers what people do."""
        listen_events(app, self._ears)
        listen_shortcuts(app, self._shortcuts)
        return listen(app, self._counter)

    def changed(self) -> None:
        """Something was written at the desk: by somebody in Slack, or else a card was delivered."""
        self.homes.changed()
        if self._copier is not None:
            self._copier.wake()

    async def start(self) -> None:
        """Begin with what goes on beside listening. The people list is brought in line first, if Slack answers."""
        looked = self._counter.tasks.start(self.membership.refresh(), "a look at who belongs to the desk")
        await asyncio.wait({looked}, timeout=LOOK_AROUND)
        running = [self.membership.run(), self.homes.run()]
        if self._copier is not None:
            running.append(self._copier.run())
        self._tasks = [asyncio.create_task(one) for one in running]

    async def stop(self) -> None:
        for task in self._tasks:
            task.cancel()
        for fault in await asyncio.gather(*self._tasks, return_exceptions=True):
            if isinstance(fault, Exception):
                log.error("What goes on beside listening had ended by a fault.", exc_info=fault)
        self._tasks = ()
