"""Who is on duty: a schedule of the adopted plan, with what was changed for once, asked for an instant."""

from __future__ import annotations

from datetime import datetime, timedelta

from bot.domain.duty import Duty, days_off
from bot.ports import UnitOfWork


def on_duty(work: UnitOfWork, schedule: str, at: datetime) -> tuple[str, ...]:
    """The people on call by that schedule; nobody where the plan has no such schedule."""
    found = work.rota.plan().schedules.get(schedule)
    if found is None:
        return ()
    overrides = work.rota.overrides(at, at + timedelta(seconds=1), schedule)
    return Duty(found, days_off(work.promises.hours.hours), overrides).on_call(at)
