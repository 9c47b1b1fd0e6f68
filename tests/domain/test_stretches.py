"""Stretches of time: joined, cut and shared, held against a walk second by second."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from bot.domain.stretches import Stretch, common, joined, without

ZERO = datetime(2026, 10, 5, tzinfo=UTC)
LENGTH = 30


def stretch(start: int, length: int) -> Stretch:
    return ZERO + timedelta(seconds=start), ZERO + timedelta(seconds=start + length)


several = st.lists(st.builds(stretch, st.integers(0, LENGTH), st.integers(0, 10)), max_size=6)


def seconds(stretches: list[Stretch]) -> set[int]:
    """The seconds that lie in any of them."""
    every = range(LENGTH + 11)
    return {n for n in every if any(start <= ZERO + timedelta(seconds=n) < end for start, end in stretches)}


def apart(stretches: list[Stretch]) -> bool:
    """In order, none empty, and none touching the next."""
    whole = all(start < end for start, end in stretches)
    return whole and all(before[1] < after[0] for before, after in pairwise(stretches))


@given(several, several)
def test_the_algebra_agrees_with_a_walk_second_by_second(first: list[Stretch], second: list[Stretch]) -> None:
    assert seconds(joined(first)) == seconds(first)
    assert seconds(without(first, second)) == seconds(first) - seconds(second)
    assert seconds(common(first, second)) == seconds(first) & seconds(second)
    assert all(map(apart, (joined(first), without(first, second), common(first, second))))
