"""Places: channel names as people write them, as Discord's channels and back; and where somebody is spoken to alone."""

from __future__ import annotations

from collections.abc import Callable

import discord

from adapters.discord.wire.clients import Rest
from adapters.discord.wire.troubles import TROUBLES, undelivered
from bot.below import AN_OPERATORS_PAUSE
from bot.ports import CannotDeliver
from bot.settings import Channels

NOBODY_KNOWS = "a private channel"
_TEAM = {"here": "here", "everyone": "everyone", "none": ""}

Room = discord.TextChannel | discord.ForumChannel


class Places:
    """What is where, as the gateway keeps us told. `guild` gives the server; None while it is not known."""

    def __init__(self, rest: Rest, channels: Channels, guild: Callable[[], discord.Guild | None]) -> None:
        self._rest = rest
        self._channels = channels
        self._guild = guild
        self._direct: dict[str, int] = {}

    def room(self, place: str) -> Room:
        """The channel of that name or id. Raises CannotDeliver, with the cure, when the bot sees none."""
        found = self.seen(place)
        if self._guild() is None:
            raise CannotDeliver("there is no connection to Discord")
        if found is None:
            raise CannotDeliver(
                f"The bot sees no text channel or forum called {place}. Let it in: the channel → Edit Channel →"
                " Permissions → add the bot with View Channel",
                retry_after=AN_OPERATORS_PAUSE,
                alone=True,
            )
        return found

    def seen(self, place: str) -> Room | None:
        """The channel of that name or id, if the bot sees it: Discord tells of all there are."""
        guild = self._guild()
        if guild is None:
            return None
        wanted = place.removeprefix("#")
        rooms: list[Room] = [*guild.text_channels, *guild.forums]
        named = (one for one in rooms if wanted in (str(one.id), one.name))
        return next((one for one in named if one.permissions_for(guild.me).view_channel), None)

    def desk(self) -> Room:
        """The channel of the ticket cards. Raises CannotDeliver."""
        return self.room(self._channels.desk)

    def alerts(self) -> Room:
        """The channel of the warnings of every level. Raises CannotDeliver."""
        return self.room(self._channels.alerts)

    def is_desk(self, channel: int) -> bool:
        """Whether it is the channel of the ticket cards."""
        found = self.seen(self._channels.desk)
        return found is not None and found.id == channel

    def rooms(self) -> tuple[Room, ...]:
        """The desk's own channels that there are, the desk's first."""
        found = [self.seen(place) for place in self.own()]
        return tuple(dict.fromkeys(one for one in found if one is not None))

    def own(self) -> tuple[str, ...]:
        """The desk's own channels as the settings call them."""
        return (self._channels.desk, self._channels.alerts, *self._channels.alerts_by_level.values())

    def called(self, channel: int, parent: int = 0) -> str:
        """The channel, or that of the thread, as it may be named to anybody: "#general"; private ones are not named,
        the desk's own are called as the settings call them."""
        found = self._channel(channel) or self._channel(parent)
        if found is None:
            return NOBODY_KNOWS
        for own in self.own():
            if own.startswith("#") and self.seen(own) == found:
                return own
        return NOBODY_KNOWS if is_private(found) else f"#{found.name}"

    def parents(self, thread: int) -> tuple[int, ...]:
        """Where a thread may hang: what the gateway says of it, or else any of the desk's own channels; or it is a
        forum's post, whose first message is in itself."""
        guild = self._guild()
        known = guild.get_thread(thread) if guild is not None else None
        if known is not None:
            return (known.parent_id, thread)
        return (*(room.id for room in self.rooms()), thread)

    def is_channel(self, id: int) -> bool:
        """Whether it is a channel of the server, and no thread."""
        guild = self._guild()
        return guild is not None and guild.get_channel(id) is not None

    async def direct(self, account: str) -> int:
        """The conversation with one person. Raises CannotDeliver."""
        if account not in self._direct:
            try:
                answer = await self._rest.call("POST", "/users/@me/channels", body={"recipient_id": account})
            except TROUBLES as error:
                raise undelivered(error, "a direct message") from error
            self._direct[account] = int(answer["id"])
        return self._direct[account]

    def team(self, setting: str) -> str:
        """Who “the team” is, as a mention needs it: a role's id, "here" or "everyone"; nobody where there is no such
        role."""
        if setting in _TEAM:
            return _TEAM[setting]
        role = self.role(setting)
        return str(role.id) if role is not None else ""

    def role(self, named: str) -> discord.Role | None:
        """A role by its id or name."""
        guild = self._guild()
        wanted = named.removeprefix("@")
        return next((one for one in guild.roles if wanted in (str(one.id), one.name)), None) if guild else None

    def _channel(self, id: int) -> discord.abc.GuildChannel | None:
        guild = self._guild()
        if guild is None:
            return None
        found = guild.get_channel_or_thread(id)
        return guild.get_channel(found.parent_id) if isinstance(found, discord.Thread) else found


def is_private(channel: discord.abc.GuildChannel) -> bool:
    """Whether not everybody in the server sees it."""
    return not channel.permissions_for(channel.guild.default_role).view_channel
