"""Filling in a form as a person does: values by block, action or label, and what Slack makes of them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from tests.doubles.slack.seen import Json, View

Ask = Callable[[Json, str], list[Json]]


class CannotSubmit(AssertionError):
    """Slack itself would hold the form back: something needed is empty or too long, or is no choice."""


def inputs(view: View) -> list[Json]:
    """The blocks that hold something to fill in or to choose."""
    return [block for block in view["blocks"] if block["type"] == "input"]


def filled(view: View, values: Mapping[str, Any], ask: Ask) -> Json:
    """The state's values after somebody filled in these and left the others as they were. Raises CannotSubmit.

    `ask` fetches the options of a menu that is searched while typing.
    """
    left = dict(values)
    state: dict[str, Json] = {id: dict(held) for id, held in view["state"]["values"].items()}
    for block in inputs(view):
        element = block["element"]
        action = element.get("action_id", "")
        held = state.get(block["block_id"], {}).get(action) or initial(element)
        for name in (block["block_id"], action, block["label"]["text"]):
            if name in left:
                held = answered(block, left.pop(name), ask)
                break
        if not block.get("optional") and _empty(held):
            raise CannotSubmit(f"“{block['label']['text']}” is required.")
        state[block["block_id"]] = {action: held}
    if left:
        known = [(one["block_id"], one["label"]["text"]) for one in inputs(view)]
        raise CannotSubmit(f"The form has no {', '.join(left)}; it has {known}.")
    return state


def initial(element: Json) -> Json:
    """What an input holds before anybody touches it."""
    kind = element["type"]
    match kind:
        case "static_select" | "external_select" | "radio_buttons":
            return {"type": kind, "selected_option": element.get("initial_option")}
        case "multi_static_select" | "multi_external_select" | "checkboxes":
            return {"type": kind, "selected_options": element.get("initial_options", [])}
        case "users_select":
            return {"type": kind, "selected_user": element.get("initial_user")}
        case "conversations_select":
            return {"type": kind, "selected_conversation": element.get("initial_conversation")}
        case "channels_select":
            return {"type": kind, "selected_channel": element.get("initial_channel")}
        case "datepicker":
            return {"type": kind, "selected_date": element.get("initial_date")}
        case "timepicker":
            return {"type": kind, "selected_time": element.get("initial_time")}
        case "datetimepicker":
            return {"type": kind, "selected_date_time": element.get("initial_date_time")}
        case _:
            return {"type": kind, "value": element.get("initial_value")}


def answered(block: Json, value: Any, ask: Ask) -> Json:
    """What an input holds once somebody has given it a value: text, an option's words or value, or a list of them."""
    element = block.get("element") or block.get("accessory") or block
    kind = element["type"]
    held = initial(element)
    (name,) = held.keys() - {"type"}
    if kind in {"static_select", "radio_buttons", "external_select"}:
        held[name] = None if value is None else _option(block, element, value, ask)
    elif kind in {"multi_static_select", "checkboxes", "multi_external_select"}:
        held[name] = [_option(block, element, one, ask) for one in value]
    else:
        held[name] = None if value in (None, "") else value
        _short_enough(block, element, value)
    return held


def _short_enough(block: Json, element: Json, value: Any) -> None:
    if isinstance(value, str) and element["type"] == "plain_text_input":
        most = int(element.get("max_length") or 3000)
        if len(value) > most or len(value) < int(element.get("min_length") or 0):
            raise CannotSubmit(f"“{block['label']['text']}” takes at most {most} characters.")
        if "\n" in value and not element.get("multiline"):
            raise CannotSubmit(f"“{block['label']['text']}” is one line.")


def _option(block: Json, element: Json, value: Any, ask: Ask) -> Json:
    if isinstance(value, dict):
        return value
    options = list(element.get("options") or ())
    for group in element.get("option_groups") or ():
        options += group["options"]
    if element["type"].endswith("external_select"):
        options = ask(block, str(value))
    found = [one for one in options if str(value) in (one["value"], one["text"]["text"])]
    found = found or [one for one in options if str(value).lower() in one["text"]["text"].lower()]
    if not found:
        raise CannotSubmit(f"{value!r} is none of {[one['text']['text'] for one in options]}.")
    return dict(found[0])


def _empty(held: Json) -> bool:
    return all(value in (None, "", []) for name, value in held.items() if name != "type")
