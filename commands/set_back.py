"""When the machine's clock was set back, what was to come in minutes comes in minutes, and not after the hours that are
lived through once more.

Promises are for a time of day and stay as they are. A page's steps and a caller's patience are spans: nobody waits an
hour longer for an answer because a clock was wrong.
"""

from __future__ import annotations

import logging
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial

from bot.domain.escalating import lasts_now
from bot.domain.paging import Page, Trigger
from bot.ports import Database, UnitOfWork

MANY = 10_000
A_DAY = timedelta(days=1)
CALLER_WAITS = timedelta(minutes=3)
TEST_LASTS = timedelta(hours=1)

log = logging.getLogger(__name__)


class SetBack:
    """One for each running desk: called in each round, it looks only when time has gone back, and at the start."""

    def __init__(self) -> None:
        self._latest: datetime | None = None

    def __call__(self, database: Database, now: datetime) -> None:
        before, self._latest = self._latest, now
        if before is not None and now >= before:
            return
        if before is not None:
            log.warning("The clock was set back, from %s to %s.", before.isoformat(), now.isoformat())
        database.write(lambda work: work.outbox.set_back(now))
        for page in database.read(lambda work: [one for one in work.pages.live(MANY) if _is_far(one, now)]):
            database.write(partial(_nearer, id=page.id, now=now))
        database.write(lambda work: _callers(work, now))


def _latest_due(page: Page, now: datetime) -> datetime:
    """When it is due at the latest, if what it waits for had begun this moment."""
    return now + (TEST_LASTS if page.trigger is Trigger.TEST else lasts_now(page))


def _is_far(page: Page, now: datetime) -> bool:
    return page.open and page.due is not None and page.due > _latest_due(page, now)


def _nearer(work: UnitOfWork, id: int, now: datetime) -> None:
    """The page and its attempts come as much sooner, so that their order stays."""
    page = work.pages.get(id)
    if page.due is None or not _is_far(page, now):
        return
    sooner = page.due - _latest_due(page, now)
    work.pages.save(replace(page, due=page.due - sooner))
    for one in work.pages.attempts(id):
        if one.due is not None and not one.state.over:
            work.pages.save_attempt(replace(one, due=one.due - sooner, planned_for=one.planned_for - sooner))


def _callers(work: UnitOfWork, now: datetime) -> None:
    """Whoever waits on the hotline."""
    for call in work.calls.live(now - A_DAY):
        latest = now + CALLER_WAITS
        if call.due is not None and call.due > latest:
            work.calls.save(replace(call, due=latest))
