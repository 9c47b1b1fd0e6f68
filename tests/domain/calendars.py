"""Calendars that the tests of business time share."""

from collections.abc import Mapping
from datetime import date, datetime
from zoneinfo import ZoneInfo

from bot.domain.business_hours import BusinessHours, Hours, Window, window

TORONTO = "America/Toronto"
HOUR = 3600
DAY = 9 * HOUR
Week = tuple[tuple[Window, ...], ...]


def weekly(days: str, *windows: str) -> Week:
    """A week with the same windows on some days: weekly("Mon Tue", "10:00-19:00")."""
    names = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
    hours = tuple(window(text) for text in windows)
    return tuple(hours if name in days.split() else () for name in names)


TEN_TO_SEVEN = weekly("Mon Tue Wed Thu Fri", "10:00-19:00")
LUNCH = weekly("Mon Tue Wed Thu Fri", "10:00-13:00", "14:00-19:00")
WEEKEND_TOO = (*TEN_TO_SEVEN[:5], (window("12:00-16:00"),), (window("12:00-16:00"),))
ALWAYS = weekly("Mon Tue Wed Thu Fri Sat Sun", "00:00-24:00")

ONTARIO = {
    date.fromisoformat(day): name
    for name, days in {
        "New Year's Day": "2026-01-01 2027-01-01 2028-01-01 2029-01-01",
        "New Year's Day (observed)": "2028-01-03",
        "Family Day": "2026-02-16 2027-02-15 2028-02-21 2029-02-19",
        "Good Friday": "2026-04-03 2027-03-26 2028-04-14 2029-03-30",
        "Victoria Day": "2026-05-18 2027-05-24 2028-05-22 2029-05-21",
        "Canada Day": "2026-07-01 2027-07-01 2028-07-01 2029-07-01",
        "Labour Day": "2026-09-07 2027-09-06 2028-09-04 2029-09-03",
        "Thanksgiving Day": "2026-10-12 2027-10-11 2028-10-09 2029-10-08",
        "Christmas Day": "2025-12-25 2026-12-25 2027-12-25 2028-12-25 2029-12-25",
        "Christmas Day (observed)": "2027-12-27",
        "Boxing Day": "2025-12-26 2026-12-26 2027-12-26 2028-12-26 2029-12-26",
        "Boxing Day (observed)": "2026-12-28 2027-12-28",
    }.items()
    for day in days.split()
}
OPTIONAL = {date(2026, 4, 6): "Easter Monday", date(2026, 8, 3): "Civic Holiday"}


def standard(
    week: Week = TEN_TO_SEVEN,
    closed: Mapping[date, str] = ONTARIO,
    special: Mapping[date, tuple[str, tuple[Window, ...]]] | None = None,
    zone: str = TORONTO,
) -> BusinessHours:
    """The desk's usual calendar for 2025 to 2029, or one that differs in something."""
    return BusinessHours(Hours(zone, week, closed, special or {}), 2025, 2029)


def local(text: str, zone: str = TORONTO) -> datetime:
    """A wall-clock time such as "2026-06-09 10:30", or an instant that brings its own offset."""
    at = datetime.fromisoformat(text)
    return at if at.tzinfo else at.replace(tzinfo=ZoneInfo(zone))
