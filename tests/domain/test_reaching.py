"""How somebody wants to be reached, as they type it."""

from __future__ import annotations

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.contacts import DEFAULT_PLAN, IMPORTANT_PLAN, Reach
from bot.domain.errors import BadValue
from bot.domain.reaching import KINDS, LONGEST, MOST, plan_words, reaches


def test_a_plan_is_read_in_the_order_of_its_times() -> None:
    assert reaches("text 30s, Chat 0, call after 2 min,call") == (
        Reach("chat", 0),
        Reach("call", 0),
        Reach("text", 30),
        Reach("call", 120),
    )


@pytest.mark.parametrize("plan", [tuple(DEFAULT_PLAN), tuple(IMPORTANT_PLAN)])
def test_the_usual_plans_are_typed_as_they_are_shown(plan: tuple[Reach, ...]) -> None:
    assert set(reaches(plan_words(plan))) == set(plan)


@given(st.lists(st.builds(Reach, st.sampled_from(KINDS), st.integers(0, LONGEST)), min_size=1, max_size=MOST))
def test_any_plan_is_read_back_as_it_was_said(plan: list[Reach]) -> None:
    assert sorted(reaches(plan_words(plan)), key=str) == sorted(plan, key=str)


@given(st.text(max_size=40))
def test_whatever_is_typed_is_a_plan_or_refused_in_words(typed: str) -> None:
    with suppress(BadValue):
        assert reaches(typed)
