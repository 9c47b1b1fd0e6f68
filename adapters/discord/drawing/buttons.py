"""Buttons and menus: choices of a card as Discord's components, and a pressed component as the choice it was.

A component's id carries the whole errand, so that a button of an old message works without anything remembered of it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, TypeVar

from adapters.discord.drawing import limits
from adapters.discord.drawing.limits import Component
from bot.cards import Choice, Style
from bot.views import carried
from bot.views.plain import cut, one_line

T = TypeVar("T")

ROW, BUTTON, MENU = 1, 2, 3
"""Kinds of components."""

DO = "do:"
"""What the id of a button or the value of an option begins with, before the errand."""
MORE = "more:"
"""What the id of a menu begins with; its errands are in its options."""
SHOWN = 10
"""Buttons below a card; the others are in a menu, or nobody could find one."""

_STYLES = {Style.PRIMARY: 1, Style.NORMAL: 2, Style.DANGER: 4}
_ROOM = limits.CUSTOM_ID - len(DO)


def deal(choices: Iterable[Choice], rows: int = limits.ROWS) -> tuple[list[Component], tuple[Choice, ...]]:
    """Choices as so many rows at most (three or more), of buttons and then of menus; and those which must be typed, as
    there is no room for them or no way. What would do the same twice is there once."""
    able: dict[str, Choice] = {}
    left: list[Choice] = []
    for choice in choices:
        text = carried.packed(choice)
        if len(text) <= _ROOM:
            able.setdefault(text, choice)
        else:
            left.append(choice)
    free = [one for one in able.items() if not one[1].rest]
    shown, rest = free[:SHOWN], [*free[SHOWN:], *(one for one in able.items() if one[1].rest)]
    if len(rest) == 1:
        shown, rest = [*shown, *rest], []
    made = [_row(*(_button(*one) for one in some)) for some in _in(limits.BUTTONS_IN_ROW, shown)]
    room = rows - len(made)
    menus = _in(limits.OPTIONS, rest)
    made += [_row(_menu(number, some)) for number, some in enumerate(menus[:room])]
    return made, (*left, *(one for menu in menus[room:] for _, one in menu))


def fits(choice: Choice) -> bool:
    """Whether an id can carry it; the desk's own nearly always can."""
    return carried.fits(choice, _ROOM)


def choice_of(data: Mapping[str, Any]) -> Choice | None:
    """The choice that the data of a component's interaction stands for; None when it is none of ours or was tampered
    with. Whether there is such a command, and who may run it, is for the desk to say."""
    values = data.get("values")
    text = values[0] if isinstance(values, list) and values else data.get("custom_id")
    if not isinstance(text, str) or not text.startswith(DO):
        return None
    return carried.unpacked(text.removeprefix(DO), _ROOM)


def _button(text: str, choice: Choice) -> Component:
    label = cut(one_line(choice.label), limits.BUTTON_LABEL) or "-"
    return {"type": BUTTON, "style": _STYLES[choice.style], "label": label, "custom_id": DO + text}


def _menu(number: int, some: Sequence[tuple[str, Choice]]) -> Component:
    options = [{"label": cut(one_line(one.label), limits.OPTION_TEXT) or "-", "value": DO + text} for text, one in some]
    placeholder = f"More… ({number + 1})" if number else "More…"
    return {"type": MENU, "custom_id": f"{MORE}{number}", "placeholder": placeholder, "options": options}


def _row(*components: Component) -> Component:
    return {"type": ROW, "components": list(components)}


def _in(size: int, all_of_them: Sequence[T]) -> list[Sequence[T]]:
    return [all_of_them[at : at + size] for at in range(0, len(all_of_them), size)]
