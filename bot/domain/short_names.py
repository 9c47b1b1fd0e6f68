"""Short names: the ids that people type for customers and staff, made from full names or checked as given."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable

from bot.domain.errors import BadValue

LONGEST = 32

_SHORT_NAME = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")

# Words that mean something else wherever a short name may stand: places, mentions, "me", and who history speaks of.
RESERVED = frozenset(
    {"all", "channel", "clock", "customer", "desk", "everyone", "here", "me", "myself", "nobody", "none", "team"}
)


def slug(name: str) -> str:
    """A name in ASCII letters, digits and single hyphens: "Café Müller & Co." is "cafe-muller-co". May be empty."""
    plain = unicodedata.normalize("NFKD", name.replace("ß", "ss")).encode("ascii", "ignore").decode("ascii")
    words = re.findall(r"[a-z0-9]+", plain.casefold())
    return "-".join(words)[:LONGEST].rstrip("-")


def short_name(text: str) -> str:
    """A short name as somebody gave it. Raises BadValue, with one that would do."""
    wanted = text.strip().casefold()
    if wanted in RESERVED:
        raise BadValue(f"“{wanted}” means something else to the desk.", f"Another one, such as {wanted}-1, will do.")
    if len(wanted) <= LONGEST and _SHORT_NAME.fullmatch(wanted):
        return wanted
    fitting = slug(text)
    raise BadValue(
        f"“{text.strip()[:40]}” is no short name: up to {LONGEST} of a-z, 0-9 and single hyphens.",
        f"{fitting} will do." if fitting and fitting not in RESERVED else "",
    )


def free_name(wanted: str, fallback: str, taken: Callable[[str], bool]) -> str:
    """`wanted`, or the first of wanted-2, wanted-3 … that nobody has; `fallback` where a name leaves no letters."""
    stem = wanted or fallback
    if stem not in RESERVED and not taken(stem):
        return stem
    number = 1 if stem in RESERVED else 2
    while taken(numbered := f"{stem[: LONGEST - 6].rstrip('-')}-{number}"):
        number += 1
    return numbered
