"""`thirdline sla`: due times and business time for other programs, on the very calendar that the desk keeps."""

from __future__ import annotations

import json
import sys
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from bot.cli.library import frozen_first, installed
from bot.cli.printing import say
from bot.clocks import SystemClock
from bot.domain.errors import BadValue
from bot.policy.file import policy_at
from bot.settings import read_settings
from bot.sla_lines import Calendars, Mode, SlaAnswers, answer
from bot.views.wording import span_words

SOME_REFUSED = 1


def due(
    at: str | None,
    level: str | None,
    clock: str | None,
    target: str | None,
    pauses: list[str],
    data: Path | None,
    as_json: bool,
) -> int:
    """When a promise that starts then is due."""
    calendars = _calendars(data)
    given = {"level": level, "clock": clock, "target": target}
    if at is None:
        return _stream(calendars, Mode.DUE, as_json, [*given.values(), *pauses], "--at and --level")
    if level is None and target is None:
        raise BadValue("--level is missing.", "Which level promises? For example: --level III")
    question: dict[str, Any] = {key: value for key, value in given.items() if value is not None}
    question |= {"opened_at": at, "pauses": _pauses(pauses)}
    answered = answer(question, calendars, Mode.DUE)
    if as_json:
        say(json.dumps(answered))
    elif answered["due"] is None:
        say("Never: the clock is paused and nothing ends the pause.")
    else:
        ends = datetime.fromisoformat(answered["due"])
        say(f"Due {ends.astimezone(_zone(calendars)):%a %d %b %Y %H:%M:%S %Z} ({answered['due']}).")
    return 0


def elapsed(start: str | None, end: str | None, pauses: list[str], data: Path | None, as_json: bool) -> int:
    """How much open time lies between."""
    calendars = _calendars(data)
    if start is None or end is None:
        return _stream(calendars, Mode.ELAPSED, as_json, [start, end, *pauses], "--from and --to")
    question = {
        "start": start,
        "end": end,
        "pauses": _pauses(pauses),
    }
    answered = answer(question, calendars, Mode.ELAPSED)
    seconds = answered["open_seconds"]
    say(json.dumps(answered) if as_json else f"{span_words(seconds)} of business time ({seconds} s).")
    return 0


def _stream(calendars: Calendars, mode: Mode, as_json: bool, given: list[str | None], needed: str) -> int:
    """Answer each line of standard input before the next one is read."""
    if any(value is not None for value in given):
        raise BadValue(f"{needed} are needed.", "With --json alone, questions are read from standard input.")
    if not as_json:
        raise BadValue(f"Nothing was asked: {needed} are missing.", "Or --json, and a question a line on stdin.")
    answers = SlaAnswers(calendars, mode)
    for line in answers.lines(sys.stdin):
        sys.stdout.write(line + "\n")
        sys.stdout.flush()
    return SOME_REFUSED if answers.failed else 0


def _calendars(data: Path | None) -> Calendars:
    settings = read_settings(data=data)
    source = installed()
    policy = policy_at(settings.policy_path, source.known)
    return Calendars(policy, frozen_first(settings, source.of_rule), SystemClock())


def _pauses(texts: list[str]) -> list[list[str | None]]:
    found: list[list[str | None]] = []
    for text in texts:
        start, slash, end = text.partition("/")
        if not slash:
            raise BadValue(f"“{text}” is no pause.", "Write FROM/TO, or FROM/ for one that has not ended.")
        found.append([start, end if end.strip() else None])
    return found


def _zone(calendars: Calendars) -> ZoneInfo:
    year = SystemClock().now().year
    return ZoneInfo(calendars.promises(None, year - 1, year + 1).policy.zone)
