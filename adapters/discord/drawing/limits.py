"""Discord's limits on what it takes, so that nothing is ever refused for its length.

They are those of Discord's OpenAPI document and API reference; lengths are in characters.
"""

from __future__ import annotations

from typing import Any

Component = dict[str, Any]

CONTENT = 2_000
EMBEDS = 10
EMBEDS_TEXT = 6_000
"""All titles, descriptions, fields and footers of a message together."""
TITLE = 256
DESCRIPTION = 4_096
FIELDS = 25
FIELD_VALUE = 1_024
FOOTER = 2_048
MENTIONED = 100
"""People and roles, each, that a message may list as mentioned."""

ROWS = 5
BUTTONS_IN_ROW = 5
CUSTOM_ID = 100
BUTTON_LABEL = 80
OPTIONS = 25
OPTION_TEXT = 100
PLACEHOLDER = 150

MODAL_TITLE = 45
MODAL_COMPONENTS = 5
LABEL = 45
LABEL_HELP = 100
INPUT_TEXT = 4_000
