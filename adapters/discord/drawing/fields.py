"""Fields of a modal: for each kind of parameter the input that Discord has for it, filled with what is known."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from adapters.discord.drawing import limits
from adapters.discord.drawing.limits import Component
from bot.views.plain import cut, one_line, pieces, plain
from commands.completion import Completion
from commands.form_words import EXAMPLES, PARTS, field_label
from commands.spec import Param, Takes
from commands.values import YES

MENU, INPUT, LABEL = 3, 4, 18
"""Kinds of components."""
SHORT, LONG = 1, 2
"""Kinds of inputs."""

_PLACEHOLDERS = {
    **EXAMPLES,
    Takes.TICKET: "A ticket's number",
    Takes.CUSTOMER: "The beginning of a name, or a mail address",
    Takes.STAFF: "The beginning of a name",
}
_YES_OR_NO = (Completion("yes", "Yes"), Completion("no", "No"))


def fields_of(param: Param, known: str, options: Sequence[Completion]) -> list[Component]:
    """The field of a parameter: a menu where all that may be chosen is known and little, and else a text. A text
    longer than a field takes several."""
    known = plain(known)
    if param.takes is Takes.FLAG:
        options = _YES_OR_NO
        known = known and ("yes" if known.strip().casefold() in YES else "no")
    elif not options:
        options = [Completion(name, name) for name in param.choices]
    menu = _menu(param, known, options)
    return [_labelled(param, menu)] if menu else _texts(param, known)


def _menu(param: Param, known: str, options: Iterable[Completion]) -> Component | None:
    """A menu of all there is; none where that is nothing, or too much."""
    able = {one.text: one for one in options if _fits(one.text)}
    chosen = next((text for text in able if text.casefold() == known.strip().casefold()), known)
    if able and known and chosen not in able:
        if not _fits(known):
            return None
        able = {known: Completion(known, known), **able}
    if not 0 < len(able) <= limits.OPTIONS:
        return None
    menu: Component = {
        "type": MENU,
        "custom_id": param.name,
        "options": [_option(one, chosen) for one in able.values()],
        "required": param.required,
        "min_values": int(param.required),
    }
    return {**menu, "placeholder": _PLACEHOLDERS[param.takes]} if param.takes in _PLACEHOLDERS else menu


def _option(one: Completion, chosen: str) -> Component:
    label = cut(one_line(one.shown or one.text), limits.OPTION_TEXT) or "-"
    option: Component = {"label": label, "value": one.text}
    if one_line(one.help) and one_line(one.help) != label:
        option["description"] = cut(one_line(one.help), limits.OPTION_TEXT)
    return {**option, "default": True} if one.text == chosen else option


def _fits(value: str) -> bool:
    return len(value.strip()) > 0 and value == plain(value) and len(value) <= limits.OPTION_TEXT


def _texts(param: Param, known: str) -> list[Component]:
    several = param.takes is Takes.TEXT or "\n" in known or len(known) > limits.INPUT_TEXT
    first, *more = pieces(known, limits.INPUT_TEXT) or [""]
    fields = [_labelled(param, _input(param.name, first, several, param.required, _PLACEHOLDERS.get(param.takes, "")))]
    for number, part in enumerate(more, 2):
        field = _input(f"{param.name}{PARTS}{number}", part, True, False, "")
        fields.append(_labelled(param, field, f", part {number}"))
    return fields


def _input(id: str, known: str, several: bool, required: bool, placeholder: str) -> Component:
    made: Component = {"type": INPUT, "custom_id": id, "style": LONG if several else SHORT, "required": required}
    if known.strip():
        made["value"] = known
    return {**made, "placeholder": placeholder} if placeholder else made


def _labelled(param: Param, control: Component, part: str = "") -> Component:
    label: Component = {"type": LABEL, "label": cut(field_label(param) + part, limits.LABEL), "component": control}
    help = "" if part else cut(one_line(param.help), limits.LABEL_HELP)
    return {**label, "description": help} if help else label
