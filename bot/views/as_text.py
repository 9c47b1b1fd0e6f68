"""A card as plain text, for ways to people that carry nothing else: mail, and services of all kinds."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, tzinfo
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from bot.cards import Card, Choice, Line, Mention, Part, Strong, Table, When
from bot.views.plain import cut, one_line, plain

SUBJECT = 120
"""Characters of a subject: what a phone's lock screen shows of it is less."""


def subject_of(card: Card, most: int = SUBJECT) -> str:
    """One line that says what it is about: the title, or the first line there is."""
    lines = (card.title, *card.lines)
    said = next((words for line in lines if (words := one_line(_line(line, _zone(card))))), "")
    return cut(said or one_line(card.badge) or "News from the desk", most)


def text_of(card: Card) -> str:
    """All that the card says but its title. Instants are in the zone that its `data` names ("zone", IANA), or in UTC,
    and always whole ones: nobody knows when such a text is read."""
    return "\n".join(_lines(card, _zone(card)))


def _lines(card: Card, zone: tzinfo) -> Iterator[str]:
    if card.badge:
        yield plain(card.badge)
    for line in card.lines:
        yield _line(line, zone)
    if card.table is not None:
        yield from _rows(card.table, zone)
    buttons = [choice for choice in card.choices if not choice.rest]
    if buttons:
        yield ""
    for choice in buttons:
        yield f"{one_line(choice.label)}: {_typed(choice)}"


def _typed(choice: Choice) -> str:
    """What does the same as the button where commands can be typed."""
    values = (one_line(str(value)) for value in choice.values.values())
    return " ".join([f"/{choice.command}", *(f'"{one}"' if " " in one else one for one in values)])


def _rows(table: Table, zone: tzinfo) -> Iterator[str]:
    for row in table.rows:
        cells = zip(table.header, row, strict=False)
        yield "; ".join(f"{one_line(name)}: {one_line(_line(cell, zone))}" for name, cell in cells)


def _line(line: Line, zone: tzinfo) -> str:
    return "".join(_part(part, zone) for part in line)


def _part(part: Part, zone: tzinfo) -> str:
    match part:
        case str():
            return plain(part)
        case When(at, style):
            local = at.astimezone(zone)
            day = f"{local:%a} {local.day} {local:%b %Y}"
            return day if style == "date" else f"{day} {local:%H:%M %Z}"
        case Mention(person, name):
            return plain(name or person)
        case Strong(text):
            return plain(text)


def _zone(card: Card) -> tzinfo:
    try:
        return ZoneInfo(str(card.data["zone"])) if card.data.get("zone") else UTC
    except (ZoneInfoNotFoundError, ValueError):
        return UTC
