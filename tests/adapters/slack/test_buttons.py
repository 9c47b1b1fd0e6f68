"""Buttons carry their whole errand, for ever; and what comes back is believed to be no more than a proposal."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.slack.drawing import limits
from adapters.slack.drawing.buttons import actions, choice_of, fits
from bot.cards import Choice, Style
from bot.views.carried import packed
from tests.adapters.any_card import choices

ME = {"ticket": 42}


def _pressed(element: dict[str, Any], option: int | None = None) -> dict[str, Any]:
    """What Slack sends of an element that was pressed."""
    if option is not None:
        return {**element, "selected_option": element["options"][option]}
    return element


@given(choices)
def test_what_is_pressed_is_what_was_offered(choice: Choice) -> None:
    for block in actions([choice]):
        [element] = block["elements"]
        assert choice_of(_pressed(element)) == replace(choice, label=element["text"]["text"], rest=False)


@given(st.lists(choices, max_size=40))
def test_every_choice_is_there_once_as_a_button_or_in_a_menu(offered: list[Choice]) -> None:
    carried = {packed(choice) for choice in offered if fits(choice)}
    found = []
    for block in actions(offered):
        ids = [element["action_id"] for element in block["elements"]]
        assert len(set(ids)) == len(ids) <= limits.ACTIONS
        for element in block["elements"]:
            found += [one["value"] for one in element.get("options", [element])]
            assert all(len(one["value"]) <= limits.OPTION_VALUE for one in element.get("options", []))
    assert sorted(found) == sorted(carried) or len(found) >= limits.ACTIONS


def test_the_first_five_are_buttons_and_the_others_are_in_a_menu() -> None:
    offered = [Choice(f"No. {number}", "ticket show", {"ticket": number}) for number in range(8)]
    [block] = actions(offered)
    *buttons, menu = block["elements"]
    assert [button["text"]["text"] for button in buttons] == [f"No. {number}" for number in range(5)]
    assert [option["text"]["text"] for option in menu["options"]] == ["No. 5", "No. 6", "No. 7"]
    assert choice_of(_pressed(menu, 1)) == Choice("No. 6", "ticket show", {"ticket": 6})


def test_a_button_of_last_year_is_read_as_it_was_written_then() -> None:
    """What stands in customers' channels: this may never change."""
    old = {
        "value": '["ticket close",{"ticket":42},["resolution","text"]]',
        "text": {"text": "Close…"},
        "style": "danger",
    }
    close = Choice("Close…", "ticket close", ME, ("resolution", "text"), Style.DANGER)
    assert choice_of(old) == close
    assert packed(close) == old["value"]
    assert choice_of({"value": '["ticket claim",{"ticket":42}]'}) == Choice("", "ticket claim", ME)


@pytest.mark.parametrize(
    "carried",
    [
        "",
        "42",
        "[]",
        "{}",
        "null",
        "nonsense",
        '["ticket close"]',
        '["ticket close",[]]',
        '["ticket close",{"ticket":[1]}]',
        '["ticket close",{"ticket":null}]',
        '["ticket close",{"no name":"x"}]',
        '["../etc",{}]',
        '["ticket close; rm",{}]',
        '["ticket close",{},"text"]',
        '["ticket close",{},[1]]',
        '["ticket close",{},[],1]',
        json.dumps(["ticket close", {"text": "x" * 2_000}]),
        "[" * 1_900,
        "\ud800",
    ],
)
def test_what_no_button_of_ours_carries_is_nothing(carried: str) -> None:
    assert choice_of({"value": carried, "text": {"text": "Close"}}) is None


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(),
        lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    )
)
def test_no_payload_is_a_fault(anything: Any) -> None:
    for action in (
        {"value": anything},
        {"selected_option": anything},
        {"value": json.dumps(anything), "text": anything},
    ):
        choice_of(action)
