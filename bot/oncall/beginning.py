"""A first on-call plan: the file that ships, comments and all, with people who take turns and two steps that call."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from datetime import date, timedelta
from zoneinfo import ZoneInfo

from bot.domain.errors import BadValue
from bot.domain.hours import WEEKDAYS, clock_text
from bot.domain.rota import Turn
from bot.oncall.file import shipped_text
from bot.oncall.words import hand_over_from, turn_words

_EXAMPLE = re.compile(r"^# \[schedules\.level3\]\n.*?^# at = [^\n]*\n", re.MULTILINE | re.DOTALL)
_STEPS = re.compile(r"^# \[\[escalations\.level3\.steps\]\]\n.*?(?=^# ---)", re.MULTILINE | re.DOTALL)

_BETWEEN = re.compile(r"[,;\s]+")


@dataclass(frozen=True, slots=True)
class Beginning:
    """Who takes turns, how long, and from when on: the first turn begins at `first`, `at` seconds into that day."""

    people: tuple[str, ...]
    turn: tuple[Turn, int]
    first: date
    at: int
    zone: ZoneInfo


def plan_text(begun: Beginning) -> str:
    """The whole file."""
    schedule = (
        f'[schedules.level3]\nzone = "{begun.zone.key}"\n\n[[schedules.level3.layers]]\nname = "turns"\n'
        f"people = {json.dumps(list(begun.people))}\n"
        f'turn = "{turn_words(*begun.turn)}"\nfirst = {begun.first.isoformat()} # A {begun.first:%A}.\n'
        f'at = "{clock_text(begun.at)}"\n'
    )
    text, found = _EXAMPLE.subn(lambda _: schedule, shipped_text(), count=1)
    text, steps = _STEPS.subn(lambda block: re.sub(r"^# ?", "", block[0], flags=re.MULTILINE), text, count=1)
    if not found or not steps:
        raise RuntimeError("The plan that ships has lost its example.")
    return text.replace(" # Without steps it is loud at once. Give it some when somebody is on call.", "")


def begins_from(text: str, turn: Turn, today: date) -> tuple[date, int]:
    """When the first turn began: "monday 09:00", "09:00", or a date and a time. Without a date it is the last such day
    before today, so that somebody is on call at once. Raises BadValue."""
    *day, clock = text.casefold().split() or [""]
    at = hand_over_from(clock)
    if not day:
        back = today - timedelta(days=1)
        return (back.replace(day=1) if turn is Turn.MONTHS else back), at
    weekdays = [number for number, name in enumerate(WEEKDAYS) if len(day) == 1 and name.casefold().startswith(day[0])]
    if len(weekdays) == 1:
        return today - timedelta(days=(today.weekday() - weekdays[0]) % 7 or 7), at
    try:
        return date.fromisoformat(" ".join(day)), at
    except ValueError:
        raise BadValue(
            f"“{text}” is not when turns begin.", "Write “monday 09:00”, or the first day: “2026-11-02 09:00”."
        ) from None


def people_from(text: str) -> list[str]:
    """Names as they are typed in one line: "kim, sam and ann"."""
    return [name for name in _BETWEEN.split(text) if name and name.casefold() != "and"]
