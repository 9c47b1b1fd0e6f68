"""Reactions: emoji by which the desk's people open, claim, close and hurry tickets, on messages that stand for them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from adapters.slack import PLATFORM
from adapters.slack.hearing.answering import Spot
from adapters.slack.hearing.counter import Counter
from adapters.slack.hearing.finding import Finding
from adapters.slack.hearing.talk import fitting
from bot.cards import Card, Choice, Style, Tone
from bot.domain.errors import NotFound, Refusal
from bot.domain.people import Role
from bot.domain.ticket import Priority
from bot.ports import UnitOfWork
from bot.settings import SlackEmoji
from bot.sources import Source, with_source

UNREAD = NotFound("That message cannot be read by the desk.", "Invite it to the channel: /invite @Thirdline")
PRIVATE = "This is said in private, and a ticket's words are read by everybody at the desk."
SOLVED = "solved"


@dataclass(frozen=True, slots=True)
class _Deed:
    """What a reaction asks for. `ticket` is what its message stands for, if anything."""

    words: str
    raw: Mapping[str, Any]
    ticket: int | None


class Reactions:
    """Hears reactions. Those of people who are not of the desk mean nothing here."""

    def __init__(self, counter: Counter, finding: Finding, emoji: SlackEmoji) -> None:
        self._counter = counter
        self._finding = finding
        self._emoji = emoji

    async def hear(self, event: Mapping[str, Any], id: str) -> None:
        """Do what a reaction that was added asks for; `id` is the event's."""
        item = event.get("item") or {}
        name = str(event.get("reaction", "")).partition("::")[0]
        if not self._emoji.on or item.get("type") != "message" or name not in self._names():
            return
        counter, channel, ts = self._counter, str(item["channel"]), str(item["ts"])
        user = str(event.get("user", ""))
        ref = f"{channel}:{ts}"
        database = counter.desk.database
        deed = await counter.workers.begin(lambda: database.read(lambda work: self._deed(work, name, user, ref)))
        if deed is None:
            return
        spot = Spot(user, channel)
        try:
            speaker = await counter.speakers.of(user, channel)
        except Refusal:
            return
        request = f"slack:{id}"
        if deed.words == "ticket open":
            # One message makes one ticket, also when two people point at it in the same moment.
            await self._open(deed, spot, ts, f"slack:open:{ref}")
            return
        drawn = await counter.workers.begin(
            lambda: counter.drawn(lambda: counter.desk.run(speaker, deed.words, deed.raw, request))
        )
        counter.done(drawn.answer, deed.words)
        if not drawn.answer.ok:
            await counter.whisper.tell(spot, drawn.message)

    async def _open(self, deed: _Deed, spot: Spot, ts: str, request: str) -> None:
        """Open a ticket from the message, or offer to where that would show what was said in private."""
        counter = self._counter
        message = await self._finding.message(spot.channel, ts)
        if message is None:
            await counter.tell_refusal(spot, UNREAD)
            return
        spot = replace(spot, thread=str(message.get("thread_ts") or ""))
        source = await self._finding.source(spot.channel, message)
        if not source.shared:
            await counter.tell(spot, _offer(source))
            return
        speaker = await counter.speakers.of(spot.user, spot.channel, place=source.where)
        speaker = replace(with_source(speaker, source.carried), files=source.files)
        drawn = await counter.workers.begin(
            lambda: counter.drawn(lambda: counter.desk.run(speaker, deed.words, source.values, request))
        )
        counter.done(drawn.answer, deed.words)
        await counter.whisper.tell(spot, drawn.message)

    def _names(self) -> tuple[str, ...]:
        return (self._emoji.open, self._emoji.claim, self._emoji.close, self._emoji.urgent)

    def _deed(self, work: UnitOfWork, name: str, user: str, ref: str) -> _Deed | None:
        """None where the reaction is nobody's business here: from a stranger, or on a message of no ticket."""
        person = work.people.of_account(PLATFORM, user)
        if person is None or person.role < Role.STAFF:
            return None
        ticket = work.tickets.anchored(PLATFORM, ref)
        if name == self._emoji.open:
            # The mirror of the desk's own state; whoever joins in asks for nothing.
            return _Deed("ticket open", {}, None) if ticket is None else None
        if ticket is None:
            return None
        me: dict[str, Any] = {"ticket": ticket}
        if name == self._emoji.claim:
            return _Deed("ticket claim", me, ticket)
        if name == self._emoji.close:
            known = work.promises.policy.resolutions
            return _Deed("ticket close", me | {"resolution": SOLVED if SOLVED in known else next(iter(known))}, ticket)
        return _Deed("ticket priority", me | {"priority": Priority.URGENT.value}, ticket)


def _offer(source: Source) -> Card:
    """What is said in private is copied by a person who has seen what will be shown, and by no emoji."""
    asks = ("subject", "customer", "text")
    button = Choice("Open a ticket from it", "ticket open", source.values | source.carried, asks, Style.PRIMARY)
    return Card(lines=((PRIVATE,),), tone=Tone.WARNING, choices=(fitting(button),))
