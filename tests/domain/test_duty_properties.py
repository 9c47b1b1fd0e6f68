"""The rota against an oracle that walks the wall clock minute by minute, and against itself."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.domain.duty import Duty
from bot.domain.rota import Change, Days, Layer, Override, Restriction, Rotation, Schedule, Shift, Turn
from tests.domain.rota_oracle import Minutes, RotaOracle

BITS = {"kim": 1, "sam": 2, "ann": 4, "bob": 8, "zoe": 16}
PEOPLE = sorted(BITS)
WALKED_DAYS = 12
# Where a walk begins: before the changes of clocks, leap days and year ends.
WALKS = {
    "America/Toronto": ("2026-03-03", "2026-10-28", "2027-12-27", "2028-02-24"),
    "America/Chicago": ("2026-03-03", "2026-10-27", "2027-02-25"),
    "Australia/Lord_Howe": ("2026-03-31", "2026-09-29", "2028-02-26"),
    "Africa/Cairo": ("2026-04-18", "2026-10-24"),
    "America/Sao_Paulo": ("2018-02-13", "2018-10-29", "2026-06-26"),
    "Pacific/Apia": ("2011-12-24",),
}
YEARS = {
    "America/Toronto": 2026,
    "America/Chicago": 2027,
    "Australia/Lord_Howe": 2027,
    "Africa/Cairo": 2026,
    "America/Sao_Paulo": 2017,
}


def day_off(day: date) -> bool:
    return day.weekday() > 4 or day.day == 25


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@dataclass(frozen=True)
class Asked:
    """One rota and the days in which it is walked."""

    schedule: Schedule
    first: datetime
    days: int
    overrides: tuple[Override, ...]

    @property
    def last(self) -> datetime:
        return self.first + timedelta(days=self.days)

    @property
    def duty(self) -> Duty:
        return Duty(self.schedule, day_off, self.overrides)

    @property
    def walked(self) -> Minutes:
        return RotaOracle(self.schedule, self.first, self.days, day_off, self.overrides).on_call(BITS)


def windows() -> st.SearchStrategy[tuple[tuple[int, int], ...]]:
    pair = st.lists(st.integers(0, 288), min_size=2, max_size=2, unique=True).map(sorted)
    return st.lists(pair.map(lambda ends: (ends[0] * 300, ends[1] * 300)), max_size=2).map(tuple)


def restrictions() -> st.SearchStrategy[tuple[Restriction, ...]]:
    weekdays = st.frozensets(st.integers(0, 6))
    one = st.builds(Restriction, weekdays=weekdays, windows=windows(), days=st.sampled_from(Days))
    return st.lists(one, max_size=2).map(tuple)


@st.composite
def rotations(draw: st.DrawFn, around: date) -> Rotation:
    turn = draw(st.sampled_from(Turn))
    back = 40 if turn is Turn.HOURS else 700
    return Rotation(
        people=tuple(draw(st.lists(st.sampled_from(PEOPLE), max_size=4))),
        turn=turn,
        length=draw(st.integers(1, 30 if turn is Turn.HOURS else 5)),
        first=around + timedelta(days=draw(st.integers(-back, 15))),
        at=draw(st.integers(0, 287)) * 300,
    )


@st.composite
def layers(draw: st.DrawFn, around: date) -> Layer:
    day = st.none() | st.integers(-3, 15).map(lambda ahead: around + timedelta(days=ahead))
    return Layer(
        name=draw(st.sampled_from(("first", "second", "third"))),
        rotation=draw(rotations(around)),
        priority=draw(st.integers(1, 3)),
        restrictions=draw(restrictions()),
        starts=draw(day),
        ends=draw(day),
    )


@st.composite
def changes(draw: st.DrawFn, first: datetime, id: int) -> Override:
    start = first + timedelta(minutes=draw(st.integers(-600, WALKED_DAYS * 1440)))
    return Override(
        id=id,
        schedule=draw(st.sampled_from(("l3", "l3", "l3", "other"))),
        start=start,
        end=start + timedelta(minutes=draw(st.integers(1, 6000))),
        change=draw(st.sampled_from(Change)),
        person=draw(st.sampled_from(PEOPLE)),
        instead=draw(st.sampled_from(("", *PEOPLE))),
    )


@st.composite
def asked(draw: st.DrawFn) -> Asked:
    zone = draw(st.sampled_from(sorted(WALKS)))
    first = utc(draw(st.sampled_from(WALKS[zone])))
    schedule = Schedule("l3", zone, tuple(draw(st.lists(layers(first.date()), max_size=4))))
    overrides = tuple(draw(changes(first, id)) for id in range(draw(st.integers(0, 4))))
    mine = tuple(one for one in overrides if one.schedule == "l3")
    return Asked(schedule, first, WALKED_DAYS, mine)


def painted(shifts: list[Shift], first: datetime, days: int) -> Minutes:
    """The shifts as bits in minutes; adding where a bit is set already would show up as another person."""
    minutes = np.zeros(days * 1440, dtype=np.int64)
    for shift in shifts:
        start, end = (int((at - first).total_seconds()) // 60 for at in (shift.start, shift.end))
        minutes[start:end] += BITS[shift.person]
    return minutes


def spelled(mask: int) -> set[str]:
    return {person for person, bit in BITS.items() if mask & bit}


@given(asked())
@settings(max_examples=300)
def test_the_shifts_are_those_that_walking_minute_by_minute_finds(one: Asked) -> None:
    assert (painted(one.duty.shifts(one.first, one.last), one.first, one.days) == one.walked).all()


@given(asked(), st.lists(st.integers(0, WALKED_DAYS * 86_400 - 1), min_size=1, max_size=20))
def test_who_is_on_call_at_an_instant_is_who_has_a_shift_then(one: Asked, seconds: list[int]) -> None:
    duty, walked = one.duty, one.walked
    for second in seconds:
        on_call = duty.on_call(one.first + timedelta(seconds=second))
        assert set(on_call) == spelled(int(walked[second // 60])), second
        assert len(on_call) == len(set(on_call))


@given(asked(), st.integers(0, WALKED_DAYS * 1440 - 1))
def test_the_next_change_is_where_the_walk_meets_other_people(one: Asked, minute: int) -> None:
    walked = one.walked
    later = np.flatnonzero(walked[minute:] != walked[minute])
    found = one.duty.next_change(one.first + timedelta(minutes=minute))
    if len(later):
        assert found == one.first + timedelta(minutes=minute + int(later[0]))
    else:
        assert found is None or found >= one.last


@given(asked(), st.frozensets(st.sampled_from(PEOPLE)))
def test_a_gap_is_where_nobody_counts(one: Asked, counting: frozenset[str]) -> None:
    mask = sum(BITS[person] for person in counting)
    bare = np.zeros(one.days * 1440, dtype=bool)
    gaps = one.duty.gaps(one.first, one.last, counting.__contains__)
    for start, end in gaps:
        bare[int((start - one.first).total_seconds()) // 60 : int((end - one.first).total_seconds()) // 60] = True
    assert (bare == (one.walked & mask == 0)).all()
    assert all(before[1] < after[0] for before, after in pairwise(gaps))


@given(asked(), st.integers(0, WALKED_DAYS * 1440))
def test_a_span_asked_in_two_parts_gives_the_same(one: Asked, minute: int) -> None:
    middle = one.first + timedelta(minutes=minute)
    parts = [*one.duty.shifts(one.first, middle), *one.duty.shifts(middle, one.last)]
    assert (painted(parts, one.first, one.days) == one.walked).all()


@given(asked())
def test_one_persons_shifts_never_touch(one: Asked) -> None:
    until: dict[str, datetime] = {}
    for shift in one.duty.shifts(one.first, one.last):
        assert shift.person not in until or until[shift.person] < shift.start
        assert shift.start < shift.end
        until[shift.person] = shift.end


@pytest.mark.parametrize("zone", sorted(YEARS))
def test_three_years_are_walked_minute_by_minute(zone: str) -> None:
    first = utc(f"{YEARS[zone]}-01-01")
    nights = Restriction(frozenset(range(5)), ((0, 7 * 3600 + 1800), (22 * 3600 + 1800, 86_400)))
    edge = Restriction(windows=((90 * 60, 135 * 60), (23 * 3600 + 900, 86_400)))
    start = date(YEARS[zone], 1, 31)
    schedule = Schedule(
        "l3",
        zone,
        (
            Layer("months", Rotation(("kim", "sam", "ann"), Turn.MONTHS, 1, start, 2 * 3600)),
            Layer(
                "nights", Rotation(("bob", "kim"), Turn.WEEKS, 1, start - timedelta(days=700), 90 * 60), 2, (nights,)
            ),
            Layer("edge", Rotation(("zoe", "ann"), Turn.HOURS, 7, start - timedelta(days=9), 0), 3, (edge,)),
            Layer("off", Rotation(("sam", "bob"), Turn.DAYS, 1, start, 0), 3, (Restriction(days=Days.OFF),)),
        ),
    )
    one = Asked(schedule, first, 3 * 365 + 1, ())
    assert (painted(one.duty.shifts(first, one.last), first, one.days) == one.walked).all()


@pytest.mark.parametrize("zone", sorted(YEARS))
@pytest.mark.parametrize("turn", [Turn.HOURS, Turn.DAYS, Turn.WEEKS, Turn.MONTHS])
def test_people_who_take_turns_around_the_clock_never_leave_a_gap(zone: str, turn: Turn) -> None:
    first = utc(f"{YEARS[zone]}-01-01")
    for at in (0, 90 * 60, 2 * 3600, 150 * 60, 23 * 3600 + 1800):
        rotation = Rotation(("kim", "sam"), turn, 1, date(YEARS[zone] - 1, 10, 31), at)
        duty = Duty(Schedule("l3", zone, (Layer("all", rotation),)), day_off)
        assert duty.gaps(first, first + timedelta(days=3650), lambda person: True) == []


def test_ten_years_ahead_is_what_stepping_from_change_to_change_finds() -> None:
    schedule = Schedule(
        "l3",
        "America/Toronto",
        (
            Layer("weeks", Rotation(("kim", "sam", "ann"), Turn.WEEKS, 1, date(2026, 1, 5), 9 * 3600)),
            Layer("off", Rotation(("bob", "zoe"), Turn.MONTHS, 1, date(2026, 1, 31)), 2, (Restriction(days=Days.OFF),)),
        ),
    )
    duty = Duty(schedule, day_off)
    at, end = utc("2026-02-01"), utc("2036-02-01")
    stepped = []
    while (at_next := duty.next_change(at)) is not None and at_next < end:
        assert set(duty.on_call(at)) == set(duty.on_call(at_next - timedelta(seconds=1)))
        assert set(duty.on_call(at)) != set(duty.on_call(at_next))
        stepped.append(at_next)
        at = at_next
    whole = Duty(schedule, day_off).shifts(utc("2026-02-01"), end)
    ends = {one.start for one in whole} | {one.end for one in whole}
    assert ends - {utc("2026-02-01"), end} == set(stepped)
    assert Duty(schedule, day_off).on_call(end) == duty.on_call(end)
