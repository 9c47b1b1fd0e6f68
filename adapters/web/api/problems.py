"""What went wrong, as programs and people read it: RFC 9457, a clear sentence and what to do instead."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from difflib import get_close_matches
from http import HTTPStatus
from typing import Any

from aiohttp import web
from pydantic import BaseModel, ValidationError

from bot.domain.errors import BadValue, Conflict, NotAllowed, NotFound, NotOwed, NotUnderstood, Refusal, TooMuch

MEDIA_TYPE = "application/problem+json"
A_MINUTE = {"Retry-After": "60"}

_CODES: tuple[tuple[type[Refusal], int, str], ...] = (
    (NotFound, 404, "not_found"),
    (NotAllowed, 403, "not_allowed"),
    (NotOwed, 403, "not_owed"),
    (Conflict, 409, "conflict"),
    (TooMuch, 429, "too_much"),
    (NotUnderstood, 422, "not_understood"),
    (BadValue, 422, "bad_value"),
)
_OF_CHAT = re.compile(r"(^|\s)/[a-z]+ |^/[a-z]+$|thirdline ")
"""A hint for people at the desk, who type commands."""
_MOST_ERRORS = 20


class Problem(Exception):
    """The answer to a request that cannot be done."""

    def __init__(
        self,
        status: int,
        code: str,
        detail: str,
        hint: str = "",
        headers: Mapping[str, str] | None = None,
        errors: Iterable[Mapping[str, str]] = (),
    ) -> None:
        super().__init__(detail)
        self.status = status
        self.code = code
        self.detail = detail
        self.hint = hint
        self.headers = dict(headers or {})
        self.errors = list(errors)

    def response(self) -> web.Response:
        told = {
            "type": "about:blank",
            "title": HTTPStatus(self.status).phrase,
            "status": self.status,
            "code": self.code,
            "detail": self.detail,
            "hint": self.hint,
            "errors": self.errors,
        }
        body = json.dumps(told, ensure_ascii=False).encode("utf-8", "replace")
        headers = {"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff", **self.headers}
        return web.Response(body=body, status=self.status, content_type=MEDIA_TYPE, headers=headers)


def refused(refusal: Refusal) -> Problem:
    """What the desk will not do. Another trouble than these is the desk's own, and may be over in a moment."""
    hint = "" if _OF_CHAT.search(refusal.hint) else refusal.hint
    for kind, status, code in _CODES:
        if isinstance(refusal, kind):
            return Problem(status, code, refusal.text, hint, A_MINUTE if status == 429 else None)
    return Problem(503, "unavailable", "The desk cannot do that now; nothing was saved.", "Try again in a moment.")


def no_ticket(number: int) -> Problem:
    """Also where there is one that a key may not see."""
    return Problem(404, "not_found", f"There is no ticket {number}.")


def invalid(error: ValidationError, model: type[BaseModel], lead: str = "#/") -> Problem:
    """What is wrong with a body or, with the lead "?", the parameters. Values are not repeated."""
    found = error.errors(include_url=False, include_input=False)[:_MOST_ERRORS]
    errors = list(_mistakes(found, model, lead))
    first = errors[0]
    return Problem(
        422, "invalid", f"{first['pointer'].removeprefix('#/') or 'The body'}: {first['detail']}", "", None, errors
    )


def _mistakes(found: Iterable[Any], model: type[BaseModel], lead: str) -> Iterator[Mapping[str, str]]:
    for one in found:
        where = lead + "/".join(str(part).replace("~", "~0").replace("/", "~1")[:100] for part in one["loc"])
        yield {"pointer": where, "detail": _sentence(one, model)}


def _sentence(one: Any, model: type[BaseModel]) -> str:
    kind, context = one["type"], one.get("ctx", {})
    if kind == "extra_forbidden":
        names = list(_names(model, one["loc"][:-1]))
        near = get_close_matches(str(one["loc"][-1]), names, n=1, cutoff=0.5)
        return (
            f"There is nothing of that name. {f'Did you mean {near[0]}?' if near else f'There are {_listed(names)}.'}"
        )
    if kind == "missing":
        return "It is missing."
    if kind == "value_error":
        return f"{str(context['error'])[:1].upper()}{str(context['error'])[1:]}."
    if kind == "string_pattern_mismatch":
        return "It holds characters that it may not hold, or lacks what it must have."
    return f"{one['msg'].removeprefix('Input ').removeprefix('String ').removeprefix('Tuple ').capitalize()}."


def _names(model: type[BaseModel], path: Iterable[object]) -> Iterator[str]:
    """What may stand there, by the names that are written."""
    at: Any = model.model_json_schema()
    definitions = at.get("$defs", {})
    for part in path:
        at = at.get("items", {}) if isinstance(part, int) else at.get("properties", {}).get(part, {})
        at = next((one for one in at.get("anyOf", ()) if "$ref" in one), at)
        at = definitions.get(str(at.get("$ref", "")).rpartition("/")[2], at)
    yield from at.get("properties", ())


def _listed(names: list[str]) -> str:
    return ", ".join(names) or "none"
