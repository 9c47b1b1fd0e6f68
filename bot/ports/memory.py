"""What the desk remembers of itself."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Protocol

from bot.cards import Card


@dataclass(frozen=True, slots=True)
class FrozenHolidays:
    """One year of one holiday list as it was when it was frozen: `source` names the library and its version."""

    list: str
    year: int
    days: Mapping[date, str]
    source: str
    frozen_at: datetime


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the journal: a change that belongs to no ticket. `subject` is "customer:ID" or "staff:ID"; `data`
    holds plain JSON values."""

    at: datetime
    by: str
    subject: str
    what: str
    data: Mapping[str, Any] = field(default_factory=dict)


class Memory(Protocol):
    """What the desk remembers of itself: answered requests, its journal, holidays, policy versions, small facts."""

    def answer_to(self, request: str) -> Card | None:
        """The answer already given to this request id, so that a repeat is answered and not done again."""

    def remember(self, request: str, answer: Card, now: datetime) -> None: ...

    def journal(self, entry: Entry) -> None:
        """Write down a change of a customer or a person, in the commit of the change."""

    def journal_of(self, subject: str, most: int) -> Sequence[Entry]:
        """The newest entries of a subject, newest first."""

    def prune(self, now: datetime) -> int:
        """Forget some requests answered more than two days ago, as no platform repeats one that late; returns how
        many, 0 once none is left."""

    def fact(self, name: str) -> Any: ...

    def set_fact(self, name: str, value: Any) -> None: ...

    def first_fact(self, name: str, value: Any) -> Any:
        """Keep it unless something is kept under that name; returns what is, whoever was first, on this desk or on
        another replica."""

    def holidays(self) -> Sequence[FrozenHolidays]: ...

    def freeze(self, holidays: FrozenHolidays) -> None: ...

    def policy(self) -> tuple[int, str] | None:
        """The newest policy version and its text (JSON)."""

    def set_policy(self, text: str, now: datetime) -> int:
        """Keep a new version; returns its number."""
