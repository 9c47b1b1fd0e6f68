"""Rooms: what a channel is called by the desk, and whether what is said there may be read by everybody at the desk."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from slack_sdk.web.async_client import AsyncWebClient

from adapters.slack.sending.places import NOBODY_KNOWS, Places
from adapters.slack.wire.troubles import TROUBLES
from bot.ports import CannotDeliver


@dataclass(frozen=True, slots=True)
class Where:
    """A channel. `name` may be shown to anybody; `shared` says that its words may be shown at the desk: it is public,
    or it is the desk's own."""

    name: str
    shared: bool


class Rooms:
    """Tells channels apart. What Slack does not tell is held to be private."""

    def __init__(self, client: AsyncWebClient, places: Places, own: Sequence[str]) -> None:
        """`own` are the desk's channels, as the settings name them."""
        self._client = client
        self._places = places
        self._own = own

    async def of(self, channel: str) -> Where:
        try:
            name = await self._places.name_of(channel)
            room = self._places.room(channel)
            if room is None:
                return await self._elsewhere(channel, name)
            return Where(name, self._places.is_public(channel) or await self._is_own(channel))
        except CannotDeliver:
            return Where("a direct message" if channel.startswith("D") else NOBODY_KNOWS, False)

    async def _elsewhere(self, channel: str, name: str) -> Where:
        """A channel that the app is not in: of a public one Slack tells all the same."""
        if channel.startswith("D"):
            return Where(name, False)
        try:
            told = (await self._client.conversations_info(channel=channel)).get("channel") or {}
        except TROUBLES:
            return Where(name, False)
        hidden = any(told.get(kind) for kind in ("is_private", "is_im", "is_mpim", "is_group"))
        return Where(name, False) if hidden or not told.get("name") else Where(f"#{told['name']}", True)

    async def _is_own(self, channel: str) -> bool:
        for place in self._own:
            try:
                if await self._places.id_of(place) == channel:
                    return True
            except CannotDeliver:
                continue
        return False
