"""The headers of a message or a part, each once decoded from bytes, in their order and within bounds."""

from __future__ import annotations

import re
from collections.abc import Iterator
from email.message import Message
from email.parser import BytesHeaderParser
from email.policy import compat32

from adapters.email.reading.charsets import decoded
from adapters.email.reading.words import clean_line, header_words

_FIELD = re.compile(rb"[!-9;-~]{1,200}[ \t]*:")
_FOLD = re.compile(r"[\r\n]+[ \t]*")

_MOST_LINES = 3_000
# Lines of headers of one part that are looked at; real messages have some hundred.

LONGEST_FIELD = 50_000
"""Characters of one header: room for a thousand recipients."""

_LONGEST_STRUCTURED = 4_000
# The parameters of these are taken apart by a library that needs far longer for twice the length.
_STRUCTURED = ("content-type", "content-disposition")


class Head:
    """Headers by lower-case name, as they came but unfolded; words in them are still encoded."""

    def __init__(self, fields: tuple[tuple[str, str], ...], default: str = "text/plain") -> None:
        self._fields = fields
        self._default = default
        self._mime: Message = Message(policy=compat32)
        for name in _STRUCTURED:
            if value := self.get(name):
                self._mime[name] = value[:_LONGEST_STRUCTURED]

    @classmethod
    def of(cls, raw: bytes, default: str = "text/plain") -> tuple[Head, bytes]:
        """The headers in the bytes, and the lines that stood among them and are none."""
        kept, strays = _sorted_out(raw)
        parsed = BytesHeaderParser(policy=compat32).parsebytes(kept)
        fields = tuple(
            (name.lower(), _FOLD.sub(" ", _repaired(value[-LONGEST_FIELD:])).strip())
            for name, value in parsed.raw_items()
        )
        return cls(fields, default), strays

    def as_text(self) -> Head:
        """The same headers, of a part that says it has parts and has none."""
        kept = tuple(field for field in self._fields if field[0] not in _STRUCTURED)
        return Head(kept, "text/plain")

    def __iter__(self) -> Iterator[tuple[str, str]]:
        """Every header, the one that was added last first."""
        return iter(self._fields)

    def __contains__(self, name: str) -> bool:
        return any(field == name for field, _ in self._fields)

    def get(self, name: str) -> str:
        """The first of that name, or ""."""
        return next((value for field, value in self._fields if field == name), "")

    def all(self, *names: str) -> list[str]:
        """Every one of those names."""
        return [value for field, value in self._fields if field in names]

    def words(self, name: str, most: int) -> str:
        """A header for people: decoded, one line, at most so many characters."""
        return clean_line(header_words(self.get(name)), most)

    def token(self, name: str) -> str:
        """The first word of a header for machines, lower case, fit to be shown."""
        return clean_line(re.split(r"[;,(\s]", self.get(name)[:200].strip(), maxsplit=1)[0].lower(), 200)

    @property
    def type(self) -> str:
        """The MIME type that the sender states, lower case; what it is by default where that is missing or broken."""
        if "content-type" not in self:
            return self._default
        return clean_line(self._mime.get_content_type(), 100)

    @property
    def is_multipart(self) -> bool:
        return self.type.startswith("multipart/")

    @property
    def boundary(self) -> bytes:
        return self.param("boundary").rstrip().encode("utf-8", "replace")[:200]

    @property
    def transfer_encoding(self) -> str:
        return self.token("content-transfer-encoding").strip("\"'")

    @property
    def disposition(self) -> str:
        return self.token("content-disposition")

    @property
    def file_name(self) -> str:
        """What the sender calls the file, decoded but not made safe; "" where nobody named it."""
        try:
            name = self._mime.get_filename("")
        except (ValueError, LookupError, TypeError, AttributeError):
            return ""  # Parameters so broken that the library gives up.
        return header_words(name)

    def param(self, name: str) -> str:
        """A parameter of Content-Type, or ""."""
        try:
            value = self._mime.get_param(name, "")
        except (ValueError, LookupError, TypeError, AttributeError):
            return ""
        return str(value[2] if isinstance(value, tuple) else value or "")


def _sorted_out(raw: bytes) -> tuple[bytes, bytes]:
    """The lines that are headers, and those that are not: the library stops reading at the first of these."""
    lines = raw.splitlines(keepends=True)[:_MOST_LINES]
    if lines and lines[0].startswith((b"From ", b">From ")):
        del lines[0]  # How an old mailbox file parts its messages.
    kept: list[bytes] = []
    strays: list[bytes] = []
    taken = strays
    for line in lines:
        if line[:1] not in (b" ", b"\t"):
            taken = kept if _FIELD.match(line) else strays
        taken.append(line)
    return b"".join(kept), b"".join(strays)


def _repaired(value: str) -> str:
    """Bytes that no header may hold came through the parser as surrogates; most are UTF-8."""
    return value if value.isascii() else decoded(value.encode("utf-8", "surrogateescape"), "utf-8")
