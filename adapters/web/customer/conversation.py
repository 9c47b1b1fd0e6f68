"""The conversation on a ticket as its customer may read it: words, calls, closings and files. Notes, pages, owners and
what else is the desk's own business is left out: only what is named here is shown."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.domain.attachments import Attached, attached
from bot.domain.history import Deed, Event
from bot.domain.policy import Policy
from bot.views.wording import is_customers, opener
from commands.tickets_for_api import leaves_at, taken_back_in

CUSTOMER = "customer"


@dataclass(frozen=True, slots=True)
class File:
    """A file that was said with; `here` is whether the desk has it."""

    number: int
    name: str
    size: int | None
    here: bool


@dataclass(frozen=True, slots=True)
class Said:
    """One thing that was said or done. `theirs`: by the customer."""

    seq: int
    at: datetime
    who: str
    what: str
    text: str
    theirs: bool
    files: tuple[File, ...] = ()


def conversation(
    history: Sequence[Event],
    names: Mapping[str, str],
    here: frozenset[tuple[int, int]],
    policy: Policy,
    now: datetime,
) -> tuple[Said, ...]:
    """Oldest first. `names` are those of staff, of which the first name is told; `here` are the keys of files that the
    desk has. A reply that can still be taken back is not shown yet."""
    return tuple(
        Said(event.seq, event.at, _who(event, names), what, _text(event), _is_theirs(event), tuple(_files(event, here)))
        for event in _shown(history, now)
        if (what := _what(event, policy))
    )


def may_have(history: Sequence[Event], key: tuple[int, int], now: datetime) -> bool:
    """Whether the customer may have the file of that key: whether they are shown its name."""
    shown = (event for event in _shown(history, now) if event.deed in _WITH_WORDS)
    return any(one.key == key for one in attached(shown))


_WITH_WORDS = frozenset({Deed.OPENED, Deed.SAID, Deed.REPLIED})
"""The deeds whose words and files both sides read. What staff write down of a call, or on opening or closing a ticket,
they write for the desk."""
_WHAT = {
    Deed.OPENED: "opened the ticket",
    Deed.SAID: "wrote",
    Deed.REPLIED: "answered",
    Deed.CALLED: "telephoned with you",
    Deed.REMOTE: "worked on your system with you",
    Deed.WAITING: "now waits for your answer",
    Deed.REOPENED: "opened the ticket again",
    Deed.MERGED: "made it a part of another ticket",
    Deed.REFERRED: "referred it to a partner",
    Deed.CLOSED: "closed the ticket",
    Deed.RATED: "rated",
}


def _shown(history: Sequence[Event], now: datetime) -> Iterator[Event]:
    taken_back = taken_back_in(history)
    for event in history:
        if event.seq in taken_back or (leaves_at(event) or now) > now:
            continue
        if event.deed is Deed.OPENED and not _is_theirs(event):
            yield _without_words(event)
        elif event.deed in _WHAT:
            yield event


def _is_theirs(event: Event) -> bool:
    """Whether the customer did it, and not one of the desk for them."""
    return is_customers(event.by)


def _without_words(event: Event) -> Event:
    return Event(event.ticket, event.seq, event.at, event.by, event.source, event.deed, {}, "")


def _what(event: Event, policy: Policy) -> str:
    data = event.data
    match event.deed:
        case Deed.CLOSED:
            how = policy.resolutions.get(str(data.get("resolution")), "")
            return f"closed the ticket: {how}" if how else _WHAT[Deed.CLOSED]
        case Deed.MERGED:
            return f"made it a part of #{data.get('into')}"
        case Deed.RATED:
            return f"rated it {data.get('rating')} of 5"
        case _:
            return _WHAT.get(event.deed, "")


def _text(event: Event) -> str:
    spoken = event.deed in _WITH_WORDS or (event.by == CUSTOMER and event.deed in (Deed.CLOSED, Deed.RATED))
    return str(event.data.get("text", "")) if spoken else ""


def _who(event: Event, names: Mapping[str, str]) -> str:
    if _is_theirs(event):
        return str(event.data.get("name") or event.data.get("who") or opener(event.by)[0]) or "You"
    return names.get(event.by, "").split(" ")[0] or "We"


def _files(event: Event, here: frozenset[tuple[int, int]]) -> Iterator[File]:
    if event.deed in _WITH_WORDS:
        for one in attached([event]):
            yield _file(one, here)


def _file(one: Attached, here: frozenset[tuple[int, int]]) -> File:
    return File(one.number, one.file.name, one.file.size, one.key in here)
