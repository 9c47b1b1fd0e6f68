"""The rota as the commands ask for it: schedules with what was changed for once, people's shifts, who leads."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property

from bot.cards import Line, Strong, When
from bot.domain.duty import Duty
from bot.domain.errors import BadValue, NotFound
from bot.domain.people import Role, Staff
from bot.domain.rota import Schedule, Shift
from bot.oncall.duties import duty_between
from bot.ports import UnitOfWork
from bot.views.wording import listed
from commands.oncall_values import NO_PLAN

HORIZON = timedelta(days=92)
"""How far from now shifts are looked for: what lasts longer has no end that anybody waits for."""


class Rota:
    """All schedules over a span of time, with the people's names; each resolved when it is asked for."""

    def __init__(self, work: UnitOfWork, start: datetime, end: datetime) -> None:
        self.work, self.start, self.end = work, start, end
        self.plan = work.rota.plan()
        self.schedules: Mapping[str, Schedule] = self.plan.schedules
        self._duties: dict[str, Duty] = {}

    @cached_property
    def people(self) -> Mapping[str, Staff]:
        return {one.id: one for one in self.work.people.all()}

    def name(self, person: str) -> str:
        return self.people[person].name if person in self.people else person

    def names(self, people: Iterable[str]) -> str:
        return listed(self.name(one) for one in people)

    def duty(self, schedule: str) -> Duty:
        """Good from `start` to `end`: overrides that do not touch that span are not in it."""
        if schedule not in self._duties:
            self._duties[schedule] = duty_between(self.work, schedule, self.start, self.end)
        return self._duties[schedule]

    def shifts(self, schedule: str) -> Sequence[Shift]:
        return self.duty(schedule).shifts(self.start, self.end)

    def shifts_of(self, person: str, schedules: Iterable[str] = ()) -> list[tuple[str, Shift]]:
        """Somebody's shifts with their schedules, by beginning; those at the ends of the span are cut."""
        wanted = tuple(schedules) or tuple(self.schedules)
        found = [(name, shift) for name in wanted for shift in self.shifts(name) if shift.person == person]
        return sorted(found, key=lambda one: (one[1].start, one[0]))

    def members(self, schedule: str) -> tuple[str, ...]:
        """Who takes turns in it and is still at the desk, in the order of its layers."""
        layers = self.schedules[schedule].layers
        found = dict.fromkeys(person for layer in layers for person in layer.rotation.people)
        return tuple(one for one in found if one in self.people and not self.people[one].has_left)


@dataclass(frozen=True, slots=True)
class Now:
    """Who is on call at an instant, until when that is so, and who is then; `until` is None where it just goes on."""

    schedule: str
    people: tuple[str, ...]
    until: datetime | None
    then: tuple[str, ...]


def standing(rota: Rota, schedule: str, at: datetime) -> Now:
    """How a schedule stands at an instant within the rota's span."""
    duty = rota.duty(schedule)
    until = next(iter(changes(rota, schedule, at, rota.end)), None)
    return Now(schedule, duty.on_call(at), until, () if until is None else duty.on_call(until))


def changes(rota: Rota, schedule: str, after: datetime, until: datetime) -> list[datetime]:
    """When other people are on call, after the one instant and before the other."""
    shifts = rota.duty(schedule).shifts(after, until)
    return sorted({at for shift in shifts for at in (shift.start, shift.end) if after < at < until})


def standing_line(rota: Rota, now: Now) -> Line:
    """ "level3: Kim until Mon 9 Nov 09:00, then Sam"."""
    who: Line = (Strong(rota.names(now.people)),) if now.people else (Strong("nobody"),)
    if now.until is None:
        return (f"{now.schedule}: ", *who)
    return (f"{now.schedule}: ", *who, " until ", When(now.until), f", then {rota.names(now.then) or 'nobody'}")


def rota_ahead(work: UnitOfWork, now: datetime) -> Rota:
    return Rota(work, now, now + HORIZON)


def asked(rota: Rota, schedule: Schedule | None) -> tuple[str, ...]:
    """The schedule that was named, or all of them. Raises NotFound where there is none at all."""
    if not rota.schedules:
        raise NotFound("There is no on-call schedule yet.", NO_PLAN)
    return (schedule.name,) if schedule else tuple(rota.schedules)


def the_one(rota: Rota, schedule: Schedule | None, line: str) -> str:
    """The schedule that was named, or the only one. Raises BadValue where there are several; `line` is then typed."""
    names = asked(rota, schedule)
    if len(names) > 1:
        raise BadValue(f"There are {len(names)} schedules: {', '.join(names)}.", f"Say which: {line}")
    return names[0]


def leads_of(work: UnitOfWork) -> tuple[str, ...]:
    """Who is told when something of the rota needs a decision: those whom the plan names, or all leads."""
    people = {one.id: one for one in work.people.all() if not one.has_left}
    named = tuple(one for one in work.rota.plan().leads if one in people)
    return named or tuple(one.id for one in people.values() if one.role >= Role.LEAD)


def span(start: datetime, end: datetime) -> Line:
    """ "Thu 24 Dec 18:00 - 22:00": the day once where the span is short."""
    return (When(start), " - ", When(end, "time" if end - start < timedelta(hours=12) else "full"))
