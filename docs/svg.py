"""Pictures of chats as SVG: words in rows and boxes below each other, with no fonts or images from anywhere."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from html import escape

SIZE, LEADING = 15, 22
_FRAME = """\
<svg viewBox="0 0 {width} {height}" xmlns="http://www.w3.org/2000/svg" role="img" aria-label="{label}">
<style>
text {{ font: 15px {font}, "Helvetica Neue", Helvetica, Arial, sans-serif; fill: {ink}; white-space: pre; }}
.b {{ font-weight: 700; }} .s {{ font-size: 13px; }} .h {{ font-size: 18px; }} .m {{ font-family: monospace; }}
</style>
<rect width="{width}" height="{height}" rx="8" fill="{paper}" stroke="{line}"/>
{drawn}
</svg>
"""
# How wide a letter is, in parts of its size; whatever is not named is as wide as most are. Rather too wide than too
# narrow: whoever looks may have another font than we.
_WIDTHS = dict.fromkeys("ijl.,:;|!'’ ", 0.25) | dict.fromkeys('ftrI()-[]/“”"', 0.33)
_WIDTHS |= dict.fromkeys("ABCDEGHKNOPQRSUVXY#&w", 0.72) | dict.fromkeys("MWm@%…—", 0.88)
_USUAL, _BOLDER = 0.61, 1.1


@dataclass(frozen=True, slots=True)
class Theme:
    """The colours of a chat, and the font that it would have."""

    ink: str
    dim: str
    line: str
    paper: str
    font: str


@dataclass(frozen=True, slots=True)
class Run:
    """Words in one dress."""

    text: str
    style: str = ""
    colour: str = ""


@dataclass(slots=True)
class Column:
    """A column that is drawn downwards from `y`, between `left` and `right`."""

    theme: Theme
    left: float
    right: float
    y: float
    drawn: list[str] = field(default_factory=list)

    def svg(self, label: str, width: int) -> str:
        """The picture of all that was drawn."""
        look = self.theme
        return _FRAME.format(
            width=width,
            height=round(self.y + 16),
            label=escape(label),
            font=look.font,
            ink=look.ink,
            paper=look.paper,
            line=look.line,
            drawn="\n".join(self.drawn),
        )

    def words(self, runs: list[Run], *, leading: float = LEADING, size: float = SIZE) -> None:
        """Words in rows that fit."""
        for row in rows(runs, self.right - self.left, size):
            self.y += leading
            self.text(self.left, self.y - leading * 0.3, row)

    def text(self, x: float, y: float, row: list[Run], anchor: str = "start") -> None:
        spans = "".join(
            f'<tspan{_class(run.style)} fill="{run.colour or self.theme.ink}">{escape(run.text, quote=False)}</tspan>'
            for run in row
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
        self.drawn.append(f'<path d="M{self.left:g} {self.y:g}H{self.right:g}" stroke="{self.theme.line}"/>')
        self.y += 6


def width(text: str, size: float, *, bold: bool = False) -> float:
    """About how wide a text is."""
    return sum(_WIDTHS.get(letter, _USUAL) for letter in text) * size * (_BOLDER if bold else 1)


def _class(style: str) -> str:
    return f' class="{style}"' if style else ""


def rows(runs: list[Run], room: float, size: float) -> Iterator[list[Run]]:
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
