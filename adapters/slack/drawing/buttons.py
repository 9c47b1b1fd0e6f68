"""Buttons: a choice of a card as an element of Slack, and a pressed element as the choice it was.

A value carries the whole errand, so that a button of an old message works without anything remembered about it. What
comes back has been through other hands: it is a proposal, and the desk decides.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from adapters.slack.drawing import limits
from adapters.slack.drawing.limits import Block
from adapters.slack.drawing.mrkdwn import plain_text
from bot.cards import Choice, Style
from bot.views import carried

ACTION = "do"
"""Every action id of ours begins with it: "do:0", "do:1". What is to be done is in the value."""

ONCE = "once"
"""Among the values of a button: whoever presses two of the same, or one twice, does the deed once."""

Carried = tuple[str, Choice]
"""A choice with its value, which is written once."""

_FRAME = 300
"""More than a button weighs beside its value and its words, which are there twice; each character weighs two at most.
"""

_STYLES = {Style.PRIMARY: {"style": "primary"}, Style.DANGER: {"style": "danger"}, Style.NORMAL: {}}


def actions(choices: Iterable[Choice]) -> list[Block]:
    """The row of buttons below a card, with menus for the rest; no block where there are no choices. What would do the
    same twice is there once."""
    able: dict[str, Choice] = {}
    for choice in choices:
        value = carried.packed(choice)
        if len(value) <= limits.BUTTON_VALUE:
            able.setdefault(value, choice)
    first, rest = _dealt(list(able.items()))
    elements = [_button(*one) for one in first]
    menus = [rest[at : at + limits.OVERFLOW_OPTIONS] for at in range(0, len(rest), limits.OVERFLOW_OPTIONS)]
    elements += [_menu(menu) if len(menu) > 1 else _button(*menu[0]) for menu in menus]
    for number, element in enumerate(elements[: limits.ACTIONS]):
        element["action_id"] = f"{ACTION}:{number}"
    return [{"type": "actions", "elements": elements[: limits.ACTIONS]}] if elements else []


def heaviest(row: Block) -> int:
    """No less than a row of buttons weighs in a message, told without writing it out."""
    shown = [one for element in row["elements"] for one in element.get("options", (element,))]
    return _FRAME * (1 + len(shown)) + sum([2 * len(one["value"]) + 4 * len(one["text"]["text"]) for one in shown])


def fits(choice: Choice) -> bool:
    """Whether a button can carry it; the desk's own always can."""
    return carried.fits(choice, limits.BUTTON_VALUE)


def choice_of(action: Mapping[str, Any]) -> Choice | None:
    """The choice that an action of Slack's payload stands for; None when it is none of ours or was tampered with.

    Whether there is such a command, and who may run it, is for the desk to say.
    """
    chosen = action.get("selected_option", action)
    if not isinstance(chosen, Mapping):
        return None
    text, shown = chosen.get("value"), chosen.get("text")
    label = shown.get("text") if isinstance(shown, Mapping) else None
    style = {"primary": Style.PRIMARY, "danger": Style.DANGER}.get(str(action.get("style", "")), Style.NORMAL)
    label = label if isinstance(label, str) else ""
    return carried.unpacked(text, limits.BUTTON_VALUE, label, style) if isinstance(text, str) else None


def _dealt(able: list[Carried]) -> tuple[list[Carried], list[Carried]]:
    """Those that are buttons and those in menus. What is too long for a menu is a button."""
    shown = [one for one in able if not one[1].rest]
    behind = [*shown[limits.BUTTONS :], *(one for one in able if one[1].rest)]
    long = [one for one in behind if len(one[0]) > limits.OPTION_VALUE]
    return [*shown[: limits.BUTTONS], *long], [one for one in behind if len(one[0]) <= limits.OPTION_VALUE]


def _button(value: str, choice: Choice) -> Block:
    ticket = choice.values.get("ticket")
    said = f"{choice.label}, ticket {ticket}" if ticket else choice.label
    return {
        "type": "button",
        "text": plain_text(choice.label, limits.BUTTON_TEXT),
        "value": value,
        "accessibility_label": plain_text(said, limits.BUTTON_TEXT)["text"],
        **_STYLES[choice.style],
    }


def _menu(able: list[Carried]) -> Block:
    options = [{"text": plain_text(one.label, limits.OPTION_TEXT), "value": value} for value, one in able]
    return {"type": "overflow", "options": options}
