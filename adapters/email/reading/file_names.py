"""A file's name as people may see it and as any machine may save it: the sender chose it, and may mean harm."""

from __future__ import annotations

import re
import unicodedata

from adapters.email.reading.words import clean_line
from bot.domain.attachments import LONGEST_NAME

_FORBIDDEN = re.compile(r'[<>:"|?*]')
_RESERVED = re.compile(r"(?i)(?:con|prn|aux|nul|conin\$|conout\$|com[0-9¹²³]|lpt[0-9¹²³])(?=\.|$)")
_LONGEST_BYTES = 240
"""What file systems take is bytes, some 255 of them."""


def file_name(text: str, fallback: str) -> str:
    """The name without folders, without what Windows reserves, within length; `fallback` where nothing is left."""
    line = unicodedata.normalize("NFC", clean_line(text, 4000))
    name = _FORBIDDEN.sub("_", re.split(r"[/\\]", line)[-1]).strip(". ")
    if _RESERVED.match(name):
        name = f"_{name}"
    return _shortened(name) or fallback


def _shortened(name: str) -> str:
    """Cut in the middle: its ending says how it opens."""
    stem, dot, ending = name.rpartition(".")
    if not dot or len(ending) > 16:
        stem, dot, ending = name, "", ""
    stem = stem[: LONGEST_NAME - len(dot + ending)]
    while len(f"{stem}{dot}{ending}".encode()) > _LONGEST_BYTES:
        stem = stem[:-1]
    return f"{stem.rstrip()}{dot}{ending}" if stem else ""
