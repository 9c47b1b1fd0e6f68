"""Verbs follow the operator's policy: what counts as an answer, and a promise of a resolution."""

from __future__ import annotations

from collections.abc import Iterator
from importlib import resources
from pathlib import Path

import pytest

from bot.domain.policy import ClockKind
from tests.town import Town

SHIPPED = resources.files("bot.policy").joinpath("policy.toml").read_text(encoding="utf-8")


@pytest.fixture
def town(settled: Town, tmp_path: Path) -> Iterator[Town]:
    """A desk whose claims count as an answer and which promises Level III a resolution within two days."""
    text = SHIPPED.replace('responses = ["reply", "call", "remote"]', 'responses = ["reply", "claim"]')
    text = text.replace('first_response = "3h"', 'first_response = "3h"\nresolution = "2d"')
    folder = tmp_path / "desk"
    folder.mkdir()
    (folder / "policy.toml").write_text(text, encoding="utf-8")
    town = settled.copied(folder)
    town.does("bob", "/ticket open printer on fire --customer acme")
    yield town
    town.close()


def running(town: Town) -> list[ClockKind]:
    return [clock.kind for clock in town.ticket(1).clocks]


def test_a_claim_answers_where_the_operator_says_so(town: Town) -> None:
    town.does("ann", "/ticket claim 1")
    assert running(town) == [ClockKind.RESOLUTION]


def test_giving_a_ticket_to_somebody_else_answers_nobody(town: Town) -> None:
    town.does("ann", "/ticket assign 1 bob")
    assert running(town) == [ClockKind.FIRST_RESPONSE, ClockKind.RESOLUTION]
    town.does("ann", "/ticket assign 1 me")
    assert running(town) == [ClockKind.RESOLUTION]


def test_what_does_not_count_leaves_the_clock_running(town: Town) -> None:
    town.does("ann", "/ticket call 1 nobody answered")
    assert ClockKind.FIRST_RESPONSE in running(town)


def test_the_resolution_is_promised_until_the_end_and_pauses_with_a_wait(town: Town) -> None:
    assert "Resolution due Tue 6 Oct 19:00" in town.does("ann", "/ticket reply 1 working on it")
    town.clock.forward(hours=1)
    assert "Resolution: paused" in town.does("ann", "/ticket wait 1")
    town.clock.forward(hours=3)
    assert "Resolution due Wed 7 Oct 13:00" in town.does("ann", "/ticket said 1 thanks")
    town.does("ann", "/ticket close 1 solved")
    assert running(town) == []
    assert "Resolution due Wed 7 Oct 14:00" in town.does("ann", "/ticket reopen 1")
