"""Bodies: a form as it was sent, within limits that hold while it still comes in."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator
from urllib.parse import parse_qsl

from aiohttp import BodyPartReader, web
from aiohttp.http import HttpProcessingError

from adapters.web.pages.file_names import clean_name
from adapters.web.pages.visit import Form, Turned
from adapters.web.uploads import Incoming, TooLarge, Upload

MOST_FIELDS = 60
MOST_FILES = 20
SMALL = 500_000
"""Bytes of a form without files, and of all the words in one with files."""

PATIENCE_LEFT = 5.0
"""Real seconds for what is read for nothing."""

_CHUNK = 65_536
_NOT_TEXT = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")
_TYPE = re.compile(r"[a-z0-9][a-z0-9.+-]{0,60}/[a-z0-9][a-z0-9.+-]{0,60}")
_BROKEN = (ValueError, RuntimeError, AssertionError, HttpProcessingError, web.HTTPException, web.RequestPayloadError)
"""What aiohttp raises of a broken body."""
_URLENCODED = "application/x-www-form-urlencoded"
_MULTIPART = "multipart/form-data"


async def read_form(request: web.Request, most: int, incoming: Incoming | None = None) -> Form:
    """The form in a request of at most so many bytes; files go to `incoming`, where there may be any. Raises Turned:
    413 for more than that, 400 for what is no form."""
    if (request.content_length or 0) > most:
        raise too_large(most)
    if request.content_type == _URLENCODED:
        return _fields(await _whole(_chunks(request), min(most, SMALL)))
    if request.content_type == _MULTIPART and incoming is not None:
        return await _parts(request, most, incoming)
    raise Turned(400)


async def read_away(request: web.Request, most: int) -> bool:
    """Read what still comes of a request whose answer is decided, so that its browser comes to read the answer; returns
    whether all of it was. Not where more than that is announced, and for no longer than `PATIENCE_LEFT`."""
    if request.content.is_eof():
        return True
    if not 0 < (request.content_length or 0) <= most:
        return False
    try:
        async with asyncio.timeout(PATIENCE_LEFT):
            async for _ in request.content.iter_chunked(_CHUNK):
                pass
    except (TimeoutError, ConnectionError, *_BROKEN):
        return False
    return True


def too_large(most: int) -> Turned:
    size = f"{most / 1_000_000:.0f} MB" if most >= 1_000_000 else f"{most // 1000} KB"
    return Turned(413, f"That is more than {size}, the most that can be sent at once.")


def cleaned(text: str) -> str:
    """Line ends of one kind, and no other control characters."""
    return _NOT_TEXT.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))


def _fields(body: bytes) -> Form:
    try:
        told = parse_qsl(body.decode("ascii"), keep_blank_values=True, max_num_fields=MOST_FIELDS)
    except ValueError:
        raise Turned(400) from None
    return Form({name: cleaned(value) for name, value in told})


async def _parts(request: web.Request, most: int, incoming: Incoming) -> Form:
    fields: dict[str, str] = {}
    files: list[Upload] = []
    left = most
    try:
        reader = await request.multipart()
        while (part := await reader.next()) is not None:
            if not isinstance(part, BodyPartReader) or len(fields) + len(files) >= MOST_FIELDS:
                raise Turned(400)
            if part.filename is None:
                content = await _whole(_part(part), min(left, SMALL))
                left -= len(content)
                fields[part.name or ""] = cleaned(content.decode("utf-8", "replace"))
                continue
            file = await incoming.take(clean_name(_true_name(part.filename)), _type(part), _part(part), left)
            left -= file.size
            if part.filename or file.size:  # A browser sends an empty part where no file was chosen.
                files.append(file)
            if len(files) > MOST_FILES:
                raise Turned(400, f"No more than {MOST_FILES} files can be sent at once.")
    except TooLarge:
        raise too_large(most) from None
    except _BROKEN:
        raise Turned(400) from None
    return Form(fields, tuple(files))


def _true_name(name: str) -> str:
    """Browsers write the three characters that would break the header as what they are in a URL (the HTML standard)."""
    return name.replace("%22", '"').replace("%0D", " ").replace("%0A", " ")


def _type(part: BodyPartReader) -> str:
    told = part.headers.get("Content-Type", "").partition(";")[0].strip().lower()
    return told if _TYPE.fullmatch(told) else ""


async def _whole(chunks: AsyncIterator[bytes], most: int) -> bytes:
    got = bytearray()
    async for chunk in chunks:
        got += chunk
        if len(got) > most:
            raise too_large(most)
    return bytes(got)


async def _chunks(request: web.Request) -> AsyncIterator[bytes]:
    async for chunk in request.content.iter_chunked(_CHUNK):
        yield chunk


async def _part(part: BodyPartReader) -> AsyncIterator[bytes]:
    while chunk := await part.read_chunk(_CHUNK):
        yield chunk
