"""The installed `holidays` library as the source of days off."""

from __future__ import annotations

from bot.holidays.freezing import HolidayDates
from bot.holidays.source import holiday_dates, source


def installed() -> HolidayDates:
    """The list as it is today; what the desk promises is kept by the frozen copy in its database."""
    return HolidayDates(source(), holiday_dates)
