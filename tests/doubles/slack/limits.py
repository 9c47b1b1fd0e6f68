"""Slack's documented limits of blocks, messages and views: each problem in Slack's words, with its JSON pointer."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from tests.doubles.slack.limits_elements import element_problems, text_problems
from tests.doubles.slack.limits_rich import chart_problems, rich_text_problems, table_problems
from tests.doubles.slack.seen import Json

MOST_BLOCKS = {"message": 50, "modal": 100, "home": 100}
MOST_BLOCK_TEXT = 13_200
MOST_PRIVATE_METADATA = 3000
MOST_ID = 255
MOST_VIEW_BYTES = 250_000
MOST_CHARTS = 2
MOST_TABLES = 1

# Which blocks a surface takes; the new ones can be unknown to a workspace.
NEW = frozenset({"table", "data_table", "data_visualization", "alert", "card", "carousel", "container", "markdown"})
_COMMON = frozenset({"actions", "context", "divider", "header", "image", "input", "rich_text", "section", "video"})
BLOCKS = {
    "message": (_COMMON | NEW | {"file", "context_actions", "plan", "task_card"}) - {"alert"},
    "modal": _COMMON | {"alert", "card"},
    "home": _COMMON | {"card", "carousel", "container", "table", "data_table", "data_visualization"},
}
_ACTIONS = frozenset(
    {
        "button",
        "checkboxes",
        "datepicker",
        "datetimepicker",
        "multi_channels_select",
        "multi_conversations_select",
        "multi_external_select",
        "multi_static_select",
        "multi_users_select",
        "overflow",
        "radio_buttons",
        "channels_select",
        "conversations_select",
        "external_select",
        "static_select",
        "users_select",
        "timepicker",
        "workflow_button",
        "rich_text_input",
    }
)
_INPUTS = (_ACTIONS - {"button", "overflow", "workflow_button"}) | frozenset(
    {"plain_text_input", "email_text_input", "url_text_input", "number_input", "file_input"}
)
_KEYS: Mapping[str, frozenset[str]] = {
    "actions": frozenset({"elements"}),
    "context": frozenset({"elements"}),
    "divider": frozenset(),
    "header": frozenset({"text", "level"}),
    "image": frozenset({"alt_text", "image_url", "slack_file", "title"}),
    "input": frozenset({"label", "element", "dispatch_action", "hint", "optional"}),
    "rich_text": frozenset({"elements"}),
    "section": frozenset({"text", "fields", "accessory", "expand"}),
    "table": frozenset({"rows", "column_settings"}),
    "data_table": frozenset({"rows", "page_size", "caption", "row_header_column_index"}),
    "data_visualization": frozenset({"title", "chart"}),
    "alert": frozenset({"text", "level"}),
    "markdown": frozenset({"text"}),
}
_VIEW_KEYS = frozenset(
    {
        "type",
        "title",
        "blocks",
        "close",
        "submit",
        "private_metadata",
        "callback_id",
        "clear_on_close",
        "notify_on_close",
        "external_id",
        "submit_disabled",
    }
)

Found = Iterator[str]


def message_problems(blocks: Any, *, knows_new: bool) -> tuple[list[str], list[str], bool]:
    """What is wrong with a message's blocks, what this workspace does not know yet, and whether it is all too long."""
    problems, unknown = _blocks(blocks, "message", "/blocks", knows_new=knows_new)
    kinds = [one.get("type") for one in blocks] if isinstance(blocks, list) else []
    if kinds.count("data_visualization") > MOST_CHARTS:
        problems.append(f"no more than {MOST_CHARTS} data_visualization blocks allowed [json-pointer:/blocks]")
    if kinds.count("table") > MOST_TABLES:
        problems.append("only one table allowed [json-pointer:/blocks]")
    return problems, unknown, text_in(blocks) > MOST_BLOCK_TEXT


def view_problems(view: Any, kind: str, *, knows_new: bool) -> tuple[list[str], list[str]]:
    """What is wrong with a view; `kind` is "modal", "home", or "" for either."""
    if not isinstance(view, dict):
        return ["must be an object [json-pointer:/view]"], []
    if view.get("type") not in ({kind} if kind else {"modal", "home"}):
        return [f"unsupported type: {view.get('type')} [json-pointer:/view/type]"], []
    problems, unknown = _blocks(view.get("blocks"), view["type"], "/view/blocks", knows_new=knows_new)
    problems += _view(view)
    if view["type"] == "modal":
        problems += _modal(view)
    return problems, unknown


def check_metadata(metadata: Any) -> Found:
    """What is wrong with a message's metadata."""
    if metadata is None:
        return
    if not isinstance(metadata, dict) or not isinstance(metadata.get("event_type"), str):
        yield "metadata needs an event_type [json-pointer:/metadata]"
    elif not isinstance(metadata.get("event_payload"), dict):
        yield "metadata needs an event_payload [json-pointer:/metadata]"
    elif any(isinstance(value, dict) for value in metadata["event_payload"].values()):
        yield "nested objects are not kept [json-pointer:/metadata/event_payload]"


def text_in(node: Any) -> int:
    """How many characters a payload shows; tables and charts have limits of their own."""
    if isinstance(node, dict):
        if node.get("type") in {"data_table", "table", "data_visualization"}:
            return 0
        own = sum(len(value) for key, value in node.items() if key == "text" and isinstance(value, str))
        return own + sum(text_in(value) for value in node.values() if not isinstance(value, str))
    return sum(map(text_in, node)) if isinstance(node, list) else 0


def _view(view: Json) -> Found:
    for key in view.keys() - _VIEW_KEYS:
        yield f"invalid additional property: {key} [json-pointer:/view]"
    for key, most in (("private_metadata", MOST_PRIVATE_METADATA), ("callback_id", MOST_ID), ("external_id", MOST_ID)):
        if len(view.get(key) or "") > most:
            yield f"must be less than {most + 1} characters [json-pointer:/view/{key}]"
    if len(json.dumps(view)) > MOST_VIEW_BYTES:
        yield "view_too_large [json-pointer:/view]"


def _modal(view: Json) -> Found:
    if "title" not in view:
        yield "missing required field: title [json-pointer:/view]"
    for key in ("title", "submit", "close"):
        if view.get(key) is not None:
            yield from text_problems(view[key], f"/view/{key}", 24, plain=True)
    if any(block.get("type") == "input" for block in view.get("blocks") or ()) and not view.get("submit"):
        yield "submit is required when an input block is within blocks [json-pointer:/view]"


def _blocks(blocks: Any, surface: str, at: str, *, knows_new: bool) -> tuple[list[str], list[str]]:
    if not isinstance(blocks, list):
        return [f"must be an array [json-pointer:{at}]"], []
    problems, unknown = [], []
    if len(blocks) > MOST_BLOCKS[surface]:
        problems.append(f"no more than {MOST_BLOCKS[surface]} items allowed [json-pointer:{at}]")
    seen: set[str] = set()
    for number, block in enumerate(blocks):
        here = f"{at}/{number}"
        kind = block.get("type") if isinstance(block, dict) else None
        if kind in NEW and not knows_new and kind in BLOCKS[surface]:
            unknown.append(f"unsupported type: {kind} [json-pointer:{here}/type]")
        elif kind not in BLOCKS[surface]:
            problems.append(f"unsupported type: {kind} [json-pointer:{here}/type]")
        else:
            problems += _block(block, here)
            id = block.get("block_id")
            if id in seen and id:
                problems.append(f"duplicate block_id {id} [json-pointer:{here}/block_id]")
            seen.add(id or "")
    return problems, unknown


def _block(block: Json, at: str) -> Found:
    kind = block["type"]
    if len(str(block.get("block_id", ""))) > MOST_ID:
        yield f"must be less than {MOST_ID + 1} characters [json-pointer:{at}/block_id]"
    if kind in _KEYS:
        for key in block.keys() - _KEYS[kind] - {"type", "block_id"}:
            yield f"invalid additional property: {key} [json-pointer:{at}]"
    match kind:
        case "section":
            yield from _section(block, at)
        case "actions":
            yield from _elements(block, at, _ACTIONS, 25)
        case "context":
            yield from _elements(block, at, frozenset({"image", "plain_text", "mrkdwn"}), 10)
        case "header":
            yield from text_problems(block.get("text"), f"{at}/text", 150, plain=True)
        case "input":
            yield from _input(block, at)
        case "rich_text":
            yield from rich_text_problems(block, at)
        case "table" | "data_table":
            yield from table_problems(block, at)
        case "data_visualization":
            yield from chart_problems(block, at)
        case "alert":
            yield from text_problems(block.get("text"), f"{at}/text", 200)
        case "image":
            if not block.get("alt_text") or not (block.get("image_url") or block.get("slack_file")):
                yield f"missing required field [json-pointer:{at}]"
        case "markdown":
            if not 1 <= len(str(block.get("text", ""))) <= 12_000:
                yield f"must be between 1 and 12000 characters [json-pointer:{at}/text]"


def _section(block: Json, at: str) -> Found:
    fields = block.get("fields")
    if block.get("text") is None and not fields:
        yield f"missing required field: text [json-pointer:{at}]"
    if block.get("text") is not None:
        yield from text_problems(block["text"], f"{at}/text", 3000)
    if fields is not None:
        if not 1 <= len(fields) <= 10:
            yield f"no more than 10 items allowed [json-pointer:{at}/fields]"
        for number, one in enumerate(fields):
            yield from text_problems(one, f"{at}/fields/{number}", 2000)
    if block.get("accessory") is not None:
        if block["accessory"].get("type") not in _ACTIONS | {"image"}:
            yield f"unsupported type: {block['accessory'].get('type')} [json-pointer:{at}/accessory]"
        yield from element_problems(block["accessory"], f"{at}/accessory")


def _elements(block: Json, at: str, allowed: frozenset[str], most: int) -> Found:
    elements = block.get("elements")
    if not isinstance(elements, list) or not elements:
        yield f"must provide at least one element [json-pointer:{at}/elements]"
        return
    if len(elements) > most:
        yield f"no more than {most} items allowed [json-pointer:{at}/elements]"
    seen: set[str] = set()
    for number, element in enumerate(elements):
        here = f"{at}/elements/{number}"
        if element.get("type") not in allowed:
            yield f"unsupported type: {element.get('type')} [json-pointer:{here}/type]"
            continue
        yield from element_problems(element, here)
        id = element.get("action_id")
        if id and id in seen:
            yield f"action_id {id} already exists [json-pointer:{here}/action_id]"
        seen.add(id or "")


def _input(block: Json, at: str) -> Found:
    yield from text_problems(block.get("label"), f"{at}/label", 2000, plain=True)
    if block.get("hint") is not None:
        yield from text_problems(block["hint"], f"{at}/hint", 2000, plain=True)
    element = block.get("element") or {}
    if element.get("type") not in _INPUTS:
        yield f"unsupported type: {element.get('type')} [json-pointer:{at}/element/type]"
    else:
        yield from element_problems(element, f"{at}/element")
