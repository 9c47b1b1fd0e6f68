"""Slack's limits on what it takes, and cutting so that nothing is ever refused for its length.

They are those of the Block Kit reference; the two that it does not give are noted where they stand.
"""

from __future__ import annotations

import json
import unicodedata
from typing import Any

Block = dict[str, Any]

MESSAGE_BLOCKS = 50
VIEW_BLOCKS = 100
TEXT = 3_000
"""Characters of one text, and of one block of rich text."""
WEIGHT = 12_000
"""What all blocks of a message may weigh, see `weight`. Slack refuses with `msg_blocks_too_long` from about 13,200 on
(bolt-js #2509) and counts the frame of the blocks, too (#2867)."""
CONTEXT = 300
ACTIONS = 25
BUTTONS = 5
"""Buttons that stand side by side; Slack would take more, and nobody could read them."""
BUTTON_TEXT = 75
BUTTON_VALUE = 2_000
OPTIONS = 100
OVERFLOW_OPTIONS = 5
OPTION_TEXT = 75
OPTION_VALUE = 150
HEADER = 150
TITLE = 24
LABEL = 2_000
HINT = 2_000
PLACEHOLDER = 150
INPUT_TEXT = 3_000
ERROR_TEXT = 1_000
"""Not in the reference; a longer one would hide the field that it stands below."""
METADATA = 3_000

ELLIPSIS = "…"
_AS_JSON = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode
_JOINER = "\u200d"


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


def weight(value: Any) -> int:
    """How much of a message's room something takes: the characters of its JSON, which is no less than Slack counts."""
    return len(_AS_JSON(value)) + 1


def _seam(text: str, at: int) -> int:
    """The last place at or before `at` where the text may be parted: between letters, not within one."""
    place = at
    while 0 < place < len(text) and at - place < 16 and _clings(text[place - 1], text[place]):
        place -= 1
    return place or at


def _clings(before: str, after: str) -> bool:
    return _JOINER in (before, after) or unicodedata.category(after) in ("Mn", "Me", "Sk")
