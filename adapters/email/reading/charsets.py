"""Bytes to text, whatever the sender calls them: senders name charsets that do not exist, or not the one they used."""

from __future__ import annotations

import codecs

# Only what mail really carries. Python knows more codecs, and some of them are slow on purpose-made bytes (punycode,
# idna) or run escapes (unicode_escape).
_FAMILIES = (
    "iso8859",
    "cp",
    "koi8",
    "mac",
    "euc",
    "iso2022",
    "utf-",
    "gb",
    "big5",
    "shift_jis",
    "johab",
    "tis",
    "ptcp",
)
# What is said, and the larger set that is meant: the names of old standards stay in mailers long after.
_MEANT = {
    "iso8859-1": "cp1252",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "euc_kr": "cp949",
    "shift_jis": "cp932",
    "iso8859-9": "cp1254",
}


def decoded(content: bytes, charset: str = "") -> str:
    """The text of the bytes, every byte accounted for; never raises."""
    # Text of another charset that is valid UTF-8 by chance is rare, and UTF-8 under a wrong name is common.
    codec = _codec(charset)
    tries = [codec, "utf-8"] if codec.startswith(("iso2022", "utf", "hz")) else ["utf-8", codec]
    for name in tries:
        try:
            return content.decode(name)
        except (UnicodeError, ValueError):
            continue
    if codec != "utf-8":
        return content.decode(codec, "replace")
    return content.decode("utf-8", "replace") if _mostly_utf8(content) else content.decode("cp1252", "replace")


def _codec(charset: str) -> str:
    try:
        name = codecs.lookup(charset.strip(" \"'")[:40]).name
    except (LookupError, ValueError):
        return "utf-8"
    name = _MEANT.get(name, name)
    return name if name.startswith(_FAMILIES) else "utf-8"


def _mostly_utf8(content: bytes) -> bool:
    """One broken letter in a text, as where somebody cut it at a byte, makes it no other charset."""
    text = content[:20_000].decode("utf-8", "replace")
    bad = text.count("\ufffd")
    good = sum(1 for letter in text if letter > "\x7f") - bad
    return good > 2 * bad
