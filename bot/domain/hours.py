"""When the desk is open, written down as a value: weekly windows, closed dates, special dates and a time zone."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from difflib import get_close_matches
from enum import StrEnum
from types import MappingProxyType
from typing import Any
from zoneinfo import ZoneInfo, available_timezones

from bot.domain.errors import BadValue

DAY = 86_400
WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")

Window = tuple[int, int]
"""Seconds of the local day, half-open, 0 to 86400; the end of the day is 86400, written "24:00"."""

_CLOCK = re.compile(r"(\d{1,2}):(\d\d)(?::(\d\d))?")


class DeskState(StrEnum):
    """What a customer meets at an instant; monitored means closed, but watched: nothing is promised."""

    OPEN = "open"
    MONITORED = "monitored"
    CLOSED = "closed"


@dataclass(frozen=True, slots=True)
class Hours:
    """The opening hours of a desk, as an operator would say them. Refused (BadValue) if they contradict themselves.

    `zone` is an IANA name: "Eastern" is America/Toronto, daylight saving included; a fixed offset such as EST
    would open an hour late all summer. `weekly` has seven entries, Monday first. `closed` maps a local date to the
    name of its holiday, with the operator's added dates in it and the removed ones left out. `special` gives one
    date its own name and windows (a half day, an extra opening) and wins over both. `monitored` says whether
    someone watches outside the hours.

    Mappings may be passed in any form; they are kept sorted and read-only, so equal hours are equal and hash alike.
    """

    zone: str
    weekly: tuple[tuple[Window, ...], ...]
    closed: Mapping[date, str] = field(default_factory=dict)
    special: Mapping[date, tuple[str, tuple[Window, ...]]] = field(default_factory=dict)
    monitored: bool = True

    def __post_init__(self) -> None:
        zone_named(self.zone)
        if len(self.weekly) != len(WEEKDAYS):
            raise BadValue(f"Weekly hours need seven days, Monday first; these are {len(self.weekly)}.")
        week = zip(WEEKDAYS, self.weekly, strict=True)
        weekly = tuple(_in_order(windows, day) for day, windows in week)
        special = {
            day: (name, _in_order(windows, f"{name}, {day}")) for day, (name, windows) in sorted(self.special.items())
        }
        object.__setattr__(self, "weekly", weekly)
        object.__setattr__(self, "closed", MappingProxyType(dict(sorted(self.closed.items()))))
        object.__setattr__(self, "special", MappingProxyType(special))

    def __hash__(self) -> int:
        return hash((self.zone, self.weekly, *self.closed.items(), *self.special.items(), self.monitored))

    def __reduce__(self) -> tuple[Any, ...]:
        # Read-only mappings cannot be pickled or deep-copied; what they were made from can.
        return Hours, (self.zone, self.weekly, dict(self.closed), dict(self.special), self.monitored)

    def windows_on(self, day: date) -> tuple[Window, ...]:
        """The opening windows of one local date: its special ones, none on a closed date, else the weekday's."""
        if day in self.special:
            return self.special[day][1]
        return () if day in self.closed else self.weekly[day.weekday()]

    def name_of(self, day: date) -> str:
        """Why that date is unlike others of its weekday: the holiday's or half day's name, or nothing."""
        return self.special[day][0] if day in self.special else self.closed.get(day, "")

    @property
    def when_closed(self) -> DeskState:
        """What the desk is outside its hours."""
        return DeskState.MONITORED if self.monitored else DeskState.CLOSED

    def to_data(self) -> dict[str, Any]:
        """The hours as plain JSON values."""
        return {
            "zone": self.zone,
            "weekly": [[list(window) for window in windows] for windows in self.weekly],
            "closed": {day.isoformat(): name for day, name in self.closed.items()},
            "special": {
                day.isoformat(): {"name": name, "windows": [list(window) for window in windows]}
                for day, (name, windows) in self.special.items()
            },
            "monitored": self.monitored,
        }

    @classmethod
    def from_data(cls, data: Mapping[str, Any]) -> Hours:
        """The hours that `to_data` wrote."""
        return cls(
            data["zone"],
            tuple(_windows_from(windows) for windows in data["weekly"]),
            {date.fromisoformat(day): name for day, name in data["closed"].items()},
            {
                date.fromisoformat(day): (kept["name"], _windows_from(kept["windows"]))
                for day, kept in data["special"].items()
            },
            data["monitored"],
        )


def window(text: str) -> Window:
    """A window as people write it: "10:00-19:00", "22:00-24:00", with seconds if they matter. Else BadValue."""
    opens, dash, closes = text.replace("–", "-").partition("-")
    if not dash:
        raise BadValue(f'"{text}" is not a span of the day.', 'Write it as "10:00-19:00".')
    found = seconds_of_day(opens), seconds_of_day(closes)
    _in_order([found], "This window")
    return found


def seconds_of_day(text: str) -> int:
    """A time of the day such as "9:30", "19:00" or "24:00" as seconds since local midnight. Else BadValue."""
    match = _CLOCK.fullmatch(text.strip())
    hour, minute, second = (int(part or 0) for part in match.groups()) if match else (99, 0, 0)
    seconds = hour * 3600 + minute * 60 + second
    if seconds > DAY or minute > 59 or second > 59:
        raise BadValue(f'"{text.strip()}" is not a time of the day.', "Times run from 00:00 to 24:00.")
    return seconds


def clock_text(seconds: int) -> str:
    """Seconds since local midnight as "09:30", with seconds only where there are some."""
    minutes, second = divmod(seconds, 60)
    return f"{minutes // 60:02}:{minutes % 60:02}" + (f":{second:02}" if second else "")


def zone_named(name: str) -> ZoneInfo:
    """The time zone of that IANA name. Else BadValue, with the nearest names there are."""
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError) as error:
        near = get_close_matches(name, available_timezones(), n=3, cutoff=0.5)
        hint = f"Did you mean {' or '.join(near)}?" if near else "Time zones have names such as America/Toronto."
        raise BadValue(f'There is no time zone "{name}".', hint) from error


def is_zone(name: str) -> bool:
    """Whether that is the IANA name of a time zone."""
    try:
        ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        return False
    return True


def _in_order(windows: Iterable[Sequence[int]], whose: str) -> tuple[Window, ...]:
    """The windows sorted, or a refusal that says which of them is impossible."""
    found = sorted((opens, closes) for opens, closes in windows)
    free_from = 0
    for opens, closes in found:
        spoken = f"{whose}: {clock_text(opens)}-{clock_text(closes)}"
        if not 0 <= opens < closes <= DAY:
            raise BadValue(
                f"{spoken} does not end after it begins within one day.",
                "A night shift is two windows: 22:00-24:00, and 00:00-06:00 on the next day.",
            )
        if opens < free_from:
            raise BadValue(f"{spoken} overlaps the window before it.")
        free_from = closes
    return tuple(found)


def _windows_from(data: Iterable[Sequence[int]]) -> tuple[Window, ...]:
    return tuple((opens, closes) for opens, closes in data)
