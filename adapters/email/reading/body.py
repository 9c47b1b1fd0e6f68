"""What a message says: the plain text where there is one worth reading, or else its HTML as text."""

from __future__ import annotations

import re
from dataclasses import dataclass

from adapters.email.reading.charsets import decoded
from adapters.email.reading.flowed import unflowed
from adapters.email.reading.html_text import LONGEST, html_text, without_pictures
from adapters.email.reading.parts import Part
from adapters.email.reading.words import clean

_STUB = re.compile(
    r"(?i)\b(?:html|browser|web page|webseite|navigateur)\b|(?:view|display|anzeigen|afficher) (?:this|the|diese|ce)\b"
)
_LONGEST_STUB = 400


@dataclass(frozen=True, slots=True)
class Body:
    """`whole` is all that it says, `told` the same without a plain part that only says to read the other. `used` are
    the parts that it was made of, by identity: they are no files."""

    told: str
    whole: str
    used: frozenset[int]
    cut: bool


def body_of(root: Part, most: int) -> Body:
    """What the message says, at most so many characters of it."""
    blocks = [root] if not root.parts and _is_words(root, root=True) else _blocks(root)
    told: list[str] = []
    whole: list[str] = []
    used: set[int] = set()
    cut = False
    html_left = LONGEST
    for block in blocks:
        leaves = [block] if not block.parts else _words_in(block)
        plain, rich = _first(leaves, "text/plain"), _first(leaves, "text/html")
        used |= {id(leaf) for leaf in (plain, rich) if leaf is not None}
        if sum(map(len, whole)) > most:
            cut = True
            continue
        words = _plain(plain, most) if plain is not None else ("", False)
        source = _source(rich) if rich is not None and (not words[0] or _is_stub(words[0])) else ""
        said, said_whole, short = _said(words, source[:html_left])
        cut = cut or short or len(source) > html_left
        html_left = max(html_left - len(source), 0)
        told += [said] if said else []
        whole += [said_whole] if said_whole else []
    everything = "\n\n".join(whole)
    return Body(
        "\n\n".join(told)[:most].rstrip(), everything[:most].rstrip(), frozenset(used), cut or len(everything) > most
    )


def _said(words: tuple[str, bool], source: str) -> tuple[str, str, bool]:
    """What a block tells, the whole of it, and whether its end was not read. `words` are its plain part, `source` is
    its HTML where that is to be read."""
    text, short = words
    made = clean(html_text(source).replace("\xa0", " ")) if source else ""
    if not made:
        return text, text, short
    return made, f"{text}\n\n{made}" if text else made, short


def _source(rich: Part) -> str:
    return without_pictures(decoded(rich.content()[: 12 * LONGEST], rich.head.param("charset")))


def _plain(part: Part, most: int) -> tuple[str, bool]:
    content = part.content()
    # Four bytes are the longest letter, and as much again is room for what cleaning takes away.
    text = decoded(content[: 8 * most], part.head.param("charset"))[: 2 * most]
    if part.head.param("format").lower() == "flowed":
        text = unflowed(text, delete_space=part.head.param("delsp").lower() == "yes")
    return clean(text), len(content) > 8 * most


def _is_stub(text: str) -> bool:
    return len(text) <= _LONGEST_STUB and _STUB.search(text) is not None


def _blocks(part: Part) -> list[Part]:
    """What is to be read one after the other: texts, and alternatives of which one is read."""
    if part.type == "multipart/alternative":
        return [part]
    if part.parts:
        return [block for each in part.parts for block in _blocks(each)]
    return [part] if _is_words(part) else []


def _words_in(part: Part) -> list[Part]:
    return [leaf for leaf in part.leaves() if _is_words(leaf)]


def _is_words(part: Part, *, root: bool = False) -> bool:
    """Whether the part is to be read here: text, and no file. A message that is one text is read whatever it says."""
    if part.type not in ("text/plain", "text/html"):
        return False
    return root or (part.head.disposition != "attachment" and not part.head.file_name)


def _first(leaves: list[Part], type: str) -> Part | None:
    return next((leaf for leaf in leaves if leaf.type == type), None)
