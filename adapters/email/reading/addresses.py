"""Who wrote, to whom, and about which message: addresses and Message-IDs out of headers."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import UTC, datetime
from email.utils import getaddresses, parsedate_to_datetime

from adapters.email.reading.head import Head
from adapters.email.reading.words import clean_line, header_words
from bot.domain.customers import address as whole_address
from bot.domain.errors import BadValue

LONGEST_NAME = 200
LONGEST_ID = 500
MOST_REFERENCES = 50
MOST_RECIPIENTS = 200

# The library needs time by the square of a crooked list's length, and some of the expressions below do.
_LONGEST_AUTHORS = 2_000
_LONGEST_LIST = 8_000
_LONGEST_LISTS = 24_000
_QUOTED = re.compile(r'"(?:[^"\\]|\\.)*"')
_ANGLE = re.compile(r"<\s*([^<>\s@]{1,64}@[^<>\s@]{1,255})\s*>")
_BARE = re.compile(r"[^\s<>@,;:\"()\[\]]{1,64}@[^\s<>@,;:\"()\[\]]{1,255}")
_ID = re.compile(rf"<[^<>\s]{{1,{LONGEST_ID}}}>")
_BARE_ID = re.compile(r"[^<>\s]{1,200}@[^<>\s]{1,200}")
_DELIVERED = ("delivered-to", "x-original-to", "envelope-to", "x-envelope-to")


def address(text: str) -> str:
    """An address in lower case, its domain as it travels (ASCII, RFC 5891); "" where it is none."""
    name, _, domain = text.strip().rpartition("@")
    if not domain.isascii():
        try:
            domain = ".".join(label.encode("idna").decode("ascii") for label in domain[:255].split("."))
        except UnicodeError:
            return ""
    try:
        found = whole_address(f"{name}@{domain}")
    except BadValue:
        return ""
    return found if clean_line(found, 400) == found and "=?" not in found else ""


def authors(head: Head) -> list[tuple[str, str]]:
    """Everyone whom From names, with their names for people. A message with no such header has the author that Sender
    names; none is an answer too."""
    for value in (*head.all("from")[:3], *head.all("sender")[:1]):
        if found := _people(value):
            return found
    return []


def recipients(head: Head) -> tuple[str, ...]:
    """Every address that it was sent to or delivered at."""
    listed = _addresses(head.all("to", "cc", *_DELIVERED))
    return tuple(dict.fromkeys(found for _, found in listed))[:MOST_RECIPIENTS]


def references(head: Head) -> tuple[str, ...]:
    """The Message-IDs that it answers, the nearest last: In-Reply-To names the very one."""
    found = [id for value in head.all("references") for id in _ID.findall(value)]
    nearest = [id for value in head.all("in-reply-to") for id in _ID.findall(value)]
    ids = [_clean_id(id) for id in (*found, *reversed(nearest))]
    last_first = dict.fromkeys(id for id in reversed(ids) if id)
    return tuple(reversed(list(last_first)[:MOST_REFERENCES]))


def message_id(head: Head) -> str:
    """The name that its sender gave it, with angle brackets; "" where there is none that could be told again."""
    value = head.get("message-id")
    if found := _ID.search(value):
        return _clean_id(found[0])
    bare = _BARE_ID.search(value[:1000])
    return _clean_id(f"<{bare[0]}>") if bare else ""


def written_at(head: Head) -> datetime | None:
    """When its sender says it was written, in UTC."""
    try:
        found = parsedate_to_datetime(head.get("date")[:200])
        return (found if found.tzinfo else found.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, TypeError, OverflowError, IndexError):
        return None


def _people(value: str) -> list[tuple[str, str]]:
    value = value[:_LONGEST_AUTHORS]
    people = {who: name for name, who in reversed(_addresses([value]))}
    # "ann@example.com <eve@example.net>" is Eve, who calls herself an address.
    unquoted = _QUOTED.sub("", value)
    angled = {address(each) for each in _ANGLE.findall(unquoted)} & people.keys()
    wanted = angled if len(angled) == 1 and "," not in unquoted else people.keys()
    return [(name, who) for who, name in reversed(people.items()) if who in wanted]


def _addresses(values: Iterable[str]) -> list[tuple[str, str]]:
    found: list[tuple[str, str]] = []
    left = _LONGEST_LISTS
    for value in values:
        value = value[: min(_LONGEST_LIST, left)]
        left -= len(value)
        try:
            listed = getaddresses([value])
        except (RecursionError, IndexError, ValueError):
            listed = []
        good = [(_name(name), who) for name, text in listed if (who := address(text))]
        # The library finds none in what is not quite a list; a person would.
        found += good or [
            ("", who) for text in (_ANGLE.findall(value) or _BARE.findall(value)) if (who := address(text))
        ]
    return found


def _name(text: str) -> str:
    return clean_line(header_words(text), LONGEST_NAME).strip("\"' ")


def _clean_id(id: str) -> str:
    return id if clean_line(id, LONGEST_ID + 2) == id else ""
