"""What a request to Discord may look like: the routes the desk uses, their query fields and bodies, as data."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from jsonschema import Draft202012Validator
from jsonschema.exceptions import ValidationError

Json = dict[str, Any]
# discord.py sends these always, also where Discord's description of the route has them not; Discord takes no notice.
UNDESCRIBED: Json = {"nsfw": False, "tts": False, "flags": 0}
UNDESCRIBED_QUERY = frozenset({"use_nested_fields"})
NESTED = frozenset({"data", "embeds", "message"})
FORUM_POST = {"type": 11}


@dataclass(frozen=True, slots=True)
class Route:
    """One of Discord's routes: its method and path, and the schemas of what it takes."""

    method: str
    path: str
    query: Mapping[str, Json]
    body: Draft202012Validator | None
    required: bool
    files: bool

    @property
    def name(self) -> str:
        return f"{self.method} {self.path}"

    @property
    def segments(self) -> list[str]:
        return self.path.strip("/").split("/")


@cache
def routes() -> tuple[Route, ...]:
    """Every route of the contract."""
    read = json.loads(Path(__file__).with_name("contract.json").read_text("utf-8"))
    return tuple(
        Route(
            one["method"],
            one["path"],
            one.get("query", {}),
            Draft202012Validator({**one["body"], "$defs": read["$defs"]}) if "body" in one else None,
            one.get("required", False),
            one.get("files", False),
        )
        for one in read["routes"]
    )


def route_of(method: str, path: str) -> Route | None:
    """The route that a request is for: the most literal one that fits. `path` is without the API's base."""
    asked = path.strip("/").split("/")
    fitting = [one for one in routes() if one.method == method and _fits(one.segments, asked)]
    return max(fitting, key=lambda one: sum(not _is_variable(part) for part in one.segments), default=None)


@dataclass(frozen=True, slots=True)
class Violation:
    """What a request should not have; Discord overlooks what it does not know, and refuses the rest."""

    text: str
    overlooked: bool = False


def violations(route: Route, query: Mapping[str, str], body: object, files: int) -> Iterator[Violation]:
    """What of a request Discord's own description of the route does not allow."""
    for name, value in query.items():
        if name in UNDESCRIBED_QUERY:
            continue
        if name not in route.query:
            yield Violation(f"{route.name}: unknown query field {name!r}", overlooked=True)
        elif not _reads_as(route.query[name], value):
            yield Violation(f"{route.name}: query field {name!r} cannot be {value!r}")
    if files and not route.files:
        yield Violation(f"{route.name}: takes no files")
    if body is None:
        if route.required:
            yield Violation(f"{route.name}: needs a body")
    elif route.body is None:
        # discord.py sends an empty object with some requests that take none.
        if body != {}:
            yield Violation(f"{route.name}: takes no body, not {body!r}", overlooked=True)
    else:
        for error in map(_reason, route.body.iter_errors(_described(body))):
            unknown = error.validator == "additionalProperties"
            yield Violation(f"{route.name}: {error.json_path}: {error.message[:300]}", overlooked=unknown)


def _described(body: object) -> object:
    """The body without what no description has."""
    if isinstance(body, list):
        return [_described(one) for one in body]
    if not isinstance(body, dict):
        return body
    undescribed = UNDESCRIBED | (FORUM_POST if "message" in body else {})
    kept = {key: value for key, value in body.items() if (key, value) not in undescribed.items()}
    return {key: _described(value) if key in NESTED else value for key, value in kept.items()}


def _reason(error: ValidationError) -> ValidationError:
    """What is wrong in the alternative that was meant: the one whose `type` fits."""
    if not error.context:
        return error
    branches: dict[object, list[ValidationError]] = {}
    for one in error.context:
        branches.setdefault(one.relative_schema_path[0], []).append(one)
    meant = [all for all in branches.values() if not any(list(one.relative_path) == ["type"] for one in all)]
    return _reason(min(meant or branches.values(), key=len)[0])


def _reads_as(schema: Json, value: str) -> bool:
    kinds = schema.get("type", ["string"])
    kinds = [kinds] if isinstance(kinds, str) else kinds
    if "boolean" in kinds and value.lower() in ("true", "false", "0", "1"):
        return True
    if "integer" in kinds and value.lstrip("-").isdigit():
        low, high = schema.get("minimum", -(2**63)), schema.get("maximum", 2**63)
        return bool(low <= int(value) <= high)
    return "string" in kinds or "$ref" in schema or "oneOf" in schema


def _fits(template: list[str], asked: list[str]) -> bool:
    return len(template) == len(asked) and all(
        _is_variable(ours) or ours == theirs for ours, theirs in zip(template, asked, strict=True)
    )


def _is_variable(part: str) -> bool:
    return part.startswith("{")
