"""The terminal's one escaper: whatever a stranger wrote is shown as text and never obeyed by the terminal."""

from __future__ import annotations

import re
import unicodedata

MOST_MARKS = 4
"""Marks stacked on one letter; no script needs more, and a taller stack paints over its neighbours."""

_ORDINARY = re.compile(r"[ -~]*")
_BREAKS = re.compile(r"\r\n|[\r\n\x0b\x0c\x85\u2028\u2029]")
_JOINERS = "\u200c\u200d"
_KEYCAPS = frozenset("#*0123456789")
_TEXT_STYLE, _EMOJI_STYLE = "\ufe0e", "\ufe0f"
_FLAG, _TAG_END = "\U0001f3f4", "\U000e007f"
_FLAG_TAGS = re.compile(f"{_FLAG}[\U000e0030-\U000e0039\U000e0061-\U000e007a]{{2,6}}{_TAG_END}")

# Letters that are drawn as nothing, and places reserved for more of them.
_BLANKS = re.compile("[\u115f\u1160\u17b4\u17b5\u2065\u3164\uffa0\ufff0-\ufff8\U000e0000-\U000e0fff]")
# Format characters that are drawn: number signs of Arabic, Syriac and Kaithi.
_DRAWN = frozenset("\u0600\u0601\u0602\u0603\u0604\u0605\u06dd\u070f\u0890\u0891\u08e2\U000110bd\U000110cd")


def lines_of(text: str) -> tuple[str, ...]:
    """The lines of an untrusted text, each safe to write to a terminal."""
    return tuple(_safe(line) for line in _BREAKS.split(text))


def plain(text: str) -> str:
    """An untrusted text as one safe line; a line break becomes a space."""
    return _safe(text) if _ORDINARY.fullmatch(text) else _safe(_BREAKS.sub(" ", text))


def _safe(line: str) -> str:
    if _ORDINARY.fullmatch(line):
        return line
    flags = [match.span() for match in _FLAG_TAGS.finditer(line)]
    shown: list[str] = []
    marks = 0
    for at, char in enumerate(line):
        kept = char if any(start <= at < end for start, end in flags) else _kept(line, at, shown)
        is_mark = unicodedata.category(char) in ("Mn", "Me") and char not in (_TEXT_STYLE, _EMOJI_STYLE)
        marks = marks + 1 if is_mark else 0
        if is_mark and kept and not shown:
            shown.append("◌")
        if kept and marks <= MOST_MARKS:
            shown.append(kept)
    return "".join(shown)


def _kept(line: str, at: int, shown: list[str]) -> str:
    """What becomes of one character, given what is shown before it."""
    char = line[at]
    before = shown[-1] if shown else ""
    after = line[at + 1 : at + 2]
    if char == "\t":
        return " "
    if char in _JOINERS:
        return char if _joins(before) and _joins(after) else ""
    if char in (_TEXT_STYLE, _EMOJI_STYLE):
        styled = before in _KEYCAPS or (before and unicodedata.category(before) in ("So", "Sm", "Po"))
        return char if styled else ""
    if "\U000e0100" <= char <= "\U000e01ef":
        return char if before and unicodedata.name(before, "").startswith("CJK") else ""
    if _BLANKS.match(char):
        return ""
    kind = unicodedata.category(char)
    if kind == "Cs":
        return "\ufffd"
    hidden = kind == "Cc" or (kind == "Cf" and char not in _DRAWN)
    return "" if hidden else char


def _joins(char: str) -> bool:
    """Whether a joiner may stand beside it: emoji, and the scripts that are written with joiners."""
    if not char:
        return False
    if char in (_TEXT_STYLE, _EMOJI_STYLE):
        return True
    return unicodedata.category(char) in ("So", "Sk", "Cn") or "\u0600" <= char <= "\u1aff" or char == "\u2640"
