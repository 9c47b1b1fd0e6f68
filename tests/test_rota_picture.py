"""The coming weeks drawn: bars of text hour by hour on the wall, and a picture whose gaps cannot be overlooked."""

from __future__ import annotations

from datetime import UTC, date, datetime
from xml.etree import ElementTree

from hypothesis import given, settings
from hypothesis import strategies as st

from bot.domain.duty import Duty
from bot.domain.rota import Change, Layer, Restriction, Rotation, Schedule, Turn
from bot.views.rota_picture import rota_picture
from bot.views.rota_weeks import bar, days_of_rota, letters, weeks_table
from tests.domain.test_duty import at, override
from tests.domain.test_duty import duty as of_layers

NAMES = {"kim": "Kim Lee", "sam": "Sam", "kai": "Kai"}
DAYS = Layer("days", Rotation(("kim", "sam"), Turn.DAYS, 1, date(2026, 10, 26), 9 * 3600))


def off(day: date) -> bool:
    return day.weekday() > 4


def bars(found: Duty, first: date, days: int) -> list[str]:
    shown = days_of_rota(found, first, days)
    marks = letters(dict.fromkeys(stay.person for day in shown for stay in day.stays), NAMES)
    return [bar(day, marks) for day in shown]


def test_a_day_is_a_bar_of_its_hours_and_says_who_takes_over() -> None:
    table, meaning = weeks_table(of_layers(DAYS), date(2026, 10, 27), 1, NAMES)
    assert [cell[0] for cell in table.rows[0]] == ["Tue 27 Oct", "KKKKKKKKKSSSSSSSSSSSSSSS", "Kim Lee, Sam from 09:00"]
    assert len(table.rows) == 7
    assert len(table.header[1]) == 24
    assert meaning == ("K Kim Lee, S Sam",)


def test_hours_are_those_of_the_wall_on_the_days_when_clocks_change() -> None:
    all_day = of_layers(Layer("week", Rotation(("kim",), Turn.WEEKS, 1, date(2026, 1, 5))))
    assert bars(all_day, date(2026, 3, 8), 1) == ["KK KKKKKKKKKKKKKKKKKKKKK"]
    assert bars(all_day, date(2026, 11, 1), 1) == ["K" * 24]
    handed = Layer("day", Rotation(("kim", "sam"), Turn.DAYS, 1, date(2026, 10, 31), 90 * 60))
    assert bars(of_layers(handed), date(2026, 11, 1), 1) == ["K+" + "S" * 22]


def test_an_hour_with_any_gap_in_it_shows_the_gap() -> None:
    nights = Restriction(windows=((0, 8 * 3600 + 1800), (20 * 3600 + 1800, 86_400)))
    found = of_layers(Layer("night", Rotation(("kim",), Turn.WEEKS, 1, date(2026, 1, 5)), restrictions=(nights,)))
    assert bars(found, date(2026, 6, 1), 1) == ["KKKKKKKK!!!!!!!!!!!!!KKK"]
    _, meaning = weeks_table(found, date(2026, 6, 1), 1, NAMES)
    assert meaning == ("K Kim Lee, ! nobody",)


def test_two_people_together_are_told_apart_from_one_after_the_other() -> None:
    both = (Layer("one", Rotation(("kim",), Turn.DAYS, 1, date(2026, 1, 5))), Layer("two", DAYS.rotation))
    assert bars(of_layers(*both), date(2026, 10, 28), 1) == ["+++++++++KKKKKKKKKKKKKKK"]
    table, meaning = weeks_table(of_layers(*both), date(2026, 10, 28), 1, NAMES)
    assert table.rows[0][2] == ("Kim Lee and Sam, Kim Lee from 09:00",)
    assert meaning == ("K Kim Lee, S Sam, + several",)


def test_everybody_has_a_letter_of_their_own() -> None:
    assert letters(["kim", "kai", "sam"], NAMES) == {"kim": "K", "kai": "A", "sam": "S"}
    many = letters([f"p{n}" for n in range(70)], {})
    assert len(set(list(many.values())[:62])) == 62


def test_the_picture_has_every_shift_with_its_name_and_gaps_in_red() -> None:
    gone = tuple(
        override(id, Change.REMOVE, who, "2026-10-29", "2026-10-31") for id, who in enumerate(("kim", "sam"), 1)
    )
    drawn = rota_picture([of_layers(DAYS, overrides=gone)], at("2026-10-28 12:00"), 2, NAMES, off)
    root = ElementTree.fromstring(drawn)  # noqa: S314 - our own picture
    texts = ["".join(one.itertext()) for one in root.iter("{http://www.w3.org/2000/svg}text")]
    assert {"l3", "America/Toronto", "Mon 26 Oct", "Sun 8 Nov", "week 44", "Kim Lee", "Sam", "nobody"} <= set(texts)
    assert drawn.count("stroke-dasharray") == 2  # Nobody on the Monday before the first turn, and on those two days.
    assert "nan" not in drawn


def test_a_rota_without_schedules_is_drawn_as_words() -> None:
    assert "There is no on-call schedule yet." in rota_picture([], at("2026-10-28"), 4, {}, off)


@given(st.text(max_size=60), st.integers(1, 3))
@settings(max_examples=40, deadline=None)
def test_whatever_people_are_called_the_picture_holds_together(name: str, weeks: int) -> None:
    drawn = rota_picture([of_layers(DAYS)], datetime(2026, 11, 1, tzinfo=UTC), weeks, {"kim": name}, off)
    ElementTree.fromstring(drawn.encode("utf-8", "replace"))  # noqa: S314 - our own picture


def test_a_zone_whose_midnight_is_skipped_is_drawn_too() -> None:
    cairo = Schedule("l3", "Africa/Cairo", (DAYS,))
    assert rota_picture([Duty(cairo, off)], datetime(2027, 4, 29, tzinfo=UTC), 2, NAMES, off).startswith("<svg")
