"""A schedule of the adopted plan with what was changed for once, ready to be asked about a span of time."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime

from bot.domain.duty import Duty, days_off
from bot.domain.errors import NotFound
from bot.domain.oncall import OnCall
from bot.domain.rota import Schedule
from bot.ports import UnitOfWork
from bot.views.wording import listed


def duty_between(work: UnitOfWork, schedule: str, start: datetime, end: datetime) -> Duty:
    """Its answers are right between the two instants; beyond them overrides are missing. What lies back is told by the
    plan that was in force then: nobody is given nights that others carried. Raises NotFound."""
    schedules = work.rota.plan().schedules
    if schedule not in schedules:
        there = f"There are: {listed(list(schedules))}." if schedules else "The plan has none yet."
        raise NotFound(f"There is no schedule “{schedule}”.", there)
    overrides = work.rota.overrides(start, end, schedule)
    past = tuple(_before(schedules[schedule], work.rota.plans(start)))
    return Duty(schedules[schedule], days_off(work.promises.hours.hours), overrides, past)


def _before(now: Schedule, plans: Sequence[tuple[datetime, OnCall]]) -> Iterator[tuple[Schedule, datetime]]:
    """How the schedule was written before, each until a plan wrote it anew; while there was no such schedule, nobody
    was on call by it. Before the first plan of all it counts as that one says: the rota was there before the desk."""
    written = [plan.schedules.get(now.name) for _, plan in plans]
    for one, following, (until, _) in zip(written, written[1:], plans[1:], strict=False):
        if one != following:
            yield one or Schedule(now.name, now.zone, ()), until
