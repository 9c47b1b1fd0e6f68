"""Fields of a modal: for each kind of parameter the input that Slack has for it, filled with what is known."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from adapters.slack.drawing import limits
from adapters.slack.drawing.limits import Block
from adapters.slack.drawing.mrkdwn import plain_text
from bot.views.plain import one_line, pieces, plain
from commands.form_words import EXAMPLES, PARTS, field_label
from commands.spec import Param, Takes

SEARCHED = frozenset({Takes.TICKET, Takes.CUSTOMER, Takes.STAFF})
"""Kinds that are searched for as one types; the answer comes from `options_answer`."""
LISTED = frozenset({Takes.LEVEL, Takes.CATEGORY, Takes.RESOLUTION, Takes.CHOICE, Takes.PARTNER})
"""Kinds with a short list to choose from."""

_PLACEHOLDERS = {
    **EXAMPLES,
    Takes.TICKET: "Search by number, subject or customer",
    Takes.CUSTOMER: "Search by name or mail address",
    Takes.STAFF: "Search by name",
}


@dataclass(frozen=True, slots=True)
class Option:
    """One thing to choose: `value` is what the desk reads, `label` what people see, `help` a second line below it."""

    value: str
    label: str = ""
    help: str = ""

    @property
    def fits(self) -> bool:
        """Whether Slack can carry it."""
        return 0 < len(plain(self.value)) <= limits.OPTION_VALUE

    def element(self) -> Block:
        shown: Block = {"text": plain_text(self.label or self.value, limits.OPTION_TEXT), "value": plain(self.value)}
        if one_line(self.help):
            shown["description"] = plain_text(self.help, limits.OPTION_TEXT)
        return shown


def field_blocks(param: Param, known: str, options: Sequence[Option]) -> list[Block]:
    """The input of a parameter. A text longer than a field takes several."""
    known = plain(known)
    if param.takes is Takes.FLAG:
        return [_input(param, _checkbox(param, known), optional=True)]
    if param.takes in SEARCHED and (not known or Option(known).fits):
        return [_input(param, _search(param, known))]
    if param.takes in LISTED and (element := _list(param, known, options)):
        return [_input(param, element)]
    if param.takes is Takes.NUMBER and (not known or known.strip().removeprefix("-").isdecimal()):
        number = {"type": "number_input", "is_decimal_allowed": False}
        return [_input(param, _filled(number, param, known.strip()))]
    return _texts(param, known)


def _texts(param: Param, known: str) -> list[Block]:
    several = param.takes is Takes.TEXT or "\n" in known or len(known) > limits.INPUT_TEXT
    element = {"type": "plain_text_input", "multiline": several}
    first, *more = pieces(known, limits.INPUT_TEXT) or [""]
    blocks = [_input(param, _filled(element, param, first))]
    for number, part in enumerate(more, 2):
        follows = _input(param, _filled(element, param, part), optional=True)
        follows["block_id"] = f"{param.name}{PARTS}{number}"
        follows["label"] = plain_text(f"{field_label(param)}, part {number}", limits.LABEL)
        blocks.append(follows)
    return blocks


def _filled(element: Block, param: Param, known: str) -> Block:
    filled = {**element, "action_id": param.name}
    if known:
        filled["initial_value"] = known
    if param.takes in _PLACEHOLDERS:
        filled["placeholder"] = _placeholder(param)
    return filled


def _search(param: Param, known: str) -> Block:
    select: Block = {
        "type": "external_select",
        "action_id": param.name,
        "min_query_length": 0,
        "placeholder": _placeholder(param),
    }
    return {**select, "initial_option": Option(known).element()} if known else select


def _list(param: Param, known: str, options: Sequence[Option]) -> Block | None:
    """A menu of all there is, a search where that is too much for a menu, and nothing where there is none."""
    able = [option for option in options or [Option(name) for name in param.choices] if option.fits]
    unique = list({option.value: option for option in able}.values())
    if len(unique) > limits.OPTIONS - 1:
        return _search(param, known) if not known or Option(known).fits else None
    chosen = next((one for one in unique if one.value.casefold() == known.strip().casefold()), None)
    if known and chosen is None:
        if not Option(known).fits:
            return None
        chosen = Option(known)
        unique = [chosen, *unique]
    if not unique:
        return None
    select: Block = {"type": "static_select", "action_id": param.name, "placeholder": _placeholder(param)}
    select["options"] = [option.element() for option in unique]
    return {**select, "initial_option": chosen.element()} if chosen else select


def _checkbox(param: Param, known: str) -> Block:
    yes = Option("yes", param.help or field_label(param)).element()
    ticked = known.strip().casefold() in ("yes", "y", "true", "on", "1")
    box: Block = {"type": "checkboxes", "action_id": param.name, "options": [yes]}
    return {**box, "initial_options": [yes]} if ticked else box


def _input(param: Param, element: Block, *, optional: bool | None = None) -> Block:
    block: dict[str, Any] = {
        "type": "input",
        "block_id": param.name,
        "label": plain_text(field_label(param), limits.LABEL),
        "element": element,
        "optional": not param.required if optional is None else optional,
    }
    if one_line(param.help) and param.takes is not Takes.FLAG:
        block["hint"] = plain_text(param.help, limits.HINT)
    return block


def _placeholder(param: Param) -> Block:
    return plain_text(_PLACEHOLDERS[param.takes], limits.PLACEHOLDER)
