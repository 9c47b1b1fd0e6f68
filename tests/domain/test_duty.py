"""The rota case by case, as a person would write it on a wall."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from bot.domain.duty import Duty, days_off
from bot.domain.errors import BadValue
from bot.domain.hours import Hours
from bot.domain.rota import Change, Days, Layer, Override, Restriction, Rotation, Schedule, Turn
from bot.domain.turns import Turns, wall_midnight

TORONTO = ZoneInfo("America/Toronto")


def at(text: str, zone: ZoneInfo = TORONTO, *, again: bool = False) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=zone, fold=int(again))


def weekly(*people: str, hour: int = 9, first: date = date(2026, 1, 5)) -> Rotation:
    return Rotation(people, Turn.WEEKS, 1, first, hour * 3600)


def duty(*layers: Layer, overrides: tuple[Override, ...] = (), zone: str = "America/Toronto") -> Duty:
    return Duty(Schedule("l3", zone, layers), lambda day: day.weekday() > 4, overrides)


def override(id: int, change: Change, person: str, start: str, end: str, instead: str = "") -> Override:
    return Override(id, "l3", at(start), at(end), change, person, instead)


def told(found: Duty, start: str, end: str) -> list[str]:
    return [
        f"{shift.person} {shift.start.astimezone(TORONTO):%d %b %H:%M} - {shift.end.astimezone(TORONTO):%d %b %H:%M}"
        f" ({shift.layer})"
        for shift in found.shifts(at(start), at(end))
    ]


def test_a_week_is_handed_over_at_nine_all_the_year() -> None:
    kept = duty(Layer("week", weekly("kim", "sam")))
    assert kept.on_call(at("2026-01-12 08:59:59.999")) == ("kim",)
    assert kept.on_call(at("2026-01-12 09:00")) == ("sam",)
    assert kept.on_call(at("2026-07-06 08:59:59")) == ("sam",)
    assert kept.on_call(at("2026-07-06 09:00")) == ("kim",)
    assert kept.next_change(at("2026-07-06 09:00")) == at("2026-07-13 09:00")


def test_nobody_is_on_call_before_the_first_turn() -> None:
    kept = duty(Layer("week", weekly("kim")))
    assert kept.on_call(at("2026-01-05 08:59")) == ()
    assert kept.next_change(at("2025-06-01")) == at("2026-01-05 09:00")


def test_one_person_alone_is_never_relieved() -> None:
    kept = duty(Layer("week", weekly("kim")))
    assert kept.next_change(at("2026-02-01")) is None
    assert len(kept.shifts(at("2026-02-01"), at("2027-02-01"))) == 1


def test_a_schedule_of_nothing_has_nobody() -> None:
    kept = duty()
    assert kept.on_call(at("2026-01-01")) == ()
    assert kept.next_change(at("2026-01-01")) is None
    assert kept.gaps(at("2026-01-01"), at("2026-02-01"), bool) == [(at("2026-01-01"), at("2026-02-01"))]
    assert duty(Layer("empty", weekly())).on_call(at("2026-03-01")) == ()


def test_where_a_hand_over_comes_twice_both_are_on_call_in_between() -> None:
    kept = duty(Layer("day", Rotation(("kim", "sam"), Turn.DAYS, 1, date(2026, 10, 31), 90 * 60)))
    assert kept.on_call(at("2026-11-01 01:29")) == ("kim",)
    assert kept.on_call(at("2026-11-01 01:30")) == ("kim", "sam")
    assert kept.on_call(at("2026-11-01 01:29", again=True)) == ("kim", "sam")
    assert kept.on_call(at("2026-11-01 01:30", again=True)) == ("sam",)


def test_where_a_hand_over_is_skipped_it_is_the_first_instant_after() -> None:
    kept = duty(Layer("day", Rotation(("kim", "sam"), Turn.DAYS, 1, date(2026, 3, 7), 150 * 60)))
    assert kept.on_call(at("2026-03-08 01:59:59")) == ("kim",)
    assert kept.on_call(at("2026-03-08 03:00")) == ("sam",)


def test_half_an_hour_on_lord_howe_overlaps_for_half_an_hour() -> None:
    zone = ZoneInfo("Australia/Lord_Howe")
    rotation = Rotation(("kim", "sam"), Turn.DAYS, 1, date(2026, 4, 4), 105 * 60)
    kept = duty(Layer("day", rotation), zone="Australia/Lord_Howe")
    first = at("2026-04-05 01:45", zone)
    assert kept.on_call(first - timedelta(seconds=1)) == ("kim",)
    assert kept.on_call(first) == ("kim", "sam")
    assert kept.on_call(first + timedelta(minutes=30)) == ("sam",)


def test_midnight_that_is_skipped_in_cairo_hands_over_at_one() -> None:
    zone = ZoneInfo("Africa/Cairo")
    kept = duty(Layer("day", Rotation(("kim", "sam"), Turn.DAYS, 1, date(2026, 4, 23))), zone="Africa/Cairo")
    assert kept.on_call(at("2026-04-23 23:59:59", zone)) == ("kim",)
    assert kept.on_call(at("2026-04-24 01:00", zone)) == ("sam",)
    assert kept.next_change(at("2026-04-23 12:00", zone)) == at("2026-04-24 01:00", zone)


def test_months_from_the_31st_hand_over_on_the_last_day_and_do_not_drift() -> None:
    turns = Turns(Rotation(("kim",), Turn.MONTHS, 1, date(2027, 12, 31), 3600))
    begun = [date.fromordinal(turns.begins(turn) // 86_400 + date(1970, 1, 1).toordinal()) for turn in range(6)]
    assert [day.isoformat() for day in begun] == [
        "2027-12-31",
        "2028-01-31",
        "2028-02-29",
        "2028-03-31",
        "2028-04-30",
        "2028-05-31",
    ]
    assert [turns.at(turns.begins(turn) + step) for turn in range(6) for step in (-1, 0)] == [
        turn + step for turn in range(6) for step in (-1, 0)
    ]


def test_a_year_from_the_leap_day_hands_over_on_the_28th_until_the_next_leap_year() -> None:
    kept = duty(Layer("year", Rotation(("kim", "sam"), Turn.MONTHS, 12, date(2028, 2, 29))))
    assert kept.next_change(at("2028-06-01")) == at("2029-02-28")
    assert kept.next_change(at("2031-06-01")) == at("2032-02-29")


def test_turns_that_lead_beyond_the_calendar_are_never_reached() -> None:
    turns = Turns(Rotation(("kim", "sam"), Turn.MONTHS, 100_000, date(2026, 1, 31)))
    assert turns.at(wall_midnight(date(9999, 12, 31))) == 0
    kept = duty(Layer("long", Rotation(("kim", "sam"), Turn.MONTHS, 100_000, date(2026, 1, 31))))
    assert kept.next_change(at("2027-01-01")) is None
    assert kept.on_call(datetime(9999, 12, 31, tzinfo=UTC)) == ()
    assert kept.next_change(datetime(9999, 12, 30, tzinfo=UTC)) is None
    assert kept.on_call(datetime(1, 1, 1, tzinfo=UTC)) == ()


def test_the_higher_layer_counts_alone_where_it_has_somebody_and_equals_count_together() -> None:
    nights = Restriction(windows=((0, 9 * 3600), (18 * 3600, 86_400)))
    kept = duty(
        Layer("week", weekly("kim")),
        Layer("shadow", weekly("zoe")),
        Layer("night", weekly("sam"), 2, (nights,)),
    )
    assert kept.on_call(at("2026-02-03 12:00")) == ("kim", "zoe")
    assert kept.on_call(at("2026-02-03 18:00")) == ("sam",)
    assert kept.on_call(at("2026-02-04 03:00")) == ("sam",)
    assert told(kept, "2026-02-03 12:00", "2026-02-04 12:00") == [
        "kim 03 Feb 12:00 - 03 Feb 18:00 (week)",
        "zoe 03 Feb 12:00 - 03 Feb 18:00 (shadow)",
        "sam 03 Feb 18:00 - 04 Feb 09:00 (night)",
        "kim 04 Feb 09:00 - 04 Feb 12:00 (week)",
        "zoe 04 Feb 09:00 - 04 Feb 12:00 (shadow)",
    ]


def test_a_layer_counts_from_its_first_date_to_the_end_of_its_last() -> None:
    kept = duty(Layer("week", weekly("kim"), starts=date(2026, 3, 2), ends=date(2026, 3, 3)))
    assert told(kept, "2026-02-01", "2026-04-01") == ["kim 02 Mar 00:00 - 04 Mar 00:00 (week)"]


def test_a_layer_for_days_off_follows_the_policys_calendar() -> None:
    ten_to_seven = ((10 * 3600, 19 * 3600),)
    hours = Hours(
        "America/Toronto",
        (ten_to_seven,) * 5 + ((), ()),
        {date(2026, 12, 25): "Christmas Day"},
        {date(2026, 12, 24): ("Christmas Eve", ((36_000, 46_800),))},
    )
    layers = (
        Layer("week", weekly("kim"), restrictions=(Restriction(days=Days.WORKING),)),
        Layer("off", weekly("sam"), restrictions=(Restriction(days=Days.OFF),)),
    )
    kept = Duty(Schedule("l3", "America/Toronto", layers), days_off(hours))
    assert kept.on_call(at("2026-12-24 20:00")) == ("kim",)
    assert kept.on_call(at("2026-12-25 12:00")) == ("sam",)
    assert kept.on_call(at("2026-12-26 12:00")) == ("sam",)
    assert kept.on_call(at("2026-12-28 00:00")) == ("kim",)


def test_an_override_across_a_hand_over_replaces_both() -> None:
    cover = override(1, Change.REPLACE, "ann", "2026-01-12 06:00", "2026-01-12 12:00")
    kept = duty(Layer("week", weekly("kim", "sam")), overrides=(cover,))
    assert told(kept, "2026-01-11", "2026-01-14") == [
        "kim 11 Jan 00:00 - 12 Jan 06:00 (week)",
        "ann 12 Jan 06:00 - 12 Jan 12:00 (override)",
        "sam 12 Jan 12:00 - 14 Jan 00:00 (week)",
    ]


def test_to_replace_somebody_takes_that_place_alone_and_only_while_they_have_it() -> None:
    cover = override(1, Change.REPLACE, "ann", "2026-01-11", "2026-01-14", instead="kim")
    kept = duty(Layer("week", weekly("kim", "sam")), Layer("shadow", weekly("zoe")), overrides=(cover,))
    assert kept.on_call(at("2026-01-11 12:00")) == ("ann", "zoe")
    assert kept.on_call(at("2026-01-12 12:00")) == ("sam", "zoe")


def test_to_replace_one_by_another_who_is_there_already_leaves_one_of_them() -> None:
    cover = override(1, Change.REPLACE, "zoe", "2026-01-11", "2026-01-12", instead="kim")
    kept = duty(Layer("week", weekly("kim")), Layer("shadow", weekly("zoe")), overrides=(cover,))
    assert kept.on_call(at("2026-01-11 12:00")) == ("zoe",)


def test_of_overrides_that_overlap_the_later_made_counts() -> None:
    first = override(1, Change.REPLACE, "ann", "2026-01-06", "2026-01-08")
    second = override(2, Change.REPLACE, "sam", "2026-01-07", "2026-01-09", instead="ann")
    kept = duty(Layer("week", weekly("kim")), overrides=(second, first))
    assert told(kept, "2026-01-06", "2026-01-10") == [
        "ann 06 Jan 00:00 - 07 Jan 00:00 (override)",
        "sam 07 Jan 00:00 - 08 Jan 00:00 (override)",
        "kim 08 Jan 00:00 - 10 Jan 00:00 (week)",
    ]


def test_somebody_is_added_and_somebody_removed() -> None:
    changes = (
        override(1, Change.ADD, "ann", "2026-01-06", "2026-01-07"),
        override(2, Change.REMOVE, "kim", "2026-01-06 12:00", "2026-01-07 12:00"),
    )
    kept = duty(Layer("week", weekly("kim")), overrides=changes)
    assert kept.on_call(at("2026-01-06 06:00")) == ("kim", "ann")
    assert kept.on_call(at("2026-01-06 18:00")) == ("ann",)
    assert kept.on_call(at("2026-01-07 06:00")) == ()
    assert kept.gaps(at("2026-01-06"), at("2026-01-08"), lambda person: True) == [
        (at("2026-01-07 00:00"), at("2026-01-07 12:00"))
    ]


def test_where_somebody_is_removed_the_layer_below_counts_rather_than_nobody() -> None:
    gone = override(1, Change.REMOVE, "kim", "2026-01-06", "2026-01-07")
    kept = duty(Layer("week", weekly("kim"), 2), Layer("backup", weekly("sam"), 1), overrides=(gone,))
    assert kept.on_call(at("2026-01-06 12:00")) == ("sam",)


def test_overrides_without_layers_are_a_rota_too() -> None:
    fixed = (
        override(1, Change.ADD, "kim", "2026-01-06", "2026-01-07"),
        override(2, Change.ADD, "sam", "2026-01-07", "2026-01-08"),
    )
    assert told(duty(overrides=fixed), "2026-01-01", "2026-02-01") == [
        "kim 06 Jan 00:00 - 07 Jan 00:00 (override)",
        "sam 07 Jan 00:00 - 08 Jan 00:00 (override)",
    ]


def test_who_left_is_cover_no_more_though_the_override_stays() -> None:
    by_gone = Override(1, "l3", at("2026-01-06"), at("2026-01-07"), Change.REPLACE, "lea", by="lea")
    kept = duty(Layer("week", weekly("kim")), overrides=(by_gone,))
    assert kept.on_call(at("2026-01-06 12:00")) == ("lea",)
    assert kept.gaps(at("2026-01-05 09:00"), at("2026-01-09"), {"kim", "sam"}.__contains__) == [
        (at("2026-01-06"), at("2026-01-07"))
    ]


def test_overrides_of_other_schedules_and_those_without_a_length_are_left_aside() -> None:
    other = Override(1, "l2", at("2026-01-06"), at("2026-01-07"), Change.REPLACE, "ann")
    empty = override(2, Change.REPLACE, "sam", "2026-01-06", "2026-01-06")
    kept = duty(Layer("week", weekly("kim")), overrides=(other, empty))
    assert kept.on_call(at("2026-01-06")) == ("kim",)
    assert kept.on_call(at("2026-01-06 12:00")) == ("kim",)


def test_what_lies_back_is_as_it_was_written_then_whatever_the_zone() -> None:
    before = Schedule("l3", "Europe/Berlin", (Layer("old", weekly("kim", "sam"), 2), Layer("low", weekly("bob"))))
    after = Schedule("l3", "America/Toronto", (Layer("new", weekly("ann")),))
    until = at("2026-03-04 12:00")
    was, now = Duty(before, lambda day: False), Duty(after, lambda day: False)
    both = Duty(after, lambda day: False, past=((before, until),))
    assert both.shifts(at("2026-01-01"), until) == was.shifts(at("2026-01-01"), until)
    assert both.shifts(until, at("2026-06-01")) == now.shifts(until, at("2026-06-01"))
    assert both.on_call(until - timedelta(seconds=1)) == was.on_call(until - timedelta(seconds=1)) == ("kim",)
    assert both.on_call(until) == ("ann",)
    assert both.next_change(at("2026-03-03")) == until
    assert both.gaps(at("2026-01-06"), at("2026-06-01"), bool) == []


def test_who_stays_on_call_by_another_plan_stays_so_and_a_time_without_one_has_nobody() -> None:
    plan = Schedule("l3", "America/Toronto", (Layer("week", weekly("kim")),))
    none = Schedule("l3", "America/Toronto", ())
    past = ((plan, at("2026-02-02")), (none, at("2026-02-03")), (plan, at("2026-02-05")))
    kept = Duty(Schedule("l3", "America/Toronto", (Layer("other", weekly("kim")),)), lambda day: False, past=past)
    assert told(kept, "2026-02-01", "2026-02-10") == [
        "kim 01 Feb 00:00 - 02 Feb 00:00 (week)",
        "kim 03 Feb 00:00 - 10 Feb 00:00 (week)",
    ]


def test_a_time_without_a_zone_and_a_zone_that_is_none_are_refused() -> None:
    with pytest.raises(ValueError, match="zone"):
        duty(Layer("week", weekly("kim"))).on_call(datetime(2026, 1, 1))  # noqa: DTZ001 - that is what is refused
    with pytest.raises(BadValue, match="Atlantis"):
        duty(zone="America/Atlantis")
    with pytest.raises(ValueError, match="0 weeks"):
        Turns(Rotation(("kim",), Turn.WEEKS, 0, date(2026, 1, 1)))
