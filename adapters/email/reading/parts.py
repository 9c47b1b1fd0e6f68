"""A message parted along its MIME boundaries (RFC 2046), no further than the limits allow.

Not left to the standard parser: that one reads nested parts by recursion and weighs every line against every boundary,
so that a small hostile message can stop it. This one looks for one boundary at a time and stops at a count.
"""

from __future__ import annotations

import binascii
import re
from collections.abc import Iterator
from dataclasses import dataclass

from adapters.email.reading.head import Head
from adapters.email.reading.limits import Limits
from adapters.email.reading.words import base64_bytes

_BLANK = re.compile(rb"\r?\n[ \t]*\r?\n")
_MOST_MARKS = 20_000
# How often something that may be a boundary is looked at; most of a hostile message's are none.

_FIRST_BOUNDARY = re.compile(rb"(?:\A|\n)--([^\s-][^\r\n]{0,199})")


@dataclass(frozen=True, slots=True)
class Part:
    """A part with its headers; either it has parts of its own, or `body` is what it holds, still encoded for travel."""

    head: Head
    body: bytes
    parts: tuple[Part, ...] = ()

    @property
    def type(self) -> str:
        return self.head.type

    def leaves(self) -> Iterator[Part]:
        """The parts that hold something, in order."""
        if not self.head.is_multipart:
            yield self
        for part in self.parts:
            yield from part.leaves()

    def content(self) -> bytes:
        """The body as it was before it was encoded for travel."""
        match self.head.transfer_encoding:
            case "base64":
                return base64_bytes(self.body)
            case "quoted-printable":
                return binascii.a2b_qp(self.body)
            case "x-uuencode" | "uuencode" | "x-uue" | "uue":
                return _uudecoded(self.body)
            case _:
                return self.body


@dataclass(frozen=True, slots=True)
class Parted:
    """A message in parts, and in words what was not looked at."""

    root: Part
    left_out: tuple[str, ...]


def part(raw: bytes, limits: Limits) -> Parted:
    """The parts of a message."""
    if b"\n" not in raw:
        raw = raw.replace(b"\r", b"\n")
    knife = _Knife(limits)
    root = knife.cut(raw.lstrip(b"\r\n"), "text/plain", 0)
    return Parted(root, tuple(dict.fromkeys(knife.left_out)))


class _Knife:
    """Cuts, and counts what it cut."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._left = limits.parts
        self.left_out: list[str] = []

    def cut(self, raw: bytes, default: str, depth: int) -> Part:
        self._left -= 1
        head, body = self._head(raw, default)
        if not head.is_multipart:
            return Part(head, body)
        if depth >= self._limits.depth:
            self.left_out.append(f"Parts nested more than {self._limits.depth} deep were not read.")
            return Part(head, b"")
        boundary = head.boundary or _guessed(body)
        inner = "message/rfc822" if head.type == "multipart/digest" else "text/plain"
        parts = []
        for start, end in _pieces(body, boundary) if boundary else ():
            if self._left <= 0:
                self.left_out.append(f"The message has more than {self._limits.parts} parts; the rest was not read.")
                break
            parts.append(self.cut(body[start:end], inner, depth + 1))
        if not parts:
            # No boundary is where it should be: whatever is there is better read as words than not at all.
            return Part(head.as_text(), body)
        return Part(head, b"", tuple(parts))

    def _head(self, raw: bytes, default: str) -> tuple[Head, bytes]:
        if raw.startswith((b"\n", b"\r\n")):
            return Head.of(b"", default)[0], raw.lstrip(b"\r\n")
        blank = _BLANK.search(raw, 0, self._limits.headers)
        if blank is None and len(raw) > self._limits.headers:
            self.left_out.append("The headers are too long; their end was not read.")
            blank = _BLANK.search(raw, self._limits.headers)
        head, rest = (raw[: blank.start()], raw[blank.end() :]) if blank else (raw, b"")
        found, strays = Head.of(head[: self._limits.headers], default)
        return found, rest or strays


def _pieces(body: bytes, boundary: bytes) -> Iterator[tuple[int, int]]:
    """Where each part begins and ends; one that nobody closed ends with the body."""
    start = -1
    for at, after, last in _boundaries(body, boundary):
        if start >= 0:
            yield start, max(start, at)
        start = after
        if last:
            return
    if start >= 0:
        yield start, len(body)


def _boundaries(body: bytes, boundary: bytes) -> Iterator[tuple[int, int, bool]]:
    """Each line that is a boundary: where the text before it ends, where that after it begins, and whether it is the
    closing one."""
    mark = b"--" + boundary
    at = body.find(mark)
    for _ in range(_MOST_MARKS):
        if at < 0:
            return
        end = body.find(b"\n", at)
        end = len(body) if end < 0 else end
        if at == 0 or body[at - 1 : at] == b"\n":
            rest = body[at + len(mark) : min(end, at + len(mark) + 200)].strip()
            if rest in (b"", b"--"):
                before = at - 2 if body[max(at - 2, 0) : at] == b"\r\n" else at - 1
                yield before, end + 1, rest == b"--"
        at = body.find(mark, max(end, at + len(mark)))


def _guessed(body: bytes) -> bytes:
    """The boundary of a message whose headers name none."""
    found = _FIRST_BOUNDARY.search(body[:100_000])
    return found[1].rstrip() if found else b""


def _uudecoded(body: bytes) -> bytes:
    """As much as can be read of what stands between "begin" and "end"."""
    found: list[bytes] = []
    for line in body.partition(b"begin ")[2].splitlines()[1:]:
        if line.strip() in (b"end", b"`"):
            break
        try:
            found.append(binascii.a2b_uu(line))
        except binascii.Error:
            continue
    return b"".join(found)
