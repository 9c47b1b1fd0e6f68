"""Telephone numbers as people type them, in the one form that all of the world's providers take (E.164)."""

from __future__ import annotations

import re

from bot.domain.errors import BadValue

HINT = "With its country code: +14165550199 (Canada, USA), +4915112345678 (Germany), +33612345678 (France)"

_BETWEEN = re.compile(r"[\s().\-/\u00a0\u2010-\u2015]+")
_LEAST, _MOST = 8, 15
"""Digits with the country code: ITU-T E.164 allows up to 15; a whole number that a person answers has 8 or more."""
_NORTH_AMERICAN = re.compile(r"[2-9]\d{2}[2-9]\d{6}")


def e164(text: str) -> str:
    """The number as "+14165550199". Blanks, brackets, dots and dashes do not matter, and 00 means +. Raises BadValue,
    with what was probably meant."""
    typed = text.strip()
    bare = _BETWEEN.sub("", typed.removeprefix("tel:"))
    digits = bare.removeprefix("+")
    if bare.startswith("00"):
        bare, digits = f"+{bare[2:]}", bare[2:]
    if not (digits.isascii() and digits.isdigit()):
        raise BadValue(f"“{typed[:40]}” is not a telephone number.", HINT)
    if not bare.startswith("+"):
        raise BadValue(f"{typed[:40]} lacks its country code.", _meant(digits) or HINT)
    if digits.startswith("0"):
        raise BadValue(f"{bare[:40]}: no country code begins with 0.", HINT)
    if not _LEAST <= len(digits) <= _MOST:
        raise BadValue(f"{bare[:40]} has {len(digits)} digits; a number has {_LEAST} to {_MOST}.", HINT)
    if digits.startswith("1") and not _NORTH_AMERICAN.fullmatch(digits[1:]):
        raise BadValue(f"{bare} is no number of Canada or the USA: after +1 come ten digits.", "+1 416 555 0199")
    return bare


def shown(number: str) -> str:
    """A number with its middle left out, for whoever knows it: "+1 416 … 0199"."""
    digits = number.removeprefix("+")
    if digits.startswith("1") and len(digits) == 11:
        return f"+1 {digits[1:4]} … {digits[-4:]}"
    return f"+{digits[:4]} … {digits[-4:]}" if len(digits) > _LEAST else number


def _meant(digits: str) -> str:
    """The same number in Canada or the USA, where it could be one."""
    national = digits.removeprefix("1") if len(digits) == 11 else digits
    if not _NORTH_AMERICAN.fullmatch(national):
        return ""
    return f"In Canada or the USA: +1{national}. Elsewhere with that country's code."
