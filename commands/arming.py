"""Arming: of what lies ahead of a customer, only the next instant is kept; it moves when what decides it changes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, time, timedelta
from functools import partial
from zoneinfo import ZoneInfo

from bot.domain.customers import Customer
from bot.domain.expiry import next_warning
from bot.domain.installation import plan_of
from bot.ports import Database, UnitOfWork

EXPIRY = "expiry"
INSTALLATION = "installation"
ARMED = "reminders armed"
"""The fact that says with which change of promises all customers were armed."""
BATCH = 200

Due = Mapping[str, datetime | None]


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
        _arm_anew(work, after, now)


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
    """Arm every customer anew, some in each transaction, unless that was done for this change of promises; returns how
    many that were. A round that is broken off is done again."""
    if database.read(lambda work: work.memory.fact(ARMED)) == change:
        return 0
    ids = database.read(_with_something_ahead)
    for first in range(0, len(ids), BATCH):
        database.write(partial(_some, ids=ids[first : first + BATCH], now=now))
    database.write(lambda work: work.memory.set_fact(ARMED, change))
    return len(ids)


def _with_something_ahead(work: UnitOfWork) -> Sequence[str]:
    """What is armed for nothing takes itself away when it comes due."""
    return [one.id for one in work.customers.all() if one.subscriptions or one.installed_on]


def _some(work: UnitOfWork, ids: Sequence[str], now: datetime) -> None:
    for id in ids:
        _arm_anew(work, work.customers.look(id), now)


def _arm_anew(work: UnitOfWork, customer: Customer, now: datetime) -> None:
    late = {one.kind: one.at for one in work.reminders.of(subject_of(customer)) if one.at <= now}
    morning = morning_of(work, now)
    for kind in (EXPIRY, INSTALLATION):
        after = min(morning, late[kind] - timedelta(seconds=1)) if kind in late else morning
        work.reminders.arm(subject_of(customer), due_of(work, customer, after, (kind,)))


def morning_of(work: UnitOfWork, at: datetime) -> datetime:
    """Just before the day of an instant at the desk: what belongs to that day is still told."""
    zone = ZoneInfo(work.promises.policy.zone)
    day = datetime.combine(at.astimezone(zone).date(), time.min, zone)
    return day.astimezone(UTC) - timedelta(seconds=1)
