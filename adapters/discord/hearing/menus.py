"""Context menus: a ticket opened from a message, in a form with its words; the tickets of a person."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from adapters.discord import PLATFORM
from adapters.discord.drawing.payloads import OF_MESSAGE, OF_PERSON
from adapters.discord.hearing.answering import Outcome
from adapters.discord.hearing.counter import Counter
from adapters.discord.hearing.reading import attachments, author_of, spoken
from adapters.discord.sending.anchors import ref_of
from adapters.discord.sending.places import NOBODY_KNOWS, Places
from adapters.discord.wire.heard import Heard
from bot.domain.attachments import Attachment
from bot.domain.errors import NotFound
from bot.ports import Speaker
from bot.sources import SHOWN, Source

Json = Mapping[str, Any]

OPEN = "ticket open"
ASKS = ("subject", "customer", "text", "priority")
ABOUT, FILES = "m", "f"
"""Under these names a form carries the id of its message, by whether the desk may read that: no command has such
parameters. They are short, as the id of a button has room for little beside the questions."""
UNSEEN = (ABOUT, FILES)
KEPT = 500
"""Messages whose files are kept in mind until their form is sent: its id has no room for them."""

_GONE = NotFound("The desk does not know this menu (any more).", "What the desk can do: /desk help")


class Menus:
    """Hears context menus. Blocks."""

    def __init__(self, counter: Counter, places: Places) -> None:
        self._counter = counter
        self._places = places
        self._files: OrderedDict[str, tuple[Attachment, ...]] = OrderedDict()

    def chosen(self, heard: Heard) -> Outcome:
        """Do what was chosen. Raises Refusal."""
        kind, target = heard.data.get("type"), str(heard.data.get("target_id") or "")
        if kind == OF_MESSAGE:
            return self._open(heard, _resolved(heard, "messages", target))
        if kind == OF_PERSON and target:
            return self._tickets_of(heard, target)
        raise _GONE

    def with_source(self, heard: Heard, speaker: Speaker, known: Mapping[str, Any]) -> Speaker:
        """The speaker of a form that was opened from a message, with what is known of that. It stands where the form
        was opened."""
        about, id = known.get(ABOUT), str(known.get(ABOUT) or known.get(FILES) or "")
        if not (id.isascii() and id.isdigit()):
            return speaker
        ref = ref_of(heard.channel, int(id))
        return replace(speaker, message=ref if about else speaker.message, files=self._files.get(ref, ()))

    def _open(self, heard: Heard, message: Json) -> Outcome:
        source = self._source(heard, message)
        if source.files:
            self._files[source.ref] = source.files
            while len(self._files) > KEPT:
                self._files.popitem(last=False)
        carried = {ABOUT if source.shared else FILES: source.ref.rpartition(":")[2]}
        speaker = self._counter.speakers.of(heard)
        form = self._counter.desk.form(speaker, OPEN, {**source.values, **carried}, ASKS)
        return self._counter.asked(form if source.shared else replace(form, foreword=(SHOWN,)))

    def _source(self, heard: Heard, message: Json) -> Source:
        where = NOBODY_KNOWS
        if heard.server and not heard.apart:
            where = self._places.called(heard.channel, heard.parent)
        id = str(message.get("id") or heard.data.get("target_id"))
        return Source(
            ref=f"{heard.channel}:{id}",
            text=spoken(message),
            author=author_of(message),
            where=where,
            link=f"https://discord.com/channels/{heard.server or '@me'}/{heard.channel}/{id}",
            shared=where != NOBODY_KNOWS,
            files=attachments(message),
        )

    def _tickets_of(self, heard: Heard, target: str) -> Outcome:
        """What a colleague holds; of somebody else, where they are named."""
        counter = self._counter
        speaker = counter.speakers.of(heard)
        staff = counter.desk.database.read(lambda work: work.people.of_account(PLATFORM, target))
        if staff is not None:
            return counter.run(speaker, "ticket list", {"owner": staff.id}, heard.request)
        user, member = _resolved(heard, "users", target), _resolved(heard, "members", target)
        name = str(member.get("nick") or user.get("global_name") or user.get("username") or target)
        return counter.run(speaker, "ticket search", {"text": name}, heard.request)


def _resolved(heard: Heard, kind: str, id: str) -> Json:
    resolved = heard.data.get("resolved")
    some = resolved.get(kind) if isinstance(resolved, dict) else None
    found = some.get(id) if isinstance(some, dict) else None
    return found if isinstance(found, dict) else {}
