"""Posting: one message of ours; a repeat of it is the same message, and a refused form is said in plain words."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import discord

from adapters.discord.drawing.limits import CONTENT
from adapters.discord.sending.anchors import parts_of, ref_of
from adapters.discord.sending.lookup import find, is_young, nonce, words
from adapters.discord.sending.threads import Threads
from adapters.discord.wire.clients import Rest
from adapters.discord.wire.troubles import BAD_FORM, UNKNOWN_CHANNEL, UNKNOWN_MESSAGE, code_of
from bot.below import NOBODY, Seen, is_ambiguous
from bot.ports import Parcel, WallClock
from bot.views.plain import cut

NONCE_LIFE = timedelta(minutes=2)
"""How long a repeat is one message for certain; Discord itself speaks of “the past few minutes”."""
QUIET: Mapping[str, Any] = {"parse": []}

Json = Mapping[str, Any]

log = logging.getLogger(__name__)


class Poster:
    """Writes messages. Raises what the requests raise."""

    def __init__(self, rest: Rest, threads: Threads, clock: WallClock) -> None:
        self._rest = rest
        self._threads = threads
        self._clock = clock

    async def once(self, parcel: Parcel, body: Json, channel: int, seen: Seen, part: str = "") -> str:
        """Post it in a channel or thread, unless an earlier attempt did; returns its name. `part` tells apart what one
        parcel says in several places."""
        if self.may_be_lost(parcel):
            found = await find(self._rest, parcel, channel, body, seen.others)
            if found is not None:
                return ref_of(channel, found)
        return await self._threads.awake(channel, lambda: self._post(parcel, body, channel, part))

    def may_be_lost(self, parcel: Parcel) -> bool:
        """Whether an earlier attempt may have written it, so long ago that only a look tells."""
        return is_ambiguous(parcel) and not is_young(parcel, self._clock.now(), NONCE_LIFE)

    async def update(self, ref: str, parcel: Parcel, body: Json) -> bool:
        """Bring a message up to date; False when it is gone."""
        channel, message = parts_of(ref)
        try:
            await self._threads.awake(channel, lambda: self._edit(channel, message, body))
        except discord.HTTPException as error:
            if code_of(error) in (UNKNOWN_CHANNEL, UNKNOWN_MESSAGE):
                return False
            raise
        return True

    async def _post(self, parcel: Parcel, body: Json, channel: int, part: str) -> str:
        once = {"nonce": nonce(parcel, part), "enforce_nonce": True}
        path = "/channels/{channel_id}/messages"
        try:
            made = await self._rest.call("POST", path, channel_id=channel, body={**body, **once})
        except discord.HTTPException as error:
            if code_of(error) == UNKNOWN_MESSAGE:
                return NOBODY  # It was there by its nonce, and somebody has deleted it since.
            if code_of(error) != BAD_FORM:
                raise
            log.error("Discord does not take the form of parcel %d: %s", parcel.id, error.text[:500])
            made = await self._rest.call("POST", path, channel_id=channel, body=plain(body) | once)
        return ref_of(channel, int(made["id"]))

    async def _edit(self, channel: int, message: int, body: Json) -> None:
        path = "/channels/{channel_id}/messages/{message_id}"
        try:
            await self._rest.call("PATCH", path, channel_id=channel, message_id=message, body=body)
        except discord.HTTPException as error:
            if code_of(error) != BAD_FORM:
                raise
            log.error("Discord does not take the form of message %d: %s", message, error.text[:500])
            await self._rest.call("PATCH", path, channel_id=channel, message_id=message, body=plain(body))


def plain(body: Json) -> dict[str, Any]:
    """The words alone, in a form that Discord takes in any case."""
    return {"content": cut(words(body), CONTENT), "embeds": [], "components": [], "allowed_mentions": QUIET}
