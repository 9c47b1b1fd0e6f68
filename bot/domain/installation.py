"""The installation plan: its days from the day of the installation on, its milestones, and the day after its last one,
when the customer is handed over to their level and their partner."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from bot.domain.customers import Customer
from bot.domain.hours import Hours
from bot.domain.policy import Audience, Milestone, Policy
from bot.domain.telling import Closed, told_at


@dataclass(frozen=True, slots=True)
class Step:
    """What the plan tells on a day: a milestone, or that the plan is over, where there is none. `day` counts from 0."""

    day: int
    at: datetime
    milestone: Milestone | None
    tell: frozenset[Audience]


@dataclass(frozen=True, slots=True)
class Plan:
    """A customer's installation plan: `began` is day 0, and day `days` still belongs to it."""

    began: date
    days: int
    milestones: tuple[Milestone, ...]
    handover: frozenset[Audience]

    @property
    def last(self) -> date:
        return self.date_of(self.days)

    def date_of(self, day: int) -> date:
        """The date of a day of the plan; the last that there is, where the calendar ends before."""
        return self.began + timedelta(days=min(day, (date.max - self.began).days))

    def day(self, today: date) -> int | None:
        """Which day of the plan it is; None outside it."""
        day = (today - self.began).days
        return day if 0 <= day <= self.days else None

    def steps(self, hours: Hours) -> tuple[Step, ...]:
        """All that is told of it, in order. The hand-over is always told to the desk."""
        over = Step(self.days + 1, self._at(hours, self.days + 1), None, self.handover | {Audience.DESK})
        told = [Step(one.day, self._at(hours, one.day), one, one.tell) for one in self.milestones if one.tell]
        return (*told, over)

    def next_step(self, hours: Hours, after: datetime) -> datetime | None:
        """When the first of them comes after that instant."""
        return min((one.at for one in self.steps(hours) if one.at > after), default=None)

    def lasts(self, zone: str) -> tuple[datetime, datetime]:
        """From the beginning of day 0 until the end of its last day, half-open, for counting what was opened in it."""
        return _midnight(self.began, zone), _midnight(self.date_of(self.days + 1), zone)

    def _at(self, hours: Hours, day: int) -> datetime:
        return told_at(hours, self.date_of(day), Closed.AFTER)


def plan_of(customer: Customer, policy: Policy) -> Plan | None:
    """The customer's; None where nothing was installed, or the policy has no such plan."""
    if customer.installed_on is None or not policy.installation_days:
        return None
    return Plan(customer.installed_on, policy.installation_days, policy.milestones, policy.handover)


def _midnight(day: date, zone: str) -> datetime:
    clamped = min(max(day, date(2, 1, 1)), date(9998, 12, 31))
    return datetime.combine(clamped, time.min, ZoneInfo(zone)).astimezone(UTC)
