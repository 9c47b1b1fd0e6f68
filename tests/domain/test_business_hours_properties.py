"""The engine against an oracle that walks the wall clock minute by minute, and against itself."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.bulk_hours import BulkHours
from bot.domain.business_hours import BeyondCalendar, BusinessHours, DeskState, EpochPause, Hours, Window
from tests.domain.calendars import ALWAYS, LUNCH, TEN_TO_SEVEN, Week, weekly
from tests.domain.oracle import Oracle

WALKED_DAYS = 16
# Where a walk begins: the changes of clocks, year ends, the day Samoa left out, and nothing in particular.
WALKS = {
    "America/Toronto": ("2026-02-28", "2026-10-24", "2027-12-20", "2028-02-22", "2026-06-08"),
    "Australia/Lord_Howe": ("2026-03-28", "2026-09-26", "2027-12-24", "2026-06-08"),
    "Pacific/Apia": ("2011-12-22", "2011-09-17", "2012-03-24", "2026-06-08"),
    "UTC": ("2026-12-22", "2028-02-22"),
    "America/St_Johns": ("2010-03-06", "2010-10-30", "2026-10-24"),
    "Africa/Casablanca": ("2026-02-07", "2026-03-14"),
    "Asia/Kathmandu": ("2026-06-08",),
}
ODD_WEEKS: tuple[Week, ...] = (
    TEN_TO_SEVEN,
    LUNCH,
    ALWAYS,
    weekly("Wed", "09:00-10:00"),
    (weekly("Mon", "22:00-24:00")[0], *((((0, 6 * 3600), (22 * 3600, 86_400)),) * 5), ((0, 6 * 3600),)),
    weekly("Sat Sun", "01:30-02:15", "02:15-02:45", "03:00-03:30", "23:15-24:00"),
    weekly("Mon Tue Wed Thu Fri Sat Sun", "00:00-00:01", "23:30-24:00"),
)


@dataclass(frozen=True)
class Asked:
    """One question: a calendar, a span of time and the pauses in it, in UTC epoch seconds."""

    hours: Hours
    first: int
    start: int
    end: int
    seconds: int
    pauses: tuple[EpochPause, ...]

    @property
    def engine(self) -> BusinessHours:
        year = datetime.fromtimestamp(self.first, UTC).year
        return BusinessHours(self.hours, year - 1, year + 2)

    @property
    def oracle(self) -> Oracle:
        return Oracle(self.hours, self.first, self.first + WALKED_DAYS * 86_400)


def windows() -> st.SearchStrategy[tuple[Window, ...]]:
    """Up to three windows of whole minutes; neighbours may touch."""
    borders = st.lists(st.integers(0, 1440), min_size=2, max_size=6, unique=True).map(sorted)
    return borders.map(lambda cut: tuple((a * 60, b * 60) for a, b in zip(cut[::2], cut[1::2], strict=False)))


@st.composite
def asked(draw: st.DrawFn) -> Asked:
    zone = draw(st.sampled_from(sorted(WALKS)))
    day = date.fromisoformat(draw(st.sampled_from(WALKS[zone])))
    week = draw(st.sampled_from(ODD_WEEKS) | st.tuples(*[st.just(()) | windows()] * 7).filter(any))
    days = st.integers(0, WALKED_DAYS).map(lambda after: day + timedelta(days=after))
    closed = draw(st.dictionaries(days, st.just("holiday"), max_size=3))
    special = draw(st.dictionaries(days, st.tuples(st.just("half day"), st.just(()) | windows()), max_size=2))
    first = int(datetime.combine(day, datetime.min.time(), UTC).timestamp())
    seconds = st.integers(first, first + WALKED_DAYS * 86_400)
    start, end = sorted((draw(seconds), draw(seconds)))
    pause = st.tuples(seconds, st.none() | seconds) | seconds.map(lambda at: (at, at + 61))
    hours = Hours(zone, week, closed, special)
    return Asked(hours, first, start, end, draw(st.integers(0, 40 * 3600)), tuple(draw(st.lists(pause, max_size=4))))


@settings(max_examples=250, deadline=None, derandomize=True)
@given(asked())
def test_the_engine_agrees_with_a_walk_along_the_wall_clock(asked: Asked) -> None:
    engine, oracle = asked.engine, asked.oracle
    assert engine.open_seconds_epoch(asked.start, asked.end, asked.pauses) == oracle.open_seconds(
        asked.start, asked.end, asked.pauses
    )
    walked = oracle.due(asked.start, asked.seconds, asked.pauses)
    try:
        due = engine.due_epoch(asked.start, asked.seconds, asked.pauses)
    except BeyondCalendar:  # A minute a week takes years: further than the calendar knows, and than anybody walked.
        due = None
    assert due == walked or (walked is None and (due is None or due > oracle.last))
    is_open = engine.state(datetime.fromtimestamp(asked.start, UTC)) is DeskState.OPEN
    assert asked.start == oracle.last or is_open == oracle.is_open(asked.start)


@settings(max_examples=150, deadline=None, derandomize=True)
@given(asked())
def test_lines_of_an_explanation_add_up_and_never_overlap(asked: Asked) -> None:
    engine = asked.engine
    start, end = datetime.fromtimestamp(asked.start, UTC), datetime.fromtimestamp(asked.end, UTC)
    pauses = [
        (datetime.fromtimestamp(a, UTC), None if b is None else datetime.fromtimestamp(b, UTC)) for a, b in asked.pauses
    ]
    lines = engine.explain(start, end, pauses)
    counted = sum(line.open_seconds for line in lines)
    assert counted == engine.open_seconds(start, end, pauses)
    assert counted + sum(line.paused_seconds for line in lines) == engine.open_seconds(start, end)
    edges = [edge.astimezone(UTC) for line in lines for edge in (line.begins, line.ends)]
    assert edges == sorted(edges)
    assert all(start <= edge <= end for edge in edges)


@settings(max_examples=150, deadline=None, derandomize=True)
@given(asked(), st.integers(1, 40 * 3600))
def test_due_and_elapsed_are_each_others_inverse_rise_and_split(asked: Asked, more: int) -> None:
    engine, start = asked.engine, asked.start
    pauses = tuple((a, b) for a, b in asked.pauses if b is not None)
    due = engine.due_epoch(start, asked.seconds, pauses)
    later = engine.due_epoch(start, asked.seconds + more, pauses)
    assert due is not None
    assert later is not None
    assert engine.open_seconds_epoch(start, due, pauses) == asked.seconds
    assert asked.seconds == 0 or engine.open_seconds_epoch(start, due - 1, pauses) == asked.seconds - 1
    assert start <= due < later
    assert engine.due_epoch(due, more, pauses) == later
    whole = engine.open_seconds_epoch(start, later, pauses)
    assert whole == engine.open_seconds_epoch(start, due, pauses) + engine.open_seconds_epoch(due, later, pauses)


@settings(max_examples=60, deadline=None, derandomize=True)
@given(asked(), st.lists(st.tuples(st.integers(0, WALKED_DAYS * 86_400), st.integers(0, 40 * 3600)), min_size=1))
def test_a_batch_answers_as_one_by_one(asked: Asked, rows: list[tuple[int, int]]) -> None:
    engine = asked.engine
    bulk = BulkHours(engine)
    starts = np.array([asked.first + after for after, _ in rows])
    seconds = np.array([length for _, length in rows])
    try:
        singly = [engine.due_epoch(int(start), int(length)) for start, length in zip(starts, seconds, strict=True)]
    except BeyondCalendar:  # What one of them alone is refused, the batch is refused.
        with pytest.raises(BeyondCalendar):
            bulk.due(starts, seconds)
    else:
        assert bulk.due(starts, seconds).tolist() == singly
    ends = starts + seconds
    passed = [engine.open_seconds_epoch(int(start), int(end)) for start, end in zip(starts, ends, strict=True)]
    assert bulk.open_seconds(starts, ends).tolist() == passed


@pytest.mark.parametrize("zone", sorted(WALKS))
def test_round_the_clock_counts_every_second_that_the_years_have(zone: str) -> None:
    engine = BusinessHours(Hours(zone, ALWAYS), 2010, 2028)
    begin, finish = engine.horizon
    assert engine.spans == [(begin, finish)]
    assert engine.open_seconds_epoch(begin, finish) == finish - begin
