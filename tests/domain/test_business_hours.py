"""Business time at its edges: states, borders, refusals, the calendar's ends, and the sum that a person can check."""

import copy
import json
import pickle
from datetime import UTC, date, datetime, timedelta

import pytest

from bot.domain.business_hours import BeyondCalendar, BusinessHours, DeskState, Hours, NoOpenTime, window
from bot.domain.errors import BadValue
from bot.domain.hours import clock_text
from tests.domain.calendars import (
    ALWAYS,
    DAY,
    HOUR,
    LUNCH,
    ONTARIO,
    TEN_TO_SEVEN,
    TORONTO,
    WEEKEND_TOO,
    local,
    standard,
    weekly,
)

USUAL = standard()
HALF_DAY = {date(2026, 12, 24): ("Christmas Eve", (window("10:00-13:00"),))}


# -- states --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("at", "state"),
    [
        ("2026-06-09 09:59:59", DeskState.MONITORED),
        ("2026-06-09 10:00", DeskState.OPEN),
        ("2026-06-09 18:59:59", DeskState.OPEN),
        ("2026-06-09 19:00", DeskState.MONITORED),
        ("2026-06-13 12:00", DeskState.MONITORED),
        ("2026-07-01 12:00", DeskState.MONITORED),
    ],
)
def test_outside_its_hours_the_desk_is_closed_but_watched(at: str, state: DeskState) -> None:
    assert USUAL.state(local(at)) is state


def test_an_operator_may_say_that_nobody_watches() -> None:
    hours = BusinessHours(Hours(TORONTO, TEN_TO_SEVEN, monitored=False), 2026, 2026)
    assert hours.state(local("2026-06-13 12:00")) is DeskState.CLOSED
    assert hours.state(local("2026-06-09 12:00")) is DeskState.OPEN


def test_the_next_opening_and_the_closing_are_known() -> None:
    friday_night, monday = local("2026-06-12 20:15"), local("2026-06-15 10:00")
    assert USUAL.next_opening(friday_night) == monday
    assert USUAL.next_opening(monday) == monday
    assert USUAL.closes_at(friday_night) is None
    assert USUAL.closes_at(monday) == local("2026-06-15 19:00")
    assert standard(LUNCH).closes_at(monday) == local("2026-06-15 13:00")


def test_a_special_date_wins_over_its_holiday_and_its_weekday() -> None:
    extra = standard(
        special={date(2026, 7, 1): ("Moving day", (window("09:00-11:00"),)), date(2026, 6, 9): ("Off", ())}
    )
    assert extra.open_seconds(local("2026-07-01 00:00"), local("2026-07-02 00:00")) == 2 * HOUR
    assert extra.open_seconds(local("2026-06-09 00:00"), local("2026-06-10 00:00")) == 0


# -- a day ---------------------------------------------------------------------------------------------------------


def test_one_day_is_the_open_time_of_the_most_usual_day() -> None:
    assert USUAL.working_day == DAY
    assert standard(LUNCH).working_day == 8 * HOUR
    assert standard(WEEKEND_TOO).working_day == DAY
    assert standard(ALWAYS, {}).working_day == 24 * HOUR
    assert standard(special=HALF_DAY).working_day == DAY
    assert BusinessHours(USUAL.hours, 2026, 2026, working_day=7 * HOUR).working_day == 7 * HOUR


# -- borders -------------------------------------------------------------------------------------------------------


def test_no_time_at_all_is_due_at_once() -> None:
    assert USUAL.due(local("2026-06-13 12:00"), 0) == local("2026-06-13 12:00")


def test_parts_of_a_second_are_dropped() -> None:
    at = local("2026-06-09 10:00:00.999999")
    assert USUAL.due(at, 3 * HOUR) == local("2026-06-09 13:00")
    assert USUAL.open_seconds(at, at + timedelta(microseconds=1)) == 1


def test_a_pause_that_begins_when_the_time_is_used_up_does_not_move_it() -> None:
    opened, due = local("2026-06-09 10:00"), local("2026-06-09 13:00")
    assert USUAL.due(opened, 3 * HOUR, [(due, due + timedelta(hours=1))]) == due
    assert USUAL.due(opened, 3 * HOUR, [(due, None)]) == due


def test_pauses_out_of_order_count_the_same_even_behind_one_that_comes_too_late() -> None:
    opened = local("2026-06-09 10:00")
    late = local("2026-06-09 14:00"), local("2026-06-09 15:00")
    early = local("2026-06-09 11:00"), local("2026-06-09 12:00")
    assert USUAL.due(opened, 3 * HOUR, [late, early]) == USUAL.due(opened, 3 * HOUR, [early, late])
    assert USUAL.due(opened, 3 * HOUR, [late, early]) == local("2026-06-09 14:00")


def test_a_pause_of_no_length_or_turned_around_costs_nothing() -> None:
    noon = local("2026-06-09 12:00")
    for pause in ((noon, noon), (noon, noon - timedelta(hours=1))):
        assert USUAL.due(local("2026-06-09 10:00"), 3 * HOUR, [pause]) == local("2026-06-09 13:00")
        assert USUAL.open_seconds(local("2026-06-09 10:00"), local("2026-06-09 13:00"), [pause]) == 3 * HOUR


def test_between_an_instant_and_an_earlier_one_nothing_is_open() -> None:
    assert USUAL.open_seconds(local("2026-06-09 12:00"), local("2026-06-09 11:00")) == 0


def test_windows_may_end_on_any_second() -> None:
    hours = standard(weekly("Tue", "10:00:07-10:00:12", "23:59:59-24:00"), {})
    assert hours.working_day == 6
    assert hours.due(local("2026-06-09 10:00:10"), 3) == local("2026-06-10 00:00")


def test_windows_that_touch_are_one_opening() -> None:
    hours = standard(weekly("Tue", "10:00-13:00", "13:00-19:00"), {})
    assert hours.closes_at(local("2026-06-09 10:00")) == local("2026-06-09 19:00")


@pytest.mark.parametrize(
    ("zone", "spans", "seconds"),
    [
        # A window that lies in the skipped hour is not there; one that reaches into it begins or ends at the jump.
        (TORONTO, ("2026-03-08 00:00-05:00", "2026-03-09 00:00-04:00", "02:15-02:45"), 0),
        (TORONTO, ("2026-03-08 00:00-05:00", "2026-03-09 00:00-04:00", "01:30-02:30"), 1800),
        (TORONTO, ("2026-03-08 00:00-05:00", "2026-03-09 00:00-04:00", "02:30-04:00"), 3600),
        # Where the clock shows a border twice, it opens at the first and closes at the last.
        (TORONTO, ("2026-11-01 00:00-04:00", "2026-11-02 00:00-05:00", "01:30-03:00"), 2.5 * 3600),
        (TORONTO, ("2026-11-01 00:00-04:00", "2026-11-02 00:00-05:00", "00:00-01:30"), 2.5 * 3600),
        # Lord Howe moves by half an hour.
        ("Australia/Lord_Howe", ("2026-04-05 00:00+11:00", "2026-04-06 00:00+10:30", "00:00-24:00"), 24.5 * 3600),
        ("Australia/Lord_Howe", ("2026-10-04 00:00+10:30", "2026-10-05 00:00+11:00", "00:00-24:00"), 23.5 * 3600),
        # Samoa had no 30 December in 2011.
        ("Pacific/Apia", ("2011-12-29 00:00-10:00", "2012-01-01 00:00+14:00", "10:00-19:00"), 2 * DAY),
    ],
)
def test_the_wall_clock_is_followed_where_clocks_change(zone: str, spans: tuple[str, str, str], seconds: float) -> None:
    begins, ends, opening = spans
    year = int(begins[:4])
    hours = BusinessHours(Hours(zone, weekly("Mon Tue Wed Thu Fri Sat Sun", opening)), year, year + 1)
    assert hours.open_seconds(local(begins), local(ends)) == seconds


# -- refusals ------------------------------------------------------------------------------------------------------


def test_a_time_without_a_zone_is_refused() -> None:
    naive = local("2026-06-09 10:00").replace(tzinfo=None)
    aware = local("2026-06-09 10:00")
    for ask in (
        lambda: USUAL.state(naive),
        lambda: USUAL.due(naive, HOUR),
        lambda: USUAL.open_seconds(aware, naive),
        lambda: USUAL.due(aware, HOUR, [(aware, aware), (naive, aware)]),
        lambda: USUAL.due(aware, HOUR, [(aware, naive)]),
    ):
        with pytest.raises(BadValue, match="no time zone"):
            ask()


def test_a_promise_of_less_than_nothing_is_refused() -> None:
    with pytest.raises(BadValue, match="shorter than nothing"):
        USUAL.due(local("2026-06-09 10:00"), -1)


def test_outside_its_years_the_calendar_refuses_and_never_guesses() -> None:
    hours = BusinessHours(Hours(TORONTO, ALWAYS), 2026, 2026)
    inside = local("2026-06-09 10:00")
    for ask in (
        lambda: hours.due(local("2026-12-31 23:00"), 2 * HOUR),
        lambda: hours.due(local("2025-12-31 23:00"), HOUR),
        lambda: hours.due(local("2027-01-01 00:00"), HOUR),
        lambda: hours.due(inside, HOUR, [(inside, local("2027-01-01 12:00"))]),
        lambda: hours.open_seconds(inside, local("2027-01-01 00:00:01")),
        lambda: hours.open_seconds(local("2025-12-31 23:59:59"), inside),
        lambda: hours.state(local("2027-01-01 00:00")),
        lambda: hours.next_opening(local("2027-06-09 10:00")),
        lambda: hours.explain(inside, local("2027-06-09 10:00")),
    ):
        with pytest.raises(BeyondCalendar, match="2026 to 2026"):
            ask()


def test_a_desk_that_never_closes_names_no_closing() -> None:
    hours = BusinessHours(Hours(TORONTO, ALWAYS), 2026, 2026)
    assert hours.closes_at(local("2026-06-09 10:00")) is None


def test_the_last_second_of_the_calendar_still_counts() -> None:
    hours = BusinessHours(Hours(TORONTO, ALWAYS), 2026, 2026)
    assert hours.due(local("2026-12-31 23:00"), HOUR) == local("2027-01-01 00:00")
    assert hours.open_seconds(local("2026-01-01 00:00"), local("2027-01-01 00:00")) == 365 * 86_400


def test_no_opening_left_in_the_calendar_is_a_refusal() -> None:
    with pytest.raises(BeyondCalendar):
        USUAL.next_opening(local("2029-12-31 19:00"))


def test_a_calendar_without_an_open_hour_is_refused() -> None:
    with pytest.raises(NoOpenTime, match="never be open from 2026 to 2027"):
        BusinessHours(Hours(TORONTO, ((),) * 7), 2026, 2027)
    closed = {date(2026, 1, 1) + timedelta(days=after): "closed" for after in range(365)}
    with pytest.raises(NoOpenTime):
        BusinessHours(Hours(TORONTO, TEN_TO_SEVEN, closed), 2026, 2026)


@pytest.mark.parametrize(("first", "last"), [(2027, 2026), (0, 2026), (2026, 99_999)])
def test_impossible_years_are_refused(first: int, last: int) -> None:
    with pytest.raises(BadValue, match="cannot be made"):
        BusinessHours(USUAL.hours, first, last)


def test_an_unknown_zone_is_refused_with_the_nearest_name() -> None:
    with pytest.raises(BadValue, match='no time zone "America/Toronot"') as refusal:
        Hours("America/Toronot", TEN_TO_SEVEN)
    assert "America/Toronto" in refusal.value.hint
    for odd in ("", "../../etc/passwd", "Eastern\0"):
        with pytest.raises(BadValue, match="no time zone"):
            Hours(odd, TEN_TO_SEVEN)


def test_hours_that_contradict_themselves_are_refused() -> None:
    with pytest.raises(BadValue, match="seven days"):
        Hours(TORONTO, TEN_TO_SEVEN[:5])
    with pytest.raises(BadValue, match="Monday: 12:00-15:00 overlaps"):
        Hours(TORONTO, (((36_000, 46_800), (43_200, 54_000)), *TEN_TO_SEVEN[1:]))
    with pytest.raises(BadValue, match="Christmas Eve, 2026-12-24: 13:00-10:00 does not end after it begins"):
        Hours(TORONTO, TEN_TO_SEVEN, {}, {date(2026, 12, 24): ("Christmas Eve", ((46_800, 36_000),))})


@pytest.mark.parametrize("text", ["10:00", "25:00-26:00", "10:00-24:01", "ten-seven", "10:60-11:00", ""])
def test_a_window_that_cannot_be_read_is_refused(text: str) -> None:
    with pytest.raises(BadValue):
        window(text)


def test_an_overnight_window_is_refused_with_the_way_to_write_it() -> None:
    with pytest.raises(BadValue) as refusal:
        window("22:00-06:00")
    assert "22:00-24:00" in refusal.value.hint


# -- the value -----------------------------------------------------------------------------------------------------


def test_hours_are_a_value_that_survives_json_copying_and_pickling() -> None:
    hours = Hours(TORONTO, LUNCH, ONTARIO, HALF_DAY, monitored=False)
    backwards = Hours(TORONTO, LUNCH, dict(reversed(ONTARIO.items())), HALF_DAY, monitored=False)
    assert hours == backwards
    assert hash(hours) == hash(backwards)
    assert Hours.from_data(json.loads(json.dumps(hours.to_data()))) == hours
    assert copy.deepcopy(hours) == pickle.loads(pickle.dumps(hours)) == hours  # noqa: S301 - our own bytes
    assert hours != Hours(TORONTO, LUNCH, ONTARIO, HALF_DAY)


def test_windows_read_as_they_are_written() -> None:
    assert window("9:30-24:00") == window(" 09:30 – 24:00 ") == (34_200, 86_400)
    assert (clock_text(34_200), clock_text(86_400), clock_text(61)) == ("09:30", "24:00", "00:01:01")


# -- the sum -------------------------------------------------------------------------------------------------------


def told(hours: BusinessHours, opened: str, due: str, *pauses: tuple[str, str | None]) -> list[str]:
    """The lines of an explanation as short text."""
    held = [(local(begins), None if ends is None else local(ends)) for begins, ends in pauses]
    return [
        f"{line.begins:%a %d %H:%M}-{line.ends:%a %d %H:%M} {line.open_seconds / HOUR:g}h"
        f" {line.state} {line.reason}{'*' if line.all_day else ''}".strip()
        for line in hours.explain(local(opened), local(due), held)
    ]


def test_a_long_weekend_is_explained_day_by_day_with_its_holiday() -> None:
    assert told(USUAL, "2026-10-09 17:30", "2026-10-13 11:30") == [
        "Fri 09 17:30-Fri 09 19:00 1.5h open",
        "Sat 10 00:00-Mon 12 00:00 0h monitored weekend*",
        "Mon 12 00:00-Tue 13 00:00 0h monitored Thanksgiving Day*",
        "Tue 13 10:00-Tue 13 11:30 1.5h open",
    ]


def test_the_closed_time_that_a_ticket_was_opened_in_is_named() -> None:
    assert (
        told(USUAL, "2026-06-12 20:15", "2026-06-15 11:00")[0] == "Fri 12 20:15-Sat 13 00:00 0h monitored after closing"
    )
    assert (
        told(USUAL, "2026-06-09 08:00", "2026-06-09 11:00")[0]
        == "Tue 09 08:00-Tue 09 10:00 0h monitored before opening"
    )
    assert told(standard(LUNCH), "2026-06-09 13:30", "2026-06-09 15:00")[0] == (
        "Tue 09 13:30-Tue 09 14:00 0h monitored between hours"
    )


def test_a_pause_is_one_line_and_says_what_it_took() -> None:
    assert told(USUAL, "2026-06-30 16:00", "2026-07-02 16:00", ("2026-06-30 17:00", "2026-07-02 11:00")) == [
        "Tue 30 16:00-Tue 30 17:00 1h open",
        "Tue 30 17:00-Thu 02 11:00 0h open paused",
        "Thu 02 11:00-Thu 02 16:00 5h open",
    ]
    opened, paused, now = local("2026-06-09 10:00"), local("2026-06-09 11:00"), local("2026-06-10 12:00")
    assert [line.paused_seconds for line in USUAL.explain(opened, now, [(paused, None)])] == [0, 10 * HOUR]


def test_a_half_day_and_a_weekday_without_hours_are_named() -> None:
    assert told(standard(special=HALF_DAY), "2026-12-24 11:00", "2026-12-24 13:00") == [
        "Thu 24 11:00-Thu 24 13:00 2h open Christmas Eve"
    ]
    assert told(standard(weekly("Mon Wed", "10:00-12:00"), {}), "2026-06-08 11:00", "2026-06-10 11:00")[1] == (
        "Tue 09 00:00-Wed 10 00:00 0h monitored no hours on Tuesdays*"
    )


def test_a_day_that_a_country_left_out_is_not_explained() -> None:
    samoa = BusinessHours(Hours("Pacific/Apia", TEN_TO_SEVEN), 2011, 2012)
    lines = samoa.explain(local("2011-12-29 18:00", "Pacific/Apia"), local("2012-01-02 11:00", "Pacific/Apia"))
    assert [line.first_day for line in lines] == [date(2011, 12, 29), date(2011, 12, 31), date(2012, 1, 2)]
    assert lines[1].last_day == date(2012, 1, 1)


def test_nothing_is_explained_by_nothing() -> None:
    assert USUAL.explain(local("2026-06-09 12:00"), local("2026-06-09 12:00")) == ()


def test_answers_come_in_utc() -> None:
    due = USUAL.due(local("2026-06-09 10:30"), HOUR)
    assert due == datetime(2026, 6, 9, 15, 30, tzinfo=UTC)
    assert due is not None
    assert due.tzinfo is UTC
