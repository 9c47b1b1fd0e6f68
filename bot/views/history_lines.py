"""History in words: a ticket's events as lines that a person reads, and as data for programs."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from bot.cards import Line, Part, Strong, When
from bot.domain.attachments import files_of, in_words
from bot.domain.history import Deed, Event
from bot.domain.sla import instant
from bot.views import page_words
from bot.views.ticket_card import iso
from bot.views.wording import CUSTOMERS_WAYS, listed, opener

Names = Mapping[str, str]
_Data = Mapping[str, Any]

_NOBODY = {"customer": "The customer", "clock": "The desk"}


def history_lines(events: Iterable[Event], people: Names, longest: int | None = None) -> tuple[Line, ...]:
    """A line for each event: when, who, what, from where and why. Texts are cut to `longest`, if that is given."""
    return tuple(_line(event, people, longest) for event in events)


def event_data(event: Event) -> dict[str, Any]:
    """The event for programs: plain JSON values, its instant in ISO 8601 UTC."""
    return {
        "seq": event.seq,
        "at": iso(event.at),
        "by": event.by,
        "source": event.source,
        "deed": event.deed.value,
        "reason": event.reason,
        "data": dict(event.data),
    }


def thread_line(event: Event, people: Names, platform: str, *, whole: bool = True) -> Line:
    """The event as it is told where every message shows its time: who, what, all that was written (unless it is shown
    elsewhere: not `whole`) and why; from where only if it was not said on this platform."""
    return _told(event, people, None, elsewhere=event.source != platform, whole=whole)


def _line(event: Event, people: Names, longest: int | None) -> Line:
    return (When(event.at), "  ", *_told(event, people, longest))


def _told(
    event: Event, people: Names, longest: int | None, *, elsewhere: bool = True, whole: bool = True
) -> tuple[Part, ...]:
    address, way = opener(event.by)
    who = _NOBODY.get(event.by) or address or people.get(event.by, event.by)
    did = _WORDS[event.deed]({**event.data, "way": event.source} if way else event.data, people)
    text = str(event.data.get("text") or "") if whole else ""
    said = f": {_cut(text, longest)}" if text else ""
    files = f" · with {listed(in_words(file) for file in files_of(event))}" if event.data.get("files") else ""
    reason = f" · because: {_cut(event.reason, longest)}" if event.reason else ""
    known = way or event.data.get("way") in CUSTOMERS_WAYS
    where = f" · {event.source}" if elsewhere and event.source and event.by != "clock" and not known else ""
    return (Strong(who), " ", *did, said + files + where + reason)


def _cut(text: str, longest: int | None) -> str:
    if longest is None:
        return text
    line = " ".join(text.split())
    return line if len(line) <= longest else line[: longest - 1].rstrip() + "…"


def _claimed(data: _Data, people: Names) -> Line:
    return ("claimed it", _from(data, people))


def _assigned(data: _Data, people: Names) -> Line:
    return (f"gave it to {_name(data.get('owner'), people)}", _from(data, people))


def _from(data: _Data, people: Names) -> str:
    before = data.get("taken_from")
    return f", taking it over from {_name(before, people)}" if before else ""


def _replied(data: _Data, people: Names) -> Line:
    return (f"replied to {data['to']}" if data.get("to") else "replied, to be sent by hand",)


def _called(data: _Data, people: Names) -> Line:
    return ("telephoned" + (", using a per-incident credit" if data.get("credit") else ""),)


def _opened(data: _Data, people: Names) -> Line:
    doubt = ", sender not verified" if data.get("unverified") else ""
    return (f"opened it{_way(data)}, Level {data['level']}{doubt}",)


def _said(data: _Data, people: Names) -> Line:
    by = data.get("written_by")
    other = f" from another address, {data.get('who')}" if data.get("stranger") else ""
    doubt = " (sender not verified)" if data.get("unverified") else ""
    return (f"wrote{_way(data)}{other}{doubt}" + (f" (put down by {_name(by, people)})" if by else ""),)


def _noted(data: _Data, people: Names) -> Line:
    return (f"wrote by mail for the partner {data['partner']}" if data.get("partner") else "noted",)


def _way(data: _Data) -> str:
    """ " by mail", where the customer came themselves."""
    way = CUSTOMERS_WAYS.get(str(data.get("way")), "")
    return f" {way}" if way else ""


def _waiting(data: _Data, people: Names) -> Line:
    return ("set it to wait for the customer", *_until(data))


def _snoozed(data: _Data, people: Names) -> Line:
    return ("silenced warnings", *_until(data)) if data.get("until") else ("ended the snooze",)


def _until(data: _Data) -> Line:
    return (" until ", When(instant(data["until"]))) if data.get("until") else ()


def _closed(data: _Data, people: Names) -> Line:
    return (f"closed it as {data.get('resolution') or 'done'}",)


def _level(data: _Data, people: Names) -> Line:
    was = f" from Level {data['was']}" if data.get("was") else ""
    return (f"moved it{was} to Level {data['level']}", *_due(data))


def _customer(data: _Data, people: Names) -> Line:
    address = f", answers go to {data['requester']}" if data.get("requester") else ""
    return (f"said it is {data['customer']}'s, Level {data['level']}{address}", *_due(data))


def _recomputed(data: _Data, people: Names) -> Line:
    return ("counted the due time anew", *_due(data))


def _due(data: _Data) -> Line:
    """ ", due … (before: …)": what a change did to the due time."""
    old, new = data.get("due_before"), data.get("due")
    if new is None or old == new:
        return ()
    before: Line = (" (before: ", When(instant(old)), ")") if old is not None else ()
    return (", due ", When(instant(new)), *before)


def _changed(what: str) -> Callable[[_Data, Names], Line]:
    def words(data: _Data, people: Names) -> Line:
        was = f"; it was {data['was']}" if data.get("was") else ""
        return (f"set the {what} to {data[what]}{was}",)

    return words


def _merged(data: _Data, people: Names) -> Line:
    return (f"merged it into #{data['into']}",)


def _absorbed(data: _Data, people: Names) -> Line:
    return (f"merged #{data.get('merged', '?')} {data.get('title', '')}".rstrip() + f" into it, Level {data['level']}",)


def _alerted(data: _Data, people: Names) -> Line:
    clock = str(data["clock"]).replace("_", " ")
    stages = listed(str(name) for name, _ in data.get("stages", ()))
    return (f"told of the {clock}: {stages}" if stages else f"told of the {clock}",)


def _tried(data: _Data, people: Names) -> Line:
    """ "tried Kim by call, +1 416 … 0199: busy"."""
    who = _name(data.get("person"), people) or str(data.get("to") or "nobody")
    if not data.get("kind"):
        return (f"could not call {who}: {data.get('result')}",)
    to = f", {data['to']}" if data.get("to") else ""
    return (f"tried {who} by {page_words.way_words(str(data['kind']))}{to}: {data.get('words') or data.get('result')}",)


def _phoned(data: _Data, people: Names) -> Line:
    """A line of a telephone call, as whoever conducted it put it."""
    return (str(data.get("words") or "telephoned"),)


def _bounced(data: _Data, people: Names) -> Line:
    """ "heard that a letter to jo@acme.example did not arrive: mailbox full"."""
    to = f" to {data['to']}" if data.get("to") else ""
    if data.get("perhaps"):
        return (f"does not know whether a letter{to} arrived: {data.get('why')}",)
    fate = "did not arrive" if data.get("permanent") else "is late"
    return (f"heard that a letter{to} {fate}: {data.get('why')}{_owed(data)}",)


def _unsent(data: _Data, people: Names) -> Line:
    return (f"took the reply back before it left{_owed(data)}",)


def _owed(data: _Data) -> str:
    """What it means where every letter before it was lost, too."""
    return "; so the customer has not been answered, and is owed it as before" if data.get("unheard") else ""


def _rated(data: _Data, people: Names) -> Line:
    return (f"rated it {data['rating']} of 5",)


def _says(words: str) -> Callable[[_Data, Names], Line]:
    return lambda data, people: (words,)


def _name(id: object, people: Names) -> str:
    return people.get(str(id), str(id))


_WORDS: Mapping[Deed, Callable[[_Data, Names], Line]] = {
    Deed.OPENED: _opened,
    Deed.CLAIMED: _claimed,
    Deed.RELEASED: _says("released it"),
    Deed.ASSIGNED: _assigned,
    Deed.REPLIED: _replied,
    Deed.NOTED: _noted,
    Deed.ATTACHED: _says("added a file"),
    Deed.CALLED: _called,
    Deed.REMOTE: _says("had a remote session"),
    Deed.SAID: _said,
    Deed.WAITING: _waiting,
    Deed.RESUMED: _says("let the clocks go on"),
    Deed.CLOSED: _closed,
    Deed.REOPENED: _says("reopened it"),
    Deed.LEVEL: _level,
    Deed.PRIORITY: _changed("priority"),
    Deed.CATEGORY: _changed("category"),
    Deed.CUSTOMER: _customer,
    Deed.TAGGED: lambda data, people: (f"tagged it {listed(data['tags'])}",),
    Deed.UNTAGGED: lambda data, people: (f"took off the tags {listed(data['tags'])}",),
    Deed.MERGED: _merged,
    Deed.ABSORBED: _absorbed,
    Deed.REFERRED: lambda data, people: (f"referred it to {data['partner']}",),
    Deed.SNOOZED: _snoozed,
    Deed.WATCHED: _says("watches it"),
    Deed.UNWATCHED: _says("watches it no longer"),
    Deed.ALERTED: _alerted,
    Deed.RECOMPUTED: _recomputed,
    Deed.PAGED: lambda data, people: (page_words.event_words(data, people),),
    Deed.TRIED: _tried,
    Deed.ACKNOWLEDGED: lambda data, people: (page_words.acknowledged_words(data),),
    Deed.PHONED: _phoned,
    Deed.UNSENT: _unsent,
    Deed.BOUNCED: _bounced,
    Deed.VOUCHED: _says("vouched for the sender"),
    Deed.RATED: _rated,
    Deed.ASKED: lambda data, people: (f"asked the customer whether {data['partner']} solved it",),
}
