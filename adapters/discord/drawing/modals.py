"""Modals: the desk's forms as Discord shows them, and what was typed into them as raw values.

What a modal must remember travels in its id; what is too long for that is shown in a field of its own, so that nothing
anybody typed is lost.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from adapters.discord.drawing import limits
from adapters.discord.drawing.fields import fields_of
from adapters.discord.drawing.limits import Component
from adapters.discord.drawing.markdown import dressed, heading, merged
from bot.cards import Choice, Strong
from bot.domain.errors import Refusal
from bot.names import Names
from bot.views import carried
from bot.views.dressing import within
from bot.views.plain import cut, one_line
from commands.completion import Completion
from commands.desk import Form
from commands.form_words import deed_of, in_parts, longest, name_of, summary_of, ticket_of
from commands.spec import Param

ASK = "ask:"
"""What the id of a modal begins with, before the errand."""
FOREWORD = 1_000
_ROOM = limits.CUSTOM_ID - len(ASK)
_TEXT, _LABEL, _ROW = 10, 18, 1


def form_modal(form: Form, options: Mapping[str, Sequence[Completion]], names: Names) -> Component:
    """The desk's form: who will read the words, then a field for everything asked, five at most.

    `options` has, by parameter, all that may be chosen where that is a short list; other records are named, and the
    desk finds them. What is known and not asked travels along unseen; what is known of a field that is asked stands in
    it. Optional fields for which there is no room are left out. Raises Refusal when what is known has no room.
    """
    raw = {name: str(value) for name, value in form.known.items()}
    asked = {param.name for param in form.asks}
    hidden = {name: value for name, value in raw.items() if name not in asked}
    shown: list[Param] = []
    while len(_errand(form, hidden)) > _ROOM and hidden:
        shown.append(longest(form, hidden))
        hidden = {name: value for name, value in hidden.items() if name != shown[-1].name}
    first = [*(param for param in form.asks if param.required or raw.get(param.name)), *shown]
    components: list[Component] = []
    for param in [*first, *(param for param in form.asks if param not in first)]:
        fields = fields_of(param, raw.get(param.name, ""), options.get(param.name, ()))
        if len(components) + len(fields) <= limits.MODAL_COMPONENTS:
            components += fields
        elif param in first:
            raise Refusal(
                f"/{form.command.words} has more to say than a form of Discord's can hold.",
                f"It is typed: {form.command.usage}",
            )
    return {
        "custom_id": ASK + _errand(form, hidden),
        "title": cut(_title(form), limits.MODAL_TITLE),
        "components": _with_foreword(components, form, names),
    }


def errand_of(custom_id: str) -> Choice | None:
    """The command of a modal that was sent, with the values that were known; None when it is none of ours."""
    return carried.unpacked(custom_id.removeprefix(ASK), _ROOM) if custom_id.startswith(ASK) else None


def typed(components: object) -> dict[str, str]:
    """What was typed or chosen in a modal that was sent, as raw values; what was left empty is not there."""
    return in_parts({str(one.get("custom_id", "")): _value(one) for one in _controls(components)})


def asked_in(components: object) -> tuple[str, ...]:
    """The parameters that had a field, in order, filled in or not."""
    return tuple(dict.fromkeys(name_of(str(one.get("custom_id", ""))) for one in _controls(components)))


def _controls(components: object) -> Iterable[Mapping[str, Any]]:
    for one in components if isinstance(components, list) else ():
        if isinstance(one, Mapping):
            inner = one.get("component")
            several = one.get("components")
            for control in [inner] if inner else several if isinstance(several, list) else ():
                if isinstance(control, Mapping) and "custom_id" in control:
                    yield control


def _value(control: Mapping[str, Any]) -> str:
    """What is in a control, in the shapes that Discord has for it."""
    value, several = control.get("value"), control.get("values")
    if isinstance(several, list):
        return ", ".join(one for one in several if isinstance(one, str))
    return value if isinstance(value, str) else ""


def _errand(form: Form, hidden: Mapping[str, str]) -> str:
    return carried.packed(Choice("", form.command.words, hidden))


def _title(form: Form) -> str:
    """What will be done when it is sent."""
    return one_line(deed_of(form) if ticket_of(form) else summary_of(form, limits.MODAL_TITLE))


def _with_foreword(components: list[Component], form: Form, names: Names) -> list[Component]:
    """What a person must know before they fill it in stands first; without room for it, below the first label."""
    words = within([merged(form.foreword)], lambda part: dressed(part, names), FOREWORD).strip()
    if not words and components:
        return components
    if len(components) < limits.MODAL_COMPONENTS:
        text = words or one_line(form.command.summary)
        return [{"type": _TEXT, "content": text}, *components]
    help = cut(heading(tuple(part for part in form.foreword if isinstance(part, str | Strong))), limits.LABEL_HELP)
    return [{**components[0], "description": help}, *components[1:]] if help else components
