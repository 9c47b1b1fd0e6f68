"""Tickets, events and timers as rows and back."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from itertools import compress
from operator import attrgetter, is_not
from typing import Any

from bot.domain.history import Deed, Event
from bot.domain.sla import Clock, clock_from_data, clock_to_data
from bot.domain.ticket import FIELDS, Priority, State, Ticket, values_of
from storage.values import (
    dump_words,
    dumps,
    epoch,
    epoch_or_none,
    instant,
    instant_or_none,
    load_words,
    loads,
)

_DEEDS = {deed.value: deed for deed in Deed}


def _as_it_is(value: Any) -> Any:
    return value


def _dump_clocks(clocks: tuple[Clock, ...]) -> str:
    return dumps([clock_to_data(clock) for clock in clocks]) if clocks else "[]"


def _load_clocks(text: str) -> tuple[Clock, ...]:
    return () if text == "[]" else tuple([clock_from_data(clock) for clock in loads(text)])


# Every field of a ticket is a column of that name, in the same order; the due time that lists are sorted by follows.
DUE = len(FIELDS)

_Codec = tuple[Callable[[Any], Any], Callable[[Any], Any]]
_INSTANT: _Codec = (epoch_or_none, instant_or_none)
_WORDS: _Codec = (dump_words, load_words)
# How a field becomes its column and back, where it is not stored as it is. Enums are looked up, not constructed.
_CODECS: Mapping[str, _Codec] = {
    "opened_at": (epoch, instant),
    "state": (attrgetter("value"), {state.value: state for state in State}.__getitem__),
    "owned_since": _INSTANT,
    "priority": (attrgetter("value"), {priority.value: priority for priority in Priority}.__getitem__),
    "tags": _WORDS,
    "watchers": _WORDS,
    "clocks": (_dump_clocks, _load_clocks),
    "responded_at": _INSTANT,
    "wait_until": _INSTANT,
    "snoozed_until": _INSTANT,
    "acted_at": _INSTANT,
    "closed_at": _INSTANT,
    "phone_credit": (bool, bool),
    "unverified": (bool, bool),
    "changed_at": _INSTANT,
}
_ENCODERS = {name: encode for name, (encode, _) in _CODECS.items()}
_PLACES = range(len(FIELDS))
_ENCODE = tuple(_ENCODERS.get(name, _as_it_is) for name in FIELDS)
_DECODERS = tuple((FIELDS.index(name), decode) for name, (_, decode) in _CODECS.items())


def ticket_to_row(ticket: Ticket, due: int) -> dict[str, Any]:
    """A whole row of `tickets`. `due` is as it is stored."""
    row = dict(zip(FIELDS, values_of(ticket), strict=True))
    for name, encode in _ENCODERS.items():
        row[name] = encode(row[name])
    row["due"] = due
    return row


def changed_columns(before: Ticket, after: Ticket) -> dict[str, Any]:
    """The columns in which the two differ, with what they become: an index over any other is left alone."""
    old, new = values_of(before), values_of(after)
    places = [place for place in compress(_PLACES, map(is_not, old, new)) if old[place] != new[place]]
    return {FIELDS[place]: _ENCODE[place](new[place]) for place in places}


def ticket_from_row(row: Sequence[Any]) -> Ticket:
    """The ticket of a whole row of `tickets`."""
    values = [*row[:DUE]]
    for index, decode in _DECODERS:
        values[index] = decode(values[index])
    return Ticket(*values)


def event_to_row(event: Event) -> dict[str, Any]:
    return {
        "ticket": event.ticket,
        "seq": event.seq,
        "at": epoch(event.at),
        "by": event.by,
        "source": event.source,
        "deed": event.deed.value,
        "data": dumps(dict(event.data)),
        "reason": event.reason,
    }


def event_from_row(row: Sequence[Any]) -> Event:
    """The event of a whole row of `events`, its columns in the table's order."""
    ticket, seq, at, by, source, deed, data, reason = row
    return Event(ticket, seq, instant(at), by, source, _DEEDS[deed], loads(data), reason)
