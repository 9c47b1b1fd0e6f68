"""Cursors: where a page of tickets ended, in letters that nobody need understand."""

from __future__ import annotations

from base64 import urlsafe_b64decode, urlsafe_b64encode

from adapters.web.api.problems import Problem

_MARK = "n"
_MOST = 1 << 63


def cursor_after(number: int) -> str:
    """The cursor of the page that follows the one which ends with that ticket."""
    return urlsafe_b64encode(f"{_MARK}{number}".encode()).decode().rstrip("=")


def below(cursor: str) -> int:
    """The number that the page lies below. Raises Problem for what no page gave."""
    try:
        text = urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)).decode("ascii")
    except ValueError:
        text = ""
    number = int(text[1:]) if text[:1] == _MARK and text[1:].isdecimal() and len(text) < 21 else 0
    if not 0 < number < _MOST or cursor_after(number) != cursor:
        raise Problem(422, "bad_cursor", "That is no cursor.", "Take it from the `next` of the page before.")
    return number
