"""Slack's limits on what it takes, so that nothing is ever refused for its length.

They are those of the Block Kit reference; the two that it does not give are noted where they stand.
"""

from __future__ import annotations

import json
from typing import Any

Block = dict[str, Any]

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

_AS_JSON = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


def weight(value: Any) -> int:
    """How much of a message's room something takes: the characters of its JSON, which is no less than Slack counts."""
    return len(_AS_JSON(value)) + 1
