"""Short texts: words that fit into one segment of a text message, in the alphabet that one segment of 160 takes."""

from __future__ import annotations

import re
import unicodedata

SEGMENT = 160

_BASIC = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿"
    "abcdefghijklmnopqrstuvwxyzäöñüà"
)
_DOUBLE = frozenset("^{}\\[~]|€")
_LIKE = {"…": "...", "’": "'", "‘": "'", "“": '"', "”": '"', "–": "-", "—": "-", "·": "-", "×": "x", "\t": " "}

# Providers act on a text that is one of these, and so may a reader on one within a text.
_ORDERS = re.compile(
    r"\b(stop(?:all)?|unsubscribe|cancel|end|quit|revoke|optout|arr[eê]t|start|unstop|help|info|aide)\b", re.IGNORECASE
)


def plain(text: str) -> str:
    """The text on one line in the alphabet of short messages (GSM 03.38); what that lacks is written without accents,
    or as "?"."""
    line = " ".join(text.split())
    return "".join(_letter(char) for char in line)


def septets(text: str) -> int:
    """What the text takes of a segment's 160."""
    return sum(2 if char in _DOUBLE else 1 for char in text)


def harmless(text: str) -> str:
    """The same without words that providers take for an order ("stop", "cancel"), which somebody might send back."""
    return _ORDERS.sub(lambda found: found[0][0] + "*" * (len(found[0]) - 1), text)


def fitted(before: str, text: str, after: str) -> str:
    """`before` and `after` whole, and of the text between them as much as one segment takes. All of it as `plain`."""
    head, tail, words = plain(before), plain(after), harmless(plain(text))
    room = SEGMENT - septets(head) - septets(tail) - (1 if head else 0) - (1 if tail else 0)
    if septets(words) > room:
        words = _begun(words, room - 3) + "..." if room > 3 else ""
    return " ".join(part for part in (head, words, tail) if part)


def _begun(words: str, room: int) -> str:
    taken = 0
    for place, char in enumerate(words):
        taken += 2 if char in _DOUBLE else 1
        if taken > room:
            return words[:place].rstrip()
    return words


def _letter(char: str) -> str:
    if char in _BASIC or char in _DOUBLE:
        return char
    if char in _LIKE:
        return _LIKE[char]
    bare = "".join(one for one in unicodedata.normalize("NFKD", char) if not unicodedata.combining(one))
    return bare if bare and all(one in _BASIC for one in bare) else "?"
