"""Strangers' words made safe to keep: no control characters, no marks that turn the direction, headers in one line."""

from __future__ import annotations

import binascii
import re

from adapters.email.reading.charsets import decoded

_BREAKS = re.compile("\r\n|[\r\x0b\x0c\x85\u2028\u2029]")
# Controls, direction marks, what has no width and hides words in words, and tags; joiners stay: letters need them.
_UNSEEN = re.compile(
    "[\x00-\x08\x0e-\x1f\x7f-\x9f\u061c\u200b\u200e\u200f\u202a-\u202e\u2060-\u2069\ufeff\ufff9-\ufffb"
    "\U000e0000-\U000e007f\ud800-\udfff]"
)
_TRAILING = re.compile(r"(?<![ \t])[ \t]+$", re.MULTILINE)
_GAPS = re.compile(r"\n{4,}")
_WORD = re.compile(r"=\?([^?\s]{1,60})\?([bBqQ])\?([^?]*)\?=")

LONGEST_HEADER = 4_000
"""Characters of a header that are decoded; no header for people is longer."""


def clean(text: str) -> str:
    """Text of many lines; of white space only spaces, tabs and line feeds are left."""
    text = _UNSEEN.sub("", _BREAKS.sub("\n", text))
    return _GAPS.sub("\n\n\n", _TRAILING.sub("", text)).strip("\n ")


def clean_line(text: str, most: int) -> str:
    """Text in one line of at most so many characters."""
    line = text[: 4 * most]
    if not (line.isascii() and line.isprintable()):
        line = _UNSEEN.sub("", _BREAKS.sub(" ", line))
    return " ".join(line.split())[:most].rstrip()


def header_words(value: str) -> str:
    """The words of a header, encoded words decoded (RFC 2047); may hold anything, so it is still to be cleaned."""
    value = value[:LONGEST_HEADER]
    if "=?" not in value:
        return value
    found: list[str] = []
    charset, pending, end = "", b"", 0
    for word in _WORD.finditer(value):
        between = value[end : word.start()]
        said = word[1].partition("*")[0].lower()
        # Some mailers cut a letter in two between words, so words of one charset are one text.
        if end and not between.strip() and said == charset:
            pending += _bytes_of(word[2], word[3])
        else:
            found.append(decoded(pending, charset))
            if not end or between.strip():
                found.append(between)
            charset, pending = said, _bytes_of(word[2], word[3])
        end = word.end()
    return "".join([*found, decoded(pending, charset), value[end:]])


def _bytes_of(encoding: str, text: str) -> bytes:
    raw = text.encode("utf-8", "replace")
    return binascii.a2b_qp(raw, header=True) if encoding in "qQ" else base64_bytes(raw)


def base64_bytes(content: bytes) -> bytes:
    """What can be read of it: strangers' base64 is cut short, padded wrong and mixed with other lines."""
    try:
        return binascii.a2b_base64(content + b"==")
    except binascii.Error:
        letters = re.sub(rb"[^A-Za-z0-9+/]", b"", content)
        return binascii.a2b_base64(letters[: len(letters) - len(letters) % 4])
