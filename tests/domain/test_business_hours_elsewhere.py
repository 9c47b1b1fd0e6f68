"""Mistakes of business-time arithmetic that other desks and libraries made, each as what cannot happen here."""

import itertools
from datetime import date, datetime, timedelta

import pytest

from bot.domain.business_hours import BeyondCalendar, BusinessHours, Hours, window
from tests.domain.calendars import ALWAYS, DAY, HOUR, ONTARIO, TEN_TO_SEVEN, TORONTO, local, standard, weekly

USUAL = standard()


def due(opened: str, seconds: int, *pauses: tuple[str, str | None], hours: BusinessHours = USUAL) -> datetime | None:
    return hours.due(
        local(opened), seconds, [(local(begins), None if ends is None else local(ends)) for begins, ends in pauses]
    )


def test_round_the_clock_loses_no_minute_at_midnight() -> None:
    hours = standard(ALWAYS, {})
    assert hours.open_seconds(local("2026-06-01 00:00"), local("2026-07-01 00:00")) == 30 * 86_400


def test_a_pause_is_exact_to_the_second_and_not_cut_to_minutes() -> None:
    assert due("2026-06-09 10:00:30", HOUR, ("2026-06-09 10:30:15", "2026-06-09 10:30:59")) == local(
        "2026-06-09 11:01:14"
    )


def test_a_pause_over_a_weekend_costs_business_time_and_not_wall_time() -> None:
    assert due("2026-06-12 18:00", 3 * HOUR, ("2026-06-12 18:30", "2026-06-15 10:30")) == local("2026-06-15 13:00")


def test_a_pause_is_not_taken_off_twice() -> None:
    twice = ("2026-06-09 11:00", "2026-06-09 12:00")
    assert due("2026-06-09 10:00", 3 * HOUR, twice, twice, twice) == local("2026-06-09 14:00")


def test_a_ticket_that_is_still_paused_cannot_come_due_however_long_it_waits() -> None:
    assert due("2026-06-09 10:00", 3 * HOUR, ("2026-06-09 12:00", None)) is None
    assert (
        USUAL.open_seconds(local("2026-06-09 10:00"), local("2028-06-09 10:00"), [(local("2026-06-09 12:00"), None)])
        == 2 * HOUR
    )


def test_a_longer_closure_than_three_days_makes_nothing_overdue() -> None:
    closed = {date(2026, 8, 1) + timedelta(days=after): "Summer closure" for after in range(31)}
    hours = standard(closed=ONTARIO | closed)
    assert due("2026-07-31 18:00", 3 * HOUR, hours=hours) == local("2026-09-01 12:00")


def test_opened_out_of_hours_still_takes_its_whole_time() -> None:
    assert due("2026-06-13 03:00", 3 * HOUR) == local("2026-06-15 13:00")
    assert USUAL.open_seconds(local("2026-06-13 03:00"), local("2026-06-15 13:00")) == 3 * HOUR


def test_a_warning_is_never_due_at_night() -> None:
    opened = local("2026-06-12 17:30")
    for share in (50, 75, 90):
        at = USUAL.due(opened, 3 * HOUR * share // 100)
        assert at is not None
        assert 10 * 3600 <= at.astimezone(USUAL.zone).hour * 3600 <= 19 * 3600
        assert USUAL.open_seconds(opened, at) == 3 * HOUR * share // 100


def test_a_holiday_is_a_date_of_the_desk_and_not_of_utc_or_of_the_customer() -> None:
    assert due("2026-07-01T23:30-04:00", HOUR) == due("2026-07-02T03:30Z", HOUR) == local("2026-07-02 11:00")
    assert due("2026-06-30T23:00Z", HOUR) == local("2026-07-02 11:00")


def test_hours_do_not_move_with_the_offset_of_the_day_they_were_written() -> None:
    for day in ("2026-01-14", "2026-07-15"):
        assert USUAL.next_opening(local(f"{day} 00:00")) == local(f"{day} 10:00")


def test_a_window_after_lunch_is_not_shifted_on_the_day_the_clocks_go_forward() -> None:
    hours = standard(weekly("Sun", "13:30-17:00"), {})
    assert hours.next_opening(local("2026-03-08 00:00")) == local("2026-03-08 13:30")
    assert hours.closes_at(local("2026-03-08 14:00")) == local("2026-03-08 17:00")


def test_an_hour_added_on_the_night_the_clocks_go_back_is_an_hour_later() -> None:
    hours = standard(ALWAYS, {})
    at = local("2026-11-01T00:30-04:00")
    for _ in range(4):
        later = hours.due(at, HOUR)
        assert later is not None
        assert later - at == timedelta(hours=1)
        at = later


def test_a_day_that_ends_at_midnight_where_clocks_change_keeps_its_length() -> None:
    hours = BusinessHours(Hours("America/Havana", ALWAYS), 2024, 2024)
    midnights = [local(f"{date(2024, 3, 1) + timedelta(days=after)} 00:00", "America/Havana") for after in range(280)]
    lengths = {
        midnight.date(): hours.open_seconds(midnight, later) for midnight, later in itertools.pairwise(midnights)
    }
    unusual = {day: length // HOUR for day, length in lengths.items() if length != 24 * HOUR}
    assert unusual == {date(2024, 3, 10): 23, date(2024, 11, 3): 25}


def test_both_ends_in_closed_time_end_the_question_at_once() -> None:
    assert USUAL.open_seconds(local("2026-06-13 09:00"), local("2026-06-14 21:00")) == 0
    assert USUAL.open_seconds(local("2026-06-12 19:00"), local("2026-06-15 10:00")) == 0


def test_a_list_of_holidays_that_ends_is_a_refusal_and_no_endless_search() -> None:
    with pytest.raises(BeyondCalendar):
        due("2029-12-31 18:00", DAY)


def test_lunch_is_a_gap_between_windows_and_leaves_the_sum_whole() -> None:
    hours = standard(weekly("Mon Tue Wed Thu Fri", "10:00-13:00", "14:00-19:00"))
    assert hours.open_seconds(local("2026-06-08 00:00"), local("2026-06-13 00:00")) == 5 * 8 * HOUR


def test_a_day_added_to_the_closed_dates_moves_paused_promises_as_well() -> None:
    opened, pause = "2026-06-09 17:00", ("2026-06-09 18:00", "2026-06-11 11:00")
    closed = standard(closed=ONTARIO | {date(2026, 6, 11): "Moving day"})
    assert due(opened, 3 * HOUR, pause) == local("2026-06-11 13:00")
    assert due(opened, 3 * HOUR, pause, hours=closed) == local("2026-06-12 12:00")


def test_a_removed_holiday_is_a_working_day_and_an_unwanted_list_is_not_there() -> None:
    kept = {day: name for day, name in ONTARIO.items() if day != date(2026, 7, 1)}
    assert due("2026-06-30 18:30", HOUR, hours=standard(closed=kept)) == local("2026-07-01 10:30")


def test_equal_hours_make_equal_promises_whatever_was_asked_before() -> None:
    first, second = (BusinessHours(Hours(TORONTO, TEN_TO_SEVEN, ONTARIO), 2025, last) for last in (2027, 2029))
    for after in range(0, 2_000_000, 90_001):
        at = local("2026-01-01 00:00") + timedelta(seconds=after)
        assert first.due(at, 6 * HOUR) == second.due(at, 6 * HOUR)


def test_one_open_hour_a_week_is_enough() -> None:
    hours = standard((*((),) * 2, (window("09:00-10:00"),), *((),) * 4), {})
    assert due("2026-06-09 10:30", 6 * HOUR, hours=hours) == local("2026-07-15 10:00")
