"""Templates, times and the desk's own lines as HTML: everything is escaped that no template of ours wrote."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup, escape

from bot.cards import Line, Mention, Strong, When
from bot.domain.attachments import size_words

OURS = Path(__file__).parent / "templates"


def environment(folders: Sequence[Path]) -> Environment:
    """Templates of these folders and of the shared one; a name that a page forgot is a fault, and never a blank."""
    made = Environment(
        loader=FileSystemLoader([*folders, OURS]),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters.update(size=size_words, day=day_words)
    return made


class Times:
    """Instants as one reader sees them: in their own zone, and in the desk's where that differs."""

    def __init__(self, zone: str, desk: str, now: datetime) -> None:
        self._desk = ZoneInfo(desk)
        self._own = ZoneInfo(zone) if zone else self._desk
        self._now = now

    def __call__(self, at: datetime, style: str = "full") -> Markup:
        """`style` is "full", "time", "date" or "both": full, with the desk's time beside it where that differs."""
        local = at.astimezone(self._own)
        there = at.astimezone(self._desk)
        beside = ""
        if style == "both" and local.utcoffset() != there.utcoffset():
            beside = f" ({self._words(there, 'full')} at the desk)"
        return Markup('<time datetime="{}">{}</time>{}').format(
            f"{at.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}", self._words(local, style), beside
        )

    def _words(self, local: datetime, style: str) -> str:
        if style == "time":
            return f"{local:%H:%M}"
        year = "" if local.year == self._now.astimezone(local.tzinfo).year else f" {local.year}"
        day = f"{local:%A} {local.day} {local:%B}{year}"
        return day if style == "date" else f"{day}, {local:%H:%M %Z}"

    def line(self, line: Line, style: str = "full") -> Markup:
        """A line of a card: its strong words, its instants (in that style, where they ask for no shorter one) and its
        people."""
        return Markup("").join(self._part(part, style) for part in line)

    def _part(self, part: str | When | Mention | Strong, style: str) -> Markup:
        match part:
            case When(at, own):
                return self(at, own if own in ("time", "date") else style)
            case Mention(person, name):
                return escape(name or person)
            case Strong(text):
                return Markup("<strong>{}</strong>").format(text)
            case _:
                return escape(part)


def day_words(day: date) -> str:
    """ "5 October 2026"."""
    return f"{day.day} {day:%B %Y}"


class Drawing:
    """The templates of one part of the site with what all of its pages know."""

    def __init__(self, folders: Sequence[Path], known: Mapping[str, Any]) -> None:
        self._environment = environment(folders)
        self._environment.globals.update(known)

    def html(self, template: str, values: Mapping[str, Any]) -> str:
        return self._environment.get_template(template).render(values)
