"""The words of the on-call plan: turns, spans of real time, and whom a step calls."""

from __future__ import annotations

import re

from bot.domain.errors import BadValue
from bot.domain.escalation import Target, TargetKind
from bot.domain.hours import DAY, clock_text, seconds_of_day
from bot.domain.rota import Turn
from bot.domain.short_names import short_name

_TURN = re.compile(r"(?:(\d{1,5}) ?)?(hour|day|week|month)s?")
_MOST_TURN = {Turn.HOURS: 8784, Turn.DAYS: 3660, Turn.WEEKS: 520, Turn.MONTHS: 120}
_SPAN = re.compile(r"(\d{1,6}) ?(s(?:econds?)?|m(?:in|inutes?)?|h(?:ours?)?|d(?:ays?)?)")
_SECONDS = {"s": 1, "m": 60, "h": 3600, "d": DAY}


def turn_from(text: str) -> tuple[Turn, int]:
    """How long a turn is: "week", "2 days", "12 hours". Raises BadValue."""
    found = _TURN.fullmatch(" ".join(text.casefold().split()))
    if found is None:
        raise BadValue(f"“{text}” is not the length of a turn", 'Write "1 week", "2 days", "12 hours" or "1 month".')
    turn, length = Turn(f"{found[2]}s"), int(found[1] or 1)
    if not 1 <= length <= _MOST_TURN[turn]:
        raise BadValue(f"a turn cannot last {length} {turn}", f"It lasts from 1 to {_MOST_TURN[turn]} {turn}.")
    return turn, length


def turn_words(turn: Turn, length: int) -> str:
    """ "1 week", "2 days": what `turn_from` reads."""
    return f"{length} {turn.value[:-1] if length == 1 else turn.value}"


def span_from(text: str) -> int:
    """Seconds of real time, around the clock: "45s", "5m", "2h", "1d". Raises BadValue."""
    found = _SPAN.fullmatch(text.strip().casefold())
    if found is None:
        raise BadValue(f"“{text}” is not a span of time", "Write 45s, 5m or 2h; it is real time, around the clock.")
    return int(found[1]) * _SECONDS[found[2][0]]


def target_from(text: str) -> Target:
    """Whom a step calls: "schedule:level3", "@kim", "#alerts", "everyone", "leads". Raises BadValue."""
    said = text.strip()
    kind, colon, name = said.partition(":")
    if colon and kind in (TargetKind.SCHEDULE, TargetKind.PERSON):
        return Target(TargetKind(kind), short_name(name))
    if said in (TargetKind.EVERYONE, TargetKind.LEADS):
        return Target(TargetKind(said))
    if said.startswith("@"):
        return Target(TargetKind.PERSON, short_name(said[1:]))
    if said.startswith("#") and len(said) > 1:
        return Target(TargetKind.CHANNEL, said)
    raise BadValue(f"“{text}” is nobody to call", 'Write "schedule:NAME", "@person", "#alerts", "everyone" or "leads".')


def hand_over_from(text: str) -> int:
    """A time of the day at which turns begin, in seconds of it. Raises BadValue."""
    second = seconds_of_day(text)
    if second == DAY:
        raise BadValue("a turn cannot begin at 24:00", 'Write "00:00" and the next date.')
    return second


def night_from(text: str) -> tuple[int, int]:
    """A window of the day such as "09:00-17:00"; one that ends before it begins reaches into the next morning.
    Raises BadValue."""
    opens, dash, closes = text.replace("–", "-").partition("-")
    if not dash:
        raise BadValue(f"“{text}” is not a span of the day", 'Write it as "09:00-17:00".')
    window = hand_over_from(opens), seconds_of_day(closes)
    if window[0] == window[1]:
        raise BadValue(f"{text} has no length", 'The whole day is "00:00-24:00".')
    return window


def window_words(window: tuple[int, int]) -> str:
    return f"{clock_text(window[0])}-{clock_text(window[1])}"
