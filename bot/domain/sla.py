"""SLA clocks: what runs, what pauses it, when it is due, and which stage of warning comes next."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from bot.domain.business_hours import BusinessHours
from bot.domain.policy import ClockKind, Policy, SupportLevel

Pause = tuple[datetime, datetime | None]

BREACH = "breach"


@dataclass(frozen=True, slots=True)
class Clock:
    """One cycle of one promise. It holds what happened and no due time: that is computed from the calendar.

    `told` is how many stages (warnings, breach, reminders) people have been told of in this cycle.
    """

    kind: ClockKind
    started: datetime
    pauses: tuple[Pause, ...] = ()
    told: int = 0

    @property
    def paused(self) -> bool:
        return any(end is None for _, end in self.pauses)

    def pause(self, at: datetime) -> Clock:
        """Stop counting from `at`. Pausing a paused clock changes nothing."""
        return self if self.paused else replace(self, pauses=(*self.pauses, (at, None)))

    def resume(self, at: datetime) -> Clock:
        """Count again from `at`. Resuming a running clock changes nothing."""
        return replace(self, pauses=tuple((start, at if end is None else end) for start, end in self.pauses))

    def having_told(self, stages: int) -> Clock:
        """The clock of whose first so many stages people have been told."""
        return Clock(self.kind, self.started, self.pauses, stages)


@dataclass(frozen=True, slots=True)
class Stage:
    """An instant of a clock at which people are told: a warning at a share of the time, the breach, a reminder."""

    number: int
    name: str
    at: datetime

    @property
    def breached(self) -> bool:
        return not self.name.endswith("%")

    @property
    def fires(self) -> datetime:
        """When people are told. An answer in the due second itself keeps the promise, so a breach shows one later."""
        return self.at + timedelta(seconds=1) if self.name == BREACH else self.at


@dataclass(frozen=True, slots=True)
class Promises:
    """The policy and the business hours made from it, asked together: what is owed, and by when."""

    policy: Policy
    hours: BusinessHours
    version: int = 1

    def target(self, clock: ClockKind, level: SupportLevel) -> int | None:
        """Open seconds that the level promises for this clock, or None where nothing is promised."""
        target = level.targets.get(clock)
        return None if target is None else target.in_seconds(self.working_day)

    @property
    def working_day(self) -> int:
        return self.policy.working_day or self.hours.working_day

    def due(self, clock: Clock, level: SupportLevel) -> datetime | None:
        """When the clock's promise ends; None while it is paused or where nothing is promised."""
        target = self.target(clock.kind, level)
        return None if target is None else self.hours.due(clock.started, target, clock.pauses)

    def stage(self, clock: Clock, level: SupportLevel, number: int) -> Stage | None:
        """The stage of that number, from 0: the warnings in order, the breach, then reminders without end.

        Warnings lie in business time of the same clock (percent of the target used up), reminders in business
        time after the breach, each as far from the one before as the policy's list says, its last entry repeating.
        """
        target = self.target(clock.kind, level)
        if target is None:
            return None
        warnings = self.policy.warnings
        if number < len(warnings):
            name, seconds = f"{warnings[number]}%", -(-target * warnings[number] // 100)
        elif number == len(warnings):
            name, seconds = BREACH, target
        elif not self.policy.reminders:
            return None
        else:
            count = number - len(warnings)
            steps = [step.in_seconds(self.working_day) for step in self.policy.reminders]
            last = max(count - len(steps), 0) * steps[-1]
            name, seconds = f"reminder {count}", target + sum(steps[:count]) + last
        at = self.hours.due(clock.started, seconds, clock.pauses)
        return None if at is None else Stage(number, name, at)

    def breach(self, clock: Clock, level: SupportLevel) -> Stage | None:
        """The stage at which the promise is broken; None while a pause that began before it holds it off."""
        return self.stage(clock, level, len(self.policy.warnings))

    def next_stage(self, clock: Clock, level: SupportLevel) -> Stage | None:
        """The first stage that people have not been told of yet."""
        return self.stage(clock, level, clock.told)

    def stages_due(self, clock: Clock, level: SupportLevel, now: datetime, most: int = 1000) -> tuple[Stage, ...]:
        """Every untold stage that fires by now, oldest first; `most` bounds the reminders of a long absence."""
        found: list[Stage] = []
        stage = self.next_stage(clock, level)
        while stage is not None and stage.fires <= now and len(found) < most:
            found.append(stage)
            stage = self.stage(clock, level, stage.number + 1)
        return tuple(found)


def clock_to_data(clock: Clock) -> dict[str, Any]:
    """The clock as plain JSON values; instants as UTC epoch seconds."""
    pauses = [[int(a.timestamp()), None if b is None else int(b.timestamp())] for a, b in clock.pauses]
    return {
        "kind": clock.kind.value,
        "started": int(clock.started.timestamp()),
        "pauses": pauses,
        "told": clock.told,
    }


def instant(epoch: int) -> datetime:
    """Stored UTC seconds as an aware datetime."""
    return datetime.fromtimestamp(epoch, UTC)


def clock_from_data(data: Mapping[str, Any]) -> Clock:
    """The clock that `clock_to_data` wrote."""
    pauses = tuple((instant(a), None if b is None else instant(b)) for a, b in data["pauses"])
    return Clock(ClockKind(data["kind"]), instant(data["started"]), pauses, data["told"])
