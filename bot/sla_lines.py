"""Due times and elapsed business time for programs: one JSON question a line in, one JSON answer a line out."""

from __future__ import annotations

import json
import re
from collections import OrderedDict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from enum import StrEnum
from typing import Any
from zoneinfo import ZoneInfo

from bot.domain.business_hours import BeyondCalendar, BusinessHours, Pause
from bot.domain.errors import BadValue, Refusal
from bot.domain.hours import WEEKDAYS, Window, seconds_of_day
from bot.domain.moments import moment
from bot.domain.policy import ClockKind, HolidayRule, Policy, SpecialDay
from bot.domain.promises import hours_of
from bot.domain.sla import Promises
from bot.domain.targets import target_from
from bot.ports import WallClock

DaysOff = Callable[[HolidayRule, int], Mapping[date, str]]
"""The holidays of a rule's lists in one year, without what the operator added or removed."""

_KEPT = 64
_YEARS = range(1970, 2201)  # A mistyped year must not lay out a calendar of millennia.
_AROUND = 3
_YEAR = re.compile(r"(?<!\d)\d{4}(?!\d)")
_KEYS = frozenset({"hours", "categories", "add", "remove", "partial", "day_mode"})
_DAY_MODES = (None, "open", "open_hours", "working_day")


class Mode(StrEnum):
    """What is asked: when is it due, or how much open time has passed."""

    DUE = "due"
    ELAPSED = "elapsed"


@dataclass(frozen=True, slots=True)
class _Years:
    first: int
    last: int

    def reaching(self, first: int, last: int) -> _Years:
        return _Years(min(self.first, first), max(self.last, last))


class Calendars:
    """The calendars that questions name, each laid out once, and again only when a question reaches further."""

    def __init__(self, policy: Policy, days_off: DaysOff, clock: WallClock | None = None) -> None:
        """With a clock, times are understood as people say them, too; without, they are instants with an offset."""
        self._policy = policy
        self._clock = clock
        self._days_off = days_off
        self._kept: OrderedDict[str, tuple[_Years, Promises]] = OrderedDict()

    def promises(self, definition: Any, first: int, last: int) -> Promises:
        """The promises under a question's `calendar` (None: the policy's own), over at least those local years."""
        key = "" if not definition else json.dumps(definition, sort_keys=True)
        kept = self._kept.get(key)
        if kept is not None and kept[0].first <= first and last <= kept[0].last:
            self._kept.move_to_end(key)
            return kept[1]
        wanted = _Years(first - _AROUND, last + _AROUND)
        years = wanted if kept is None else kept[0].reaching(wanted.first, wanted.last)
        promises = self._made(_policy_under(self._policy, definition) if definition else self._policy, years)
        self._kept[key] = (years, promises)
        while len(self._kept) > _KEPT:
            self._kept.popitem(last=False)
        return promises

    def said(self, text: str) -> datetime | None:
        """The instant that a person means by "yesterday" or "2026-10-09 17:30", at the desk's place; None without a
        clock. The calendar reaches to every year that is named. Raises BadValue."""
        if self._clock is None:
            return None
        now = self._clock.now()
        named = next((year for year in map(int, _YEAR.findall(text)) if year in _YEARS), now.year)
        promises = self.promises(None, named - 1, named + 1)
        return moment(text, now, ZoneInfo(promises.policy.zone), promises)

    def _made(self, policy: Policy, years: _Years) -> Promises:
        holidays: dict[date, str] = {}
        if policy.holidays.country and policy.holidays.categories:
            for year in range(years.first, years.last + 1):
                holidays |= self._days_off(policy.holidays, year)
        hours = BusinessHours(hours_of(policy, holidays), years.first, years.last, policy.working_day)
        return Promises(policy, hours)


class SlaAnswers:
    """Answers to a stream of questions, in order, one for each line that is not blank.

    `failed` counts the lines that got an error instead: a caller ends with a non-zero exit code if there are any.
    """

    def __init__(self, calendars: Calendars, mode: Mode) -> None:
        self.failed = 0
        self._calendars = calendars
        self._mode = mode

    def lines(self, lines: Iterable[str]) -> Iterator[str]:
        """Lazily, so that a program that asks and waits is answered before it asks again."""
        for number, line in enumerate(lines, start=1):
            if line.strip():
                yield json.dumps(self._line(line, number))

    def _line(self, line: str, number: int) -> dict[str, Any]:
        question: Any = None
        try:
            question = json.loads(line)
            return answer(question, self._calendars, self._mode)
        except Refusal as error:
            told = f"{error.text} {error.hint}".strip()
        except json.JSONDecodeError as error:
            told = f"This is not JSON: {error.msg} at column {error.colno}."
        except RecursionError:
            told = "This JSON is nested too deeply."
        except ValueError as error:  # Such as an integer of more digits than Python reads.
            told = f"This cannot be read: {str(error).rstrip('.')}."
        self.failed += 1
        return {**_echo(question), "error": told, "line": number}


def answer(question: Any, calendars: Calendars, mode: Mode) -> dict[str, Any]:
    """One answer: `{"due": "…Z" or null}` or `{"open_seconds": n}`, with the question's `id`. Raises Refusal."""
    if not isinstance(question, dict):
        raise BadValue(
            "A question is a JSON object.", 'Such as {"opened_at": "2026-06-09T10:30:00-04:00", "level": "II"}.'
        )
    answered = _due(question, calendars) if mode is Mode.DUE else _elapsed(question, calendars)
    return _echo(question) | answered


def _echo(question: Any) -> dict[str, Any]:
    return {"id": question["id"]} if isinstance(question, dict) and "id" in question else {}


def _due(question: Mapping[str, Any], calendars: Calendars) -> dict[str, Any]:
    start, pauses = _instant(question, "opened_at", calendars), _pauses(question, calendars)
    first = last = start.year
    for reach in (1, 12, 60):
        promises = calendars.promises(question.get("calendar"), first - 1, last + reach)
        target = _target(question, promises)
        try:
            due = promises.hours.due(start, target, pauses)
        except BeyondCalendar:
            continue
        return {"due": None if due is None else _text(due)}
    raise BadValue("Nothing would be due within decades.", "Give the calendar more open hours.")


def _elapsed(question: Mapping[str, Any], calendars: Calendars) -> dict[str, Any]:
    start = _instant(question, "start" if "start" in question else "opened_at", calendars)
    end, pauses = _instant(question, "end", calendars), _pauses(question, calendars)
    reached = [start, end, *(at for pause in pauses for at in pause if at is not None)]
    years = [at.year for at in reached]
    promises = calendars.promises(question.get("calendar"), min(years) - 1, max(years) + 1)
    return {"open_seconds": promises.hours.open_seconds(start, end, pauses)}


def _target(question: Mapping[str, Any], promises: Promises) -> int:
    """The level's promise for the clock that is asked (first response), or the span that the question names."""
    if "target" in question:
        return target_from(_string(question, "target")).in_seconds(promises.working_day)
    try:
        kind = ClockKind(question.get("clock", ClockKind.FIRST_RESPONSE))
    except ValueError:
        raise BadValue("“clock” is no clock.", f"It is one of: {', '.join(ClockKind)}.") from None
    level = promises.policy.level(_string(question, "level"))
    target = promises.target(kind, level)
    if target is None:
        raise BadValue(f"{level.title} promises no {kind.label}.")
    return target


def _policy_under(policy: Policy, definition: Any) -> Policy:
    """The policy with what the question's calendar says otherwise: the whole week, categories, dates, half-days."""
    if not isinstance(definition, dict):
        raise BadValue("“calendar” is a JSON object.", f"Its keys: {', '.join(sorted(_KEYS))}.")
    for key in definition.keys() - _KEYS:
        raise BadValue(f"“calendar” has no key “{key}”.", f"Its keys: {', '.join(sorted(_KEYS))}.")
    if definition.get("day_mode") not in _DAY_MODES:
        raise BadValue("“day_mode” can only be “open”: a day is the open time of one full working day.")
    rule = policy.holidays
    if "categories" in definition:
        rule = replace(rule, categories=tuple(map(str, _list(definition, "categories"))))
    added = dict(rule.added) | {_date(day): "added" for day in _list(definition, "add")}
    removed = rule.removed | {_date(day) for day in _list(definition, "remove")}
    changed = replace(
        policy,
        holidays=replace(rule, added=added, removed=frozenset(removed)),
        special={**policy.special, **_partial(definition)},
    )
    if "hours" not in definition:
        return changed
    return replace(changed, weekly=_weekly(definition["hours"]), working_day=None)


def _weekly(hours: Any) -> tuple[tuple[Window, ...], ...]:
    if not isinstance(hours, dict) or not hours.keys() <= set("0123456"):
        raise BadValue("“hours” maps weekdays, from 0 (Monday) to 6, to spans.", '{"0": [["10:00", "19:00"]]}')
    return tuple(_windows(hours.get(str(day), []), WEEKDAYS[day]) for day in range(7))


def _partial(definition: Mapping[str, Any]) -> dict[date, SpecialDay]:
    days = definition.get("partial", {})
    if not isinstance(days, dict):
        raise BadValue("“partial” maps dates to spans.", '{"2026-12-24": [["10:00", "13:00"]]}')
    return {_date(day): SpecialDay("special hours", _windows(spans, day)) for day, spans in days.items()}


def _windows(spans: Any, day: str) -> tuple[Window, ...]:
    if not isinstance(spans, list) or not all(
        isinstance(span, list) and len(span) == 2 and all(isinstance(time, str) for time in span) for span in spans
    ):
        raise BadValue(f"The spans of {day} cannot be read.", '[["10:00", "13:00"], ["14:00", "19:00"]]')
    return tuple((seconds_of_day(opens), seconds_of_day(closes)) for opens, closes in spans)


def _pauses(question: Mapping[str, Any], calendars: Calendars) -> list[Pause]:
    found: list[Pause] = []
    for pause in _list(question, "pauses"):
        if not isinstance(pause, list) or len(pause) != 2:
            raise BadValue("A pause is a pair of instants; the second may be null.")
        start, end = pause
        found.append((_aware(start, "pauses", calendars), None if end is None else _aware(end, "pauses", calendars)))
    return found


def _instant(question: Mapping[str, Any], key: str, calendars: Calendars) -> datetime:
    if key not in question:
        raise BadValue(f"“{key}” is missing.", "Instants are written as 2026-06-09T10:30:00-04:00.")
    return _aware(question[key], key, calendars)


def _aware(value: Any, key: str, calendars: Calendars) -> datetime:
    try:
        found = datetime.fromisoformat(value)
        if found.tzinfo is None:
            found = calendars.said(value) or found
        if found.tzinfo is None:
            raise BadValue(f"“{key}” has no time zone: {value}.", "Write its offset, such as -04:00 or Z.")
        found = found.astimezone(UTC)
    except (TypeError, ValueError, OverflowError):
        said = calendars.said(value) if isinstance(value, str) else None
        if said is None:
            shown = str(value)[:40]
            raise BadValue(f"“{key}” is not an instant: {shown}.", "Write 2026-06-09T10:30:00-04:00.") from None
        found = said
    if found.year not in _YEARS:
        raise BadValue(f"“{key}” lies outside the years {_YEARS[0]} to {_YEARS[-1]}: {value}.")
    return found


def _date(value: Any) -> date:
    try:
        return date.fromisoformat(value)
    except (TypeError, ValueError):
        raise BadValue(f"There is no date {str(value)[:40]}.", "Write 2026-12-24.") from None


def _string(question: Mapping[str, Any], key: str) -> str:
    found = question.get(key)
    if not isinstance(found, str):
        raise BadValue(f"“{key}” is missing, or is not a string.")
    return found


def _list(data: Mapping[str, Any], key: str) -> list[Any]:
    found = data.get(key)
    if found is None:
        return []
    if not isinstance(found, list):
        raise BadValue(f"“{key}” is a list.")
    return found


def _text(at: datetime) -> str:
    return f"{at:%Y-%m-%dT%H:%M:%SZ}"
