"""The pulse: each account is asked now and then whether it is well, so that a dead token is known before a page is."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Mapping

from adapters.phone.wire.provider import PhoneProvider
from adapters.phone.wire.troubles import ProviderError

EVERY = 300.0
"""Real seconds."""

log = logging.getLogger(__name__)


class Pulse:
    """Asks from `start` to `stop`. `troubles` is what was wrong with an account when it was asked last."""

    def __init__(self, providers: Mapping[str, PhoneProvider], every: float = EVERY) -> None:
        self._providers = providers
        self._every = every
        self._task: asyncio.Task[None] | None = None
        self.troubles: dict[str, str] = {}

    def start(self) -> None:
        self._task = asyncio.create_task(self._work(), name="pulse of phone")

    async def stop(self) -> None:
        task, self._task = self._task, None
        if task is not None:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)

    async def beat(self) -> None:
        await asyncio.gather(*(self._ask(name, provider) for name, provider in self._providers.items()))

    async def _work(self) -> None:
        while True:
            await self.beat()
            await asyncio.sleep(self._every)

    async def _ask(self, name: str, provider: PhoneProvider) -> None:
        try:
            standing = await provider.standing()
        except ProviderError as error:
            trouble = error.in_words
        else:
            trouble = "" if standing.status == "active" else f"{provider.name}: the account is {standing.status}"
        if trouble and trouble != self.troubles.get(name):
            log.error("The telephone account “%s” is not well: %s", name, trouble)
        if trouble:
            self.troubles[name] = trouble
        else:
            self.troubles.pop(name, None)
