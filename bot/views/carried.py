"""What a button carries: a choice as a short text that works for ever, and that text as the choice it was.

A platform gives back what stood in a message of any age, after it has been through other hands: it is a proposal, and
the desk decides.
"""

from __future__ import annotations

import json
import re
from typing import Any

from bot.cards import Choice, Style

_AS_JSON = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), default=str).encode
_LONGEST = 6
"""Characters that one character can become in JSON."""

_COMMAND = re.compile(r"[a-z][a-z-]{0,30}( [a-z][a-z-]{0,30}){0,2}")
_NAME = re.compile(r"[a-z_][a-z0-9_]{0,60}")


def packed(choice: Choice) -> str:
    """The command, its values and what is to be asked. Messages hold it for years: its shape may never change."""
    what: list[Any] = [choice.command, dict(choice.values)]
    if choice.asks:
        what.append(list(choice.asks))
    return _AS_JSON(what)


def fits(choice: Choice, most: int) -> bool:
    """Whether so many characters can carry it; the desk's own nearly always can."""
    if _LONGEST * len(repr((choice.command, choice.values, choice.asks))) < most:
        return True  # Most are far from a large limit, and need not be written out for that.
    return len(packed(choice)) <= most


def unpacked(text: str, most: int, label: str = "", style: Style = Style.NORMAL) -> Choice | None:
    """The choice that was packed; None when it is longer than it may be, none of ours, or was tampered with.

    Whether there is such a command, and who may run it, is for the desk to say.
    """
    if len(text) > most:
        return None
    try:
        what = json.loads(text)
    except (ValueError, RecursionError):
        return None
    if not isinstance(what, list) or len(what) not in (2, 3):
        return None
    command, values, asks = what if len(what) == 3 else (*what, [])
    if not (isinstance(command, str) and _COMMAND.fullmatch(command)):
        return None
    if not (isinstance(values, dict) and all(_NAME.fullmatch(key) and _is_plain(one) for key, one in values.items())):
        return None
    if not (isinstance(asks, list) and all(isinstance(one, str) and _NAME.fullmatch(one) for one in asks)):
        return None
    return Choice(label, command, values, tuple(asks), style)


def typed_hint(choice: Choice) -> str:
    """How to do without a button what no button can carry."""
    return f"{choice.label}: /{choice.command}"


def _is_plain(one: Any) -> bool:
    return isinstance(one, str | int | float | bool)
