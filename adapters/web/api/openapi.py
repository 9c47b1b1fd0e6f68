"""The OpenAPI 3.1 document, made from the table of operations and the models: it cannot tell of another API."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from http import HTTPStatus
from typing import Any

from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

from adapters.web.api.models import BYTES, LONGEST_NAME, LONGEST_TEXT, Trouble
from adapters.web.api.operations import CUSTOMER, OPERATIONS, Operation
from adapters.web.api.problems import MEDIA_TYPE
from adapters.web.api.repeats import HEADER, LONGEST
from adapters.web.pages.file_names import SAFE_TYPES
from bot.api_keys import SCOPES

VERSION = "1.0.0"
_ALWAYS = (400, 401, 403, 406, 408, 429, 500, 503)
_OF_POSTS = (409, 413, 415, 422)
_JSON = "application/json"
_TEMPLATE = "#/components/schemas/{model}"
_BINARY = {"type": "string", "format": "binary"}
_NUMBER: Mapping[str, Any] = {"schema": {"type": "integer", "minimum": 1, "maximum": (1 << 63) - 1}}
_ID: Mapping[str, Any] = {
    "schema": {"type": "string", "minLength": 1, "maxLength": LONGEST_NAME},
    "description": "The short name, the whole name, or an address of theirs.",
}
_ABOUT = """\
For an online ticket system: open tickets, add what customers say and send, read, search, close and rate.

Errors are `application/problem+json` (RFC 9457) with a `code` for programs. Every POST may carry an `Idempotency-Key`:
a repeat within two days gets the first answer. `RateLimit` tells what is left of a minute. The scopes of keys: """


def document(server: str) -> dict[str, Any]:
    """The whole of it; `server` is the address of the API."""
    components = _schemas()
    components["securitySchemes"] = {
        "key": {"type": "http", "scheme": "bearer", "description": "A key of: thirdline key add"}
    }
    paths: dict[str, dict[str, Any]] = {}
    for one in OPERATIONS:
        paths.setdefault(one.path, {})[one.method.lower()] = _operation(one)
    scopes = "; ".join(f"`{name}`: {what.lower()}" for name, what in SCOPES.items())
    return {
        "openapi": "3.1.0",
        "info": {"title": "Thirdline", "version": VERSION, "description": f"{_ABOUT}{scopes}."},
        "servers": [{"url": server}],
        "security": [{"key": []}],
        "paths": paths,
        "components": components,
    }


def _schemas() -> dict[str, Any]:
    read: list[type[BaseModel]] = [one.body for one in OPERATIONS if one.body is not None]
    told: list[type[BaseModel]] = [*dict.fromkeys(one.answer for one in OPERATIONS if one.answer), Trouble]
    _, asked = models_json_schema([(one, "validation") for one in read], ref_template=_TEMPLATE)
    _, answered = models_json_schema([(one, "serialization") for one in told], ref_template=_TEMPLATE)
    return {"schemas": {**asked.get("$defs", {}), **answered.get("$defs", {})}}


def _operation(one: Operation) -> dict[str, Any]:
    told: dict[str, Any] = {
        "operationId": one.name,
        "summary": one.summary,
        "description": f"Needs the scope `{one.scope}`.",
        "parameters": list(_parameters(one)),
        "responses": dict(_responses(one)),
    }
    if one.body is not None:
        needed = any(field.is_required() for field in one.body.model_fields.values())
        told["requestBody"] = {"required": needed, "content": {_JSON: {"schema": _ref(one.body)}}}
    if one.takes_file:
        told["requestBody"] = {"required": True, "content": {BYTES: {"schema": _BINARY}}}
    return told


def _parameters(one: Operation) -> Iterator[dict[str, Any]]:
    for name in one.names:
        yield {"name": name, "in": "path", "required": True, **(_ID if name == CUSTOMER else _NUMBER)}
    if one.query is not None:
        yield from _queries(one.query)
    if one.writes:
        key = {"type": "string", "minLength": 1, "maxLength": LONGEST, "pattern": r"^[A-Za-z0-9._:-]+$"}
        what = "A name of your own for this request: sent again with it, it is not done again."
        yield {"name": HEADER, "in": "header", "required": False, "schema": key, "description": what}
    if one.name == "readTicket":
        tag = {"type": "string"}
        yield {"name": "If-None-Match", "in": "header", "required": False, "schema": tag}


def _queries(model: type[BaseModel]) -> Iterator[dict[str, Any]]:
    schema = model.model_json_schema()
    for name, whole in schema["properties"].items():
        part = {key: value for key, value in whole.items() if key not in ("title", "description", "default")}
        # A parameter that is left out is left out, and not null.
        options = [option for option in part.pop("anyOf", ()) if option != {"type": "null"}]
        part |= options[0] if options else {}
        if whole.get("default") is not None:
            part["default"] = whole["default"]
        yield {
            "name": name,
            "in": "query",
            "required": name in schema.get("required", ()),
            "schema": part,
            "description": whole.get("description", ""),
        }


def _responses(one: Operation) -> Iterator[tuple[str, dict[str, Any]]]:
    headers = {"RateLimit": _header("What is left."), "RateLimit-Policy": _header("What there is in all.")}
    if one.status == 201:
        headers["Location"] = _header("Where the ticket is.")
    if one.name == "listTickets":
        headers["Link"] = _header('The next page, as rel="next" (RFC 8288).')
    files = {type: {"schema": _BINARY} for type in sorted({BYTES, *SAFE_TYPES})}
    content = files if one.answer is None else {_JSON: {"schema": _ref(one.answer)}}
    yield str(one.status), {"description": "Done.", "headers": headers, "content": content}
    if one.name == "readTicket":
        yield "304", {"description": "It is as it was."}
    for status in sorted({*_ALWAYS, *one.troubles, *(_OF_POSTS if one.writes else ())}):
        trouble: Mapping[str, Any] = {MEDIA_TYPE: {"schema": _ref(Trouble)}}
        yield str(status), {"description": f"{HTTPStatus(status).phrase}.", "content": trouble}


def _header(what: str) -> dict[str, Any]:
    return {"description": what, "schema": {"type": "string", "maxLength": LONGEST_TEXT}}


def _ref(model: type[BaseModel]) -> dict[str, str]:
    return {"$ref": _TEMPLATE.format(model=model.__name__)}
