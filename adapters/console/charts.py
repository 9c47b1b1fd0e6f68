"""Charts as bars of block characters: as long as their figures, which stand beside them."""

from __future__ import annotations

from itertools import cycle
from typing import Any

from rich.text import Text

from adapters.console.escape import plain
from bot.cards import Card, Chart

_EIGHTHS = " ▏▎▍▌▋▊▉█"
_COLOURS = ("green", "red", "cyan", "yellow", "magenta", "blue")
_SHORTEST = 10
"""Cells that the longest bar has at least, where the names beside it would take all the room."""


def chart_rows(chart: Chart, width: int) -> list[Text]:
    """A row for each figure, under the category's name where there are several series. A percentage is as long as it
    is of 100, anything else as it is of the largest."""
    several = len(chart.series) > 1
    figures = [(one, [_figure(value, chart.unit) for value in one.values]) for one in chart.series]
    names = [plain(one.name) for one in chart.series] if several else [plain(name) for name in chart.categories]
    aside = min(max((len(name) for name in names), default=0), max(width // 3, 1))
    beside = max((len(text) for _, texts in figures for text in texts), default=0)
    room = max(width - aside - beside - 2, min(_SHORTEST, width))
    whole = 100.0 if chart.unit == "%" else max((value for one in chart.series for value in one.values), default=0.0)
    rows = [Text(plain(chart.title), "bold")] if chart.title else []
    for at, category in enumerate(chart.categories):
        if several:
            rows.append(Text(plain(category)))
        for (one, texts), colour in zip(figures, cycle(_COLOURS), strict=False):
            if at < len(texts):
                name = plain(one.name if several else category)[:aside]
                bar = _bar(one.values[at], whole, room)
                rows.append(Text.assemble(f"{name:<{aside}} ", (bar, colour), " " if bar else "", texts[at]))
    for row in rows:
        row.truncate(width, overflow="ellipsis")
    return rows


def values_of(card: Card) -> dict[str, Any]:
    """A card's values for programs, with the figures of its chart by the names of their series."""
    if card.chart is None:
        return dict(card.data)
    series = {one.name: list(one.values) for one in card.chart.series}
    chart = {"title": card.chart.title, "unit": card.chart.unit, "categories": list(card.chart.categories)}
    return {**card.data, "chart": chart | {"series": series}}


def _bar(value: float, whole: float, room: int) -> str:
    eighths = round(min(max(value / whole, 0.0), 1.0) * room * 8) if whole > 0 else 0
    full, part = divmod(eighths, 8)
    return "█" * full + (_EIGHTHS[part] if part else "")


def _figure(value: float, unit: str) -> str:
    number = f"{value:,.1f}".removesuffix(".0")
    return f"{number} {plain(unit)}".rstrip()
