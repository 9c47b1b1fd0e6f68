"""Draws Slack's blocks as SVG, near enough to recognise: light theme, one column, no pictures from anywhere."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from html import escape
from typing import Any
from zoneinfo import ZoneInfo

Block = dict[str, Any]

INK, DIM, LINK, LINE, PAPER = "#1d1c1d", "#616061", "#1264a3", "#dddddd", "#ffffff"
GREEN, RED, GREY = "#007a5a", "#e01e5a", "#bbbabb"
SIZE, LEADING = 15, 22
_FRAME = """\
<svg viewBox="0 0 {width} {height}" xmlns="http://www.w3.org/2000/svg" role="img" aria-label="{label}">
<style>
text {{ font: 15px Lato, "Helvetica Neue", Helvetica, Arial, sans-serif; fill: #1d1c1d; white-space: pre; }}
.b {{ font-weight: 700; }} .s {{ font-size: 13px; }} .h {{ font-size: 18px; }} .m {{ font-family: monospace; }}
</style>
<rect width="{width}" height="{height}" rx="8" fill="#ffffff" stroke="#dddddd"/>
{drawn}
</svg>
"""
# How wide a letter is, in parts of its size; whatever is not named is as wide as most are. Rather too wide than too
# narrow: whoever looks may have another font than we.
_WIDTHS = dict.fromkeys("ijl.,:;|!'’ ", 0.25) | dict.fromkeys('ftrI()-[]/“”"', 0.33)
_WIDTHS |= dict.fromkeys("ABCDEGHKNOPQRSUVXY#&w", 0.72) | dict.fromkeys("MWm@%…—", 0.88)
_USUAL, _BOLDER = 0.61, 1.1


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


@dataclass(frozen=True, slots=True)
class Run:
    """Words in one dress."""

    text: str
    style: str = ""
    colour: str = INK


@dataclass(slots=True)
class Sheet:
    """A column that is drawn downwards from `y`, between `left` and `right`."""

    reader: Reader
    left: float
    right: float
    y: float
    drawn: list[str] = field(default_factory=list)

    def svg(self, label: str, width: int) -> str:
        """The picture of all that was drawn."""
        return _FRAME.format(width=width, height=round(self.y + 16), label=escape(label), drawn="\n".join(self.drawn))

    def blocks(self, blocks: list[Block]) -> None:
        for block in blocks:
            getattr(self, f"_{block['type']}")(block)

    def words(self, runs: list[Run], *, leading: float = LEADING, size: float = SIZE) -> None:
        """Words in rows that fit."""
        for row in _rows(runs, self.right - self.left, size):
            self.y += leading
            self.text(self.left, self.y - leading * 0.3, row)

    def text(self, x: float, y: float, row: list[Run], anchor: str = "start") -> None:
        spans = "".join(
            f'<tspan{_class(run.style)} fill="{run.colour}">{escape(run.text, quote=False)}</tspan>' for run in row
        )
        where = "" if anchor == "start" else f' text-anchor="{anchor}"'
        self.drawn.append(f'<text x="{x:g}" y="{y:g}"{where}>{spans}</text>')

    def box(self, x: float, y: float, width: float, height: float, fill: str, stroke: str, radius: int = 4) -> None:
        self.drawn.append(
            f'<rect x="{x:g}" y="{y:g}" width="{width:g}" height="{height:g}" rx="{radius}" '
            f'fill="{fill}" stroke="{stroke}"/>'
        )

    def line(self) -> None:
        self.y += 10
        self.drawn.append(f'<path d="M{self.left:g} {self.y:g}H{self.right:g}" stroke="{LINE}"/>')
        self.y += 6

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
        rows = list(_rows([shown], self.right - self.left - 24, SIZE))
        high = max(len(rows), 3 if element.get("multiline") else 1) * LEADING + 14
        self.box(self.left, self.y, self.right - self.left, high, PAPER, GREY)
        for number, row in enumerate(rows):
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


def width(text: str, size: float, *, bold: bool = False) -> float:
    """About how wide a text is."""
    return sum(_WIDTHS.get(letter, _USUAL) for letter in text) * size * (_BOLDER if bold else 1)


def _class(style: str) -> str:
    return f' class="{style}"' if style else ""


def _rows(runs: list[Run], room: float, size: float) -> Iterator[list[Run]]:
    """Runs broken into rows, between words and at line breaks."""
    row: list[Run] = []
    used = 0.0
    for run in runs:
        for number, line in enumerate(run.text.split("\n")):
            if number:
                yield row
                row, used = [], 0.0
            for word in line.replace(" ", " \0").split("\0"):
                wide = width(word, size, bold="b" in run.style.split())
                if row and used + wide > room + size / 4:
                    yield row
                    row, used = [], 0.0
                row = (
                    [*row[:-1], Run(row[-1].text + word, run.style, run.colour)]
                    if _alike(row, run)
                    else [
                        *row,
                        Run(word, run.style, run.colour),
                    ]
                )
                used += wide
    yield row


def _alike(row: list[Run], run: Run) -> bool:
    return bool(row) and (row[-1].style, row[-1].colour) == (run.style, run.colour)
