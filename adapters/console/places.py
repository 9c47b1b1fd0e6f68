"""Where a message arrives: channels, direct messages and letters, drawn so that one sees who reads what."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from rich.text import Text

from adapters.console.escape import plain
from adapters.console.phone import again, page_now, phone_heading
from adapters.console.render import (
    COLOURS,
    NARROWEST,
    WIDEST,
    button_rows,
    draw,
    drawn_line,
    is_brief,
    symbol,
    wrapped,
)
from adapters.console.times import Reader, when_words
from bot.cards import Card, When
from bot.ports import Kind, Parcel

_MAIL = "mail:"


def heading(parcel: Parcel, names: Mapping[str, str]) -> str:
    """ "#desk", "→ Ann (direct message)", "✉ letter to x@example.com (mail is not set up: send it by hand)"."""
    place = plain(parcel.place)
    if place.startswith(_MAIL) or parcel.kind is Kind.LETTER:
        return f"✉ letter to {place.removeprefix(_MAIL)} (mail is not set up: send it by hand)"
    if place.startswith("@"):
        name = plain(names.get(place[1:], place[1:]))
        page = parcel.kind is Kind.PAGE or "page" in parcel.card.data
        return f"→ {name} ({'page' if page else 'direct message'})"
    return phone_heading(parcel, names) or place


def news_rows(
    parcel: Parcel,
    reader: Reader,
    names: Mapping[str, str],
    width: int,
    numbers: Sequence[int] = (),
    *,
    known: bool = False,
) -> list[Text]:
    """The rows of a message. An update in place, and what is `known` already, take one compact line."""
    width = min(max(width, NARROWEST), WIDEST)
    head = Text(heading(parcel, names), "bold magenta")
    card = parcel.card
    if "page" in card.data and (parcel.ref or known):
        return page_now(card, head, reader, width) if parcel.ref else again(parcel, head, reader, numbers, width)
    if not (card.title or card.badge or card.table or card.chart or card.lines):
        return wrapped(head, width)
    if parcel.ref or known:
        verb = "is now" if parcel.ref else "is posted"
        return wrapped(Text.assemble(head, "  ", compact(card, verb, reader, names)), width, hang=2)
    if not is_brief(card):
        return [*wrapped(head, width), *draw(card, reader, width, numbers)]
    first, *more = drawn_line(card.lines[0], reader)
    first.stylize(COLOURS[card.tone])
    rows = wrapped(Text.assemble(head, "  ", symbol(card.tone), first), width, hang=2)
    for row in more:
        rows += wrapped(Text.assemble("  ", row), width)
    buttons = button_rows(card.choices, numbers, width - 2)
    return [*rows, *(Text.assemble("  ", row) for row in buttons)]


def repeats(parcel: Parcel, shown: Card) -> bool:
    """Whether this is the ticket's card that was shown last; its minutes may have moved on."""
    card = parcel.card
    return (
        parcel.kind is Kind.CARD
        and card.ticket is not None
        and (card.title, card.badge) == (shown.title, shown.badge)
        and dict(card.data) == dict(shown.data)
    )


def compact(card: Card, verb: str, reader: Reader, names: Mapping[str, str]) -> Text:
    """ "card of #42 is now: open · Ann · due Tue 13 Oct 11:30"."""
    facts = [fact for fact in _facts(card, reader, names) if fact]
    what = f"card of #{card.ticket}" if card.ticket is not None else "card"
    return Text.assemble(symbol(card.tone), f"{what} {verb}: ", (" · ".join(facts), COLOURS[card.tone]))


def _facts(card: Card, reader: Reader, names: Mapping[str, str]) -> list[str]:
    data = card.data
    if "state" not in data:
        return [plain(card.badge) or " ".join(row.plain for line in card.lines[:1] for row in drawn_line(line, reader))]
    owner = str(data.get("owner") or "")
    due = data.get("due")
    return [
        plain(str(data["state"])),
        plain(names.get(owner, owner)) if owner else "nobody has it" if data["state"] != "closed" else "",
        plain(str(data.get("resolution") or "")),
        f"due {when_words(When(datetime.fromisoformat(str(due))), reader)}" if due else "",
    ]
