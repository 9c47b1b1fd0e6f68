"""Spoken: numbers, levels, times, spans and untrusted words as somebody hears them on the telephone.

English for "en" and everything that is not French; French for "fr".
"""

from __future__ import annotations

import re
import unicodedata
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from bot.views.plain import one_line

FRENCH = "fr"


def _words(text: str) -> tuple[str, ...]:
    return tuple(text.split())


_ENGLISH_UNITS = _words(
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen "
    "eighteen nineteen"
)
_ENGLISH_TENS = _words("twenty thirty forty fifty sixty seventy eighty ninety")
_FRENCH_UNITS = _words(
    "zéro un deux trois quatre cinq six sept huit neuf dix onze douze treize quatorze quinze seize dix-sept dix-huit "
    "dix-neuf"
)
_FRENCH_TENS = _words("vingt trente quarante cinquante soixante soixante quatre-vingt quatre-vingt")

_ENGLISH_DAYS = _words("Monday Tuesday Wednesday Thursday Friday Saturday Sunday")
_FRENCH_DAYS = _words("lundi mardi mercredi jeudi vendredi samedi dimanche")
_ENGLISH_MONTHS = _words("January February March April May June July August September October November December")
_FRENCH_MONTHS = _words("janvier février mars avril mai juin juillet août septembre octobre novembre décembre")

_ROMAN = {"I": 1, "II": 2, "III": 3, "IV": 4, "V": 5, "VI": 6, "VII": 7, "VIII": 8, "IX": 9, "X": 10}

_LINK = re.compile(r"(?:[a-z][a-z0-9+.-]*://|www\.)\S+", re.IGNORECASE)
_ADDRESS = re.compile(r"[^\s@<>(),;:]+@[^\s@<>(),;:]+\.[^\s@<>(),;:]+")
# What may be a telephone number, an account or a card: nobody keeps it in mind at night, and a voicemail would.
_DIGITS = re.compile(r"\+?\d(?:[\s().\-/]{0,2}\d){6,}")
_CODE = re.compile(r"[^\s]{25,}")
_TWICE = re.compile(r"([.,;:!?'()/%+\-])(?:\s?\1)+")
_KEPT = frozenset(".,;:!?'’()-/%+ $€£°")
_SYMBOLS = {"en": {"&": " and ", "@": " at ", "#": " number "}, FRENCH: {"&": " et ", "@": " arobas ", "#": " numéro "}}
_STAND_INS = {
    "en": ("a link", "a mail address", "a number", "a long code"),
    FRENCH: ("un lien", "une adresse électronique", "un numéro", "un long code"),
}
_FIRMS = {
    "ltd": "Limited",
    "inc": "Incorporated",
    "corp": "Corporation",
    "co": "Company",
    "ltée": "Limitée",
    "cie": "Compagnie",
}


def number(n: int, language: str = "en") -> str:
    """ "forty-two", "quarante-deux". From 10,000 on digit by digit, as nobody keeps the sum in mind."""
    if n < 0 or n >= 10_000:
        return " ".join(number(int(digit), language) for digit in str(abs(n)))
    return _french(n) if language == FRENCH else _english(n)


def _english(n: int) -> str:
    if n < 20:
        return _ENGLISH_UNITS[n]
    if n < 100:
        tens, unit = divmod(n, 10)
        return _ENGLISH_TENS[tens - 2] + (f"-{_ENGLISH_UNITS[unit]}" if unit else "")
    size, word = (1000, "thousand") if n >= 1000 else (100, "hundred")
    head, rest = divmod(n, size)
    return f"{_english(head)} {word}" + (f" {_english(rest)}" if rest else "")


def _french(n: int) -> str:
    if n < 20:
        return _FRENCH_UNITS[n]
    if n < 100:
        return _french_tens(n)
    size, word = (1000, "mille") if n >= 1000 else (100, "cent")
    head, rest = divmod(n, size)
    counted = word if head == 1 else f"{_french(head)} {word}"
    if rest:
        return f"{counted} {_french(rest)}"
    return counted + "s" if word == "cent" and head > 1 else counted


def _french_tens(n: int) -> str:
    """Seventy and ninety count on from sixty and eighty."""
    tens, unit = divmod(n, 10)
    word = _FRENCH_TENS[tens - 2]
    if tens in (7, 9):
        unit += 10
    if not unit:
        return f"{word}s" if tens == 8 else word
    return f"{word} et {_FRENCH_UNITS[unit]}" if unit in (1, 11) and tens < 8 else f"{word}-{_FRENCH_UNITS[unit]}"


def level(name: str, language: str = "en") -> str:
    """ "Level Three" of "III", "niveau trois"; a level with a name of its own keeps it."""
    count = _ROMAN.get(name.upper()) or (int(name) if name.isdecimal() and len(name) < 4 else 0)
    if language == FRENCH:
        return f"niveau {number(count, language) if count else heard(name, 30, language)}"
    return f"Level {number(count).title() if count else heard(name, 30)}"


def moment(at: datetime, zone: ZoneInfo, now: datetime, language: str = "en") -> str:
    """ "eleven thirty in the morning" of today, "Tuesday, noon", then the date: as much as one must know."""
    there, today = at.astimezone(zone), now.astimezone(zone).date()
    day = _day(there.date(), today, language)
    clock = _french_clock(there) if language == FRENCH else _english_clock(there)
    if not day:
        return clock
    return f"{day} à {clock}" if language == FRENCH else f"{day}, {clock}"


def _day(day: date, today: date, language: str) -> str:
    french = language == FRENCH
    if day == today:
        return ""
    if day == today + timedelta(days=1):
        return "demain" if french else "tomorrow"
    if day == today - timedelta(days=1):
        return "hier" if french else "yesterday"
    name = (_FRENCH_DAYS if french else _ENGLISH_DAYS)[day.weekday()]
    if 0 < (day - today).days < 7:
        return name
    if french:
        first = "premier" if day.day == 1 else number(day.day, language)
        return f"le {name} {first} {_FRENCH_MONTHS[day.month - 1]}"
    return f"{name}, {_ENGLISH_MONTHS[day.month - 1]} {_ordinal(day.day)}"


def _ordinal(day: int) -> str:
    """Of a day of a month."""
    tens, unit = divmod(day, 10)
    if day >= 20:
        return f"{_ENGLISH_TENS[tens - 2]}-{_ordinal(unit)}" if unit else ("twentieth", "thirtieth")[tens - 2]
    odd = {1: "first", 2: "second", 3: "third", 5: "fifth", 8: "eighth", 9: "ninth", 12: "twelfth"}
    return odd.get(day) or f"{_ENGLISH_UNITS[day]}th"


def _english_clock(at: datetime) -> str:
    if at.minute == 0 and at.hour in (0, 12):
        return "noon" if at.hour else "midnight"
    minutes = "" if at.minute == 0 else f" oh {number(at.minute)}" if at.minute < 10 else f" {number(at.minute)}"
    part = "morning" if at.hour < 12 else "afternoon" if at.hour < 18 else "evening"
    return f"{number(at.hour % 12 or 12)}{minutes} in the {part}"


def _french_clock(at: datetime) -> str:
    if at.minute == 0 and at.hour in (0, 12):
        return "midi" if at.hour else "minuit"
    hour = f"{_feminine(at.hour)} heure{'s' * (at.hour > 1)}" if at.hour else "zéro heure"
    return hour + (f" {_feminine(at.minute)}" if at.minute else "")


def _feminine(n: int) -> str:
    """Hours and minutes are, in French."""
    word = number(n, FRENCH)
    return f"{word}e" if word == "un" or word.endswith(" un") else word


def span(seconds: int, language: str = "en") -> str:
    """ "two hours fifteen minutes", "quarante-cinq minutes"; whole minutes, at least one."""
    hours, minutes = divmod(max(round(seconds / 60), 1), 60)
    french = language == FRENCH
    parts = []
    if hours:
        name = ("heure" if french else "hour") + "s" * (hours > 1)
        parts.append(f"{_feminine(hours) if french else number(hours)} {name}")
    if minutes:
        parts.append(f"{_feminine(minutes) if french else number(minutes)} minute{'s' * (minutes > 1)}")
    return " ".join(parts)


def firm(name: str, language: str = "en", most: int = 60) -> str:
    """A customer's name as it is called: "ACME Limited" of "ACME Ltd."."""
    words = heard(name, most, language).split()
    if len(words) > 1:
        words[-1] = _FIRMS.get(words[-1].rstrip(".").casefold(), words[-1])
    return " ".join(words)


def heard(text: str, most: int, language: str = "en") -> str:
    """Untrusted words for the ear: one line of at most so many characters, without what a voice stumbles over (links,
    addresses, long numbers, signs) and without a full stop at its end."""
    link, address, digits, code = _STAND_INS.get(language, _STAND_INS["en"])
    text = one_line(unicodedata.normalize("NFKC", text[: most * 20]))
    text = _ADDRESS.sub(address, _LINK.sub(link, text))
    text = _CODE.sub(code, _DIGITS.sub(digits, text))
    symbols = _SYMBOLS.get(language, _SYMBOLS["en"])
    text = "".join(symbols.get(sign) or (sign if _is_spoken(sign) else " ") for sign in text)
    text = _TWICE.sub(r"\1", " ".join(text.split()))
    return _whole_words(text, most).strip(" .,;:!?-/'(")


def _is_spoken(sign: str) -> bool:
    return sign in _KEPT or unicodedata.category(sign)[0] in "LMN"


def _whole_words(text: str, most: int) -> str:
    """No word is cut through, unless it is the first."""
    if len(text) <= most:
        return text
    return text[: text.rfind(" ", 1, most + 1)] if " " in text[1 : most + 1] else text[:most]
