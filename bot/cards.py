"""Cards: what the desk says, before a platform dresses it.

Text in a card is plain and untrusted; a platform's one escaper dresses it. Instants and people are parts of their
own, so that each reader sees their own time zone and each platform mentions in its own way.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from typing import Any


@dataclass(frozen=True, slots=True)
class When:
    """An instant, shown in the reader's zone. `style`: "full" (day and time), "time", "date" or "relative"."""

    at: datetime
    style: str = "full"


@dataclass(frozen=True, slots=True)
class Mention:
    """A person (staff id) or the whole team (`team`), to be notified where the platform can."""

    person: str
    name: str = ""


@dataclass(frozen=True, slots=True)
class Strong:
    """Words to stand out."""

    text: str


Part = str | When | Mention | Strong
Line = tuple[Part, ...]

TEAM = "team"


class Tone(StrEnum):
    """How a card feels; platforms pick a colour, and never a colour alone."""

    PLAIN = "plain"
    GOOD = "good"
    WARNING = "warning"
    BREACH = "breach"
    REFUSAL = "refusal"


class Style(StrEnum):
    """How a choice looks."""

    NORMAL = "normal"
    PRIMARY = "primary"
    DANGER = "danger"


@dataclass(frozen=True, slots=True)
class Choice:
    """A button: a command with what is already known. What the command still needs is asked in a form.

    `asks` names parameters that the form shows although they are optional, in order. `rest` are those that a platform
    with a menu keeps behind it, and one without leaves out.
    """

    label: str
    command: str
    values: Mapping[str, Any] = field(default_factory=dict)
    asks: tuple[str, ...] = ()
    style: Style = Style.NORMAL
    rest: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    """Rows under a header; cells are lines, so a cell may hold an instant."""

    header: tuple[str, ...]
    rows: tuple[tuple[Line, ...], ...]


@dataclass(frozen=True, slots=True)
class Series:
    """One row of figures of a chart, one for each category."""

    name: str
    values: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Chart:
    """Figures that people would rather look at: bars by category. The card's lines or table say the same in words."""

    title: str
    categories: tuple[str, ...]
    series: tuple[Series, ...]
    unit: str = ""


@dataclass(frozen=True, slots=True)
class Card:
    """What the desk says. `data` is the same for programs (`--json`): plain JSON values, instants in ISO 8601 UTC."""

    title: Line = ()
    badge: str = ""
    lines: tuple[Line, ...] = ()
    table: Table | None = None
    chart: Chart | None = None
    choices: tuple[Choice, ...] = ()
    tone: Tone = Tone.PLAIN
    ticket: int | None = None
    data: Mapping[str, Any] = field(default_factory=dict)

    def and_lines(self, *more: Line) -> Card:
        """The card with lines added below."""
        return replace(self, lines=(*self.lines, *more))


@dataclass(frozen=True, slots=True)
class Section:
    """A part of a person's home: short cards under a heading, and what to say of those that are not shown."""

    heading: str
    cards: tuple[Card, ...] = ()
    note: Line = ()


@dataclass(frozen=True, slots=True)
class Home:
    """What a person sees first on a platform that gives them a page of their own: their work, by due time."""

    top: Card
    sections: tuple[Section, ...] = ()


def say(*parts: Part, tone: Tone = Tone.PLAIN, **rest: Any) -> Card:
    """A card of one line."""
    return Card(lines=(parts,), tone=tone, **rest)
