"""Thanks: a message that says only this asks nothing, so it starts no clock."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable

LONGEST = 200

_Words = tuple[str, ...]


def is_thanks(text: str, phrases: Iterable[str], names: Iterable[str] = ()) -> bool:
    """Whether a short message consists of the policy's thanks phrases and nothing else.

    Case, punctuation and emoji do not count, and neither do the `names` of the people who are thanked, a signature
    below "--" and quoted lines. A question is never only thanks.
    """
    said = _own_words(text)
    if len(said) > LONGEST or "?" in said:
        return False
    words = _words(said)
    known = {_words(phrase) for phrase in phrases} - {()}
    called = {word for name in names for word in _words(name)}
    # Which places of the message can be reached by phrases and names alone, and whether a phrase was among them.
    reached: set[tuple[int, bool]] = {(0, False)}
    for at in range(len(words)):
        for thanked in [thanked for place, thanked in reached if place == at]:
            reached |= {(at + len(phrase), True) for phrase in known if words[at : at + len(phrase)] == phrase}
            if words[at] in called:
                reached.add((at + 1, thanked))
    return (len(words), True) in reached


def _own_words(text: str) -> str:
    """What was written, without quoted lines and the signature."""
    kept: list[str] = []
    for line in text.splitlines():
        if line.rstrip() in ("--", "—"):
            break
        if not line.startswith(">"):
            kept.append(line)
    return "\n".join(kept).strip()


def _words(text: str) -> _Words:
    """The words in one spelling. Apostrophes vanish and other signs part words, so that "ok,thanks!" is two."""
    plain = unicodedata.normalize("NFKC", text).casefold().replace("'", "").replace("’", "")
    return tuple("".join(c if unicodedata.category(c)[0] in "LN" else " " for c in plain).split())
