"""The mirror: a ticket's state shown as reactions below the messages it came from; best effort, and only on change."""

from __future__ import annotations

import asyncio
import logging
import time
from collections import OrderedDict
from collections.abc import Iterable, Mapping
from typing import Any

from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from adapters.slack.wire.troubles import TROUBLES, code_of, in_words
from bot.domain.ticket import Priority, State
from bot.settings import SlackEmoji

MOST = 5_000
"""Messages of which is remembered what they show; what is forgotten is said once more, which changes nothing."""
FRESH = 60.0
"""Seconds for which that is believed: another replica of the desk may have changed it."""

log = logging.getLogger(__name__)


class Mirror:
    """Puts the desk's own reactions on source messages, one message after the other, while nobody waits for it.

    Of several changes to a message only the last is shown.
    """

    def __init__(self, client: AsyncWebClient, emoji: SlackEmoji) -> None:
        self._client = client
        self._emoji = emoji
        self._wanted: dict[str, frozenset[str]] = {}
        self._shown: OrderedDict[str, tuple[frozenset[str], float]] = OrderedDict()
        self._work: asyncio.Task[None] | None = None

    def show(self, ticket: Mapping[str, Any], messages: Iterable[str]) -> None:
        """Let these messages show what the ticket is, as its card's data says it."""
        if not self._emoji.on:
            return
        wanted = self._signs(ticket)
        for ref in messages:
            if self._known(ref) != wanted or ref in self._wanted:
                self._wanted[ref] = wanted
        if self._wanted and (self._work is None or self._work.done()):
            self._work = asyncio.create_task(self._catch_up())

    async def settle(self) -> None:
        """Wait until all is shown that can be."""
        if self._work is not None:
            await self._work

    async def stop(self) -> None:
        """What is not shown by now is shown with the ticket's next change."""
        self._wanted.clear()
        if self._work is not None:
            self._work.cancel()
            await asyncio.gather(self._work, return_exceptions=True)

    def _signs(self, ticket: Mapping[str, Any]) -> frozenset[str]:
        closed = ticket.get("state") == State.CLOSED.value
        signs = {self._emoji.open: True, self._emoji.close: closed}
        signs[self._emoji.claim] = bool(ticket.get("owner")) and not closed
        signs[self._emoji.urgent] = ticket.get("priority") == Priority.URGENT.value
        return frozenset(name for name, on in signs.items() if on)

    def _all(self) -> frozenset[str]:
        return frozenset({self._emoji.open, self._emoji.claim, self._emoji.close, self._emoji.urgent})

    async def _catch_up(self) -> None:
        while self._wanted:
            ref, wanted = next(iter(self._wanted.items()))
            try:
                await self._bring(ref, wanted)
            except TROUBLES as error:
                log.info("The reactions on %s are not as they should be: %s.", ref, in_words(error)[0])
            else:
                self._remember(ref, wanted)
            if self._wanted.get(ref) == wanted:
                del self._wanted[ref]

    async def _bring(self, ref: str, wanted: frozenset[str]) -> None:
        channel, _, ts = ref.partition(":")
        # After a restart nothing is known of it: what is there already is no fault.
        shown = self._known(ref)
        for name in sorted(wanted - (shown or frozenset())):
            await _unless(self._client.reactions_add(channel=channel, timestamp=ts, name=name), "already_reacted")
        for name in sorted((self._all() if shown is None else shown) - wanted):
            await _unless(self._client.reactions_remove(channel=channel, timestamp=ts, name=name), "no_reaction")

    def _known(self, ref: str) -> frozenset[str] | None:
        signs, at = self._shown.get(ref, (None, 0.0))
        return signs if time.monotonic() - at < FRESH else None

    def _remember(self, ref: str, wanted: frozenset[str]) -> None:
        self._shown[ref] = (wanted, time.monotonic())
        self._shown.move_to_end(ref)
        while len(self._shown) > MOST:
            self._shown.popitem(last=False)


async def _unless(call: Any, known: str) -> None:
    try:
        await call
    except SlackApiError as error:
        if code_of(error) != known:
            raise
