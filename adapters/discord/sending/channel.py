"""The channel to Discord: where each parcel goes, in what form, and how it is made sure that it is there once."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

import discord

from adapters.discord import PLATFORM
from adapters.discord.drawing.cards import message
from adapters.discord.sending.anchors import parts_of, ref_of
from adapters.discord.sending.places import Places, Room
from adapters.discord.sending.posting import QUIET, Poster
from adapters.discord.sending.threads import Threads, name_of, tags_of
from adapters.discord.wire.clients import Rest
from adapters.discord.wire.troubles import (
    TROUBLES,
    UNKNOWN_CHANNEL,
    UNKNOWN_MESSAGE,
    Trouble,
    code_of,
    in_words,
    undelivered,
)
from bot.below import (
    AN_OPERATORS_PAUSE,
    MAIL,
    NOBODY,
    Seen,
    is_ambiguous,
    is_thread_line,
    letter_by_hand,
    looked,
    origin,
    standing_alone,
    waiting,
    waits,
)
from bot.cards import Card, Tone
from bot.domain.ticket import State
from bot.ports import CannotDeliver, Database, Kind, Parcel, WallClock
from bot.settings import Discord
from bot.views.ticket_card import out_of_date

log = logging.getLogger(__name__)

Body = Mapping[str, Any]

_ABOVE = "c"
"""The part of a parcel that is said in the channel of the cards."""


class CardGone(Exception):
    """The message that this belongs below is not there any more."""


class DiscordChannel:
    """The port `Channel`. `shown` is called when a ticket's card changed."""

    platform = PLATFORM
    prompt = False

    def __init__(
        self,
        rest: Rest,
        database: Database,
        places: Places,
        settings: Discord,
        clock: WallClock,
        shown: Callable[[], None] = lambda: None,
    ) -> None:
        self._threads = Threads(rest)
        self._poster = Poster(rest, self._threads, clock)
        self._database = database
        self._places = places
        self._settings = settings
        self._shown = shown

    async def deliver(self, parcel: Parcel) -> str:
        """Raises CannotDeliver."""
        seen = await looked(self._database, parcel)
        seen = replace(seen, names=replace(seen.names, team=self._places.team(self._settings.team)))
        try:
            return await self._delivered(parcel, seen)
        except TROUBLES as error:
            raise self._understood(error, parcel) from error

    async def _delivered(self, parcel: Parcel, seen: Seen) -> str:
        if parcel.kind is Kind.CARD and parcel.ticket is None:
            return await self._anew(parcel, seen)
        if parcel.kind is Kind.CARD:
            ref = await self._card(parcel, seen)
            self._shown()
            return ref
        if parcel.place.startswith("@"):
            return await self._person(parcel, seen)
        if parcel.ticket is None:
            return await self._alone(parcel, seen)
        return await self._of_a_ticket(parcel, parcel.ticket, seen)

    # --- the card --------------------------------------------------------------------------------------------

    async def _card(self, parcel: Parcel, seen: Seen) -> str:
        """The ticket's one message with its thread, changed in place; anew where it is gone."""
        body = _body(parcel.card, seen)
        if parcel.ref and await self._poster.update(parcel.ref, parcel, body):
            await self._in_order(parcel, parcel.ref)
            return parcel.ref
        room = self._places.room(parcel.place)
        ref = await (
            self._post(parcel, body, room)
            if isinstance(room, discord.ForumChannel)
            else self._message(parcel, body, room, seen)
        )
        try:
            await self._in_order(parcel, ref)
        except TROUBLES as error:
            # The card is there; the rest is made with its next change.
            log.warning("The thread of the card %s is not as it should be: %s.", ref, in_words(error)[0])
        return ref

    async def _message(self, parcel: Parcel, body: Body, room: discord.TextChannel, seen: Seen) -> str:
        ref = await self._poster.once(parcel, body, room.id, seen)
        if ref == NOBODY:
            reason = "somebody has deleted the card at once, and Discord takes no other for some minutes"
            raise CannotDeliver(reason, retry_after=AN_OPERATORS_PAUSE, alone=True)
        if self._poster.may_be_lost(parcel):
            await self._poster.update(ref, parcel, body)
        try:
            await self._threads.below(room.id, parts_of(ref)[1], name_of(parcel.card.data))
        except TROUBLES as error:
            log.warning("There is no thread below the card %s: %s.", ref, in_words(error)[0])
        return ref

    async def _post(self, parcel: Parcel, body: Body, forum: discord.ForumChannel) -> str:
        """Discord takes no nonce for a post: after any doubt only a look tells."""
        ticket = parcel.card.data
        again = is_ambiguous(parcel) or parcel.attempts > 1
        post = await self._threads.found(forum, int(ticket["ticket"]), parcel) if again else None
        if post is None:
            post = await self._threads.post(forum, name_of(ticket), tags_of(ticket), body)
        if again:
            await self._poster.update(ref_of(post, post), parcel, body)
        return ref_of(post, post)

    async def _in_order(self, parcel: Parcel, ref: str) -> None:
        """The thread's tags and lock, as the ticket is."""
        channel, thread = parts_of(ref)
        room, ticket = self._places.room(parcel.place), parcel.card.data
        if isinstance(room, discord.ForumChannel) and channel == thread:
            await self._threads.tag(room, thread, tags_of(ticket))
        if self._settings.locks:
            closed = ticket.get("state") == State.CLOSED.value
            await self._threads.lock(room.guild, thread, locked=closed)

    # --- the rest --------------------------------------------------------------------------------------------

    async def _person(self, parcel: Parcel, seen: Seen) -> str:
        account = seen.account(parcel, "ID")
        if account is None:
            return NOBODY
        channel = await self._places.direct(account)
        return await self._poster.once(parcel, _body(parcel.card, seen), channel, seen)

    async def _anew(self, parcel: Parcel, seen: Seen) -> str:
        """A message of no ticket, changed in place: it has no thread."""
        if parcel.ref and await self._poster.update(parcel.ref, parcel, _body(parcel.card, seen)):
            return parcel.ref
        return await (self._person if parcel.place.startswith("@") else self._alone)(parcel, seen)

    async def _alone(self, parcel: Parcel, seen: Seen) -> str:
        """A message of its own in the channel that it is for; where the desk's is a forum, among the alerts: a forum
        has only posts of tickets."""
        room = self._places.room(parcel.place)
        if isinstance(room, discord.ForumChannel) and room == self._places.desk():
            room = self._places.alerts()
        return await self._in_channel(parcel, parcel.card, room, seen)

    async def _in_channel(self, parcel: Parcel, card: Card, room: Room, seen: Seen, part: str = "") -> str:
        if isinstance(room, discord.ForumChannel):
            raise CannotDeliver(
                f"#{room.name} is a forum, and this belongs in a text channel. Name one in [discord.channels]",
                retry_after=AN_OPERATORS_PAUSE,
                alone=True,
            )
        return await self._poster.once(parcel, _body(card, seen), room.id, seen, part)

    async def _of_a_ticket(self, parcel: Parcel, number: int, seen: Seen) -> str:
        """In the ticket's thread if it is for the desk's channel; else in the channel that it is for."""
        desk = self._places.desk()
        letter = parcel.place.startswith(MAIL)
        room = desk if letter else self._places.room(parcel.place)
        if room != desk:
            return await self._in_channel(parcel, parcel.card, room, seen)
        top = _top(desk, seen)
        if top is not None and _is_read_there(origin(parcel), top):
            return origin(parcel)
        card = letter_by_hand(parcel) if letter else parcel.card
        try:
            if top is None:
                raise CardGone
            return await self._in_thread(parcel, card, desk, top, seen)
        except CardGone:
            if top is not None:
                # The card is posted anew, and this goes below that one.
                await asyncio.to_thread(self._database.write, lambda work: work.outbox.post(out_of_date(number)))
            if waits(parcel) or isinstance(desk, discord.ForumChannel):
                raise waiting(number) from None
            return await self._in_channel(parcel, standing_alone(card, parcel, number), desk, seen, _ABOVE)

    async def _in_thread(self, parcel: Parcel, card: Card, desk: Room, top: str, seen: Seen) -> str:
        body = _body(card, seen)
        if not (_is_for_all(parcel) and isinstance(desk, discord.TextChannel)):
            return await self._below(parcel, body, top, seen, quiet=parcel.kind is Kind.NOTICE)
        # Whatever is wrong with one of the places, the other hears of it.
        said = await asyncio.gather(
            self._below(parcel, body, top, seen, quiet=True),
            self._in_channel(parcel, card, desk, seen, _ABOVE),
            return_exceptions=True,
        )
        for error in said:
            if isinstance(error, TROUBLES):
                trouble = self._understood(error, parcel)
                # One half may be said: the next attempt must find that.
                raise CannotDeliver(
                    trouble.reason, retry_after=trouble.retry_after, alone=trouble.alone, unknown=True
                ) from error
            if isinstance(error, BaseException):
                raise error
        return str(said[1])

    async def _below(self, parcel: Parcel, body: Body, top: str, seen: Seen, *, quiet: bool) -> str:
        """In the thread, which is made anew where it is gone. Raises CardGone where that cannot be."""
        thread = parts_of(top)[1]
        body = {**body, "allowed_mentions": QUIET} if quiet else body
        try:
            return await self._poster.once(parcel, body, thread, seen)
        except discord.HTTPException as error:
            if code_of(error) != UNKNOWN_CHANNEL:
                raise
        await self._thread_anew(top, parcel)
        try:
            return await self._poster.once(parcel, body, thread, seen)
        except discord.HTTPException as error:
            if code_of(error) == UNKNOWN_CHANNEL:
                raise CardGone from error
            raise

    async def _thread_anew(self, top: str, parcel: Parcel) -> None:
        """Somebody has deleted the thread, or it was never made. Raises CardGone where its message is gone too."""
        channel, thread = parts_of(top)
        if channel == thread:
            raise CardGone
        subject = await asyncio.to_thread(
            self._database.read, lambda work: work.tickets.get(parcel.ticket or 0).subject
        )
        try:
            await self._threads.below(channel, thread, name_of({"ticket": parcel.ticket, "subject": subject}))
        except discord.HTTPException as error:
            if code_of(error) in (UNKNOWN_MESSAGE, UNKNOWN_CHANNEL):
                raise CardGone from error
            raise

    def _understood(self, error: Trouble, parcel: Parcel) -> CannotDeliver:
        return undelivered(error, "a direct message" if parcel.place.startswith("@") else parcel.place)


def _body(card: Card, seen: Seen) -> Body:
    body: Body = message(card, seen.names).body()
    return body


def _top(desk: Room, seen: Seen) -> str | None:
    """The ticket's newest card in the desk's channel, or its post in the forum."""
    for ref in reversed(seen.cards):
        channel, thread = parts_of(ref)
        if channel == desk.id or (isinstance(desk, discord.ForumChannel) and channel == thread):
            return ref
    return None


def _is_read_there(said: str, top: str) -> bool:
    """Whether what was said in a message is read by everybody who reads the ticket's thread."""
    return said.startswith(f"{parts_of(top)[1]}:")


def _is_for_all(parcel: Parcel) -> bool:
    """Whether the channel sees it too, and not only those who look into the thread: what somebody must act on."""
    if parcel.kind is Kind.ALERT:
        return parcel.card.tone is Tone.BREACH
    return parcel.kind is Kind.PAGE and not is_thread_line(parcel)
