"""Many due times at once: the answers and refusals of one by one."""

import numpy as np
import pytest

from bot.bulk_hours import NEVER, BulkHours, RowPauses, due_many, open_seconds_many
from bot.domain.business_hours import BeyondCalendar, BusinessHours, Hours
from bot.domain.errors import BadValue
from tests.domain.calendars import ALWAYS, HOUR, LUNCH, local, standard, weekly

USUAL = standard()
OPENED = int(local("2026-06-09 10:00").timestamp())
CALENDARS = {
    "usual": USUAL,
    "lunch": standard(LUNCH),
    "round the clock": standard(ALWAYS, {}),
    "many short openings": standard(
        weekly("Mon Tue Wed Thu Fri", *(f"{hour:02}:00-{hour:02}:00:05" for hour in range(24))), {}
    ),
    "one second a week": standard(weekly("Sun", "23:59:59-24:00"), {}),
}


@pytest.mark.parametrize("name", CALENDARS)
def test_a_batch_larger_than_a_chunk_answers_as_one_by_one(name: str) -> None:
    hours = CALENDARS[name]
    dice = np.random.default_rng(len(name))
    begin = hours.horizon[0]
    most = sum(ends - begins for begins, ends in hours.spans) // 4
    edges = [edge for span in hours.spans[1 : len(hours.spans) // 2][:100] for edge in span]
    borders = [edge + by for edge in edges for by in (-1, 0, 1)]
    starts = np.concatenate([np.array(borders, dtype=np.int64), begin + dice.integers(0, 2 * 365 * 86_400, 40_000)])
    lengths = dice.choice(np.array([0, 1, most, *dice.integers(0, most, 50)]), len(starts))
    due = due_many(hours, starts, lengths)
    sample = [*range(len(borders)), *range(len(borders), len(starts), 17)]
    assert [due[row] for row in sample] == [hours.due_epoch(int(starts[row]), int(lengths[row])) for row in sample]
    assert np.array_equal(open_seconds_many(hours, starts, due), lengths)


def test_rows_with_pauses_are_answered_too_and_a_held_one_is_never_due() -> None:
    pauses: RowPauses = {1: [(OPENED + HOUR, OPENED + 2 * HOUR)], 2: [(OPENED + HOUR, None)]}
    due = due_many(USUAL, [OPENED] * 3, 3 * HOUR, pauses)
    assert due.tolist() == [OPENED + 3 * HOUR, OPENED + 4 * HOUR, NEVER]
    passed = open_seconds_many(USUAL, [OPENED] * 3, OPENED + 3 * HOUR, pauses)
    assert passed.tolist() == [3 * HOUR, 2 * HOUR, HOUR]


def test_a_paused_row_that_leaves_the_calendar_is_refused_but_a_held_one_is_not() -> None:
    end = USUAL.horizon[1]
    assert due_many(USUAL, [OPENED], 40_000 * HOUR, {0: [(OPENED, None)]}).tolist() == [NEVER]
    with pytest.raises(BeyondCalendar):
        due_many(USUAL, [OPENED], HOUR, {0: [(OPENED, end + 1)]})


def test_no_rows_give_no_rows() -> None:
    assert due_many(USUAL, np.array([], dtype=np.int64), HOUR).tolist() == []


def test_what_lies_outside_the_calendar_is_refused_with_its_number_of_rows() -> None:
    begin, finish = USUAL.horizon
    bulk = BulkHours(USUAL)
    with pytest.raises(BeyondCalendar, match="2 of these"):
        bulk.due([begin - 1, OPENED, finish], HOUR)
    with pytest.raises(BeyondCalendar, match="1 of these"):
        bulk.due([OPENED, OPENED], [HOUR, 100_000 * HOUR])
    with pytest.raises(BeyondCalendar):
        bulk.open_seconds([OPENED], [finish + 1])
    assert bulk.open_seconds([OPENED, finish + 5], [OPENED - 5, OPENED]).tolist() == [0, 0]


def test_negative_and_fractional_lengths_are_refused() -> None:
    with pytest.raises(BadValue, match="shorter than nothing"):
        due_many(USUAL, [OPENED], -1)
    with pytest.raises(BadValue, match="whole seconds"):
        due_many(USUAL, [OPENED], 1.5)


def test_a_calendar_that_ends_open_ends_where_it_ends() -> None:
    hours = BusinessHours(Hours("UTC", ALWAYS), 2026, 2026)
    begin, finish = hours.horizon
    assert due_many(hours, [begin, finish - 1], [finish - begin, 1]).tolist() == [finish, finish]
