"""A night on call, whole: the desk, the provider, the telephone and the one who holds it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.domain.paging import PageState
from tests.adapters.phone.night import KIM, SAM, Night, night


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Night]:
    with night(tmp_path / "data") as desk:
        yield desk


def test_whoever_is_on_call_is_rung_and_takes_it_by_a_key(desk: Night) -> None:
    kim = desk.phones.person(KIM, "Kim", presses=[("press 1", "1")])
    desk.says("ann", "/ticket open server down --customer acme")
    desk.settles()
    assert any("ACME" in one for one in kim.heard)
    assert desk.page().state is PageState.ACKNOWLEDGED
    assert desk.page().acknowledged_by == "kim"
    assert desk.ticket().owner == "kim"


def test_when_nobody_answers_the_next_is_rung(desk: Night) -> None:
    kim = desk.phones.person(KIM, "Kim", answers=False)
    sam = desk.phones.person(SAM, "Sam", presses=[("press 1", "1")])
    desk.says("ann", "/ticket open server down --customer acme")
    desk.settles()
    desk.passes(minutes=6)
    assert kim.calls
    assert sam.calls
    assert desk.page().acknowledged_by == "sam"
