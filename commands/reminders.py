"""Reminders: what is to be looked at again and is no clock of a ticket, done when its time has come.

A row is only a reason to look: what is so then decides what is told, once, in the commit that arms the next.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from functools import partial

from bot.ports import Database, UnitOfWork
from bot.ports.intake import Reminder
from commands.arming import EXPIRY, INSTALLATION
from commands.expiry_told import look_at_expiry
from commands.installation_told import look_at_installation
from commands.mail_doubted import DOUBTED, tell_of_doubted
from commands.referring import SOLVED, UNANSWERED
from commands.ticket_solved import ask, look_after

BATCH = 20
MOST = 200
"""In one round: after an import thousands may come due at nine, and pages and letters go out between them."""
PUT_OFF = timedelta(hours=1)
"""How much later one that made trouble is looked at again."""
PATIENCE = 10

Look = Callable[[UnitOfWork, Reminder, datetime], None]
"""Tells what is to be told, and arms the reminder anew or takes it away."""

LOOKS: Mapping[str, Look] = {
    EXPIRY: look_at_expiry,
    INSTALLATION: look_at_installation,
    SOLVED: ask,
    UNANSWERED: look_after,
    DOUBTED: tell_of_doubted,
}

log = logging.getLogger(__name__)


def sweep_reminders(database: Database, now: datetime, looks: Mapping[str, Look] = LOOKS) -> int:
    """Do what is due by now, and leave to the next round what is too much for one; returns how much was done. Where
    nothing is due, one look at an index is all it costs.

    They are taken in batches, a transaction each. A batch that fails is done again one by one, so that one that makes
    trouble is put off and named in the log, and the others go on.
    """
    done = 0
    while done < MOST and _is_due(database, now):
        try:
            count = database.write(partial(_batch, now=now, most=BATCH, looks=looks))
        except Exception:
            log.exception("A batch of reminders failed; doing them one by one.")
            return done + _one_by_one(database, now, looks)  # The rest has the next round: it may be thousands.
        done += count
        if not count:  # Another replica holds them.
            break
    return done


def _is_due(database: Database, now: datetime) -> bool:
    at = database.read(lambda work: work.reminders.next_due())
    return at is not None and at <= now


def _batch(work: UnitOfWork, *, now: datetime, most: int, looks: Mapping[str, Look]) -> int:
    due = work.reminders.due(now, most)
    for reminder in due:
        _look(work, reminder, now, looks)
    return len(due)


def _look(work: UnitOfWork, reminder: Reminder, now: datetime, looks: Mapping[str, Look]) -> None:
    looks[reminder.kind](work, reminder, now)
    if any(one.kind == reminder.kind and one.at <= now for one in work.reminders.of(reminder.subject)):
        raise RuntimeError(f"{reminder.subject} is still due for {reminder.kind} after it was looked at.")


def _one_by_one(database: Database, now: datetime, looks: Mapping[str, Look]) -> int:
    done = failed = 0
    while failed < PATIENCE and done < BATCH and _is_due(database, now):
        held: list[Reminder] = []
        try:
            if not database.write(partial(_first, now=now, looks=looks, held=held)):
                return done
            failed = 0
        except Exception as error:
            failed += 1
            if not held:
                log.exception("What there is to be reminded of cannot be read.")
                return done
            one = held[0]
            log.error("%s of %s failed and is put off: %s: %s", one.kind, one.subject, type(error).__name__, error)
            database.write(partial(_put_off, reminder=one, now=now))
        done += 1
    if failed:
        log.error("%d reminders failed one after the other; the round ends here.", failed)
    return done


def _first(work: UnitOfWork, *, now: datetime, looks: Mapping[str, Look], held: list[Reminder]) -> bool:
    """Do the first that is due; `held` knows which that is before it can fail."""
    for reminder in work.reminders.due(now, 1):
        held.append(reminder)
        _look(work, reminder, now, looks)
        return True
    return False


def _put_off(work: UnitOfWork, *, reminder: Reminder, now: datetime) -> None:
    work.reminders.put_off(reminder, now + PUT_OFF)
