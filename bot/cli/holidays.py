"""`thirdline policy holidays`: the days off of a year, where they come from, and what a person should look at."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from datetime import date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from bot.cli.house import has_database, looked_at
from bot.cli.library import installed
from bot.cli.printing import say, say_json
from bot.clocks import SystemClock
from bot.domain.policy import Policy
from bot.domain.promises import holidays_of, hours_of, list_keys
from bot.holidays.freezing import HolidayDates, doubts, review
from bot.policy.file import policy_at
from bot.ports import FrozenHolidays, WallClock
from bot.settings import Settings, read_settings
from storage.errors import NotSetUp

DIFFERS = 1


def holidays(year: int | None, reviewed: bool, data: Path | None, as_json: bool) -> int:
    """The days off as they are frozen; as the installed list has them where the desk has none of that year yet."""
    settings, source, clock = read_settings(data=data), installed(), SystemClock()
    policy = policy_at(settings.policy_path, source.known)
    frozen = frozen_of(settings, clock)
    now = clock.now()
    wanted = year or now.astimezone(ZoneInfo(policy.zone)).year
    kept = _of_year(policy, frozen, wanted, source, now)
    hours = hours_of(policy, holidays_of(policy, kept))
    days = [day for day in sorted({*hours.closed, *hours.special}) if day.year == wanted]
    open_questions = [doubt for doubt in doubts(policy, _with(frozen, kept)) if doubt.day.year == wanted]
    differences = review([one for one in frozen if one.list in list_keys(policy.holidays)], source) if reviewed else ()
    if as_json:
        say_json(
            {
                "year": wanted,
                "days": [{"date": day, "name": hours.name_of(day), "weekday": f"{day:%a}"} for day in days],
                "sources": [{"list": one.list, "source": one.source, "frozen": one in frozen} for one in kept],
                "doubts": [asdict(doubt) | {"text": str(doubt)} for doubt in open_questions],
                **({"differences": [asdict(one) for one in differences]} if reviewed else {}),
            }
        )
    else:
        _print(wanted, [(day, hours.name_of(day)) for day in days], kept, frozen)
        for doubt in open_questions:
            say(f"To decide: {doubt}")
        for difference in differences:
            say(f"Differs: {difference}.")
        if reviewed and not differences:
            say(f"Everything frozen is as {source.name} has it today.")
    return DIFFERS if differences else 0


def frozen_of(settings: Settings, clock: WallClock) -> Sequence[FrozenHolidays]:
    """What the desk has frozen; nothing where there is no desk yet."""
    if not has_database(settings):
        return ()
    try:
        with looked_at(settings, clock) as database:
            return database.read(lambda work: work.memory.holidays())
    except NotSetUp:
        return ()


def _of_year(
    policy: Policy, frozen: Sequence[FrozenHolidays], year: int, source: HolidayDates, now: datetime
) -> Sequence[FrozenHolidays]:
    have = {one.list: one for one in frozen if one.year == year}
    return [
        have.get(name) or FrozenHolidays(name, year, source.days(name, year), source.name, now)
        for name in list_keys(policy.holidays)
    ]


def _with(frozen: Sequence[FrozenHolidays], kept: Sequence[FrozenHolidays]) -> Sequence[FrozenHolidays]:
    return [*frozen, *(one for one in kept if one not in frozen)]


def _print(
    year: int, days: Sequence[tuple[date, str]], kept: Sequence[FrozenHolidays], frozen: Sequence[FrozenHolidays]
) -> None:
    say(f"Days off in {year}")
    for day, name in days:
        say(f"  {day}  {day:%a}  {name}")
    for one in kept:
        when = f"frozen on {one.frozen_at:%Y-%m-%d}" if one in frozen else "not frozen yet: thirdline run does that"
        say(f"{one.list}: from {one.source}, {when}.")
