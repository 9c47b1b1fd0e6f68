"""Speech: any text as a voice can read it, without what no telephone should be told to do."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping

LONGEST = 3000
"""Characters in one Say; Twilio takes 4,096, and nobody listens for that long."""

LANGUAGES: Mapping[str, str] = {"en": "en-US", "fr": "fr-CA"}
"""Our languages as providers name them. Others are taken as they are, where they look like one."""

_LINKS = {"en": "a link", "fr": "un lien"}
_NUMBERS = {"en": "number", "fr": "numéro"}
_LINK = re.compile(r"\b(?:https?://|www\.)\S+", re.IGNORECASE)
_NUMBER_SIGN = re.compile(r"#(?=\d)")
_DIGITS = re.compile(r"[0-9]{5,}")
_MARKUP = re.compile(r"[<>*_`~|{}\[\]\\^]+")
_SPACE = re.compile(r"\s+")
_LANGUAGE = re.compile(r"[a-z]{2,3}(?:-[A-Za-z0-9]{2,8})*")
# Control, format (a right-to-left mark reads as nothing), surrogates, private use, unassigned: XML or voice has none.
_UNSPEAKABLE = frozenset({"Cc", "Cf", "Cs", "Co", "Cn"})


def speakable(text: str, language: str = "en") -> str:
    """One line of words: no control characters, no markup, links by name, long numbers digit by digit."""
    plain = printable(text[: 2 * LONGEST])
    plain = _LINK.sub(_LINKS.get(language[:2], _LINKS["en"]), plain)
    plain = _NUMBER_SIGN.sub(f"{_NUMBERS.get(language[:2], _NUMBERS['en'])} ", plain)
    plain = _MARKUP.sub(" ", plain)
    plain = _DIGITS.sub(lambda run: " ".join(run.group()), plain)
    return _SPACE.sub(" ", plain)[:LONGEST].strip()


def printable(text: str) -> str:
    """The same without the characters that XML cannot hold, nor a voice or a telephone's screen show."""
    return "".join(" " if unicodedata.category(letter) in _UNSPEAKABLE else letter for letter in text)


def tongue(language: str) -> str:
    """A language as providers name it; English for what is none."""
    if language in LANGUAGES:
        return LANGUAGES[language]
    return language if _LANGUAGE.fullmatch(language) else LANGUAGES["en"]
