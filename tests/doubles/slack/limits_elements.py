"""Limits of what sits inside blocks: texts, buttons, menus, inputs and their options."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from tests.doubles.slack.seen import Json

Found = Iterator[str]

_COMMON = frozenset({"type", "action_id", "confirm", "focus_on_load"})
_PLACED = _COMMON | {"placeholder"}
_KEYS: Mapping[str, frozenset[str]] = {
    "button": frozenset({"type", "action_id", "text", "url", "value", "style", "confirm", "accessibility_label"}),
    "overflow": frozenset({"type", "action_id", "options", "confirm"}),
    "static_select": _PLACED | {"options", "option_groups", "initial_option"},
    "external_select": _PLACED | {"initial_option", "min_query_length"},
    "multi_static_select": _PLACED | {"options", "option_groups", "initial_options", "max_selected_items"},
    "multi_external_select": _PLACED | {"initial_options", "min_query_length", "max_selected_items"},
    "users_select": _PLACED | {"initial_user"},
    "conversations_select": _PLACED
    | {"initial_conversation", "default_to_current_conversation", "filter", "response_url_enabled"},
    "channels_select": _PLACED | {"initial_channel", "response_url_enabled"},
    "multi_users_select": _PLACED | {"initial_users", "max_selected_items"},
    "plain_text_input": _PLACED | {"initial_value", "multiline", "min_length", "max_length", "dispatch_action_config"},
    "email_text_input": _PLACED | {"initial_value", "dispatch_action_config"},
    "url_text_input": _PLACED | {"initial_value", "dispatch_action_config"},
    "number_input": _PLACED
    | {"is_decimal_allowed", "initial_value", "min_value", "max_value", "dispatch_action_config"},
    "checkboxes": _COMMON | {"options", "initial_options"},
    "radio_buttons": _COMMON | {"options", "initial_option"},
    "datepicker": _PLACED | {"initial_date"},
    "timepicker": _PLACED | {"initial_time", "timezone"},
    "datetimepicker": _COMMON | {"initial_date_time"},
    "image": frozenset({"type", "alt_text", "image_url", "slack_file"}),
}


def element_problems(element: Json, at: str) -> Found:
    """What is wrong with one element."""
    kind = str(element.get("type"))
    if kind in {"plain_text", "mrkdwn"}:
        yield from text_problems(element, at, 3000)
        return
    if kind in _KEYS:
        for key in element.keys() - _KEYS[kind]:
            yield f"invalid additional property: {key} [json-pointer:{at}]"
    yield from _at_most(element.get("action_id"), f"{at}/action_id", 255)
    if element.get("placeholder") is not None:
        yield from text_problems(element["placeholder"], f"{at}/placeholder", 150, plain=True)
    if element.get("confirm") is not None:
        yield from _confirm(element["confirm"], f"{at}/confirm")
    match kind:
        case "button":
            yield from _button(element, at)
        case "overflow":
            yield from _options(element, at, 1, 5)
        case "checkboxes" | "radio_buttons":
            yield from _options(element, at, 1, 10)
        case "static_select" | "multi_static_select":
            yield from _select(element, at)
        case "external_select" | "multi_external_select":
            yield from _initial(element, at)
        case "plain_text_input":
            yield from _text_input(element, at)
        case "number_input":
            if "is_decimal_allowed" not in element:
                yield f"missing required field: is_decimal_allowed [json-pointer:{at}]"
        case "image":
            if not element.get("alt_text") or not (element.get("image_url") or element.get("slack_file")):
                yield f"missing required field [json-pointer:{at}]"


def text_problems(text: Any, at: str, most: int, *, plain: bool = False) -> Found:
    """What is wrong with a text object."""
    if not isinstance(text, dict):
        yield f"must be a text object [json-pointer:{at}]"
        return
    kind = text.get("type")
    if kind not in ({"plain_text"} if plain else {"plain_text", "mrkdwn"}):
        yield f"unsupported type: {kind} [json-pointer:{at}/type]"
    for key in text.keys() - {"type", "text", "emoji", "verbatim"}:
        yield f"invalid additional property: {key} [json-pointer:{at}]"
    if kind == "mrkdwn" and "emoji" in text:
        yield f"invalid additional property: emoji [json-pointer:{at}]"
    words = text.get("text")
    if not isinstance(words, str) or not words:
        yield f"must be more than 0 characters [json-pointer:{at}/text]"
    else:
        yield from _at_most(words, f"{at}/text", most)


def options_problems(options: Any, at: str, least: int = 0, most: int = 100) -> Found:
    """What is wrong with a list of options: at most 75 characters to read, 150 to send back."""
    if not isinstance(options, list) or len(options) < least:
        yield f"must provide at least {least} options [json-pointer:{at}]"
        return
    if len(options) > most:
        yield f"no more than {most} items allowed [json-pointer:{at}]"
    values: set[str] = set()
    for number, option in enumerate(options):
        yield from _option(option, f"{at}/{number}")
        value = str(option.get("value"))
        if value in values:
            yield f"duplicate value {value} [json-pointer:{at}/{number}/value]"
        values.add(value)


def _option(option: Json, at: str) -> Found:
    yield from text_problems(option.get("text"), f"{at}/text", 75)
    if option.get("description") is not None:
        yield from text_problems(option["description"], f"{at}/description", 75)
    value = option.get("value")
    if not isinstance(value, str) or not value:
        yield f"missing required field: value [json-pointer:{at}]"
    yield from _at_most(value, f"{at}/value", 150)
    for key in option.keys() - {"text", "value", "description", "url"}:
        yield f"invalid additional property: {key} [json-pointer:{at}]"


def _options(element: Json, at: str, least: int, most: int) -> Found:
    yield from options_problems(element.get("options"), f"{at}/options", least, most)
    yield from _initial(element, at, element.get("options"))


def _select(element: Json, at: str) -> Found:
    if element.get("option_groups") is None:
        yield from _options(element, at, 1, 100)
        return
    if len(element["option_groups"]) > 100:
        yield f"no more than 100 items allowed [json-pointer:{at}/option_groups]"
    every: list[Json] = []
    for number, one in enumerate(element["option_groups"]):
        yield from text_problems(one.get("label"), f"{at}/option_groups/{number}/label", 75, plain=True)
        yield from options_problems(one.get("options"), f"{at}/option_groups/{number}/options", 1, 100)
        every += one.get("options", ())
    yield from _initial(element, at, every)


def _initial(element: Json, at: str, options: Any = None) -> Found:
    chosen = [element["initial_option"]] if element.get("initial_option") else element.get("initial_options") or []
    for number, option in enumerate(chosen):
        yield from _option(option, f"{at}/initial/{number}")
        if options is not None and option not in options:
            yield f"the initial option is none of the options [json-pointer:{at}/initial_option]"


def _button(element: Json, at: str) -> Found:
    yield from text_problems(element.get("text"), f"{at}/text", 75, plain=True)
    yield from _at_most(element.get("value"), f"{at}/value", 2000)
    yield from _at_most(element.get("url"), f"{at}/url", 3000)
    yield from _at_most(element.get("accessibility_label"), f"{at}/accessibility_label", 75)
    if element.get("style") not in (None, "primary", "danger"):
        yield f"must be primary or danger [json-pointer:{at}/style]"
    if "value" in element and not isinstance(element["value"], str):
        yield f"must be a string [json-pointer:{at}/value]"


def _text_input(element: Json, at: str) -> Found:
    most = int(element.get("max_length") or 3000)
    if not 1 <= most <= 3000 or not 0 <= int(element.get("min_length") or 0) <= most:
        yield f"lengths must lie between 0 and 3000 [json-pointer:{at}/max_length]"
    yield from _at_most(element.get("initial_value"), f"{at}/initial_value", most)


def _confirm(confirm: Json, at: str) -> Found:
    for key, most, plain in (("title", 100, True), ("text", 300, False), ("confirm", 30, True), ("deny", 30, True)):
        yield from text_problems(confirm.get(key), f"{at}/{key}", most, plain=plain)


def _at_most(value: Any, at: str, most: int) -> Found:
    if isinstance(value, str) and len(value) > most:
        yield f"must be less than {most + 1} characters [json-pointer:{at}]"
