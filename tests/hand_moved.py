"""Real time as tests have it: an event loop's alarms that ring when a test says that so much time has passed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field


@dataclass
class Alarm:
    """One call in the future; it can be cancelled."""

    at: float
    call: Callable[[], None]
    cancelled: bool = False

    def cancel(self) -> None:
        self.cancelled = True


@dataclass
class HandMoved:
    """Called like `loop.call_later`. Belongs to one event loop."""

    now: float = 0.0
    alarms: list[Alarm] = field(default_factory=list)

    def __call__(self, seconds: float, call: Callable[[], None]) -> Alarm:
        alarm = Alarm(self.now + seconds, call)
        self.alarms.append(alarm)
        return alarm

    @property
    def waiting(self) -> int:
        """How many alarms are still to ring."""
        return sum(not alarm.cancelled for alarm in self.alarms)

    def pass_(self, seconds: float) -> None:
        """Let so much time pass; what is due by then is called, in order."""
        self.now += seconds
        due = sorted((alarm for alarm in self.alarms if alarm.at <= self.now), key=lambda alarm: alarm.at)
        self.alarms = [alarm for alarm in self.alarms if alarm.at > self.now]
        for alarm in due:
            if not alarm.cancelled:
                alarm.call()
