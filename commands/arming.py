"""Arming: of what lies ahead of a customer, only the next instant is kept; it moves when what decides it changes."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, time, timedelta
from functools import partial
from itertools import islice
from zoneinfo import ZoneInfo

from bot.domain.customers import Customer
from bot.domain.expiry import next_warning
from bot.domain.installation import plan_of
from bot.ports import Database, UnitOfWork

EXPIRY = "expiry"
INSTALLATION = "installation"
ARMED = "reminders armed"
"""The fact that says with which change of promises all customers were armed."""
CHUNK = 500
WRITE = 50
TOLD_EVERY = 10_000

Due = Mapping[str, datetime | None]

log = logging.getLogger(__name__)


def subject_of(customer: Customer) -> str:
    """What reminders of a customer are about."""
    return f"customer:{customer.id}"


def of_ticket(number: int) -> str:
    """What reminders of a ticket are about."""
    return f"ticket:{number}"


def arm(work: UnitOfWork, before: Customer | None, after: Customer, now: datetime) -> None:
    """Arm what a saved customer is to be reminded of; `before` is None for a new one.

    What lies before today is told to nobody, so a customer who comes with old dates brings no flood. What came due and
    was not told yet stays due.
    """
    if before is None:
        due = due_of(work, after, morning_of(work, now))
        if wanted := {kind: at for kind, at in due.items() if at is not None}:
            work.reminders.arm(subject_of(after), wanted)
    elif (before.subscriptions, before.installed_on) != (after.subscriptions, after.installed_on):
        work.reminders.arm(subject_of(after), _anew(work, after, now))


def due_of(work: UnitOfWork, customer: Customer, after: datetime, kinds: Sequence[str] = (EXPIRY, INSTALLATION)) -> Due:
    """By kind, the next instant after that one; None where nothing is to come."""
    policy, hours = work.promises.policy, work.promises.hours.hours
    due: dict[str, datetime | None] = {}
    if EXPIRY in kinds:
        since = after.astimezone(ZoneInfo(policy.zone)).date()
        due[EXPIRY] = next_warning(customer, policy, hours, since, after)
    if INSTALLATION in kinds:
        plan = plan_of(customer, policy)
        due[INSTALLATION] = None if plan is None else plan.next_step(hours, after)
    return due


def rearm_all(database: Database, now: datetime, change: int) -> int:
    """Arm every customer anew, unless that was done for this change of promises; returns how many were looked at.

    They are read in chunks on a snapshot, and those whose reminders moved are written a few at a time, so that nobody
    at the desk waits for it. What is broken off is done again.
    """
    if database.read(lambda work: work.memory.fact(ARMED)) == change:
        return 0
    after, seen = "", 0
    while True:
        last, count, stale = database.read(partial(_stale, after=after, now=now))
        if not count:
            break
        for first in range(0, len(stale), WRITE):
            database.write(partial(_some, ids=stale[first : first + WRITE], now=now))
        if seen // TOLD_EVERY < (seen + count) // TOLD_EVERY:
            log.info("What %s customers are reminded of follows the policy of today; it goes on.", f"{seen + count:,}")
        after, seen = last, seen + count
    database.write(lambda work: work.memory.set_fact(ARMED, change))
    return seen


def _stale(work: UnitOfWork, after: str, now: datetime) -> tuple[str, int, Sequence[str]]:
    """The last customer of the chunk, its size, and those whose reminders are not today's."""
    chunk = list(islice(work.customers.all(after), CHUNK))
    return (chunk[-1].id if chunk else after), len(chunk), [one.id for one in chunk if _moves(work, one, now)]


def _moves(work: UnitOfWork, customer: Customer, now: datetime) -> bool:
    if not (customer.subscriptions or customer.installed_on):  # A reminder of nothing takes itself away.
        return False
    armed = {one.kind: one.at for one in work.reminders.of(subject_of(customer))}
    return armed != {kind: at for kind, at in _by_policy(work, customer, now).items() if at is not None}


def _some(work: UnitOfWork, ids: Sequence[str], now: datetime) -> None:
    for id in ids:
        customer = work.customers.get(id)  # Whoever changes it meanwhile arms it after us.
        work.reminders.arm(subject_of(customer), _by_policy(work, customer, now))


def _by_policy(work: UnitOfWork, customer: Customer, now: datetime) -> Due:
    """What another policy makes of it: a plan that was running and is over by today's days is handed over now."""
    due = _anew(work, customer, now)
    plan = plan_of(customer, work.promises.policy)
    ran = any(one.kind == INSTALLATION for one in work.reminders.of(subject_of(customer)))
    if plan is None or not ran or due[INSTALLATION] is not None:
        return due
    return {**due, INSTALLATION: plan.steps(work.promises.hours.hours)[-1].at}


def _anew(work: UnitOfWork, customer: Customer, now: datetime) -> Due:
    """What is to come from today on, and what came due and was not told yet."""
    armed = {one.kind: one.since for one in work.reminders.of(subject_of(customer))}
    morning = morning_of(work, now)
    due: dict[str, datetime | None] = {}
    for kind in (EXPIRY, INSTALLATION):
        since = armed.get(kind, now)
        due |= due_of(work, customer, min(morning, since - timedelta(seconds=1)), (kind,))
    return due


def morning_of(work: UnitOfWork, at: datetime) -> datetime:
    """Just before the day of an instant at the desk: what belongs to that day is still told."""
    zone = ZoneInfo(work.promises.policy.zone)
    day = datetime.combine(at.astimezone(zone).date(), time.min, zone)
    return day.astimezone(UTC) - timedelta(seconds=1)
