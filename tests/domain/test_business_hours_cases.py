"""When is it due? Promises that were worked out by hand, each with the reason it is interesting."""

import re
from datetime import date, datetime

import pytest

from bot.domain.business_hours import BusinessHours, Hours, window
from tests.domain.calendars import (
    ALWAYS,
    HOUR,
    LUNCH,
    ONTARIO,
    OPTIONAL,
    TORONTO,
    WEEKEND_TOO,
    local,
    standard,
)

CHRISTMAS_EVE = {date(2026, 12, 24): ("Christmas Eve", (window("10:00-13:00"),))}
CLOSED_WEEK = {date(2026, 12, day): "Company closed" for day in (24, 29, 30, 31)}
CALENDARS = {
    "usual": standard(),
    "with lunch": standard(LUNCH),
    "weekends too": standard(WEEKEND_TOO),
    "round the clock": standard(ALWAYS, {}),
    "optional holidays too": standard(closed=ONTARIO | OPTIONAL),
    "2 July 2029 added": standard(closed=ONTARIO | {date(2029, 7, 2): "Canada Day (in lieu)"}),
    "closed after Christmas": standard(closed=ONTARIO | CLOSED_WEEK),
    "half day": standard(special=CHRISTMAS_EVE),
}

# Times are Toronto's unless they bring their own offset; "1d" is the open time of one full working day.
# A pause's times leave out the date or the year of the opening.
# what makes it interesting | opened | promised | due | pauses | calendar, if not the usual one
CASES = """
begins and ends on one afternoon         | 2026-06-09 10:30       | 6h | 2026-06-09 16:30
goes on the next morning                 | 2026-06-09 17:30       | 3h | 2026-06-10 11:30
a day is nine open hours                 | 2026-06-09 13:15       | 1d | 2026-06-10 13:15
the opening second counts                | 2026-06-09 10:00       | 3h | 2026-06-09 13:00
a whole day ends at its closing          | 2026-06-09 10:00       | 1d | 2026-06-09 19:00
a second late ends a second into the next| 2026-06-09 10:00:01    | 1d | 2026-06-10 10:00:01
the last second counts                   | 2026-06-09 18:59:59    | 3h | 2026-06-10 12:59:59
closing time is closed                   | 2026-06-09 19:00       | 3h | 2026-06-10 13:00
used up exactly at closing               | 2026-06-09 16:00       | 3h | 2026-06-09 19:00
one second past closing                  | 2026-06-09 13:00:01    | 6h | 2026-06-10 10:00:01
Friday evening waits for Monday          | 2026-06-12 20:15       | 1d | 2026-06-15 19:00
over a weekend                           | 2026-06-12 18:00       | 3h | 2026-06-15 12:00
Saturday waits for Monday                | 2026-06-13 12:00       | 6h | 2026-06-15 16:00
closes on the next date of UTC           | 2026-01-09 18:30       | 3h | 2026-01-12 12:30
eve of a holiday, late                   | 2026-06-30 18:30       | 3h | 2026-07-02 12:30
said in British time                     | 2026-06-09 15:30+01:00 | 6h | 2026-06-09 16:30
said in UTC, a second before opening     | 2026-01-13 14:59:59Z   | 3h | 2026-01-13 13:00
Eastern is not UTC-5 in summer           | 2026-07-14 10:30       | 3h | 2026-07-14 13:30
clocks go forward on the weekend         | 2026-03-06 17:30       | 3h | 2026-03-09 11:30
half an hour before the skipped hour     | 2026-03-08 01:30-05:00 | 6h | 2026-03-09 16:00
clocks go back on the weekend            | 2026-10-30 17:30       | 3h | 2026-11-02 11:30
half past one for the first time         | 2026-11-01 01:30-04:00 | 3h | 2026-11-02 13:00
half past one for the second time        | 2026-11-01 01:30-05:00 | 3h | 2026-11-02 13:00
paused while the clocks go forward       | 2026-03-06 15:00       | 6h | 2026-03-09 14:00 | 03-07 12:00 > 03-09 12:00
the hour that comes twice counts twice   | 2026-11-01 00:00-04:00 | 3h | 2026-11-01 02:00 | | round the clock
over New Year                            | 2025-12-31 18:00       | 3h | 2026-01-02 12:00
over Family Day                          | 2026-02-13 18:00       | 6h | 2026-02-17 15:00
over Easter Monday, where it is kept     | 2026-04-02 17:00       | 3h | 2026-04-07 11:00 | | optional holidays too
over Canada Day                          | 2026-06-30 15:00       | 6h | 2026-07-02 12:00
over Civic Holiday, where it is kept     | 2026-07-31 18:00       | 6h | 2026-08-04 15:00 | | optional holidays too
over Thanksgiving                        | 2026-10-09 18:30       | 3h | 2026-10-13 12:30
Boxing Day on a Saturday frees Monday    | 2026-12-24 18:00       | 3h | 2026-12-29 12:00
New Year on a Friday                     | 2026-12-31 18:30       | 3h | 2027-01-04 12:30
Christmas on a weekend frees two days    | 2027-12-24 17:00       | 6h | 2027-12-29 14:00
the leap day is a working day            | 2028-02-28 18:00       | 3h | 2028-02-29 12:00
a date that the operator closed          | 2029-06-29 18:00       | 3h | 2029-07-03 12:00 | | 2 July 2029 added
a week that the operator closed          | 2026-12-23 18:00       | 3h | 2027-01-04 12:00 | | closed after Christmas
over a half day                          | 2026-12-24 11:00       | 3h | 2026-12-29 11:00 | | half day
a half day does not shorten a day        | 2026-12-24 10:00       | 1d | 2026-12-29 16:00 | | half day
lunch does not count                     | 2026-06-09 12:00       | 3h | 2026-06-09 16:00 | | with lunch
with lunch a day is eight hours          | 2026-06-09 10:00       | 1d | 2026-06-09 19:00 | | with lunch
weekend hours count where there are some | 2026-06-12 18:00       | 6h | 2026-06-14 13:00 | | weekends too
paused for an hour                       | 2026-06-09 11:00       | 3h | 2026-06-09 15:00 | 12:00 > 13:00
paused for a second                      | 2026-06-09 11:00       | 3h | 2026-06-09 14:00:01 | 12:00 > 12:00:01
paused overnight                         | 2026-06-09 17:00       | 3h | 2026-06-10 13:00 | 18:00 > 06-10 11:00
a pause from closing to opening is free  | 2026-06-09 17:00       | 3h | 2026-06-10 11:00 | 19:00 > 06-10 10:00
paused over a holiday                    | 2026-06-30 16:00       | 6h | 2026-07-02 16:00 | 17:00 > 07-02 11:00
paused while the clocks go back          | 2026-10-30 16:00       | 6h | 2026-11-02 16:00 | 17:00 > 11-02 11:00
overlapping pauses count once            | 2026-06-09 10:00       | 6h | 2026-06-09 19:00 | 11:00 > 13:00, 12:00 > 14:00
a pause told twice counts once           | 2026-06-09 10:00       | 3h | 2026-06-09 14:00 | 11:00 > 12:00, 11:00 > 12:00
a pause that began before the ticket     | 2026-06-09 12:00       | 3h | 2026-06-09 15:30 | 11:00 > 12:30
a pause after the due time comes too late| 2026-06-09 10:00       | 3h | 2026-06-09 13:00 | 13:30 > 15:00
a pause one second before the due time   | 2026-06-09 10:00       | 3h | 2026-06-09 15:00:01 | 12:59:59 > 15:00
still paused: nothing is due             | 2026-06-09 10:00       | 3h | never | 11:00 > open
resumed out of hours                     | 2026-06-09 17:00       | 3h | 2026-06-15 12:00 | 18:00 > 06-13 15:00
"""
ROWS = [[cell.strip() for cell in re.split(r"\|", line)] for line in CASES.strip().splitlines()]


def when(text: str, opened: str) -> datetime:
    """A time of a pause: "12:00" on the day of the opening, "06-10 11:00" in its year."""
    return local((opened[:5] if "-" in text else opened[:11]) + text)


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row[0])
def test_a_promise_is_due_when_its_open_time_has_passed(row: list[str]) -> None:
    _, opened, promised, due, listed, calendar = [*row, "", "", ""][:6]
    hours = CALENDARS[calendar or "usual"]
    seconds = int(promised[:-1]) * (HOUR if promised.endswith("h") else hours.working_day)
    pauses = [
        (when(begins, opened), None if ends == "open" else when(ends, opened))
        for begins, ends in (pause.strip().split(" > ") for pause in listed.split(",") if pause)
    ]
    expected = None if due == "never" else local(due)

    assert hours.due(local(opened), seconds, pauses) == expected
    assert hours.due(local(opened), seconds, pauses[::-1]) == expected
    if expected is not None:
        assert hours.open_seconds(local(opened), expected, pauses) == seconds
        lines = hours.explain(local(opened), expected, pauses)
        assert sum(line.open_seconds for line in lines) == seconds


def test_there_are_all_of_them() -> None:
    assert len(ROWS) == 55


def test_the_zone_est_is_an_hour_late_all_summer_which_is_why_eastern_means_toronto() -> None:
    eastern = standard()
    fixed = BusinessHours(Hours("Etc/GMT+5", eastern.hours.weekly), 2025, 2029)
    opened = local("2026-07-14 10:30", TORONTO)
    assert eastern.due(opened, 3 * HOUR) == local("2026-07-14 13:30")
    assert fixed.due(opened, 3 * HOUR) == local("2026-07-14 14:00")
