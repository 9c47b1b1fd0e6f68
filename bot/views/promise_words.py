"""A promise in words for the customer: by when, on whose clock, and why not sooner."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from bot.domain.business_hours import DayLine
from bot.domain.errors import Refusal
from bot.domain.hours import DeskState
from bot.domain.policy import SupportLevel
from bot.domain.sla import Clock, Promises
from bot.views.wording import listed

_NORTH_AMERICA = {"N": "Newfoundland", "A": "Atlantic", "E": "Eastern", "C": "Central", "M": "Mountain", "P": "Pacific"}
_WEEKEND = "weekend"


def moment_words(at: datetime, zone: str) -> str:
    """ "Tuesday 13 October at 11:30 (Eastern time)"."""
    local = at.astimezone(ZoneInfo(zone))
    return f"{local:%A} {local.day} {local:%B} at {local:%H:%M} ({zone_words(at, zone)})"


def zone_words(at: datetime, zone: str) -> str:
    """What people call the time of a zone: "Eastern time", "Berlin time", "UTC"."""
    short = at.astimezone(ZoneInfo(zone)).tzname() or ""
    if zone.startswith(("America/", "Canada/", "US/")) and short[1:] in ("ST", "DT") and short[0] in _NORTH_AMERICA:
        return f"{_NORTH_AMERICA[short[0]]} time"
    city = zone.rpartition("/")[2].replace("_", " ")
    return f"{city} time" if "/" in zone and not zone.startswith("Etc/") else short or zone


def heard_by(promises: Promises, clock: Clock, level: SupportLevel, zone: str) -> str:
    """ "You will hear from us by Tuesday 13 October at 11:30 (Eastern time), because Monday is Thanksgiving Day."."""
    due = promises.due(clock, level)
    if due is None:
        return "We cannot promise by when you will hear from us, and answer as soon as we can."
    why = _because(promises, promises.hours.explain(clock.started, due))
    return f"You will hear from us by {moment_words(due, zone)}{why}."


def out_of_hours(promises: Promises, now: datetime, zone: str) -> str:
    """What is said to who writes while nobody works; "" while the desk is open."""
    state = promises.hours.state(now)
    if state is DeskState.OPEN:
        return ""
    try:
        opens = moment_words(promises.hours.next_opening(now), zone)
    except Refusal:
        return "We are closed now."
    watched = " Until then we look in for what cannot wait." if state is DeskState.MONITORED else ""
    return f"We are closed now and open again on {opens}.{watched}"


def _because(promises: Promises, days: tuple[DayLine, ...]) -> str:
    """The working days that are off on the way, by name; the weekend only where there is no better reason."""
    off = [day for day in days if day.all_day]
    working = promises.policy.weekly
    named = [day for day in off if working[day.first_day.weekday()] or working[day.last_day.weekday()]]
    if named:
        return f", because {listed(f'{_day_of(day)} {day.reason}' for day in named)}"
    return ", after the weekend" if any(day.reason == _WEEKEND for day in off) else ""


def _day_of(day: DayLine) -> str:
    first, last = day.first_day, day.last_day
    if first == last:
        return f"{first:%A} is"
    between = "and" if last - first == timedelta(days=1) else "to"
    return f"{first:%A} {between} {_name(last)} are"


def _name(day: date) -> str:
    return f"{day:%A}"
