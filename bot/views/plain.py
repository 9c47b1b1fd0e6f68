"""Untrusted text made plain and short enough: what every platform does with words before it dresses them."""

from __future__ import annotations

import re
import unicodedata

ELLIPSIS = "…"
"""The mark where something was cut."""

_JOINER = "\u200d"
# Controls and direction marks: platforms drop some, and the others reorder what stands beside them.
_UNSEEN = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]")


def plain(text: str) -> str:
    """An untrusted text without what cannot be sent or is not seen."""
    if text.isprintable():
        return text  # Nothing that is left out below is printable.
    text = text.encode("utf-8", "replace").decode("utf-8")
    return _UNSEEN.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))


def one_line(text: str) -> str:
    """An untrusted text as one line."""
    return " ".join(plain(text).split())


def cut(text: str, most: int) -> str:
    """The text within so many characters, with a mark where it was cut; no letter loses its accents."""
    return text if len(text) <= most else text[: _seam(text, most - len(ELLIPSIS))].rstrip() + ELLIPSIS


def pieces(text: str, most: int) -> list[str]:
    """The text in pieces of so many characters, broken between lines or words where there are any. Joined by line
    breaks they say what it says."""
    found = []
    while len(text) > most:
        at = max(text.rfind("\n", 1, most + 1), 0) or max(text.rfind(" ", 1, most + 1), 0)
        end = at or _seam(text, most)
        found.append(text[:end])
        text = text[end + 1 :] if at else text[end:]
    return [*found, text] if text else found


def _seam(text: str, at: int) -> int:
    """The last place at or before `at` where the text may be parted: between letters, not within one."""
    place = at
    while 0 < place < len(text) and at - place < 16 and _clings(text[place - 1], text[place]):
        place -= 1
    return place or at


def _clings(before: str, after: str) -> bool:
    return _JOINER in (before, after) or unicodedata.category(after) in ("Mn", "Me", "Sk")
