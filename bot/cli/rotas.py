"""The rota as the command line sees it: the plan that the next start takes, with what was changed in chat."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from pathlib import Path

from bot.cli.house import has_database, looked_at
from bot.cli.library import frozen_first, installed
from bot.clocks import SystemClock
from bot.domain.duty import Duty, days_off
from bot.domain.errors import NotFound
from bot.domain.oncall import OnCall
from bot.domain.people import Staff
from bot.domain.policy import Policy
from bot.domain.promises import hours_of
from bot.domain.rota import Override
from bot.oncall.file import oncall_at
from bot.policy.file import policy_at
from bot.ports import UnitOfWork
from bot.settings import Settings, read_settings
from bot.views.wording import listed


@dataclass(frozen=True, slots=True)
class Rotas:
    """The plan, the people, and what was changed for once between two instants; without a desk nothing was."""

    plan: OnCall
    policy: Policy
    staff: Mapping[str, Staff]
    overrides: Sequence[Override]
    day_off: Callable[[date], bool]

    @property
    def names(self) -> Mapping[str, str]:
        return {id: one.name for id, one in self.staff.items()}

    def named(self, schedule: str | None) -> list[str]:
        """That schedule, or all of them. Raises NotFound."""
        if schedule is None:
            return list(self.plan.schedules)
        if schedule not in self.plan.schedules:
            there = list(self.plan.schedules)
            raise NotFound(
                f"There is no schedule “{schedule}”.",
                f"There are: {listed(there)}." if there else "The plan has none: see the comments in oncall.toml.",
            )
        return [schedule]

    def duty(self, schedule: str) -> Duty:
        return Duty(self.plan.schedules[schedule], self.day_off, self.overrides)


def rotas(data: Path | None, file: Path | None, start: datetime, end: datetime) -> Rotas:
    """The plan of that file, or else of the data folder. Raises BadValue for one that does not hold together."""
    settings = read_settings(data=data)
    policy = policy_at(settings.policy_path, installed().known)
    plan = oncall_at(file or settings.oncall_path, policy)
    staff: dict[str, Staff] = {}
    overrides: Sequence[Override] = ()
    if has_database(settings):

        def look(work: UnitOfWork) -> tuple[dict[str, Staff], Sequence[Override]]:
            return {one.id: one for one in work.people.all()}, work.rota.overrides(start, end)

        with looked_at(settings, SystemClock()) as database:
            staff, overrides = database.read(look)
    return Rotas(plan, policy, staff, overrides, _days_off(settings, policy))


def _days_off(settings: Settings, policy: Policy) -> Callable[[date], bool]:
    """By the policy's calendar, year by year as it is asked for."""
    of_year = frozen_first(settings, installed().of_rule)

    @cache
    def year(number: int) -> Callable[[date], bool]:
        return days_off(hours_of(policy, of_year(policy.holidays, number) if policy.holidays.country else {}))

    return lambda day: year(day.year)(day)
