"""Promised spans as an operator writes them: "3h", "90m", "1d 4h"."""

from __future__ import annotations

import re

from bot.domain.errors import BadValue
from bot.domain.policy import Target

_PART = re.compile(
    r"(\d{1,9})\s*(?:(d)(?:ays?)?|(h)(?:r|rs|ours?)?|(m)(?:in|ins|inutes?)?|(s)(?:ec|ecs|econds?)?)(?![a-z])",
    re.IGNORECASE,
)
_WHOLE = re.compile(rf"(?:{_PART.pattern}\s*)+", re.IGNORECASE)
_SECONDS = {"h": 3600, "m": 60, "s": 1}
_MOST_DAYS = 366


def target_from(text: str) -> Target:
    """The span of business time that a text says. BadValue if it says none, nothing at all, or more than a year."""
    if not _WHOLE.fullmatch(text.strip()):
        raise BadValue(f"“{text}” is not a span of time", "Write 3h, 90m, 45s, 1d or 1d 4h.")
    target = Target()
    for number, *units in _PART.findall(text):
        unit = "".join(units).lower()
        if unit == "d":
            target = Target(target.days + int(number), target.seconds)
        else:
            target = Target(target.days, target.seconds + int(number) * _SECONDS[unit])
    if target == Target():
        raise BadValue(f"“{text}” promises no time at all", "A promise lasts at least one second.")
    if target.days + target.seconds // 3600 > _MOST_DAYS:
        raise BadValue(
            f"“{text}” is longer than any promise can be", f"The longest is {_MOST_DAYS}d, or as many hours."
        )
    return target
