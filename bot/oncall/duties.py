"""A schedule of the adopted plan with what was changed for once, ready to be asked about a span of time."""

from __future__ import annotations

from datetime import datetime

from bot.domain.duty import Duty, days_off
from bot.domain.errors import NotFound
from bot.ports import UnitOfWork
from bot.views.wording import listed


def duty_between(work: UnitOfWork, schedule: str, start: datetime, end: datetime) -> Duty:
    """Its answers are right between the two instants; beyond them overrides are missing. Raises NotFound."""
    schedules = work.rota.plan().schedules
    if schedule not in schedules:
        there = f"There are: {listed(list(schedules))}." if schedules else "The plan has none yet."
        raise NotFound(f"There is no schedule “{schedule}”.", there)
    overrides = work.rota.overrides(start, end, schedule)
    return Duty(schedules[schedule], days_off(work.promises.hours.hours), overrides)
