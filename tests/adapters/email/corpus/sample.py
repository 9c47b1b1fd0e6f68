"""One message of the corpus with what is to become of it, and the pieces that messages are made of."""

from __future__ import annotations

import base64
from collections.abc import Sequence
from dataclasses import dataclass

from adapters.email.reading.limits import Own

DESK = "support@desk.example"
OWN = Own(frozenset({DESK, "pager@desk.example"}), ("mx.desk.example",), "thirdline-7f3a")

_USUAL = (
    ("From", "Kim Roe <kim@customer.example>"),
    ("To", f"Support <{DESK}>"),
    ("Subject", "The printer is on fire"),
    ("Date", "Mon, 23 Nov 2026 10:00:00 +0100"),
    ("Message-ID", "<one@customer.example>"),
    ("MIME-Version", "1.0"),
)


@dataclass(frozen=True, slots=True)
class Sample:
    """`machine` and each of `left_out` are words that must be in what is said, "" that nothing is; `files` are names
    with types; `lacks` must be nowhere in the text. None: not asked here."""

    name: str
    raw: bytes
    text: str | None = None
    subject: str | None = None
    sender: str | None = None
    machine: str = ""
    bounce: tuple[str, str, bool, str] | None = None
    files: tuple[tuple[str, str], ...] = ()
    left_out: tuple[str, ...] = ()
    lacks: tuple[str, ...] = ()


def letter(
    body: str | bytes = "It burns.", *, more: Sequence[str] = (), without: Sequence[str] = (), **headers: str
) -> bytes:
    """A message as it lies in a mailbox: the usual headers, each replaced where a keyword names it (`From_` is From),
    and more lines above them, as servers add them."""
    given = {name.rstrip("_").replace("_", "-").lower(): value for name, value in headers.items()}
    lines = list(more)
    for name, value in _USUAL:
        if name.lower() not in [each.lower() for each in without]:
            lines.append(f"{name}: {given.pop(name.lower(), value)}")
    lines += [f"{name.title()}: {value}" for name, value in given.items()]
    content = body.encode() if isinstance(body, str) else body
    return crlf("\n".join(lines).encode("utf-8", "surrogateescape") + b"\n\n" + content + b"\n")


def crlf(raw: bytes) -> bytes:
    return raw.replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")


def part(content: str | bytes, type: str = "text/plain; charset=utf-8", *more: str) -> bytes:
    body = content.encode() if isinstance(content, str) else content
    return b"\n".join([f"Content-Type: {type}".encode(), *(line.encode() for line in more), b"", body])


def file(content: bytes, type: str, name: str = "", disposition: str = "attachment") -> bytes:
    stated = f'{disposition}; filename="{name}"' if name else disposition
    lines = ("Content-Transfer-Encoding: base64", f"Content-Disposition: {stated}")
    return part(base64.encodebytes(content), type, *lines)


def several(*parts: bytes, boundary: str = "=_b1") -> bytes:
    mark = b"--" + boundary.encode()
    return b"".join(mark + b"\n" + each + b"\n" for each in parts) + mark + b"--\n"


def mixed(*parts: bytes, kind: str = "mixed", boundary: str = "=_b1") -> bytes:
    """Parts as a part of its own."""
    return part(several(*parts, boundary=boundary), f'multipart/{kind}; boundary="{boundary}"')


def letter_of(*parts: bytes, kind: str = "mixed", **rest: str) -> bytes:
    return letter(several(*parts), Content_Type=f'multipart/{kind}; boundary="=_b1"', **rest)
