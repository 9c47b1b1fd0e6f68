"""Told by the clock: which pages and attempts are due, and what comes next of them.

Each is looked at again under its page's lock and acts or does nothing. Cost follows what is due.
"""

from __future__ import annotations

import logging
from datetime import datetime, timedelta
from functools import partial

from bot.cards import TEAM, Card, Mention, Tone
from bot.ports import ALERTS, Database, Kind, News, UnitOfWork, Urgency
from bot.ports.oncall import Unreadable
from commands.page_steps import attempt_due, look

BATCH = 25
PUT_OFF = timedelta(seconds=30)
"""How much later one that made trouble is looked at again: a page has no time to lose."""

PATIENCE = 10

log = logging.getLogger(__name__)


def sweep_pages(database: Database, now: datetime) -> int:
    """Do all that is due by now, first attempts before everything else; returns how much that was.

    They are taken in batches, a transaction each. A batch that fails is done again one by one, so that one that makes
    trouble is put off and named in the log, and the others go on.
    """
    done = 0
    # What comes due by what was done belongs to this round, too; it ends, as every attempt and step comes once.
    while True:
        try:
            count = database.write(lambda work: _batch(work, now, BATCH))
        except Exception:
            log.exception("A batch of due pages failed; doing them one by one.")
            return done + _one_by_one(database, now)
        done += count
        if not count:
            return done


def _batch(work: UnitOfWork, now: datetime, most: int) -> int:
    attempts = work.pages.attempts_due(now, most)
    for attempt in attempts:
        # One before it in this batch may have changed it: called it off, or brought it forward.
        fresh = work.pages.attempt(attempt.id)
        if fresh.due is not None and fresh.due <= now:
            attempt_due(work, fresh, now)
    pages = work.pages.due(now, most)
    for page in pages:
        newest = work.pages.get(page.id)
        if newest.due is not None and newest.due <= now:
            look(work, newest, now)
    return len(attempts) + len(pages)


def _one_by_one(database: Database, now: datetime) -> int:
    done = failed = 0
    while failed < PATIENCE:
        looked_at: list[int] = []
        try:
            if not database.write(partial(_one, now=now, told=looked_at)):
                return done
            failed = 0
        except Exception as error:
            failed += 1
            page = error.page if isinstance(error, Unreadable) else next(iter(looked_at), None)
            if page is None:
                log.exception("What is due of the pages cannot be read.")
                return done
            log.error("Page %d failed and is put off: %s: %s", page, type(error).__name__, error)
            database.write(partial(_put_off, page=page, now=now))
        done += 1
    log.error("%d pages failed one after the other; the round ends here.", failed)
    return done


def _one(work: UnitOfWork, now: datetime, told: list[int]) -> bool:
    """Do the first that is due; `told` knows of which page that is before it can fail."""
    for attempt in work.pages.attempts_due(now, 1):
        told.append(attempt.page)
        attempt_due(work, attempt, now)
        return True
    for page in work.pages.due(now, 1):
        told.append(page.id)
        look(work, page, now)
        return True
    return False


def _put_off(work: UnitOfWork, page: int, now: datetime) -> None:
    """It is tried again soon; and as it may never do again, people are told, every hour."""
    work.pages.put_off(page, now + PUT_OFF)
    words = f"Page {page} cannot go on by itself: the desk has a fault with it, and its log says which. Who has it? "
    card = Card(lines=((words, Mention(TEAM)), (f"/page show p{page}",)), tone=Tone.BREACH)
    key = f"stuck:{page}:{now:%Y%m%d%H}"
    if not work.outbox.post(News(Kind.ALERT, ALERTS, card, key, Urgency.PAGE)):
        log.error("Page %d is stuck and no channel is there to hear it.", page)
