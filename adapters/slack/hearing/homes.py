"""Homes: each person's page in Slack, drawn when they open it, when something has changed, and as its clocks go on."""

from __future__ import annotations

import asyncio
import json
import logging
from collections import OrderedDict
from collections.abc import Callable
from contextlib import suppress

from adapters.slack.drawing.home import home_view
from adapters.slack.drawing.limits import Block
from adapters.slack.hearing.counter import Counter
from adapters.slack.wire.troubles import TROUBLES, in_words, retry_after
from bot.domain.errors import Refusal
from bot.ports import Speaker

log = logging.getLogger(__name__)

A_DAY = 86_400.0
LATELY = 3600.0
"""Seconds for which somebody who opened their page may well look at it: its clocks go on so long."""
MOST = 200
"""People whose pages are kept fresh: those who looked last."""
REST = 2.0
"""Seconds of rest before pages are drawn anew, so that a burst of changes draws each of them once."""
LOOK = 5.0
"""Seconds between two looks at whether the desk's news has grown: another replica may have written it."""
CLOCKS = 300.0
"""Seconds after which the clocks on a page are drawn anew."""


class Homes:
    """Keeps the pages that people look at as the desk is. `clock` counts seconds, from anywhere."""

    def __init__(self, counter: Counter, clock: Callable[[], float], rest: float = REST, look: float = LOOK) -> None:
        self._counter = counter
        self._clock = clock
        self._rest = rest
        self._look = look
        self._news = -1
        self._drawn_at = clock()
        self._seen: OrderedDict[str, float] = OrderedDict()
        self._shown: dict[str, str] = {}
        self._change = asyncio.Event()

    async def opened(self, user: str) -> None:
        """Somebody looks at their page: draw it while they wait, and keep it fresh for a day."""
        self._seen[user] = self._clock()
        self._seen.move_to_end(user)
        while len(self._seen) > MOST:
            gone, _ = self._seen.popitem(last=False)
            self._shown.pop(gone, None)
        self._shown.pop(user, None)
        self._counter.tasks.start(self._publish(user), f"the page of {user}")

    def changed(self) -> None:
        """Something is not as it was: pages are drawn anew in a moment."""
        self._change.set()

    async def run(self) -> None:
        """Keep them fresh until cancelled."""
        while True:
            try:
                with suppress(TimeoutError):
                    await asyncio.wait_for(self._change.wait(), self._look)
                    await asyncio.sleep(self._rest)
                if self._change.is_set() or await self._has_news():
                    self._change.clear()
                    await self.refresh()
                elif self._clock() - self._drawn_at >= CLOCKS:
                    await self.refresh(LATELY)
            except Exception:  # Whatever it was: the next change must be shown all the same.
                log.exception("A fault while pages were drawn anew.")

    async def refresh(self, within: float = A_DAY) -> None:
        """Draw the pages of all who looked so many seconds ago at most; one that is as it was is not sent again."""
        now = self._drawn_at = self._clock()
        for user, at in list(self._seen.items()):
            if at < now - A_DAY:
                self._seen.pop(user, None)
                self._shown.pop(user, None)
            elif at >= now - within:
                await self._publish(user)

    async def _has_news(self) -> bool:
        """Whether anything was posted since the last look; nobody asks while nobody has a page."""
        if not self._seen:
            return False
        database, before = self._counter.desk.database, self._news
        self._news = await self._counter.workers.begin(lambda: database.read(lambda work: work.outbox.newest()))
        return self._news != before

    async def _publish(self, user: str) -> None:
        counter = self._counter
        try:
            speaker = await counter.speakers.of(user)
            view = await counter.workers.begin(lambda: self._drawn(speaker))
        except Refusal:
            return  # A guest's page stays as Slack shows it to everybody.
        except Exception:
            log.exception("A page could not be drawn.")
            return
        shown = json.dumps(view, sort_keys=True)
        if self._shown.get(user) == shown:
            return
        try:
            await counter.client.views_publish(user_id=user, view=view)
        except TROUBLES as error:
            log.info("The page of %s was not taken: %s.", user, in_words(error)[0])
            await asyncio.sleep(min(retry_after(error) or 0.0, 30.0))
        else:
            self._shown[user] = shown

    def _drawn(self, speaker: Speaker) -> Block:
        return home_view(self._counter.desk.home(speaker), self._counter.names())
