"""Mail that was dropped by a weak sign of a machine alone: a person may be among it, so the desk is told once a day."""

from __future__ import annotations

from datetime import datetime, timedelta

from bot.cards import Card, Choice
from bot.ports import ALERTS, Kind, News, UnitOfWork
from bot.ports.intake import Reminder

DOUBTED = "doubted mail"
SUBJECT = "mail"
A_DAY = timedelta(days=1)


def doubted(work: UnitOfWork, now: datetime) -> None:
    """Count one more, and have it told a day after the first at the latest."""
    work.memory.set_fact(DOUBTED, _count(work) + 1)
    if not work.reminders.of(SUBJECT):
        work.reminders.arm(SUBJECT, {DOUBTED: now + A_DAY})


def tell_of_doubted(work: UnitOfWork, reminder: Reminder, now: datetime) -> None:
    """One line for all of a day; the next one begins another."""
    count = _count(work)
    work.memory.set_fact(DOUBTED, 0)
    work.reminders.arm(reminder.subject, {DOUBTED: None})
    if not count:
        return
    many = "1 message was" if count == 1 else f"{count:,} messages were"
    line = (
        f"{many} dropped within a day by a weak sign of a machine alone, and a person may be among them: /mail dropped"
    )
    card = Card(lines=((line,),), choices=(Choice("Show it", "mail dropped"),))
    work.outbox.post(News(Kind.NOTICE, ALERTS, card, f"{DOUBTED}:{int(reminder.since.timestamp())}"))


def _count(work: UnitOfWork) -> int:
    found = work.memory.fact(DOUBTED)
    return found if isinstance(found, int) else 0
