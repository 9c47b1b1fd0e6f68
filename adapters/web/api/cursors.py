"""Cursors: where a page of tickets ended, in letters that nobody need understand."""

from __future__ import annotations

import re
from base64 import urlsafe_b64decode, urlsafe_b64encode
from datetime import UTC, datetime

from adapters.web.api.problems import Problem

_MOST = 1 << 63
_LATEST = datetime(9999, 1, 1, tzinfo=UTC).timestamp()
_NUMBER = re.compile(r"n([1-9][0-9]{0,18})", re.ASCII)
_CHANGE = re.compile(r"c([1-9][0-9]{0,11})\.([1-9][0-9]{0,18})", re.ASCII)


def cursor_after(number: int) -> str:
    """The cursor of the page that follows the one which ends with that ticket."""
    return _written(f"n{number}")


def below(cursor: str) -> int:
    """The number that the page lies below. Raises Problem for what no page gave."""
    found = _NUMBER.fullmatch(_read(cursor))
    if found is None or int(found[1]) >= _MOST:
        raise _no_cursor()
    return int(found[1])


def cursor_after_change(at: datetime, number: int) -> str:
    """The same where tickets are listed by their last changes."""
    return _written(f"c{int(at.timestamp())}.{number}")


def change_before(cursor: str) -> tuple[datetime, int]:
    """The change and the number that the page comes after. Raises Problem for what no such page gave."""
    found = _CHANGE.fullmatch(_read(cursor))
    if found is None or int(found[1]) >= _LATEST or int(found[2]) >= _MOST:
        raise _no_cursor()
    return datetime.fromtimestamp(int(found[1]), UTC), int(found[2])


def _written(text: str) -> str:
    return urlsafe_b64encode(text.encode()).decode().rstrip("=")


def _read(cursor: str) -> str:
    try:
        text = urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)).decode("ascii")
    except ValueError:
        return ""
    return text if _written(text) == cursor else ""


def _no_cursor() -> Problem:
    hint = "Take it from the `next` of the page before, and leave the other parameters as they were."
    return Problem(422, "bad_cursor", "That is no cursor of this list.", hint)
