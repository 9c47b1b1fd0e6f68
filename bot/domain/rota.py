"""The rota as it is written down: schedules with their layers, what was changed for once, and the shifts it makes.

Hand-over times are times on the wall of the schedule's zone. Where a wall time comes twice, a shift starts at its first
occurrence and ends at its last: at a change of clocks two shifts overlap, and never is there a gap.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from bot.domain.hours import Window


class Turn(StrEnum):
    """The unit in which turns of a rotation are counted."""

    HOURS = "hours"
    DAYS = "days"
    WEEKS = "weeks"
    MONTHS = "months"


class Days(StrEnum):
    """Which days of the policy's calendar a restriction means."""

    ANY = "any"
    WORKING = "working"
    OFF = "off"


class Change(StrEnum):
    """What an override does to who is on call."""

    REPLACE = "replace"
    ADD = "add"
    REMOVE = "remove"


@dataclass(frozen=True, slots=True)
class Rotation:
    """People who take turns, each for `length` units. The first turn starts on the date `first` at `at` seconds of the
    local day; a rotation of months from the 31st hands over on the last day of shorter months."""

    people: tuple[str, ...]
    turn: Turn
    length: int
    first: date
    at: int = 0


@dataclass(frozen=True, slots=True)
class Restriction:
    """When a layer counts: on these weekdays (0 is Monday; empty for all), in these windows of the local day (empty for
    all day; a window may end at 24:00, and a night is two of them), on working days or days off of the policy."""

    weekdays: frozenset[int] = frozenset()
    windows: tuple[Window, ...] = ()
    days: Days = Days.ANY


@dataclass(frozen=True, slots=True)
class Layer:
    """One rotation of a schedule. Where layers of different priority have somebody, the higher one counts alone; those
    of equal priority are on call together. It counts while any of its restrictions does; without one, always; and from
    the beginning of the date `starts` to the end of the date `ends`."""

    name: str
    rotation: Rotation
    priority: int = 1
    restrictions: tuple[Restriction, ...] = ()
    starts: date | None = None
    ends: date | None = None


@dataclass(frozen=True, slots=True)
class Schedule:
    """Who is on call for something, by layers, in one time zone (IANA). `name` is the short name people type."""

    name: str
    zone: str
    layers: tuple[Layer, ...]


@dataclass(frozen=True, slots=True)
class Override:
    """A change for once: `person` comes in (REPLACE, ADD) or goes (REMOVE); a REPLACE with `instead` takes that
    person's place alone, and everybody's without. Aware instants; `id` is 0 until it is stored. One that somebody took
    back stays in the history, with their name."""

    id: int
    schedule: str
    start: datetime
    end: datetime
    change: Change
    person: str
    instead: str = ""
    by: str = ""
    reason: str = ""
    made_at: datetime | None = None
    dropped_by: str = ""
    dropped_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Shift:
    """Somebody on call from `start` until before `end` (aware UTC). `layer` names the reason: a layer, or
    "override"."""

    person: str
    start: datetime
    end: datetime
    layer: str


class CoverState(StrEnum):
    """asked → agreed, declined or withdrawn; past when nobody agreed in time."""

    ASKED = "asked"
    AGREED = "agreed"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"
    PAST = "past"


@dataclass(frozen=True, slots=True)
class CoverRequest:
    """Somebody asks for cover of their shift: `asked` names one person, or nobody for everybody of the schedule. With
    `back_start` and `back_end` it is a swap: who agrees gives that shift in return."""

    id: int
    schedule: str
    person: str
    start: datetime
    end: datetime
    asked: str = ""
    back_start: datetime | None = None
    back_end: datetime | None = None
    state: CoverState = CoverState.ASKED
    taken_by: str = ""
    made_at: datetime | None = None
    reason: str = ""
