"""Who is speaking: somebody in Discord as the desk's speaker, in the ticket whose thread they speak in."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from adapters.discord import PLATFORM
from adapters.discord.wire.heard import Heard
from bot.ports import Speaker

Admit = Callable[[Heard], None]
"""Lets somebody into the people list (or out) as their roles say, before they are heard. Blocks."""
Called = Callable[[int, int], str]
"""What a channel, or that of a thread, may be called to anybody."""
TicketIn = Callable[[Heard], int | None]
"""The ticket of the thread that somebody speaks in. Blocks."""


class Speakers:
    """Tells who is who. All of it blocks. Only what `server`, the desk's own, says of somebody lets them in."""

    def __init__(
        self,
        server: int,
        called: Called,
        ticket_in: TicketIn,
        admit: Admit,
        is_desk: Callable[[int], bool] = lambda channel: False,
    ) -> None:
        """`is_desk` says of a channel whether the cards are there."""
        self._server = server
        self._ticket_in = ticket_in
        self._called = called
        self._admit = admit
        self._is_desk = is_desk

    def known(self, heard: Heard) -> Speaker:
        """The speaker that somebody is, with no look at the ticket that they are in."""
        if heard.server == self._server:
            self._admit(heard)
        place = self._called(heard.channel, heard.parent) if heard.server and heard.channel else "a direct message"
        at_cards = not heard.parent and self._is_desk(heard.channel)
        return Speaker(PLATFORM, str(heard.user), heard.name, place, at_cards=at_cards)

    def of(self, heard: Heard) -> Speaker:
        """The speaker that somebody is, where they are."""
        speaker = self.known(heard)
        return replace(speaker, ticket=self._ticket_in(heard)) if heard.parent else speaker
