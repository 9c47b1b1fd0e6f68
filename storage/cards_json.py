"""Cards as JSON and back: parts are tagged, instants are UTC seconds, what is empty is left out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from bot.cards import Card, Chart, Choice, Line, Mention, Part, Series, Strong, Style, Table, Tone, When
from storage.values import epoch, instant


def card_to_data(card: Card) -> dict[str, Any]:
    """The card as plain JSON values. `values` and `data` must hold plain JSON values already."""
    data: dict[str, Any] = {}
    if card.title:
        data["title"] = _line_to_data(card.title)
    if card.badge:
        data["badge"] = card.badge
    if card.lines:
        data["lines"] = [_line_to_data(line) for line in card.lines]
    if card.table is not None:
        data["table"] = _table_to_data(card.table)
    if card.chart is not None:
        data["chart"] = _chart_to_data(card.chart)
    if card.choices:
        data["choices"] = [_choice_to_data(choice) for choice in card.choices]
    if card.tone is not Tone.PLAIN:
        data["tone"] = card.tone.value
    if card.ticket is not None:
        data["ticket"] = card.ticket
    if card.data:
        data["data"] = dict(card.data)
    return data


def card_from_data(data: Mapping[str, Any]) -> Card:
    """The card that `card_to_data` wrote."""
    table, chart = data.get("table"), data.get("chart")
    return Card(
        title=_line_from_data(data.get("title", ())),
        badge=data.get("badge", ""),
        lines=tuple(_line_from_data(line) for line in data.get("lines", ())),
        table=None if table is None else _table_from_data(table),
        chart=None if chart is None else _chart_from_data(chart),
        choices=tuple(_choice_from_data(choice) for choice in data.get("choices", ())),
        tone=Tone(data.get("tone", Tone.PLAIN)),
        ticket=data.get("ticket"),
        data=data.get("data", {}),
    )


def _part_to_data(part: Part) -> Any:
    match part:
        case str():
            return part
        case When(at, style):
            return {"at": epoch(at), "style": style}
        case Mention(person, name):
            return {"person": person, "name": name}
        case Strong(text):
            return {"strong": text}


def _part_from_data(data: Any) -> Part:
    match data:
        case str():
            return data
        case {"at": at, "style": style}:
            return When(instant(at), style)
        case {"person": person, "name": name}:
            return Mention(person, name)
        case {"strong": text}:
            return Strong(text)
        case _:
            raise ValueError(f"Not a part of a card: {data!r}")


def _line_to_data(line: Line) -> list[Any]:
    return [_part_to_data(part) for part in line]


def _line_from_data(data: Sequence[Any]) -> Line:
    return tuple(_part_from_data(part) for part in data)


def _table_to_data(table: Table) -> dict[str, Any]:
    return {"header": list(table.header), "rows": [[_line_to_data(cell) for cell in row] for row in table.rows]}


def _table_from_data(data: Mapping[str, Any]) -> Table:
    rows = tuple(tuple(_line_from_data(cell) for cell in row) for row in data["rows"])
    return Table(tuple(data["header"]), rows)


def _chart_to_data(chart: Chart) -> dict[str, Any]:
    series = [{"name": one.name, "values": list(one.values)} for one in chart.series]
    return {"title": chart.title, "categories": list(chart.categories), "series": series, "unit": chart.unit}


def _chart_from_data(data: Mapping[str, Any]) -> Chart:
    series = tuple(Series(one["name"], tuple(one["values"])) for one in data["series"])
    return Chart(data["title"], tuple(data["categories"]), series, data["unit"])


def _choice_to_data(choice: Choice) -> dict[str, Any]:
    data: dict[str, Any] = {"label": choice.label, "command": choice.command}
    if choice.values:
        data["values"] = dict(choice.values)
    if choice.asks:
        data["asks"] = list(choice.asks)
    if choice.style is not Style.NORMAL:
        data["style"] = choice.style.value
    if choice.rest:
        data["rest"] = True
    return data


def _choice_from_data(data: Mapping[str, Any]) -> Choice:
    return Choice(
        data["label"],
        data["command"],
        data.get("values", {}),
        tuple(data.get("asks", ())),
        Style(data.get("style", Style.NORMAL)),
        data.get("rest", False),
    )
