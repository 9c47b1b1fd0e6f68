"""How somebody wants to be reached, as they type it: "chat 0, call 0, text 30s, call 90s"."""

from __future__ import annotations

import re
from collections.abc import Sequence

from bot.domain.contacts import CALL, CHAT, EMAIL, SERVICE, TEXT, Reach
from bot.domain.errors import BadValue

KINDS = (CHAT, CALL, TEXT, EMAIL, SERVICE)
MOST = 12
LONGEST = 30 * 60
"""Seconds: whoever is reached later than that is not on call."""
HINT = "For example: chat 0, call 0, text 30s, call 90s"

_LINE = re.compile(r"([a-z]+)(?: (?:after )?(\d{1,4}) ?(s|sec|seconds?|m|min|minutes?)?)?")


def reaches(text: str) -> tuple[Reach, ...]:
    """The plan that the words say, earliest first; a bare number is seconds. Raises BadValue, with what would do."""
    lines = [" ".join(line.split()) for line in text.casefold().split(",")]
    found = sorted((_reach(line) for line in lines if line), key=lambda reach: reach.seconds)
    if not found:
        raise BadValue("That plan reaches nobody.", HINT)
    if len(found) > MOST:
        raise BadValue(f"That plan has {len(found)} lines; {MOST} are enough to wake anybody.", HINT)
    return tuple(found)


def plan_words(plan: Sequence[Reach]) -> str:
    """A plan as it is typed: "chat 0, call 0, text 30s, call 2m"."""
    return ", ".join(f"{reach.kind} {_after(reach.seconds)}" for reach in plan)


def _reach(line: str) -> Reach:
    found = _LINE.fullmatch(line)
    if found is None:
        raise BadValue(f"“{line[:40]}” says neither how nor when.", HINT)
    kind, number, unit = found.groups()
    if kind not in KINDS:
        raise BadValue(f"There is no way called “{kind[:40]}”.", f"The ways are {', '.join(KINDS)}. {HINT}")
    seconds = int(number or 0) * (60 if (unit or "s").startswith("m") else 1)
    if seconds > LONGEST:
        raise BadValue(f"{kind} after {_after(seconds)} is too late: a page waits up to {LONGEST // 60} min.", HINT)
    return Reach(kind, seconds)


def _after(seconds: int) -> str:
    if not seconds:
        return "0"
    return f"{seconds}s" if seconds % 60 or seconds < 120 else f"{seconds // 60}m"
