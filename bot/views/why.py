"""The sum behind a due time, day by day, so that a person can check it."""

from __future__ import annotations

from datetime import date, datetime

from bot.cards import Line, Part, Strong, When
from bot.domain.business_hours import DayLine
from bot.domain.policy import SupportLevel
from bot.domain.sla import BREACH, Clock, Promises
from bot.views.wording import span_words


def why_lines(promises: Promises, clock: Clock, level: SupportLevel, now: datetime | None = None) -> tuple[Line, ...]:
    """What is promised, the days that count towards it with the desk's own times, and what follows; () for nothing.

    While the clock is paused there is no due time: the sum then reaches to the beginning of the pause. With `now`, a
    due time that has passed is told with how late it is.
    """
    target = promises.target(clock.kind, level)
    if target is None:
        return ()
    ends = promises.due(clock, level)
    until = ends or max((begins for begins, end in clock.pauses if end is None), default=clock.started)
    head: Line = (
        Strong(clock.kind.label.capitalize()),
        f" for {level.title}: {promised_words(promises, clock, level)} from ",
        When(clock.started),
        ".",
    )
    days = promises.hours.explain(clock.started, until, clock.pauses)
    due = _due_line(promises, clock, level, ends, until)
    late = () if ends is None or now is None or now <= ends else (_late_line(promises, ends, now),)
    return (head, *sum_lines(days), due, *late, _policy_line(promises))


def promised_words(promises: Promises, clock: Clock, level: SupportLevel) -> str:
    """ "3 h of business time", "1 day (9 h of business time)"."""
    words = f"{span_words(promises.target(clock.kind, level) or 0)} of business time"
    target = level.targets[clock.kind]
    return f"{target.days} day{'s' * (target.days != 1)} ({words})" if target.days and not target.seconds else words


def sum_lines(days: tuple[DayLine, ...]) -> tuple[Line, ...]:
    """One line each: the day, the hours at the desk, what they count, and why. In columns, for a fixed font."""
    rows = [(_dates(day), _hours(day), span_words(day.open_seconds) if day.open_seconds else "-") for day in days]
    a, b, c = (max((len(row[column]) for row in rows), default=0) for column in range(3))
    return tuple(
        (f"  {dates:<{a}}  {hours:<{b}}  {counted:>{c}}   {_state(day)}",)
        for (dates, hours, counted), day in zip(rows, days, strict=True)
    )


def _due_line(promises: Promises, clock: Clock, level: SupportLevel, ends: datetime | None, until: datetime) -> Line:
    if ends is None:
        target = promises.target(clock.kind, level) or 0
        left = span_words(target - promises.hours.open_seconds(clock.started, until, clock.pauses))
        return (
            "Paused since ",
            When(until),
            f", so nothing is due; {left} of business time left. {_pauses(promises, clock)}",
        )
    parts: list[Part] = ["Due ", When(ends), "."]
    for number in range(len(promises.policy.warnings)):
        stage = promises.stage(clock, level, number)
        if stage is not None and stage.name != BREACH:
            parts += [" At risk from " if number == 0 else ", ", When(stage.at), f" ({stage.name.replace('%', ' %')})"]
    return (*parts, f"{'.' if len(parts) > 3 else ''} {_pauses(promises, clock)}")


def _late_line(promises: Promises, ends: datetime, now: datetime) -> Line:
    return (f"It is {span_words(promises.hours.open_seconds(ends, now))} late, in business time.",)


def _policy_line(promises: Promises) -> Line:
    policy = promises.policy
    return (
        f"Policy of {_day(policy.effective)} {policy.effective.year}. Hours of the sum as at the desk, {policy.zone}.",
    )


def _pauses(promises: Promises, clock: Clock) -> str:
    """How many pauses, and how much business time they took; one that still lasts has no length yet."""
    ended = [(begins, end) for begins, end in clock.pauses if end is not None and end > begins]
    if not ended:
        return "No pauses." if not clock.paused else "No earlier pauses."
    first, last = min(begins for begins, _ in ended), max(end for _, end in ended)
    lost = promises.hours.open_seconds(first, last) - promises.hours.open_seconds(first, last, ended)
    return f"{len(ended)} pause{'s' * (len(ended) > 1)}, {span_words(lost)} of business time."


def _dates(day: DayLine) -> str:
    """ "Mon 12 Oct", "Sat 10, Sun 11 Oct", or the first and last of many."""
    first, last = day.first_day, day.last_day
    if first == last:
        return f"{first:%a} {_day(first)}"
    link = ", " if (last - first).days == 1 else " to "
    begin = (
        f"{first:%a} {first.day}"
        if (first.year, first.month) == (last.year, last.month)
        else f"{first:%a} {_day(first)}"
    )
    return f"{begin}{link}{last:%a} {_day(last)}"


def _hours(day: DayLine) -> str:
    if day.all_day:
        return ""
    midnight = day.ends.date() > day.last_day
    return f"{_time(day.begins)} - {'24:00' if midnight else _time(day.ends)}"


def _time(at: datetime) -> str:
    return f"{at:%H:%M:%S}" if at.second else f"{at:%H:%M}"


def _day(day: date) -> str:
    return f"{day.day:>2} {day:%b}".strip()


def _state(day: DayLine) -> str:
    if day.paused_seconds:
        return f"paused ({span_words(day.paused_seconds)} of business time)"
    if not day.reason:
        return day.state.value
    return day.reason if day.reason == "paused" else f"{day.state.value} ({day.reason})"
