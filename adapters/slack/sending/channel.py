"""The channel to Slack: where each parcel goes, in what form, and how it is made sure that it is there once."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from dataclasses import replace

from slack_sdk.web.async_client import AsyncWebClient

from adapters.slack import PLATFORM
from adapters.slack.sending.lookup import OutOfSight, Spot, find
from adapters.slack.sending.mirror import Mirror
from adapters.slack.sending.places import Places
from adapters.slack.sending.posting import Poster
from adapters.slack.wire.troubles import TROUBLES, Trouble, code_of, in_words, undelivered
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
from bot.ports import CannotDeliver, Database, Kind, Parcel
from bot.settings import Slack
from bot.views.ticket_card import out_of_date

_WHERE_IT_IS_NOT = frozenset({"channel_not_found", "not_in_channel", "is_archived"})
# What must not be missed is rather there twice; a ticket without a card would be missed, too.
_RATHER_TWICE = frozenset({Kind.PAGE, Kind.ALERT, Kind.CARD})
_TEAM = {"here": "here", "channel": "channel", "none": ""}

log = logging.getLogger(__name__)


class SlackChannel:
    """The port `Channel`. `client` must repeat nothing by itself; `shown` is called when a ticket's card changed."""

    platform = PLATFORM
    prompt = False

    def __init__(
        self,
        client: AsyncWebClient,
        database: Database,
        places: Places,
        settings: Slack,
        mirror: Mirror | None = None,
        shown: Callable[[], None] = lambda: None,
    ) -> None:
        self._client = client
        self._poster = Poster(client)
        self._database = database
        self._places = places
        self._settings = settings
        self._mirror = mirror
        self._shown = shown

    async def deliver(self, parcel: Parcel) -> str:
        """Raises CannotDeliver."""
        seen = await looked(self._database, parcel)
        seen = replace(seen, names=replace(seen.names, team=await team_of(self._settings, self._places)))
        if parcel.kind is Kind.CARD:
            ref = await self._card(parcel, seen)
            self._shown()
            if self._mirror is not None:
                self._mirror.show(parcel.card.data, seen.sources)
            return ref
        if parcel.place.startswith("@"):
            return await self._person(parcel, seen)
        if parcel.ticket is None:
            return await self._once(parcel, parcel.card, seen, Spot(await self._places.id_of(parcel.place)))
        return await self._of_a_ticket(parcel, parcel.ticket, seen)

    # --- what goes where -------------------------------------------------------------------------------------

    async def _card(self, parcel: Parcel, seen: Seen) -> str:
        """The ticket's one message, changed in place; anew where it is gone."""
        if parcel.ref and await self._updated(parcel.ref, parcel, seen):
            return parcel.ref
        spot = Spot(await self._places.id_of(parcel.place))
        if parcel.ref or is_ambiguous(parcel):
            found = await self._found(parcel, spot)
            if found not in (None, parcel.ref) and await self._updated(found, parcel, seen):
                return found
        return await self._posted(parcel, parcel.card, seen, spot)

    async def _person(self, parcel: Parcel, seen: Seen) -> str:
        account = seen.account(parcel, "U…")
        if account is None:
            return NOBODY
        return await self._once(parcel, parcel.card, seen, Spot(await self._places.direct(account)))

    async def _of_a_ticket(self, parcel: Parcel, number: int, seen: Seen) -> str:
        """Below the ticket's card if it is for the desk's channel; else in the channel that it is for."""
        desk = await self._places.desk()
        letter = parcel.place.startswith(MAIL)
        channel = desk if letter else await self._places.id_of(parcel.place)
        if channel != desk:
            return await self._once(parcel, parcel.card, seen, Spot(channel))
        if origin(parcel).startswith(f"{desk}:"):
            return origin(parcel)  # Everybody reads it there.
        card = letter_by_hand(parcel) if letter else parcel.card
        top = next((ref for ref in reversed(seen.cards) if ref.startswith(f"{desk}:")), None)
        if top is None and waits(parcel):
            raise waiting(number)
        if top is None:
            return await self._once(parcel, standing_alone(card, parcel, number), seen, Spot(desk))
        thread = top.partition(":")[2]
        try:
            return await self._once(parcel, card, seen, Spot(desk, thread), broadcast=_is_for_all(parcel))
        except _CardGone:
            # The card is posted anew, and this goes below that one.
            await asyncio.to_thread(self._database.write, lambda work: work.outbox.post(out_of_date(number)))
            if waits(parcel):
                raise waiting(number) from None
            return await self._once(parcel, standing_alone(card, parcel, number), seen, Spot(desk))

    # --- so that it is there once ----------------------------------------------------------------------------

    async def _once(self, parcel: Parcel, card: Card, seen: Seen, spot: Spot, *, broadcast: bool = False) -> str:
        """Post it, unless an earlier attempt did."""
        if is_ambiguous(parcel):
            found = await self._found(parcel, spot)
            if found:
                return found
        return await self._posted(parcel, card, seen, spot, broadcast=broadcast)

    async def _found(self, parcel: Parcel, spot: Spot) -> str | None:
        try:
            ts = await find(self._client, parcel, spot)
        except TROUBLES as error:
            if code_of(error) == "missing_scope" and parcel.kind in (Kind.PAGE, Kind.ALERT):
                log.warning("Slack does not let us look whether parcel %d has arrived; it is sent again.", parcel.id)
                return None
            raise self._understood(error, spot) from error
        except OutOfSight:
            if parcel.kind in _RATHER_TWICE:
                log.warning("Parcel %d is not among the latest messages of its place; it is sent again.", parcel.id)
                return None
            reason = "whether it has arrived is not known: too much was said at its place since"
            log.warning("Parcel %d is not sent again: %s.", parcel.id, reason)
            raise CannotDeliver(reason, retry_after=AN_OPERATORS_PAUSE, alone=True, unknown=True) from None
        return None if ts is None else spot.ref(ts)

    async def _posted(self, parcel: Parcel, card: Card, seen: Seen, spot: Spot, *, broadcast: bool = False) -> str:
        try:
            return await self._poster.post(parcel, card, seen.names, spot, broadcast=broadcast)
        except TROUBLES as error:
            if spot.thread and code_of(error) == "thread_not_found":
                raise _CardGone from error
            raise self._understood(error, spot) from error

    async def _updated(self, ref: str, parcel: Parcel, seen: Seen) -> bool:
        try:
            return await self._poster.update(ref, parcel, parcel.card, seen.names)
        except TROUBLES as error:
            raise self._understood(error, Spot(ref.partition(":")[0])) from error

    def _understood(self, error: Trouble, spot: Spot) -> CannotDeliver:
        room = self._places.room(spot.channel)
        if code_of(error) in _WHERE_IT_IS_NOT:
            self._places.forget(spot.channel)
        return undelivered(error, f"#{room.name}" if room else spot.channel)


class _CardGone(Exception):
    """The message that this belongs below is not there any more."""


async def team_of(settings: Slack, places: Places) -> str:
    """Who “the team” is, as a mention needs it; nobody while Slack does not tell the group's id."""
    if settings.team in _TEAM:
        return _TEAM[settings.team]
    try:
        return await places.group(settings.team)
    except TROUBLES as error:
        log.warning("The user group %s is not mentioned: %s.", settings.team, in_words(error)[0])
        return ""


def _is_for_all(parcel: Parcel) -> bool:
    """Whether the channel sees it too, and not only those who look into the thread: what somebody must act on."""
    if parcel.kind is Kind.ALERT:
        return parcel.card.tone is Tone.BREACH
    return parcel.kind is Kind.PAGE or (parcel.kind is Kind.NOTICE and not is_thread_line(parcel))
