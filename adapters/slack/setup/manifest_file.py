"""The manifest as a file for people: YAML that Slack takes, with the reason of each scope and event beside it."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from adapters.slack.setup.manifest import EVENTS, SCOPES, manifest
from commands.spec import Command

HEAD = """\
# What Thirdline is in Slack. Paste it at https://api.slack.com/apps?new_app=1 (From a manifest), then type:
#     thirdline init slack
# It is made from the catalogue of commands: change it there.
"""

_NOTES = {**SCOPES, **EVENTS}
_PLAIN = re.compile(r"[A-Za-z/][\w ./:-]*(?<![: ])")
"""Words that YAML takes for a text without quotes."""
_MEANT_OTHERWISE = {"yes", "no", "on", "off", "true", "false", "null", "y", "n"}


def manifest_text(catalogue: Mapping[str, Command], url: str | None = None) -> str:
    """The file. Raises BadValue where the URL is none that Slack can reach."""
    return HEAD + "\n".join(_mapping(manifest(catalogue, url), "")) + "\n"


def _mapping(value: Mapping[str, Any], indent: str) -> Iterator[str]:
    for name, one in value.items():
        if isinstance(one, dict):
            yield f"{indent}{name}:"
            yield from _mapping(one, indent + "  ")
        elif isinstance(one, list):
            yield f"{indent}{name}:"
            yield from _list(one, indent + "  ")
        else:
            yield f"{indent}{name}: {_scalar(one)}"


def _list(value: list[Any], indent: str) -> Iterator[str]:
    for one in value:
        if isinstance(one, dict):
            first, *others = _mapping(one, indent + "  ")
            yield f"{indent}- {first.lstrip()}"
            yield from others
        else:
            note = _NOTES.get(one, "")
            yield f"{indent}- {_scalar(one):<23}  # {note}" if note else f"{indent}- {_scalar(one)}"


def _scalar(value: str | bool) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    plain = _PLAIN.fullmatch(value) and ": " not in value and value.lower() not in _MEANT_OTHERWISE
    return value if plain else json.dumps(value, ensure_ascii=False)
