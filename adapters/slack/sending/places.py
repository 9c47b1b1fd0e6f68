"""Places: channel names as people write them, as Slack's ids and back; and where a person is spoken to alone."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from slack_sdk.web.async_client import AsyncWebClient

from adapters.slack.wire.troubles import TROUBLES, undelivered
from bot.below import AN_OPERATORS_PAUSE
from bot.ports import CannotDeliver
from bot.settings import Channels

NOBODY_KNOWS = "a private channel"
ELSEWHERE = "another channel"
"""One that the app is not in: whether it is a private one Slack does not tell."""
_ID = re.compile(r"[CGD][A-Z0-9]{5,}")
_PAGES = 20
_ASK_AGAIN_AFTER = 15.0
STALE = 1800.0
"""Seconds for which a channel is believed to be public; who looks after the people list asks anew every ten minutes."""
# A channel that is not what it was tells so in a message of its own.
_CHANGES = tuple(f"{kind}_{what}" for kind in ("channel", "group") for what in ("convert_to_", "name", "archive"))
_UNARCHIVED = ("channel_unarchive", "group_unarchive")
_KINDS = {"channel": False, "group": True}


@dataclass(frozen=True, slots=True)
class Room:
    """A channel that the app is in."""

    id: str
    name: str
    private: bool


class Places:
    """What is where, asked of Slack when something is unknown or has turned out wrong, and remembered."""

    def __init__(
        self, client: AsyncWebClient, channels: Channels, monotonic: Callable[[], float] = time.monotonic
    ) -> None:
        self._client = client
        self._channels = channels
        self._monotonic = monotonic
        self._rooms: dict[str, Room] = {}
        self._asked = self._known_at = float("-inf")
        self._direct: dict[str, str] = {}
        self._groups: dict[str, str] = {}
        self._groups_asked = float("-inf")

    async def id_of(self, place: str) -> str:
        """The channel's id. Raises CannotDeliver, with the cure, when the app is not in it."""
        room = self._named(place)
        if room is None:
            await self._refresh_if_it_helps()
            room = self._named(place)
        if room is not None:
            return room.id
        if _ID.fullmatch(place):
            return place  # A direct conversation, or a public channel that takes posts from outside.
        raise CannotDeliver(
            f"The app is in no channel called {place}. In the channel type: /invite @Thirdline",
            retry_after=AN_OPERATORS_PAUSE,
            alone=True,
        )

    async def desk(self) -> str:
        """The id of the channel of the ticket cards. Raises CannotDeliver."""
        return await self.id_of(self._channels.desk)

    def room(self, id: str) -> Room | None:
        """What is known of a channel that the app is in."""
        return self._rooms.get(id)

    def is_public(self, id: str) -> bool:
        """Whether everybody in the workspace may read what is said there, as was known a while ago at most."""
        room = self._rooms.get(id)
        return room is not None and not room.private and self._monotonic() - self._known_at <= STALE

    def heard(self, event: Mapping[str, Any]) -> bool:
        """Whether a message tells that its channel is not (any more) what it was known as; then Slack is asked anew."""
        channel, subtype = event.get("channel"), str(event.get("subtype") or "")
        private = _KINDS.get(str(event.get("channel_type")))
        room = self._rooms.get(channel) if isinstance(channel, str) else None
        differs = room is not None and private is not None and room.private != private
        if not isinstance(channel, str) or not (differs or subtype.startswith((*_CHANGES, *_UNARCHIVED))):
            return False
        self.forget(channel)
        return True

    async def name_of(self, id: str) -> str:
        """The channel as it may be named to anybody: "#general"; private ones are not named outside, the desk's own
        are called as the settings call them."""
        if not id.startswith("D") and id not in self._rooms:
            await self._refresh_if_it_helps()
        return self.called(id)

    def called(self, id: str) -> str:
        """The same from what is known already; what is not known is held to be private."""
        if id.startswith("D"):
            return "a direct message"
        room = self._rooms.get(id)
        for own in self._own():
            if room is not None and self._named(own) == room and own.startswith("#"):
                return own
        if room is None:
            return ELSEWHERE
        return f"#{room.name}" if self.is_public(id) else NOBODY_KNOWS

    def is_desk(self, id: str) -> bool:
        """Whether it is the channel of the ticket cards, as far as is known."""
        room = self._named(self._channels.desk)
        return room is not None and room.id == id

    def missing(self) -> tuple[str, ...]:
        """The desk's own channels that the app is not in, as was last told; none where nobody has asked yet. One
        that is given by its id may take posts from outside."""
        if self._known_at == float("-inf"):
            return ()
        own = (place for place in dict.fromkeys(self._own()) if not _ID.fullmatch(place))
        return tuple(place for place in own if self._named(place) is None)

    async def direct(self, account: str) -> str:
        """The conversation with one person. Raises CannotDeliver."""
        if account not in self._direct:
            try:
                answer = await self._client.conversations_open(users=account)
            except TROUBLES as error:
                raise undelivered(error, "a direct message") from error
            self._direct[account] = str(answer["channel"]["id"])
        return self._direct[account]

    async def group(self, named: str) -> str:
        """The id of a user group that is given by id or @handle; empty when there is none of that handle."""
        if not named.startswith("@"):
            return named
        handle = named.removeprefix("@")
        if handle not in self._groups and self._monotonic() - self._groups_asked > AN_OPERATORS_PAUSE:
            answer = await self._client.usergroups_list()
            groups: list[dict[str, Any]] = answer.get("usergroups", [])
            self._groups = {str(one["handle"]): str(one["id"]) for one in groups}
            self._groups_asked = self._monotonic()
        return self._groups.get(handle, "")

    def forget(self, id: str) -> None:
        """Slack says that this is not there (any more): the next to ask for it asks Slack."""
        self._rooms.pop(id, None)
        self._direct = {account: channel for account, channel in self._direct.items() if channel != id}
        self._asked = float("-inf")

    async def refresh(self) -> None:
        """Ask Slack which channels the app is in. Raises what the client raises."""
        self._asked = self._monotonic()
        rooms: dict[str, Room] = {}
        cursor = ""
        for _ in range(_PAGES):
            answer = await self._client.users_conversations(
                types="public_channel,private_channel", exclude_archived=True, limit=200, cursor=cursor or None
            )
            rooms |= {room.id: room for room in map(_room, answer.get("channels", []))}
            cursor = (answer.get("response_metadata") or {}).get("next_cursor") or ""
            if not cursor:
                break
        self._rooms, self._known_at = rooms, self._asked

    async def _refresh_if_it_helps(self) -> None:
        if self._monotonic() - self._asked < _ASK_AGAIN_AFTER:
            return
        try:
            await self.refresh()
        except TROUBLES as error:
            self._asked = float("-inf")
            raise undelivered(error, "the list of channels") from error

    def _named(self, place: str) -> Room | None:
        wanted = place.removeprefix("#")
        return self._rooms.get(wanted) or next((room for room in self._rooms.values() if room.name == wanted), None)

    def _own(self) -> tuple[str, ...]:
        return (self._channels.desk, self._channels.alerts, *self._channels.alerts_by_level.values())


def _room(told: Mapping[str, Any]) -> Room:
    return Room(str(told["id"]), str(told.get("name") or ""), bool(told.get("is_private")))
