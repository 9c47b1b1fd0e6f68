"""Cards as lines of a terminal: a pure function of the card, its reader and the width."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from itertools import zip_longest
from typing import assert_never

from rich.cells import cell_len
from rich.console import Console
from rich.text import Text

from adapters.console.charts import chart_rows
from adapters.console.escape import lines_of, plain
from adapters.console.times import Reader, when_words
from bot.cards import TEAM, Card, Choice, Line, Mention, Part, Strong, Style, Table, Tone, When

NARROWEST, WIDEST, WIDEST_TABLE = 20, 100, 160
"""Narrower terminals are drawn for 20 cells; on wider ones a card stays readable at 100, and a table at 160."""

SYMBOLS = {Tone.BREACH: "✖", Tone.WARNING: "⚠", Tone.GOOD: "✓", Tone.PLAIN: "", Tone.REFUSAL: ""}
COLOURS = {
    Tone.BREACH: "bold red",
    Tone.WARNING: "yellow",
    Tone.GOOD: "green",
    Tone.PLAIN: "",
    Tone.REFUSAL: "yellow",
}
_CHOICE_COLOURS = {Style.NORMAL: "", Style.PRIMARY: "green", Style.DANGER: "red"}
_NARROWEST_COLUMN = 8
_GAP = 2

# Between a number and its unit no row ends. While rows are wrapped a surrogate stands there, which no text can hold:
# a no-break space would not do, since Rich breaks at every kind of space.
_UNIT = re.compile(r"(?<=\d) (?=(?:h|min|s|days?|ms|%)(?!\w))")
_HELD = "\udc00"

# An address to copy. A row that is one is left whole and bare: broken, or with a frame before it, it opens nothing.
_ADDRESS = re.compile(r"https?://[!-~]+")


def draw(card: Card, reader: Reader, width: int, numbers: Sequence[int] = ()) -> list[Text]:
    """The rows of a card. `numbers` are those of its buttons, in order; without them no button is drawn."""
    width = min(max(width, NARROWEST), WIDEST_TABLE if card.table else WIDEST)
    framed = bool(card.title or card.badge)
    room = width - 2 if framed else width
    table = [] if card.table is None else _table(card.table, reader, room)
    chart = [] if card.chart is None else chart_rows(card.chart, min(room, WIDEST))
    # Words beside a wide table are as wide as it is, and no wider than on a card without one.
    inner = min(room, max([WIDEST - 2 if framed else WIDEST, *(row.cell_len for row in table)]))
    head = _head(card, reader, inner) if framed else []
    body = [*_body(card, reader, inner, marked=not framed), *table, *chart]
    foot = button_rows(card.choices, numbers, inner)
    return _framed([*head, *body, *foot], COLOURS[card.tone]) if framed else [*body, *foot]


def is_brief(card: Card) -> bool:
    """A card that is one sentence."""
    return not (card.title or card.badge or card.table or card.chart) and len(card.lines) == 1


def drawn_line(line: Line, reader: Reader) -> list[Text]:
    """A line of a card, dressed and not yet wrapped; text with line breaks makes several."""
    rows = [Text()]
    for part in line:
        words, style = _dressed(part, reader)
        rows[-1].append(words[0], style)
        rows += [Text(more, style) for more in words[1:]]
    return rows


def wrapped(row: Text, width: int, hang: int = 0) -> list[Text]:
    """A row within a width. Rows that follow keep its indent, and hang a little further."""
    if row.cell_len <= width:
        row = row.copy()
        row.rstrip()
        return [row]
    indent = min(len(row.plain) - len(row.plain.lstrip(" ")), width // 3)
    hang = min(hang, width // 4)
    margin = width - indent - hang
    first, *rest = _folded(row[indent:], margin, width)
    rows = [Text.assemble(" " * indent, first), *(Text.assemble(" " * (indent + hang), more) for more in rest)]
    for drawn in rows:
        drawn.rstrip()
    return rows


def _folded(row: Text, margin: int, width: int) -> list[Text]:
    """The row in rows of that width, broken between words, and within one where it must be."""
    held = row.copy()
    held.plain = _UNIT.sub(_HELD, row.plain)
    rows = list(held.wrap(Console(width=width), margin, overflow="fold"))
    for one in rows:
        one.plain = one.plain.replace(_HELD, " ")
    return rows


def symbol(tone: Tone) -> Text:
    """The sign that says a card's tone without its colour, with a space, or nothing."""
    return Text(f"{SYMBOLS[tone]} ", COLOURS[tone]) if SYMBOLS[tone] else Text()


def in_a_row(pieces: Iterable[Text], width: int) -> list[Text]:
    """Pieces side by side, as many to a row as fit."""
    rows: list[Text] = []
    for piece in pieces:
        if rows and rows[-1].cell_len + 3 + piece.cell_len <= width:
            rows[-1] = Text.assemble(rows[-1], "   ", piece)
        else:
            rows += wrapped(piece, width)
    return rows


def _dressed(part: Part, reader: Reader) -> tuple[tuple[str, ...], str]:
    if isinstance(part, str):
        return lines_of(part), ""
    if isinstance(part, Strong):
        return lines_of(part.text), "bold"
    if isinstance(part, When):
        return (when_words(part, reader),), ""
    if isinstance(part, Mention):
        name = TEAM if part.person == TEAM else plain(part.name or part.person)
        return (f"@{name}",), "bold cyan"
    assert_never(part)


def _head(card: Card, reader: Reader, width: int) -> list[Text]:
    """The title on the left and the badge on the right, or below where they do not fit together."""
    title = Text.assemble(symbol(card.tone), Text(" ").join(drawn_line(card.title, reader)))
    badge = Text(plain(card.badge), COLOURS[card.tone] or "cyan")
    if not card.badge:
        return wrapped(title, width)
    room = width - title.cell_len - badge.cell_len
    if room >= _GAP and card.title:
        return [Text.assemble(title, " " * room, badge)]
    return [*(wrapped(title, width) if card.title else []), *wrapped(badge, width)]


def _body(card: Card, reader: Reader, width: int, *, marked: bool) -> list[Text]:
    rows: list[Text] = []
    for number, line in enumerate(card.lines):
        for at, row in enumerate(drawn_line(line, reader)):
            if marked and number == at == 0:
                row.stylize(COLOURS[card.tone])
                row = Text.assemble(symbol(card.tone), row)
            if _ADDRESS.fullmatch(row.plain):
                row.no_wrap = True
                rows.append(row)
            else:
                rows += wrapped(row, width)
    return rows


def button_rows(choices: Sequence[Choice], numbers: Sequence[int], width: int) -> list[Text]:
    """The choices side by side, each with the number to type."""
    pairs = zip(numbers, choices, strict=False)
    return in_a_row(
        (Text.assemble((f"[{number}] ", "bold"), (plain(c.label), _CHOICE_COLOURS[c.style])) for number, c in pairs),
        width,
    )


def _framed(rows: list[Text], colour: str) -> list[Text]:
    inside = sum(not row.no_wrap for row in rows)
    marks = iter(["┌", *"│" * (inside - 2), "└"] if inside > 1 else ["─"])
    return [row if row.no_wrap else Text.assemble((f"{next(marks)} ", colour or "dim"), row) for row in rows]


def _table(table: Table, reader: Reader, width: int) -> list[Text]:
    """Columns as wide as their words, the widest ones wrapped; under each other where columns would be too narrow."""
    header = [[Text(plain(name), "bold")] for name in table.header]
    rows = [[drawn_line(cell, reader) for cell in row] for row in table.rows]
    columns = max([len(header), *(len(row) for row in rows)])
    if not columns:
        return []
    grid = [row + [[Text()]] * (columns - len(row)) for row in [header, *rows]]
    natural = [max(line.cell_len for row in grid for line in row[column]) for column in range(columns)]
    widths = _fitted(natural, width - _GAP * (columns - 1))
    if widths is None:
        return _records(header, rows, width)
    return [line for row in grid for line in _table_row(row, widths)]


def _fitted(natural: list[int], room: int) -> list[int] | None:
    """Widths that fit: only the widest columns give way. None where one would be too narrow to read."""
    if sum(natural) <= room:
        return natural
    for cap in range(max(natural), _NARROWEST_COLUMN - 1, -1):
        widths = [min(one, cap) for one in natural]
        if sum(widths) <= room:
            spare = room - sum(widths)
            widest = natural.index(max(natural))
            widths[widest] += spare
            return widths
    return None


def _table_row(row: list[list[Text]], widths: list[int]) -> list[Text]:
    cells = [
        [part for line in cell for part in wrapped(line, max(width, 1))]
        for cell, width in zip(row, widths, strict=True)
    ]
    drawn = []
    for parts in zip_longest(*cells, fillvalue=Text()):
        line = Text()
        for part, width in zip(parts, widths, strict=True):
            line.append_text(part).append(" " * (width - cell_len(part.plain) + _GAP))
        line.rstrip()
        drawn.append(line)
    return drawn


def _records(header: list[list[Text]], rows: list[list[list[Text]]], width: int) -> list[Text]:
    """Each row of a table as lines "name: value", for a terminal too narrow for its columns."""
    drawn: list[Text] = []
    for row in rows:
        drawn += [Text()] if drawn else []
        for name, cell in zip_longest(header, row, fillvalue=[Text()]):
            lead = Text.assemble(name[0], ": ") if name[0].plain else Text()
            value = Text(" ").join(cell)
            drawn += wrapped(Text.assemble(lead, value), width) if value.plain else []
    return drawn
