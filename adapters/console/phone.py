"""Telephones and pages in a terminal: where no provider is set up, a phone rings here, with buttons for keys.

A page is drawn whole once. As long as its buttons are in sight, whatever else rings because of it takes one line, so
that a chain of calls stays readable at any speed of the clock.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from rich.text import Text

from adapters.console.escape import plain
from adapters.console.render import COLOURS, button_rows, drawn_line, symbol, wrapped
from adapters.console.times import Reader
from bot.cards import Card
from bot.domain.paging import PageState
from bot.ports import Kind, Parcel

_RINGS = "☎ {who}'s phone rings ({number})"
_TEXT = "✉ text to {who} ({number})"
_DIAL = "☎ {number} is dialled"
_CUT = "☎ {number} is hung up on"
_SHAPES = {"call": _RINGS, "text": _TEXT, "cut": _CUT, "dial": _DIAL}


class Ringing:
    """Which telephones ring. Whoever hangs up on several calls to one of them says so once."""

    def __init__(self) -> None:
        self._numbers: set[str] = set()

    def hears(self, parcel: Parcel) -> bool:
        """Take note of it; whether there is anything to be heard."""
        what, _, number = parcel.place.partition(":")
        if what == "call":
            self._numbers.add(number)
        heard = what != "cut" or number in self._numbers
        if what == "cut":
            self._numbers.discard(number)
        return heard


def message_of(parcel: Parcel) -> str:
    """What is the same message to whoever reads it: of a page, whichever attempt brought it to a place."""
    page = parcel.card.data.get("page")
    return parcel.key if page is None else f"page {page} {parcel.place}"


def phone_heading(parcel: Parcel, names: Mapping[str, str]) -> str | None:
    """ "☎ Kim's phone rings (+14165550199)"; None for what is for no telephone."""
    what, _, number = parcel.place.partition(":")
    shape = _SHAPES.get(what)
    if shape is None or not number:
        return None
    person = str(parcel.card.data.get("person") or "")
    return shape.format(who=plain(names.get(person, person)) or "Somebody", number=plain(number))


def page_of(parcel: Parcel) -> int | None:
    """Which page a message calls for; None for one that calls for none, or not any more."""
    page = parcel.card.data.get("page")
    return page if isinstance(page, int) and parcel.kind in (Kind.PAGE, Kind.ALERT) else None


def again(parcel: Parcel, head: Text, reader: Reader, numbers: Sequence[int], width: int) -> list[Text]:
    """A page that was drawn already: what is new, and its first button."""
    card = parcel.card
    first = drawn_line(card.lines[0], reader)[0] if card.lines else Text()
    lead = "" if parcel.kind is Kind.ALERT else f"page {card.data.get('page')} · "
    rows = wrapped(Text.assemble(head, "  ", symbol(card.tone), lead, first.plain), width, hang=2)
    for button in button_rows(card.choices[:1], numbers[:1], width - 2):
        beside = Text.assemble(rows[-1], "  ", button)
        fits = beside.cell_len <= width
        rows[-1:] = [beside] if fits else [rows[-1], Text.assemble("  ", button)]
    return rows


def page_now(card: Card, head: Text, reader: Reader, width: int) -> list[Text]:
    """A page's message as it has become: "page 3 is acknowledged: Kim acknowledged at 02:14 by key."."""
    state = str(card.data.get("state", "over"))
    # As long as it is open, what is new stands in the first line: more tickets.
    line = card.lines[:1] if state == PageState.OPEN else card.lines[-1:]
    told = drawn_line(line[0], reader)[0].plain if line else ""
    words = f"page {card.data.get('page')} is {plain(state)}: {told}"
    return wrapped(Text.assemble(head, "  ", symbol(card.tone), (words, COLOURS[card.tone])), width, hang=2)
