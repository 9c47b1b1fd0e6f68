"""What is read and counted in the blocks that a card becomes."""

from __future__ import annotations

from typing import Any

from slackblocks import blocks, elements, objects

from bot.names import Names
from tests.adapters.any_card import everything
from tests.doubles.slack.limits import message_problems, view_problems

NAMES = Names({"ann": "U0ANN", "bob": "W0BOB", "eve": "<!channel>"}, "S0SUP", "America/Toronto")


def read(said: list[dict[str, Any]]) -> str:
    """What somebody reads who sees these blocks, instants and people left out."""
    return "".join(str(one["text"]) for one in everything(said) if isinstance(one.get("text"), str))


def refused_message(said: list[dict[str, Any]]) -> list[str]:
    """What Slack would say against the blocks of a message."""
    _checked(said)
    problems, unknown, too_long = message_problems(said, knows_new=True)
    return [*problems, *unknown, *(["msg_blocks_too_long"] if too_long else [])]


def refused_view(view: dict[str, Any]) -> list[str]:
    """What Slack would say against a view; it must not know the new blocks."""
    _checked(view["blocks"])
    problems, unknown = view_problems(view, "", knows_new=False)
    return [*problems, *unknown]


def _checked(said: list[dict[str, Any]]) -> None:
    for block in said:
        _check(block)


def _check(block: dict[str, Any]) -> None:
    """Raises what slackblocks says against a block, of the kinds that it can build."""
    kind = block["type"]
    if kind in ("context", "header", "divider"):
        blocks.Block.from_dict(block)
    elif kind == "actions":
        blocks.ActionsBlock([_element(one) for one in block["elements"]])
    elif kind == "input":
        label, hint = _text(block["label"]), _text(block.get("hint"))
        blocks.InputBlock(label, _element(block["element"]), block_id=block["block_id"], hint=hint)
    elif kind == "data_visualization":
        chart = block["chart"]
        series = [
            objects.DataSeries(one["name"], [objects.DataPoint(p["label"], p["value"]) for p in one["data"]])
            for one in chart["series"]
        ]
        bars = objects.BarChart(series, objects.AxisConfig(**chart["axis_config"]))
        blocks.DataVisualizationBlock(block["title"], bars)


def _element(element: dict[str, Any]) -> Any:
    """An element as slackblocks builds it."""
    kinds = {
        "button": elements.Button,
        "overflow": elements.OverflowMenu,
        "plain_text_input": elements.PlainTextInput,
        "number_input": elements.NumberInput,
        "static_select": elements.StaticSelectMenu,
        "external_select": elements.ExternalSelectMenu,
        "checkboxes": elements.CheckboxGroup,
    }
    return kinds[element["type"]](**{name: _built(name, value) for name, value in element.items() if name != "type"})


def _built(name: str, value: Any) -> Any:
    if name in ("text", "placeholder", "description"):
        return _text(value)
    if name in ("options", "initial_options"):
        return [_built("option", one) for one in value]
    if name in ("option", "initial_option"):
        return objects.Option(_text(value["text"]), value["value"], _text(value.get("description")))
    return value


def _text(found: dict[str, Any] | None) -> Any:
    return None if found is None else objects.PlainText(found["text"], emoji=found["emoji"])
