"""Charts: Slack's own bars where they fit, and bars of text for workspaces that do not take them."""

from __future__ import annotations

import math

from adapters.slack.drawing import limits
from adapters.slack.drawing.limits import Block
from bot.cards import Chart
from bot.views.figures import TITLE, chart_text, chart_title, short_labels
from bot.views.plain import cut, one_line

MOST_SERIES = 6
MOST_CATEGORIES = 20


def chart_block(chart: Chart) -> Block | None:
    """The chart as a block of Slack's; None where its limits do not allow it."""
    categories = short_labels(chart.categories)
    names = short_labels(tuple(one.name for one in chart.series))
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
    return {
        "type": "data_visualization",
        "title": chart_title(chart),
        "chart": {"type": "bar", "series": series, "axis_config": axis},
    }


def chart_rows(chart: Chart) -> Block:
    """The chart as a block of text."""
    words = {"type": "text", "text": chart_text(chart, limits.TEXT)}
    return {"type": "rich_text", "elements": [{"type": "rich_text_preformatted", "elements": [words]}]}
