"""Charts: Slack's own bars where they fit, and bars of text for workspaces that do not take them."""

from __future__ import annotations

import math

from adapters.slack import limits
from adapters.slack.limits import Block, cut
from adapters.slack.mrkdwn import one_line
from bot.cards import Chart

MOST_SERIES = 6
MOST_CATEGORIES = 20
LABEL = 20
TITLE = 50
_WIDEST = 30
_UNTITLED = "Chart"


def chart_block(chart: Chart) -> Block | None:
    """The chart as a block of Slack's; None where its limits do not allow it."""
    categories = _labels(chart.categories)
    names = _labels(tuple(one.name for one in chart.series))
    if not 0 < len(categories) <= MOST_CATEGORIES or not 0 < len(names) <= MOST_SERIES:
        return None
    if any(len(one.values) != len(categories) or not all(map(math.isfinite, one.values)) for one in chart.series):
        return None
    series = [
        {
            "name": name,
            "data": [{"label": at, "value": figure} for at, figure in zip(categories, one.values, strict=True)],
        }
        for name, one in zip(names, chart.series, strict=True)
    ]
    axis: Block = {"categories": categories}
    if one_line(chart.unit):
        axis["y_label"] = cut(one_line(chart.unit), TITLE)
    title = cut(one_line(chart.title), TITLE) or _UNTITLED
    return {
        "type": "data_visualization",
        "title": title,
        "chart": {"type": "bar", "series": series, "axis_config": axis},
    }


def chart_text(chart: Chart) -> str:
    """The chart as rows of a fixed-width text: label, bar, figure."""
    figures = [figure for one in chart.series for figure in one.values if math.isfinite(figure)]
    most = max([abs(figure) for figure in figures], default=0)
    unit = f" {one_line(chart.unit)}" if one_line(chart.unit) else ""
    width = max([len(label) for label in _labels(chart.categories)], default=0)
    rows = [cut(one_line(chart.title), TITLE) or _UNTITLED]
    for one in chart.series:
        rows += [one_line(one.name)] if len(chart.series) > 1 else []
        for label, figure in zip(_labels(chart.categories), one.values, strict=False):
            bar = "█" * round(_WIDEST * abs(figure) / most) if most and math.isfinite(figure) else ""
            rows.append(f"{label:<{width}}  {bar} {figure:g}{unit}")
    return cut("\n".join(rows), limits.TEXT)


def chart_rows(chart: Chart) -> Block:
    """The chart as a block of text."""
    words = {"type": "text", "text": chart_text(chart)}
    return {"type": "rich_text", "elements": [{"type": "rich_text_preformatted", "elements": [words]}]}


def _labels(labels: tuple[str, ...]) -> list[str]:
    """Short and each its own, as an axis needs them."""
    found: list[str] = []
    for number, label in enumerate(labels, 1):
        short = cut(one_line(label), LABEL) or str(number)
        if short in found:
            short = f"{cut(short, LABEL - len(str(number)) - 1)} {number}"
        found.append(short)
    return found
