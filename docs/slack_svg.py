"""Draws Slack's blocks as SVG, near enough to recognise: light theme, one column, no pictures from anywhere."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from docs.svg import LEADING, SIZE, Column, Run, Theme, rows, width

Block = dict[str, Any]

INK, DIM, LINK, LINE, PAPER = "#1d1c1d", "#616061", "#1264a3", "#dddddd", "#ffffff"
GREEN, RED, GREY = "#007a5a", "#e01e5a", "#bbbabb"
LIGHT = Theme(INK, DIM, LINE, PAPER, "Lato")


@dataclass(frozen=True, slots=True)
class Reader:
    """Who looks at the picture: their zone, when they look, and the names of people and groups by Slack's ids."""

    zone: ZoneInfo
    now: datetime
    names: dict[str, str] = field(default_factory=dict)

    def date(self, element: Block) -> str:
        """An instant as Slack's client fills it in."""
        at = datetime.fromtimestamp(element["timestamp"], UTC).astimezone(self.zone)
        days = (at.date() - self.now.astimezone(self.zone).date()).days
        day = {-1: "yesterday", 0: "today", 1: "tomorrow"}.get(days, f"{at:%b} {at.day}, {at.year}")
        clock = f"{at:%I:%M %p}".lstrip("0")
        return str(element["format"]).replace("{date_short_pretty}", day).replace("{time}", clock)


class Sheet(Column):
    """A column of Slack's blocks, as somebody sees them."""

    def __init__(self, reader: Reader, left: float, right: float, y: float) -> None:
        super().__init__(LIGHT, left, right, y)
        self.reader = reader

    def blocks(self, blocks: list[Block]) -> None:
        for block in blocks:
            getattr(self, f"_{block['type']}")(block)

    # --- blocks ----------------------------------------------------------------------------------------------

    def _rich_text(self, block: Block) -> None:
        for section in block["elements"]:
            fixed = "m" if section["type"] == "rich_text_preformatted" else ""
            self.words([run for element in section["elements"] for run in self._runs(element, fixed)])

    def _runs(self, element: Block, fixed: str) -> Iterator[Run]:
        style = " ".join(filter(None, ["b" if element.get("style", {}).get("bold") else "", fixed]))
        kind = element["type"]
        if kind == "text":
            yield Run(element["text"], style)
        elif kind == "date":
            yield Run(self.reader.date(element), style)
        else:
            id = element.get("user_id") or element.get("usergroup_id") or element.get("range", "")
            yield Run(f"@{self.reader.names.get(id, id)}", "", LINK)

    def _context(self, block: Block) -> None:
        self.words([Run(one["text"], "s", DIM) for one in block["elements"]], leading=20, size=13)

    def _header(self, block: Block) -> None:
        self.y += 6
        self.words([Run(block["text"]["text"], "b h")], leading=26, size=18)

    def _divider(self, block: Block) -> None:
        self.line()

    def _actions(self, block: Block) -> None:
        self.y += 8
        x = self.left
        for element in block["elements"]:
            x = self.button(x, element) + 8
        self.y += 36

    def button(self, x: float, element: Block) -> float:
        """A button, or the three dots of a menu; returns where it ends."""
        label = "⋮" if element["type"] == "overflow" else element["text"]["text"]
        colour = {"primary": GREEN, "danger": RED}.get(element.get("style", ""), "")
        wide = width(label, 14, bold=True) + 24
        ink = PAPER if colour == GREEN else colour or INK
        self.box(x, self.y, wide, 30, GREEN if colour == GREEN else PAPER, colour or GREY)
        self.text(x + wide / 2, self.y + 20, [Run(label, "b", ink)], "middle")
        return x + wide

    def _input(self, block: Block) -> None:
        self.y += 6
        optional = [Run(" (optional)", "", DIM)] if block["optional"] else []
        self.words([Run(block["label"]["text"], "b"), *optional])
        self.y += 6
        element = block["element"]
        getattr(self, f"_{element['type']}", self._plain_text_input)(element)
        if "hint" in block:
            self.words([Run(block["hint"]["text"], "s", DIM)], leading=20, size=13)

    def _plain_text_input(self, element: Block) -> None:
        text = element.get("initial_value", "")
        shown = Run(text) if text else Run(element.get("placeholder", {}).get("text", ""), "", DIM)
        lines = list(rows([shown], self.right - self.left - 24, SIZE))
        high = max(len(lines), 3 if element.get("multiline") else 1) * LEADING + 14
        self.box(self.left, self.y, self.right - self.left, high, PAPER, GREY)
        for number, row in enumerate(lines):
            self.text(self.left + 12, self.y + 22 + number * LEADING, row)
        self.y += high + 2

    def _static_select(self, element: Block) -> None:
        chosen = element.get("initial_option", {}).get("text")
        shown = Run(chosen["text"]) if chosen else Run(element["placeholder"]["text"], "", DIM)
        self.box(self.left, self.y, self.right - self.left, 36, PAPER, GREY)
        self.text(self.left + 12, self.y + 23, [shown])
        self.text(self.right - 22, self.y + 23, [Run("⌄", "", DIM)])
        self.y += 38

    _external_select = _static_select
