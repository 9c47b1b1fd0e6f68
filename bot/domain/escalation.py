"""Escalation policies as they are written down: steps with delays and targets, how often they repeat, what is loud."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class TargetKind(StrEnum):
    """Whom a step calls."""

    SCHEDULE = "schedule"
    PERSON = "person"
    EVERYONE = "everyone"
    LEADS = "leads"
    CHANNEL = "channel"


@dataclass(frozen=True, slots=True)
class Target:
    """A schedule's or a person's short name, or a channel's logical place ("#alerts"); empty for everyone and leads."""

    kind: TargetKind
    name: str = ""

    def __str__(self) -> str:
        return f"{self.kind}:{self.name}" if self.name else self.kind.value


@dataclass(frozen=True, slots=True)
class Step:
    """These are called at once; after so many seconds without an acknowledgement the next step comes."""

    targets: tuple[Target, ...]
    seconds: int


@dataclass(frozen=True, slots=True)
class Escalation:
    """A whole chain. It runs `rounds` times; then the loud fallback speaks every `loud_seconds` until somebody
    acknowledges: the alerts channel with the team mentioned, and the `leads`. An acknowledged page whose ticket nobody
    touches for `ack_seconds` starts again (0: never)."""

    name: str
    steps: tuple[Step, ...]
    rounds: int = 2
    ack_seconds: int = 1200
    loud_seconds: int = 600
