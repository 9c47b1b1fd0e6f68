"""What two agreed on is not taken back by one of them alone, and never by halves; each other change by its maker."""

from __future__ import annotations

import pytest

from tests.commands.rota_town import at, with_rota
from tests.town import Town

SATURDAY = '--from "Sat 09:00" --until "Sun 09:00"'


@pytest.fixture
def town(town: Town) -> Town:
    return with_rota(town)


def on_call(town: Town, when: str) -> str:
    return town.does("vic", f'oncall who --at "{when}"').splitlines()[1]


def test_whoever_agreed_to_cover_does_not_drop_it_on_the_other_again(town: Town) -> None:
    town.does("ann", f"oncall cover --ask bob {SATURDAY}")
    town.does("bob", "oncall take 1")
    said = town.refused("bob", "oncall undo 1")
    assert "You agreed on that with Ann." in said
    assert "/oncall cover level3 --ask ann" in said
    assert "level3: Bob" in on_call(town, "Sat 12:00")


def test_whoever_was_covered_may_have_their_shift_back(town: Town) -> None:
    town.does("ann", f"oncall cover --ask bob {SATURDAY}")
    town.does("bob", "oncall take 1")
    town.does("ann", "oncall undo 1")
    assert "level3: Ann" in on_call(town, "Sat 12:00")
    assert "Ann took back: level3" in town.hears("@bob")[-1]


def test_a_swap_is_taken_back_whole_by_a_lead_and_by_neither_of_the_two(town: Town) -> None:
    town.does("ann", "oncall swap bob")
    town.does("bob", "oncall take 1")
    assert "You agreed on that with Bob." in town.refused("ann", "oncall undo 1")
    assert "You agreed on that with Ann." in town.refused("bob", "oncall undo 2")
    said = town.does("lea", "oncall undo 2")
    assert said.count("Taken back:") == 2
    assert "level3: Ann" in on_call(town, "Wed 12:00")
    assert "level3: Bob" in on_call(town, "14 Oct 12:00")


def test_of_a_swap_whose_first_half_is_over_a_lead_takes_the_rest_back(town: Town) -> None:
    town.does("ann", "oncall swap bob")
    town.does("bob", "oncall take 1")
    town.clock.set(at(13))
    assert town.does("lea", "oncall undo 2").count("Taken back:") == 1
