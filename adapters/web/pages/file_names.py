"""File names from outside: made into one harmless line to show, and told to a browser so that no header breaks."""

from __future__ import annotations

import unicodedata
from urllib.parse import quote

LONGEST = 120

SAFE_TYPES = frozenset({"image/png", "image/jpeg", "image/gif", "image/webp", "application/pdf"})
"""What a browser may be told that a file is; anything else is bytes to keep."""


def clean_name(name: str) -> str:
    """The last part of a path, without what cannot be seen or turns the reading direction ("gpj.exe" is no picture).
    A long one keeps its ending."""
    last = name.replace("\\", "/").rpartition("/")[2]
    shown = "".join(" " if char.isspace() else char for char in last if char.isspace() or _is_seen(char))
    text = " ".join(shown.split()).strip(". ")
    if len(text) > LONGEST:
        stem, dot, ending = text.rpartition(".")
        text = f"{stem[: LONGEST - 12]}…{dot}{ending}" if dot and len(ending) <= 10 else text[:LONGEST]
    return text or "file"


def disposition(name: str) -> str:
    """The Content-Disposition of a file to keep (RFC 6266): a plain name for old browsers, the true one in UTF-8."""
    true = clean_name(name)
    plain = "".join(char if char.isascii() and char not in '"\\%;' else "_" for char in true)
    return f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(true, safe='')}"


def told_type(type: str) -> str:
    """The MIME type under which a file leaves the desk."""
    return type.lower() if type.lower() in SAFE_TYPES else "application/octet-stream"


def _is_seen(char: str) -> bool:
    return unicodedata.category(char) not in ("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp")
