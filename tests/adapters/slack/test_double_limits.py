"""The double's limits are Slack's: each number as slackblocks knows it, taken at the limit and refused beyond it."""

from __future__ import annotations

from typing import Any

import pytest
from slackblocks import _limits as known

from tests.adapters.slack.test_double import modal, section, subject
from tests.doubles.slack.limits import message_problems, view_problems

Block = dict[str, Any]


def words(length: int) -> Block:
    return {"type": "plain_text", "text": "x" * length}


def options(count: int, value: int = 1, text: int = 1) -> list[Block]:
    return [{"text": words(text), "value": f"{number:04}".ljust(value, "v")} for number in range(count)]


def button(text: int = 1, value: int = 1) -> Block:
    return {"type": "button", "action_id": "a", "text": words(text), "value": "v" * value}


def actions(*elements: Block) -> Block:
    return {"type": "actions", "elements": list(elements)}


def chart(title: int = 1, series: int = 1, categories: int = 1, label: int = 2) -> Block:
    names = [f"{number:02}".ljust(label, "c") for number in range(categories)]
    rows = [{"name": f"s{one}", "data": [{"label": name, "value": 1} for name in names]} for one in range(series)]
    drawn = {"type": "bar", "series": rows, "axis_config": {"categories": names}}
    return {"type": "data_visualization", "title": "t" * title, "chart": drawn}


def table(rows: int = 2, columns: int = 1, kind: str = "data_table") -> Block:
    cells = [[{"type": "raw_text", "text": "x"} for _ in range(columns)] for _ in range(rows)]
    return {"type": kind, "rows": cells} | ({"caption": "c"} if kind == "data_table" else {})


def select(count: int) -> Block:
    return {"type": "static_select", "action_id": "a", "options": options(count)}


def many(count: int) -> Block:
    return actions(*({**button(), "action_id": str(number)} for number in range(count)))


@pytest.mark.parametrize(
    ("limit", "block"),
    [
        (known.SECTION_TEXT_MAX_LENGTH, lambda n: section("x" * n)),
        (known.SECTION_FIELDS_MAX_ITEMS, lambda n: {"type": "section", "fields": [words(1)] * n}),
        (known.SECTION_FIELDS_ITEM_MAX_LENGTH, lambda n: {"type": "section", "fields": [words(n)]}),
        (known.HEADER_TEXT_MAX_LENGTH, lambda n: {"type": "header", "text": words(n)}),
        (known.CONTEXT_ELEMENTS_MAX_ITEMS, lambda n: {"type": "context", "elements": [words(1)] * n}),
        (known.ACTIONS_ELEMENTS_MAX_ITEMS, many),
        (known.BUTTON_TEXT_MAX_LENGTH, lambda n: actions(button(text=n))),
        (known.BUTTON_VALUE_MAX_LENGTH, lambda n: actions(button(value=n))),
        (known.ACTION_ID_MAX_LENGTH, lambda n: actions({**button(), "action_id": "a" * n})),
        (known.BLOCK_ID_MAX_LENGTH, lambda n: {**section("x"), "block_id": "b" * n}),
        (known.OVERFLOW_OPTIONS_MAX_ITEMS, lambda n: actions({"type": "overflow", "options": options(n)})),
        (known.OPTION_VALUE_MAX_LENGTH, lambda n: actions({"type": "overflow", "options": options(1, value=n)})),
        (known.OPTION_TEXT_MAX_LENGTH, lambda n: actions({"type": "overflow", "options": options(1, text=n)})),
        (known.SELECT_OPTIONS_MAX_ITEMS, lambda n: actions(select(n))),
        (known.CHECKBOXES_OPTIONS_MAX_ITEMS, lambda n: actions({"type": "checkboxes", "options": options(n)})),
        (known.MARKDOWN_TEXT_MAX_LENGTH, lambda n: {"type": "markdown", "text": "x" * n}),
        (known.TABLE_ROWS_MAX_ITEMS, lambda n: table(n, kind="table")),
        (known.TABLE_COLUMNS_MAX_ITEMS, lambda n: table(2, n, kind="table")),
        (known.DATA_TABLE_ROWS_MAX_ITEMS, table),
        (known.DATA_TABLE_COLUMNS_MAX_ITEMS, lambda n: table(2, n)),
        (known.DATA_VISUALIZATION_TITLE_MAX_LENGTH, lambda n: chart(title=n)),
        (known.DATA_VISUALIZATION_SERIES_MAX_ITEMS, lambda n: chart(series=n)),
        (known.DATA_VISUALIZATION_CATEGORIES_MAX_ITEMS, lambda n: chart(categories=n)),
        (known.DATA_VISUALIZATION_CATEGORY_LABEL_MAX_LENGTH, lambda n: chart(label=n)),
    ],
)
def test_a_block_is_taken_at_its_limit_and_refused_beyond_it(limit: int, block: Any) -> None:
    assert message_problems([block(limit)], knows_new=True)[0] == []
    assert message_problems([block(limit + 1)], knows_new=True)[0] != []


def test_a_message_has_so_many_blocks_and_so_many_characters() -> None:
    most = known.MESSAGE_BLOCKS_MAX_ITEMS
    assert message_problems([section("x")] * most, knows_new=True) == ([], [], False)
    assert message_problems([section("x")] * (most + 1), knows_new=True)[0]
    assert message_problems([section("x" * 3000)] * 5, knows_new=True)[2]


@pytest.mark.parametrize(
    ("limit", "view"),
    [
        (known.VIEW_TITLE_MAX_LENGTH, lambda n: modal(subject(), title="t" * n)),
        (known.VIEW_PRIVATE_METADATA_MAX_LENGTH, lambda n: {**modal(subject()), "private_metadata": "m" * n}),
        (known.VIEW_CALLBACK_ID_MAX_LENGTH, lambda n: {**modal(subject()), "callback_id": "c" * n}),
        (known.VIEW_BLOCKS_MAX_ITEMS, lambda n: modal(*[section("x")] * n)),
        (known.VIEW_SUBMIT_MAX_LENGTH, lambda n: {**modal(subject()), "submit": words(n)}),
        (known.INPUT_LABEL_MAX_LENGTH, lambda n: modal({**subject(), "label": words(n)})),
    ],
)
def test_a_view_is_taken_at_its_limit_and_refused_beyond_it(limit: int, view: Any) -> None:
    assert view_problems(view(limit), "modal", knows_new=True) == ([], [])
    assert view_problems(view(limit + 1), "modal", knows_new=True)[0] != []


def test_what_a_workspace_does_not_know_yet_is_refused_and_is_no_fault() -> None:
    assert message_problems([table()], knows_new=False) == (
        [],
        ["unsupported type: data_table [json-pointer:/blocks/0/type]"],
        False,
    )


@pytest.mark.parametrize(
    "piece",
    [
        {"type": "text", "text": ""},
        {"type": "text", "text": "x", "bold": True},
        {"type": "date", "timestamp": "1", "format": "{date}"},
        {"type": "date", "timestamp": 1, "format": "soon"},
        {"type": "broadcast", "range": "all"},
        {"type": "user", "user": "U0ANN"},
    ],
)
def test_rich_text_has_its_shapes(piece: Block) -> None:
    block = {"type": "rich_text", "elements": [{"type": "rich_text_section", "elements": [piece]}]}
    assert message_problems([block], knows_new=True)[0]


def test_what_is_named_twice_is_refused() -> None:
    assert message_problems([actions(button(), button())], knows_new=True)[0]
    assert view_problems(modal(subject(), subject()), "modal", knows_new=True)[0]
