"""Buttons carry their whole errand, for ever; and what comes back is believed to be no more than a proposal."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.discord.drawing import limits
from adapters.discord.drawing.buttons import DO, choice_of, deal, fits
from bot.cards import Choice, Style
from bot.views.carried import packed
from tests.adapters.any_card import choices

ME = {"ticket": 42}


def _pressed(component: dict[str, Any], option: int | None = None) -> dict[str, Any]:
    """What Discord sends of a component that was used."""
    if option is None:
        return {"component_type": component["type"], "custom_id": component["custom_id"]}
    values = [component["options"][option]["value"]]
    return {"component_type": component["type"], "custom_id": component["custom_id"], "values": values}


@given(choices)
def test_what_is_pressed_is_what_was_offered(choice: Choice) -> None:
    rows, left = deal([choice])
    for row in rows:
        [component] = row["components"]
        assert choice_of(_pressed(component)) == Choice("", choice.command, choice.values, choice.asks)
    assert list(left) == ([] if fits(choice) else [choice])


@given(st.lists(choices, max_size=60))
def test_every_choice_is_there_once_as_a_button_or_in_a_menu_or_can_be_typed(offered: list[Choice]) -> None:
    rows, left = deal(offered)
    found = []
    ids = [component["custom_id"] for row in rows for component in row["components"]]
    assert len(set(ids)) == len(ids)
    assert len(rows) <= limits.ROWS
    for row in rows:
        assert len(row["components"]) <= limits.BUTTONS_IN_ROW
        for component in row["components"]:
            found += [one.get("value", one.get("custom_id")) for one in component.get("options", [component])]
    assert all(len(one) <= limits.CUSTOM_ID for one in found)
    assert sorted(found) == sorted({DO + packed(one) for one in offered if fits(one) and one not in left})


def test_ten_are_buttons_and_the_others_are_in_a_menu() -> None:
    offered = [Choice(f"No. {number}", "ticket show", {"ticket": number}) for number in range(14)]
    first, second, third = deal(offered)[0]
    assert [one["label"] for one in first["components"]] == [f"No. {number}" for number in range(5)]
    assert [one["label"] for one in second["components"]] == [f"No. {number}" for number in range(5, 10)]
    [menu] = third["components"]
    assert [one["label"] for one in menu["options"]] == ["No. 10", "No. 11", "No. 12", "No. 13"]
    assert choice_of(_pressed(menu, 1)) == Choice("", "ticket show", {"ticket": 11})


def test_a_menu_of_one_is_a_button() -> None:
    offered = [Choice(f"No. {number}", "ticket show", {"ticket": number}) for number in range(11)]
    assert [len(row["components"]) for row in deal(offered)[0]] == [5, 5, 1]
    assert deal([Choice("Note…", "ticket note", ME, rest=True)])[0][0]["components"][0]["label"] == "Note…"


def test_a_button_of_last_year_is_read_as_it_was_written_then() -> None:
    """What stands in people's channels: this may never change."""
    close = Choice("Close…", "ticket close", ME, ("resolution", "text"), Style.DANGER)
    old = 'do:["ticket close",{"ticket":42},["resolution","text"]]'
    [row] = deal([close])[0]
    assert row["components"][0]["custom_id"] == old
    assert choice_of({"custom_id": old}) == Choice("", "ticket close", ME, ("resolution", "text"))
    menu = {"custom_id": "more:0", "values": ['do:["ticket claim",{"ticket":42}]']}
    assert choice_of(menu) == Choice("", "ticket claim", ME)


@pytest.mark.parametrize(
    "carried",
    [
        "", "do:", "do:42", "do:[]", 'do:["ticket close"]', 'do:["ticket close",[]]', 'do:["../etc",{}]',
        'do:["ticket close",{"ticket":[1]}]', 'do:["ticket close",{},[1]]', "do:" + "[" * 97, "do:\ud800",
        '["ticket close",{}]', 'ask:["ticket close",{}]', "do:" + json.dumps(["ticket note", {"text": "x" * 90}]),
    ],
)  # fmt: skip
def test_what_no_button_of_ours_carries_is_nothing(carried: str) -> None:
    assert choice_of({"custom_id": carried}) is None


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(),
        lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    )
)
def test_no_payload_is_a_fault(anything: Any) -> None:
    for data in ({"custom_id": anything}, {"values": anything}, {"custom_id": f"do:{json.dumps(anything)}"}):
        choice_of(data)
