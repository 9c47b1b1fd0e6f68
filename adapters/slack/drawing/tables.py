"""Tables: Slack's own, where they fit."""

from __future__ import annotations

from itertools import chain

from adapters.slack.drawing.limits import Block
from adapters.slack.drawing.mrkdwn import elements, rich_text
from bot.cards import Line, Table
from bot.names import Names
from bot.views.plain import one_line

SHORT = 20
"""Rows that are seen at once. A longer table is one that can be sorted and has pages."""
MOST_ROWS = 200
MOST_COLUMNS = 20
MOST_CHARACTERS = 10_000
"""Of all cells; the sortable table takes twice as many, but not the message around it."""


def table_block(table: Table, names: Names, caption: str) -> Block | None:
    """The table as a block of Slack's; None where its limits do not allow it. `caption` is for screen readers."""
    columns = max(len(table.header), *map(len, table.rows), 0) if table.rows else 0
    if not 0 < columns <= MOST_COLUMNS or len(table.rows) > MOST_ROWS:
        return None
    header = [_cell((name,), names) for name in _filled(table.header, columns)]
    rows = [[_cell(cell, names) for cell in (*row, *((),) * (columns - len(row)))] for row in table.rows]
    if characters([header, *rows]) > MOST_CHARACTERS:
        return None
    if len(rows) <= SHORT:
        return {"type": "table", "rows": [header, *rows], "column_settings": [{"is_wrapped": True}] * columns}
    return {"type": "data_table", "caption": caption, "rows": [header, *rows], "page_size": SHORT}


def characters(rows: list[list[Block]]) -> int:
    """What Slack counts of a table: the words of its cells."""
    return sum(_length(cell) for cell in chain.from_iterable(rows))


def _filled(header: tuple[str, ...], columns: int) -> tuple[str, ...]:
    return (*header, *("",) * (columns - len(header)))


def _cell(line: Line, names: Names) -> Block:
    """Words as they are; with an instant, a person or bold in it, rich text. Slack refuses an empty cell."""
    if all(isinstance(part, str) for part in line):
        return {"type": "raw_text", "text": one_line("".join(str(part) for part in line)) or " "}
    shown = elements(line, names)
    return rich_text(shown) if shown else {"type": "raw_text", "text": " "}


def _length(cell: Block) -> int:
    if cell["type"] == "raw_text":
        return len(cell["text"])
    return sum(len(one.get("text", one.get("fallback", " " * 24))) for one in cell["elements"][0]["elements"])
