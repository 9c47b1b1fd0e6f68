"""The pulse: Slack is asked now and then who we are, so that a dead token or a network that is gone is noticed."""

from __future__ import annotations

import asyncio
from datetime import datetime

from slack_sdk.web.async_client import AsyncWebClient

from adapters.slack.wire.troubles import TROUBLES, in_words
from bot.ports import WallClock

EVERY = 60.0
"""Real seconds."""


class Pulse:
    """Asks from start to stop. `trouble` is what the last answer was, empty if it was well."""

    def __init__(self, client: AsyncWebClient, clock: WallClock, every: float = EVERY) -> None:
        self._client = client
        self._clock = clock
        self._every = every
        self._task: asyncio.Task[None] | None = None
        self.trouble = ""
        self.heard_at: datetime | None = None

    def start(self) -> None:
        self.heard_at = self._clock.now()
        self._task = asyncio.create_task(self._beat(), name="pulse of slack")

    async def stop(self) -> None:
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
            self._task = None

    async def _beat(self) -> None:
        while True:
            await asyncio.sleep(self._every)
            try:
                await self._client.auth_test()
            except TROUBLES as error:
                what, cure = in_words(error)
                self.trouble = f"{what}.{f' {cure}.' if cure else ''}"
            else:
                self.trouble = ""
                self.heard_at = self._clock.now()
