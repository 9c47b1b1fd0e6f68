"""The on-call plan as a value: schedules, escalations, the paging table, and when people are tested and handed over.

It comes from the operator's file `oncall.toml` (`bot/oncall/oncall.toml` is the one that ships, without people).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from bot.domain.escalation import Escalation
from bot.domain.paging import PageRule
from bot.domain.rota import Schedule


@dataclass(frozen=True, slots=True)
class SelfTest:
    """The weekly call that says whose cover is real: a weekday (0 is Monday) and a second of the person's own day."""

    weekday: int = 1
    at: int = 14 * 3600
    on: bool = True


@dataclass(frozen=True, slots=True)
class OnCall:
    """The whole plan. `important` names the levels whose pages use people's important plan; `handover_seconds` how
    long before a shift ends its hand-over card is posted; `ahead_days` how far gaps are looked for. `leads` are told
    when the chain is exhausted: people's short names, or empty for everybody with the role lead or above."""

    schedules: Mapping[str, Schedule] = field(default_factory=dict)
    escalations: Mapping[str, Escalation] = field(default_factory=dict)
    rules: tuple[PageRule, ...] = ()
    important: frozenset[str] = frozenset()
    leads: tuple[str, ...] = ()
    self_test: SelfTest = SelfTest()
    handover_seconds: int = 1800
    ahead_days: int = 14

    @property
    def paging(self) -> bool:
        """Whether anything can ever start a page by itself."""
        return bool(self.rules and self.escalations)
