"""Redaction: passwords and tokens are struck out of what is written down or shown."""

from __future__ import annotations

import re

_PASSWORD = re.compile(r"(://[^:/@\s]*:)[^@\s]+@")
_TOKEN = re.compile(r"\b(xox[a-z]|xapp)-[\w-]+")
_OURS = re.compile(r"\b(tl_[a-z0-9]{10})_[\w-]{43}")
_DISCORD = re.compile(r"\b([\w-]{23,30})\.[\w-]{6,7}\.[\w-]{27,}")
"""A Discord token begins with the bot's id in base64, which is no secret."""


def redacted(text: str) -> str:
    """The text with passwords of URLs, tokens of Slack and Discord and the secrets of our own keys struck out."""
    text = _OURS.sub(r"\1_***", text)
    text = _DISCORD.sub(r"\1.***", text)
    return _TOKEN.sub(r"\1-***", _PASSWORD.sub(r"\1***@", text))
