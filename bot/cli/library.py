"""The installed `holidays` library as the source of days off, behind what the desk has frozen."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from bot.clocks import SystemClock
from bot.domain.policy import HolidayRule
from bot.domain.promises import list_keys
from bot.holidays.freezing import HolidayDates
from bot.holidays.source import holiday_dates, source
from bot.settings import Settings
from bot.sla_lines import DaysOff


def installed() -> HolidayDates:
    """The list as it is today; what the desk promises is kept by the frozen copy in its database."""
    return HolidayDates(source(), holiday_dates)


def frozen_first(settings: Settings, library: DaysOff) -> DaysOff:
    """Days off as the desk has frozen them, where there is a desk; the library's for years and lists it has not."""
    if settings.database is None and not (settings.data / "thirdline.db").exists():
        return library
    from bot.cli.house import looked_at  # Without a desk nobody waits for the database library to load.

    with looked_at(settings, SystemClock()) as database:
        frozen = {(one.list, one.year): one.days for one in database.read(lambda work: work.memory.holidays())}

    def days_off(rule: HolidayRule, year: int) -> Mapping[date, str]:
        lists = [frozen.get((name, year)) for name in list_keys(rule)]
        if None in lists:
            return library(rule, year)
        return {day: name for days in lists if days is not None for day, name in days.items()}

    return days_off
