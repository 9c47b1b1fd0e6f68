"""The cells of the customers' CSV: each column from text to a value and back, with no formula left in either."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from datetime import date
from typing import Any

from bot.domain.customers import MOST_PHONES, Subscription, address, domain
from bot.domain.errors import BadValue
from bot.domain.hours import zone_named
from bot.domain.phone_numbers import e164
from bot.domain.policy import Policy

MOST_CREDITS = 100_000
BOUGHT = ("product", "level", "start", "end")

_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
_CONTROL = re.compile("[\x00-\x08\x0e-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069\u2028\u2029\ud800-\udfff]")

# What a spreadsheet takes for the beginning of a formula, the full-width signs included. Quotes before it count, so
# that taking one off again gives exactly what was there.
_FORMULA = re.compile("'*[=+\\-@\t\r\n\uff1d\uff0b\uff0d\uff20]")
_YES, _NO = frozenset({"yes", "y", "true", "on", "1", "x"}), frozenset({"no", "n", "false", "off", "0", ""})


def guarded(cell: str) -> str:
    """A cell that no spreadsheet runs: what looks like a formula is quoted with one leading apostrophe."""
    return f"'{cell}" if _FORMULA.match(cell) else cell


def unguarded(cell: str) -> str:
    """The cell that `guarded` wrote, as it was."""
    return cell[1:] if cell.startswith("'") and _FORMULA.match(cell) else cell


def plain(cell: str, column: str) -> str:
    """What a cell says: unguarded, without stray space. Raises BadValue for what nobody could see."""
    text = unguarded(cell)
    if hidden := _CONTROL.search(text):
        raise BadValue(f"The {column} holds an invisible character (U+{ord(hidden[0]):04X}).")
    return " ".join(text.split())


def subscription(named: Mapping[str, str], policy: Policy) -> Subscription | None:
    """The subscription of a line, or None. Raises BadValue for half a one."""
    cells = {column: named.get(column, "") for column in BOUGHT}
    phone = _yes(named.get("phone", ""))
    if not any(cells.values()):
        if phone:
            raise BadValue("The telephone option belongs to a subscription, and the line has none.")
        return None
    if lacking := [column for column, cell in cells.items() if not cell]:
        raise BadValue(f"The subscription has no {' and no '.join(lacking)}.")
    product = _short(cells["product"], policy)
    level = policy.level(cells["level"]).name
    return Subscription(product, level, _day(cells["start"], policy), _day(cells["end"], policy), phone)


def _yes(cell: str) -> bool:
    if cell.casefold() not in _YES | _NO:
        raise BadValue(f"The phone option is yes or no, not “{cell[:40]}”.")
    return cell.casefold() in _YES


def _short(cell: str, policy: Policy) -> str:
    if len(cell) > policy.limits.subject:
        raise BadValue(f"“{cell[:20]}…” has {len(cell):,} characters; the desk takes up to {policy.limits.subject:,}.")
    return cell


def _day(cell: str, policy: Policy) -> date:
    if not _DATE.fullmatch(cell):
        raise BadValue(f"“{cell[:40]}” is not a date.", "Dates are written 2026-03-31.")
    try:
        return date.fromisoformat(cell)
    except ValueError:
        raise BadValue(f"{cell} does not exist.") from None


def _credits(cell: str, policy: Policy) -> int:
    if not (cell.isascii() and cell.isdigit() and int(cell[:9]) <= MOST_CREDITS and len(cell) < 9):
        raise BadValue(f"The credits are a number from 0 to {MOST_CREDITS:,}, not “{cell[:40]}”.")
    return int(cell)


def _zone(cell: str, policy: Policy) -> str:
    return zone_named(cell).key


def _addresses(cell: str, policy: Policy) -> tuple[str, ...]:
    """The one to write to comes first."""
    return tuple(dict.fromkeys(address(part) for part in _parts(cell)))


def _domains(cell: str, policy: Policy) -> frozenset[str]:
    return frozenset(domain(part) for part in _parts(cell))


def _parts(cell: str) -> Iterator[str]:
    return (part for part in cell.replace(",", ";").split(";") if part.strip())


def _phones(cell: str, policy: Policy) -> tuple[str, ...]:
    """The one to call first comes first."""
    found = tuple(dict.fromkeys(e164(part) for part in _parts(cell)))
    if len(found) > MOST_PHONES:
        raise BadValue(f"A customer has up to {MOST_PHONES} telephone numbers, not {len(found)}.")
    return found


READERS: Mapping[str, Callable[[str, Policy], Any]] = {
    "name": _short,
    "mail": _addresses,
    "domains": _domains,
    "zone": _zone,
    "installed": _day,
    "credits": _credits,
    "partner": _short,
    "phones": _phones,
}
FIELDS: Mapping[str, str] = {
    "name": "name",
    "mail": "addresses",
    "domains": "domains",
    "zone": "zone",
    "installed": "installed_on",
    "credits": "phone_credits",
    "partner": "partner",
    "phones": "phones",
}
