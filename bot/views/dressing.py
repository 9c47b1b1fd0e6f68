"""Lines of a card as one text in a platform's markup, no longer than that platform allows."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace

from bot.cards import TEAM, Line, Mention, Part, Strong
from bot.views.plain import ELLIPSIS, one_line

Dress = Callable[[Part], str]
"""How a platform writes one part of a line, every word of it escaped."""


def within(lines: Iterable[Line], dress: Dress, most: int, mark: str = "") -> str:
    """Lines as a text of at most so many characters; where they are cut, `mark` (dressed as text) says where to read
    on."""
    told = dress(mark)
    written, room = "", most - len(told) - len(ELLIPSIS) - 1
    for number, line in enumerate(lines):
        for part in (("\n",) if number else ()) + tuple(line):
            words = dress(part)
            if len(written) + len(words) > room:
                rest = _start_of(part, dress, room - len(written))
                return f"{(written + rest).rstrip()}{ELLIPSIS} {told}".rstrip()
            written += words
    return written


def named(mention: Mention) -> str:
    """What somebody is called where they cannot be notified."""
    return "the team" if mention.person == TEAM else one_line(mention.name or mention.person) or "somebody"


def mark_of(ticket: int | None) -> str:
    """What is said where a card is cut."""
    return f"cut: /ticket show {ticket}" if ticket else "cut"


def _start_of(part: Part, dress: Dress, room: int) -> str:
    """The beginning of a text that fits when it is dressed; an instant or a person is whole or not there."""
    words = part if isinstance(part, str) else part.text if isinstance(part, Strong) else ""
    words = words[: max(room, 0)]
    while words:
        dressed = dress(replace(part, text=words) if isinstance(part, Strong) else words)
        if len(dressed) <= room:
            return dressed
        words = words[: -max((len(dressed) - room) // 5, 1)]
    return ""
