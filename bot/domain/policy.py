"""The support policy as a value: what each level promises, when the desk is open, and what counts as an answer.

The numbers come from the operator's policy file (`bot/policy/policy.toml` is the one that ships).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from bot.domain.errors import BadValue


class ClockKind(StrEnum):
    """The promises that are timed."""

    FIRST_RESPONSE = "first_response"
    NEXT_RESPONSE = "next_response"
    RESOLUTION = "resolution"

    @property
    def label(self) -> str:
        return self.value.replace("_", " ")


class Way(StrEnum):
    """The ways of support that a level can include."""

    EMAIL = "email"
    REMOTE = "remote"
    TELEPHONE = "telephone"

    @property
    def label(self) -> str:
        return {"email": "e-mail", "remote": "remote access", "telephone": "telephone"}[self.value]


@dataclass(frozen=True, slots=True)
class Target:
    """A promised span of business time: days of the desk (the open time of one working day each) plus seconds."""

    days: int = 0
    seconds: int = 0

    def in_seconds(self, working_day: int) -> int:
        """Open seconds, given the open seconds of one full working day."""
        return self.days * working_day + self.seconds

    def __str__(self) -> str:
        hours, rest = divmod(self.seconds, 3600)
        minutes, seconds = divmod(rest, 60)
        parts = ((self.days, "day"), (hours, "hour"), (minutes, "minute"), (seconds, "second"))
        return " ".join(f"{n} {unit}{'s' * (n != 1)}" for n, unit in parts if n) or "0 seconds"


@dataclass(frozen=True, slots=True)
class SupportLevel:
    """One column of the policy's table. `rank` orders levels: a higher one insures more."""

    name: str
    rank: int
    price: str
    audience: str
    in_scope: str
    out_of_scope: str
    ways: frozenset[Way]
    targets: Mapping[ClockKind, Target]

    @property
    def title(self) -> str:
        return f"Level {self.name}"


@dataclass(frozen=True, slots=True)
class HolidayRule:
    """Which dates are days off: a list of the `holidays` library, and what the operator adds and removes."""

    country: str = ""
    subdivision: str = ""
    categories: tuple[str, ...] = ()
    added: Mapping[date, str] = field(default_factory=dict)
    removed: frozenset[date] = frozenset()


@dataclass(frozen=True, slots=True)
class SpecialDay:
    """A half-day, or an opening on a day that is otherwise off: its windows replace the day's hours."""

    name: str
    windows: tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True)
class Limits:
    """Guards against floods."""

    open_per_customer: int = 200
    opened_per_customer_per_minute: int = 20
    subject: int = 300
    text: int = 100_000


class Audience(StrEnum):
    """Who is told of a step of the installation plan."""

    DESK = "desk"
    CUSTOMER = "customer"


@dataclass(frozen=True, slots=True)
class Milestone:
    """What is to be done by a day of the installation plan, and who is reminded of it on that day."""

    day: int
    title: str
    tell: frozenset[Audience] = frozenset({Audience.DESK})


class AfterExpiry(StrEnum):
    """How a customer is served whose last subscription has ended: as before for the days of grace and then at the
    lowest level; at the lowest level at once; or no more, and tickets are referred to a partner."""

    GRACE = "grace"
    LOWEST = "lowest"
    REFER = "refer"


@dataclass(frozen=True, slots=True)
class Expiry:
    """How many days before its last day the end of a subscription is told, falling, and what comes after it."""

    warn_days: tuple[int, ...] = (30, 7, 0)
    after: AfterExpiry = AfterExpiry.GRACE


@dataclass(frozen=True, slots=True)
class Referral:
    """When a customer is asked whether the partner solved it, and when the desk looks after them who has not answered:
    days after the one before; 0 for never. An answer that says only `yes`, or thanks, asks nothing more of the desk."""

    ask_after: int = 7
    answer_within: int = 7
    yes: tuple[str, ...] = ("yes", "solved", "it is solved", "they have", "it works", "all good", "oui", "c'est réglé")


@dataclass(frozen=True, slots=True)
class Policy:
    """The whole policy. Complete, or refused when it is read (`bot/policy/file.py`)."""

    name: str
    effective: date
    zone: str
    weekly: tuple[tuple[tuple[int, int], ...], ...]
    monitored: bool
    holidays: HolidayRule
    special: Mapping[date, SpecialDay]
    levels: tuple[SupportLevel, ...]
    warnings: tuple[int, ...]
    reminders: tuple[Target, ...]
    responses: frozenset[str]
    categories: Mapping[str, str]
    worst_cases: frozenset[str]
    resolutions: Mapping[str, str]
    thanks: tuple[str, ...]
    grace_days: int
    installation_days: int
    limits: Limits
    working_day: int | None = None
    milestones: tuple[Milestone, ...] = ()
    handover: frozenset[Audience] = frozenset({Audience.DESK})
    """Who is told when the installation plan is over."""
    expiry: Expiry = Expiry()
    referral: Referral = Referral()

    def level(self, name: str) -> SupportLevel:
        """The level of that name ("III", "Level III" and "3" are the same). Raises BadValue, naming those there are."""
        for level in self.levels:
            if level.name == name:
                return level
        wanted = name.strip().casefold().removeprefix("level").strip()
        for level in self.levels:
            if wanted in (level.name.casefold(), str(level.rank)):
                return level
        names = ", ".join(level.name for level in self.levels)
        raise BadValue(f"There is no support level “{name}”.", f"The levels are {names}.")

    @property
    def grace(self) -> int:
        """For how many days after its end a subscription is still served as before."""
        return self.grace_days if self.expiry.after is AfterExpiry.GRACE else 0

    @property
    def lowest(self) -> SupportLevel:
        """The level that every subscription includes."""
        return min(self.levels, key=lambda level: level.rank)

    def counts_as_response(self, deed: str) -> bool:
        """Whether this deed of staff (`reply`, `call`, `remote`, `claim`) answers the customer's clock."""
        return deed in self.responses
