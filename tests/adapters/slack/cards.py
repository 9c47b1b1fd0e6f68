"""Any card whatsoever, for properties; and what is read and counted in the blocks that it becomes."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from slackblocks import blocks, elements, objects

from bot.cards import Card, Chart, Choice, Home, Mention, Part, Section, Series, Strong, Style, Table, Tone, When
from bot.names import Names
from tests.doubles.slack.limits import message_problems, view_problems

BIG = settings(max_examples=40, suppress_health_check=[HealthCheck.too_slow])
"""For whole cards and pages, which take a while to invent."""

NAMES = Names({"ann": "U0ANN", "bob": "W0BOB", "eve": "<!channel>"}, "S0SUP", "America/Toronto")

TRICKS = (
    "<!channel>",
    "<@U0ANN>",
    "<https://evil.example|https://bank.example>",
    "<!date^1^{date}^https://evil.example|now>",
    "&lt;!here&gt;",
    ":smile:",
    "*bold* _slanted_ ~gone~ `code`",
    "@channel @here @everyone",
    "https://evil.example/",
    "\u202eright to left",
    "👩‍👩‍👧‍👦" * 40,
    "e\u0301" * 90,
    "\x00\x07\ud800",
    "word " * 900,
    "x" * 7_000,
    "\n".join("line" for _ in range(900)),
    '"\\\n' * 2_000,
)

texts = st.one_of(st.text(st.characters(), max_size=60), st.sampled_from(TRICKS), st.just(""))
instants = st.integers(-(10**8), 29 * 10**9).map(lambda seconds: datetime.fromtimestamp(seconds, UTC))
whens = st.builds(When, instants, st.sampled_from(["full", "time", "date", "relative", "no such style"]))
mentions = st.builds(Mention, st.sampled_from(["ann", "bob", "eve", "nobody", "team", ""]), texts)
parts: st.SearchStrategy[Part] = st.one_of(texts, st.builds(Strong, texts), whens, mentions)
lines = st.lists(parts, max_size=4).map(tuple)
words = st.from_regex(r"[a-z]{1,12}( [a-z]{1,12})?", fullmatch=True)
names = st.from_regex(r"[a-z_]{1,10}", fullmatch=True)
values = st.dictionaries(names, st.one_of(texts, st.integers(-9_999, 9_999), st.booleans()), max_size=4)
choices = st.builds(
    Choice, texts, words, values, st.lists(names, max_size=3).map(tuple), st.sampled_from(Style), st.booleans()
)
tables = st.builds(
    Table,
    st.lists(texts, max_size=4).map(tuple),
    st.lists(st.lists(lines, max_size=3).map(tuple), max_size=5).map(tuple),
)
figures = st.floats(-1e9, 1e9) | st.sampled_from([float("nan"), float("inf")])
charts = st.builds(
    Chart,
    texts,
    st.lists(texts, max_size=5).map(tuple),
    st.lists(st.builds(Series, texts, st.lists(figures, max_size=5).map(tuple)), max_size=4).map(tuple),
    texts,
)
cards = st.builds(
    Card,
    title=lines,
    badge=texts,
    lines=st.lists(lines, max_size=6).map(tuple),
    table=st.none() | tables,
    chart=st.none() | charts,
    choices=st.lists(choices, max_size=9).map(tuple),
    tone=st.sampled_from(Tone),
    ticket=st.none() | st.integers(1, 10**9),
)
homes = st.builds(
    Home,
    cards,
    st.lists(st.builds(Section, texts, st.lists(cards, max_size=5).map(tuple), lines), max_size=3).map(tuple),
)


def everything(found: Any) -> Iterator[dict[str, Any]]:
    """Every object within blocks."""
    if isinstance(found, dict):
        yield found
        for value in found.values():
            yield from everything(value)
    elif isinstance(found, list):
        for value in found:
            yield from everything(value)


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
