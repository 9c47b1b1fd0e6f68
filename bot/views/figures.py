"""Tables and charts as rows of text, for wherever a platform has no tables and charts of its own."""

from __future__ import annotations

import math

from bot.cards import Chart, Line, Part, Strong, Table
from bot.views.plain import cut, one_line

TITLE = 50
LABEL = 20
_WIDEST_BAR = 30
_GAP = "  "
_UNTITLED = "Chart"


def table_lines(table: Table) -> tuple[Line, ...]:
    """The table as lines: the header, then each row with its cells side by side. Nothing where there are no rows."""
    if not table.rows:
        return ()
    header = tuple(name for name in table.header if name)
    return (*(((Strong(" · ".join(header)),),) if header else ()), *(_row(row) for row in table.rows))


def table_columns(table: Table, widest: int) -> str:
    """The table in columns, for letters of one width; "" where it would be wider than that, or where a cell holds
    what only a platform can write: an instant or a person."""
    rows = [[_words(cell) for cell in row] for row in table.rows]
    if any(cell is None for row in rows for cell in row) or not rows:
        return ""
    grid = [[one_line(name) for name in table.header], *([cell or "" for cell in row] for row in rows)]
    columns = max(map(len, grid))
    filled = [[*row, *[""] * (columns - len(row))] for row in grid]
    widths = [max(len(row[at]) for row in filled) for at in range(columns)]
    if sum(widths) + len(_GAP) * (columns - 1) > widest:
        return ""
    lines = (_GAP.join(f"{cell:<{width}}" for cell, width in zip(row, widths, strict=True)) for row in filled)
    return "\n".join(line.rstrip() for line in lines if line.strip())


def chart_text(chart: Chart, most: int, widest: int = _WIDEST_BAR) -> str:
    """The chart as rows for letters of one width, in so many characters: label, bar, figure."""
    figures = [figure for one in chart.series for figure in one.values if math.isfinite(figure)]
    largest = max([abs(figure) for figure in figures], default=0)
    unit = f" {one_line(chart.unit)}" if one_line(chart.unit) else ""
    labels = short_labels(chart.categories)
    width = max(map(len, labels), default=0)
    rows = [chart_title(chart)]
    for one in chart.series:
        rows += [one_line(one.name)] if len(chart.series) > 1 else []
        for label, figure in zip(labels, one.values, strict=False):
            bar = "█" * round(widest * abs(figure) / largest) if largest and math.isfinite(figure) else ""
            rows.append(f"{label:<{width}}  {bar} {figure:g}{unit}")
    return cut("\n".join(rows), most)


def chart_title(chart: Chart) -> str:
    """What a chart is called, short, and never nothing."""
    return cut(one_line(chart.title), TITLE) or _UNTITLED


def short_labels(labels: tuple[str, ...]) -> list[str]:
    """Short and each its own, as an axis needs them."""
    found: list[str] = []
    for number, label in enumerate(labels, 1):
        short = cut(one_line(label), LABEL) or str(number)
        if short in found:
            short = f"{cut(short, LABEL - len(str(number)) - 1)} {number}"
        found.append(short)
    return found


def _row(row: tuple[Line, ...]) -> Line:
    parts: list[Part] = []
    for cell in row:
        if any(part != "" for part in cell):
            parts += [" · ", *cell] if parts else cell
    return tuple(parts)


def _words(cell: Line) -> str | None:
    if not all(isinstance(part, str | Strong) for part in cell):
        return None
    return one_line("".join(part.text if isinstance(part, Strong) else str(part) for part in cell))
