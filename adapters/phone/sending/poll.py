"""The poll: asks the provider about calls and texts of which nothing is heard, as its news may never come.

A webhook can be lost, and one that nobody gets is no reason to wait for a telephone that has long stopped ringing.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from functools import partial

from adapters.phone.hearing.callers import STATUS, Callers, CallNews, Tell
from adapters.phone.hearing.news import news_of
from adapters.phone.hearing.requests import Signed
from adapters.phone.sending.failover import Accounts
from adapters.phone.wire.provider import OVER, Told
from adapters.phone.wire.troubles import ProviderError
from bot.domain.contacts import CALL, TEXT
from bot.domain.escalating import UNHEARD
from bot.domain.paging import Attempt, AttemptState
from bot.ports import Database, UnitOfWork, WallClock
from bot.ports.oncall import PhoneCall
from commands.page_receipts import Heard, heard

EVERY = 15.0
"""Real seconds from one look to the next."""
SILENT = timedelta(seconds=60)
"""After so long without news the provider is asked; before the desk counts the attempt as missed."""
LONGEST_CALL = timedelta(hours=24)
"""Providers end calls long before; what began earlier is not asked about any more."""
MOST = 20
"""Questions in one look: the oldest first, the others next time."""

_CALLING = frozenset({AttemptState.SUBMITTED, AttemptState.RINGING, AttemptState.ANSWERED})

log = logging.getLogger(__name__)


class Poll:
    """Asks from `start` to `stop`. `changed` is called after news was written down."""

    def __init__(
        self,
        accounts: Accounts,
        database: Database,
        clock: WallClock,
        changed: Callable[[], None],
        callers: Callers | None = None,
    ) -> None:
        self._accounts = accounts
        self._database = database
        self._clock = clock
        self._changed = changed
        self._callers = callers
        self._asked: dict[int, datetime] = {}
        self._task: asyncio.Task[None] | None = None

    def start(self, every: float = EVERY) -> None:
        self._task = asyncio.create_task(self._work(every), name="poll of phone")

    async def stop(self) -> None:
        task, self._task = self._task, None
        if task is not None:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)

    async def look(self) -> int:
        """Ask about everything that is silent; returns of how many something was told."""
        now = self._clock.now()
        silent = await asyncio.to_thread(self._database.read, lambda work: _silent(work, now))
        told = 0
        for attempt in silent:
            news = await self._news(attempt)
            if news is not None:
                await asyncio.to_thread(
                    self._database.write, partial(heard, attempt=attempt, news=news, now=self._clock.now())
                )
                told += 1
        return told + await self._look_at_calls(now)

    async def _look_at_calls(self, now: datetime) -> int:
        """The same for calls that are no attempts: nobody is kept on a line that its other end has left."""
        if self._callers is None:
            return 0
        calls = await asyncio.to_thread(self._database.read, lambda work: work.calls.live(now - LONGEST_CALL))
        self._asked = {call.id: self._asked.get(call.id, call.started_at) for call in calls}
        silent = sorted((at, id) for id, at in self._asked.items() if now - at >= SILENT)[:MOST]
        wanted = {call.id: call for call in calls}
        told = 0
        for _, id in silent:
            self._asked[id] = now
            news = await self._call_news(wanted[id])
            if news is not None and news.status in OVER:
                tell = self._callers.tell[STATUS]
                await asyncio.to_thread(self._database.write, partial(_told_of, id=id, tell=tell, news=news, now=now))
                told += 1
        return told

    async def _call_news(self, call: PhoneCall) -> CallNews | None:
        found = self._accounts.of(call.ref)
        if found is None:
            return None
        try:
            known = await found[0].look(found[1])
        except ProviderError as error:
            log.warning("Call %d is silent, and its provider does not tell: %s", call.id, error.reason)
            return None
        return CallNews(call.ref, known.status, seconds=known.seconds)

    async def _work(self, every: float) -> None:
        while True:
            await asyncio.sleep(every)
            try:
                if await self.look():
                    self._changed()
            except Exception as error:  # The database is away, mostly; the next look comes.
                log.warning("Silent calls could not be asked about: %s", error)

    async def _news(self, attempt: Attempt) -> Heard | None:
        found = self._accounts.of(attempt.ref)
        if found is None:
            return None
        provider, own = found
        try:
            known = await (provider.look(own) if attempt.kind == CALL else provider.look_at_text(own))
        except ProviderError as error:
            log.warning("Attempt %d is silent, and its provider does not tell: %s", attempt.id, error.reason)
            return None
        told = Told(
            ref=own,
            status=known.status,
            answered_by=known.answered_by,
            seconds=known.seconds,
            error=known.error,
        )
        return news_of(attempt, Signed(attempt.ref.removesuffix(f":{own}"), told, {}))


def _told_of(work: UnitOfWork, id: int, tell: Tell, news: CallNews, now: datetime) -> None:
    tell(work, work.calls.get(id), news, now)


def _silent(work: UnitOfWork, now: datetime) -> Sequence[Attempt]:
    """Attempts under way that nothing was heard of for a while. Their `due` is when the desk gives them up."""
    soon = now + UNHEARD - SILENT
    found = [
        attempt
        for page in work.pages.live()
        for attempt in work.pages.attempts(page.id)
        if _is_under_way(attempt) and attempt.due is not None and attempt.due <= soon
    ]
    return sorted(found, key=lambda attempt: (attempt.due or now, attempt.id))[:MOST]


def _is_under_way(attempt: Attempt) -> bool:
    if not attempt.ref:
        return False
    if attempt.kind == CALL:
        return attempt.state in _CALLING
    return attempt.kind == TEXT and attempt.state is AttemptState.SUBMITTED
