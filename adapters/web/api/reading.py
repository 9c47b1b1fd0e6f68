"""Reading requests: what is asked for, in which form, and how much of it; nothing of it is believed."""

from __future__ import annotations

from base64 import b64decode
from collections.abc import AsyncIterator
from typing import Any, TypeVar

from aiohttp import ClientPayloadError, web
from pydantic import BaseModel, ValidationError
from pydantic_core import from_json

from adapters.web.api.models import LONGEST_TEXT, File
from adapters.web.api.problems import Problem, invalid
from bot.domain.errors import BadValue

SMALL = 65_536
"""Bytes of a body that are read before anybody has looked at the key."""
WORDS = 1_000_000
"""Bytes of a body beside its files: the longest text, however it is escaped."""

MOST_PARTS = 50
"""Members of one object or list of a body; none of ours has as many."""

_MOST_COMMAS = LONGEST_TEXT + 10_000
"""In a whole body, those within its texts counted: what has more of them is built to be slow to read."""
_JSON = "application/json"
_CHUNK = 65_536

M = TypeVar("M", bound=BaseModel)


def must_accept_json(request: web.Request) -> None:
    """Raises Problem where no answer of ours would be taken."""
    accept = request.headers.get("Accept")
    if accept is None or not accept.strip():
        return
    for part in accept.split(","):
        kind, *parameters = (one.strip().lower() for one in part.split(";"))
        if kind in ("*/*", "application/*", _JSON) and not any(_is_zero(one) for one in parameters):
            return
    raise Problem(406, "not_acceptable", "Answers are application/json.", "Send: Accept: application/json")


def _is_zero(parameter: str) -> bool:
    name, _, value = parameter.partition("=")
    return name.strip() == "q" and value.strip().strip("0") in ("", ".")


async def chunks_of(request: web.Request, most: int) -> AsyncIterator[bytes]:
    """The body as it comes in. Raises Problem, for more than so many bytes as soon as they are known of."""
    if (request.content_length or 0) > most:
        raise _too_large(most)
    if not request.body_exists:
        return
    if request.headers.get("Content-Encoding", "identity").lower() != "identity":
        raise Problem(415, "encoded", "Bodies are taken as they are, not compressed.")
    got = 0
    try:
        async for chunk in request.content.iter_chunked(_CHUNK):
            got += len(chunk)
            if got > most:
                raise _too_large(most)
            yield chunk
    except (ClientPayloadError, web.RequestPayloadError, ValueError):
        raise Problem(400, "bad_body", "The body could not be read.") from None


async def read_body(request: web.Request, most: int) -> bytes:
    """The body of JSON, as far as it may go. Raises Problem."""
    got = bytearray()
    async for chunk in chunks_of(request, most):
        got += chunk
    if got and (request.content_type != _JSON or (request.charset or "utf-8").lower() not in ("utf-8", "utf8")):
        raise Problem(415, "not_json", "The body must be application/json in UTF-8.", f"Send: Content-Type: {_JSON}")
    return bytes(got)


def _too_large(most: int) -> Problem:
    return Problem(413, "too_large", f"The body is larger than {most} bytes.", "Send less at once.")


def body_of(body: bytes, model: type[M]) -> M:
    """Nothing is read as an empty object. Raises Problem; of what has far too many parts before it is looked at any
    closer, as telling what is wrong with each of a million takes longer than anybody may have."""
    if body.count(b",") > _MOST_COMMAS:
        raise _too_many_parts()
    try:
        value = from_json(body or b"{}")
    except ValueError as error:
        why = str(error).partition(" at line")[0]
        raise Problem(400, "bad_json", f"The body is no JSON: {why}.") from None
    if _has_too_many_parts(value):
        raise _too_many_parts()
    try:
        return model.model_validate(value)
    except ValidationError as error:
        raise invalid(error, model) from None


def _has_too_many_parts(value: Any) -> bool:
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return len(inner) > MOST_PARTS or any(map(_has_too_many_parts, inner))


def _too_many_parts() -> Problem:
    return Problem(422, "too_many_parts", f"Something in the body has more than {MOST_PARTS} parts.")


def query_of(request: web.Request, model: type[M] | None) -> M | None:
    """Raises Problem for what is not known, said twice, or wrong."""
    query = request.query
    if model is None:
        if query:
            raise Problem(400, "no_parameters", f"There are no parameters here, and “{next(iter(query))[:50]}” is one.")
        return None
    if len(query) != len(set(query)):
        raise Problem(422, "invalid", "A parameter is there twice.")
    try:
        return model.model_validate(dict(query))
    except ValidationError as error:
        raise invalid(error, model, "?") from None


def contents_of(files: tuple[File, ...], most: int) -> list[bytes]:
    """What the files hold, all of them together no more than so many bytes. Raises BadValue or Problem."""
    found = []
    for number, file in enumerate(files):
        try:
            found.append(b64decode(file.content, validate=True))
        except ValueError:
            raise BadValue(f"files/{number}/content is no base64.") from None
    if sum(map(len, found)) > most:
        raise Problem(413, "too_large", f"The files are larger than {most} bytes.", "Send fewer, or smaller ones.")
    return found
