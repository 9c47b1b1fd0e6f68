"""Wording: spans of time and lists in the words people use."""

from __future__ import annotations

from collections.abc import Iterable


def span_words(seconds: int) -> str:
    """ "1 h 30 min", "45 min", "20 s": the two largest units that matter. Never negative."""
    seconds = max(seconds, 0)
    hours, rest = divmod(seconds, 3600)
    minutes, second = divmod(rest, 60)
    if hours:
        return f"{hours} h {minutes} min" if minutes else f"{hours} h"
    if minutes:
        return f"{minutes} min {second} s" if second and minutes < 10 else f"{minutes} min"
    return f"{second} s"


def listed(words: Iterable[str], joined: str = "and") -> str:
    """ "a, b and c"."""
    *firsts, last = list(words) or [""]
    return f"{', '.join(firsts)} {joined} {last}" if firsts else last


CUSTOMERS_WAYS = {"email": "by mail", "api": "through the API", "web": "on the customers' page"}
"""The ways by which customers speak for themselves, as history tells of them."""


def is_customers(by: str) -> bool:
    """Whether a customer did it themselves, also where nobody knows who of theirs ("customer", "api:")."""
    way, told, _ = by.partition(":")
    return by == "customer" or (bool(told) and way in CUSTOMERS_WAYS)


def opener(by: str) -> tuple[str, str]:
    """The address and the way of a customer who did something themselves ("email:jo@acme.example"); empty for
    others."""
    way, _, who = by.partition(":")
    return (who, CUSTOMERS_WAYS[way]) if who and way in CUSTOMERS_WAYS else ("", "")
