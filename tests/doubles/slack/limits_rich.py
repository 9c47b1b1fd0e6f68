"""Limits and shapes of rich text, tables and charts."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from tests.doubles.slack.seen import Json

Found = Iterator[str]

_PIECES: Mapping[str, tuple[frozenset[str], frozenset[str]]] = {
    "text": (frozenset({"text"}), frozenset()),
    "link": (frozenset({"url"}), frozenset({"text", "unsafe"})),
    "user": (frozenset({"user_id"}), frozenset()),
    "usergroup": (frozenset({"usergroup_id"}), frozenset()),
    "channel": (frozenset({"channel_id"}), frozenset()),
    "broadcast": (frozenset({"range"}), frozenset()),
    "emoji": (frozenset({"name"}), frozenset({"unicode", "skin_tone"})),
    "date": (frozenset({"timestamp", "format"}), frozenset({"url", "fallback"})),
    "color": (frozenset({"value"}), frozenset()),
}
_STYLES = frozenset({"bold", "italic", "strike", "code", "underline", "highlight", "client_highlight", "unlink"})
_SECTIONS: Mapping[str, frozenset[str]] = {
    "rich_text_section": frozenset(),
    "rich_text_preformatted": frozenset({"border", "language"}),
    "rich_text_quote": frozenset({"border"}),
    "rich_text_list": frozenset({"style", "indent", "offset", "border"}),
}


def rich_text_problems(block: Json, at: str) -> Found:
    """What is wrong with a rich_text block."""
    elements = block.get("elements")
    if not isinstance(elements, list) or not elements:
        yield f"must provide at least one element [json-pointer:{at}/elements]"
        return
    for number, section in enumerate(elements):
        yield from _section(section, f"{at}/elements/{number}")


def _section(section: Json, at: str) -> Found:
    kind = str(section.get("type"))
    if kind not in _SECTIONS:
        yield f"unsupported type: {kind} [json-pointer:{at}/type]"
        return
    for key in section.keys() - _SECTIONS[kind] - {"type", "elements"}:
        yield f"invalid additional property: {key} [json-pointer:{at}]"
    if kind == "rich_text_list" and section.get("style") not in {"bullet", "ordered"}:
        yield f"must be bullet or ordered [json-pointer:{at}/style]"
    pieces = section.get("elements")
    if not isinstance(pieces, list) or not pieces:
        yield f"must provide at least one element [json-pointer:{at}/elements]"
        return
    for number, piece in enumerate(pieces):
        if kind == "rich_text_list":
            yield from _section(piece, f"{at}/elements/{number}")
        else:
            yield from _piece(piece, f"{at}/elements/{number}")


def _piece(piece: Json, at: str) -> Found:
    kind = str(piece.get("type"))
    if kind not in _PIECES:
        yield f"unsupported type: {kind} [json-pointer:{at}/type]"
        return
    needs, takes = _PIECES[kind]
    for key in needs - piece.keys():
        yield f"missing required field: {key} [json-pointer:{at}]"
    for key in piece.keys() - needs - takes - {"type", "style"}:
        yield f"invalid additional property: {key} [json-pointer:{at}]"
    for key, value in (piece.get("style") or {}).items():
        if key not in _STYLES or not isinstance(value, bool):
            yield f"invalid style {key} [json-pointer:{at}/style]"
    if kind == "text" and not piece.get("text"):
        yield f"must be more than 0 characters [json-pointer:{at}/text]"
    if kind == "broadcast" and piece.get("range") not in {"here", "channel", "everyone"}:
        yield f"must be here, channel or everyone [json-pointer:{at}/range]"
    if kind == "date" and (not isinstance(piece.get("timestamp"), int) or "{" not in str(piece.get("format"))):
        yield f"needs whole seconds and a format with a token [json-pointer:{at}]"


def table_problems(block: Json, at: str) -> Found:
    """What is wrong with a table or a data_table."""
    rows, sortable = block.get("rows"), block["type"] == "data_table"
    least, most = (2, 201) if sortable else (1, 100)
    if not isinstance(rows, list) or not least <= len(rows) <= most:
        yield f"must have {least} to {most} rows [json-pointer:{at}/rows]"
        return
    columns, total = len(rows[0]), 0
    for number, row in enumerate(rows):
        if not 1 <= len(row) <= 20 or (sortable and len(row) != columns):
            yield f"must have 1 to 20 cells, as many in each row [json-pointer:{at}/rows/{number}]"
        for column, cell in enumerate(row):
            here = f"{at}/rows/{number}/{column}"
            yield from _cell(cell, here, header=sortable and number == 0)
            total += _length(cell)
    if total > (20_000 if sortable else 10_000):
        yield f"the cells hold too many characters [json-pointer:{at}/rows]"
    if len(block.get("column_settings") or ()) > 20:
        yield f"no more than 20 items allowed [json-pointer:{at}/column_settings]"
    if sortable:
        yield from _sortable(block, columns, at)


def _sortable(block: Json, columns: int, at: str) -> Found:
    if not block.get("caption"):
        yield f"missing required field: caption [json-pointer:{at}]"
    if not 1 <= int(block.get("page_size", 5)) <= 100:
        yield f"must be between 1 and 100 [json-pointer:{at}/page_size]"
    if not 0 <= int(block.get("row_header_column_index", 0)) < columns:
        yield f"must name a column [json-pointer:{at}/row_header_column_index]"


def _cell(cell: Json, at: str, *, header: bool) -> Found:
    kind = cell.get("type")
    if kind == "rich_text" and not header:
        yield from rich_text_problems(cell, at)
    elif kind == "raw_number":
        if not isinstance(cell.get("value"), int | float) or not isinstance(cell.get("text", ""), str):
            yield f"must have a number as its value [json-pointer:{at}]"
    elif kind != "raw_text":
        yield f"unsupported type: {kind} [json-pointer:{at}/type]"
    elif not cell.get("text"):
        yield f"must be more than 0 characters [json-pointer:{at}/text]"


def _length(node: Any) -> int:
    if isinstance(node, dict):
        own = len(node["text"]) if isinstance(node.get("text"), str) else 0
        return own + sum(_length(value) for value in node.values() if not isinstance(value, str))
    return sum(map(_length, node)) if isinstance(node, list) else 0


def chart_problems(block: Json, at: str) -> Found:
    """What is wrong with a data_visualization."""
    if not 1 <= len(str(block.get("title", ""))) <= 50:
        yield f"must be between 1 and 50 characters [json-pointer:{at}/title]"
    chart = block.get("chart") or {}
    if chart.get("type") == "pie":
        yield from _segments(chart.get("segments") or [], f"{at}/chart/segments")
    elif chart.get("type") in {"bar", "line", "area"}:
        yield from _axes(chart, f"{at}/chart")
    else:
        yield f"unsupported type: {chart.get('type')} [json-pointer:{at}/chart/type]"


def _segments(segments: list[Json], at: str) -> Found:
    if not 1 <= len(segments) <= 12:
        yield f"must have 1 to 12 segments [json-pointer:{at}]"
    for number, one in enumerate(segments):
        if not 1 <= len(str(one.get("label", ""))) <= 20 or not one.get("value", 0) > 0:
            yield f"needs a label of 1 to 20 characters and a value above 0 [json-pointer:{at}/{number}]"


def _axes(chart: Json, at: str) -> Found:
    axis = chart.get("axis_config") or {}
    categories = axis.get("categories") or []
    if not 1 <= len(categories) <= 20 or any(not 1 <= len(one) <= 20 for one in categories):
        yield f"must have 1 to 20 categories of 1 to 20 characters [json-pointer:{at}/axis_config/categories]"
    if len(set(categories)) != len(categories):
        yield f"must be unique [json-pointer:{at}/axis_config/categories]"
    for key in ("x_label", "y_label"):
        if len(axis.get(key) or "") > 50:
            yield f"must be less than 51 characters [json-pointer:{at}/axis_config/{key}]"
    series = chart.get("series") or []
    if not 1 <= len(series) <= 12 or len({one.get("name") for one in series}) != len(series):
        yield f"must have 1 to 12 series with names of their own [json-pointer:{at}/series]"
    for number, one in enumerate(series):
        here = f"{at}/series/{number}"
        if not 1 <= len(str(one.get("name", ""))) <= 20:
            yield f"must be between 1 and 20 characters [json-pointer:{here}/name]"
        points = one.get("data") or []
        if sorted(str(point.get("label")) for point in points) != sorted(categories):
            yield f"must have one point for each category [json-pointer:{here}/data]"
        if any(not isinstance(point.get("value"), int | float) for point in points):
            yield f"needs numbers [json-pointer:{here}/data]"
