"""What the methods of `Guild` stand on: the server, and people and places by id or by name."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from typing import Any, TypeVar

import discord
from simcord.backend import serializers
from simcord.backend.models import Channel, Overwrite, Role
from simcord.backend.models import Message as Stored
from simcord.enums import ChannelType, OverwriteType

from tests.doubles.discord.seen import Message, Thread
from tests.doubles.discord.server import Server
from tests.doubles.discord.world import Json, World

T = TypeVar("T")
Who = int | str
Where = int | str | Thread
# What the desk's own invitation asks for.
BOT_PERMISSIONS = (
    "view_channel", "send_messages", "send_messages_in_threads", "create_public_threads", "manage_threads",
    "embed_links", "attach_files", "read_message_history", "add_reactions",
)  # fmt: skip


class Ground:
    """A server with the bot in it. Every method may be called from any thread."""

    def __init__(
        self, *, patience: float, token_life: float, nonce_life: float, heartbeat: float, granted: Iterable[str],
        permissions: Iterable[str],
    ) -> None:  # fmt: skip
        self.world = World(patience, token_life, nonce_life)
        self.world.granted = frozenset(granted)
        self.world.bot_user.name = "Thirdline"
        guild = self.world.create_guild("The town")
        self.guild_id = guild.id
        own = next(role for role in guild.roles.values() if role.managed)
        own.permissions = permissions_of(permissions)
        self._server = Server(self.world)
        self._server.gateway.interval = heartbeat

    # --- by id or by name ------------------------------------------------------------------------------------

    def id_of(self, who: Who) -> int:
        """A person's id, by their name."""
        if isinstance(who, int):
            return who
        wanted = who.casefold()
        with self.world.news:
            found = [id for id, one in self.world.users.items() if one.name.casefold() == wanted]
        return only(found, who)

    def place(self, where: Where) -> Channel:
        """A channel or thread, by its id or name."""
        with self.world.news:
            if isinstance(where, Thread):
                return self.world.get_channel(where.id)
            if isinstance(where, int):
                return self.world.get_channel(where)
            named = [one for one in self.world.channels.values() if one.name in (where, where.removeprefix("#"))]
            return only(named, where)

    def stored(self, message: Message | int) -> Stored:
        id = message if isinstance(message, int) else message.id
        with self.world.news:
            return only([kept[id] for kept in self.world.messages.values() if id in kept], id)

    # --- who and what is there -------------------------------------------------------------------------------

    def role(self, id: int, name: str, *, permissions: Iterable[str] = (), mentionable: bool = False) -> int:
        """A role; `permissions` by discord.py's names, on top of everybody's."""
        with self.world.news:
            guild = self.world.guilds[self.guild_id]
            guild.roles[self.world.reserve_id(id)] = Role(
                id=id, name=name, permissions=permissions_of(permissions), position=len(guild.roles)
            )
            guild.roles[id].mentionable = mentionable
        return id

    def member(self, id: int, name: str, roles: Iterable[int | str] = (), *, bot: bool = False, nick: str = "") -> int:
        """Somebody in the server, with roles by id or name; again for somebody there, it changes them."""
        with self.world.news:
            known = id in self.world.users
            if not known:
                user = self.world.make_user(name, bot=bot, global_name=name)
                del self.world.users[user.id]
                user.id = self.world.reserve_id(id)
                self.world.users[id] = user
            ids = [self.role_id(one) for one in roles]
            if known and id in self.world.guilds[self.guild_id].members:
                self.world.edit_member(self.guild_id, id, {"role_ids": ids, "nick": nick or None})
            else:
                self.world.add_member(self.guild_id, id, roles=ids, nick=nick or None, announce=True)
        return id

    def leaves(self, who: Who) -> None:
        """Somebody leaves the server."""
        with self.world.news:
            self.world.remove_member(self.guild_id, self.id_of(who))

    def role_id(self, role: int | str) -> int:
        if isinstance(role, int):
            return role
        return only([id for id, one in self.world.guilds[self.guild_id].roles.items() if one.name == role], role)

    def text_channel(
        self, id: int, name: str, *, private: bool = False, roles: Iterable[int | str] = (), has_bot: bool = True
    ) -> int:
        """A channel; a private one is seen by those roles, and by the bot where `has_bot`."""
        return self._channel(id, name, ChannelType.TEXT, private, roles, has_bot)

    def forum(
        self, id: int, name: str, *, tags: Iterable[str] = (), private: bool = False,
        roles: Iterable[int | str] = (), has_bot: bool = True, needs_tag: bool = False,
    ) -> int:  # fmt: skip
        """A forum with those tags to choose from."""
        if needs_tag:
            self.world.need_tags.add(id)
        return self._channel(id, name, ChannelType.FORUM, private, roles, has_bot, self._tags(tags))

    def _tags(self, names: Iterable[str]) -> list[Json]:
        return [
            {"id": str(self.world.snowflake()), "name": name, "moderated": False, "emoji_id": None, "emoji_name": None}
            for name in names
        ]

    def _channel(
        self, id: int, name: str, kind: ChannelType, private: bool, roles: Iterable[int | str], has_bot: bool,
        tags: list[Json] | None = None,
    ) -> int:  # fmt: skip
        seeing = permissions_of(("view_channel",))
        with self.world.news:
            overwrites = []
            if private or not has_bot:
                overwrites.append(Overwrite(self.guild_id, OverwriteType.ROLE, 0, seeing))
                overwrites += [Overwrite(self.role_id(one), OverwriteType.ROLE, seeing, 0) for one in roles]
            if private and has_bot:
                overwrites.append(Overwrite(self.world.bot_user.id, OverwriteType.MEMBER, seeing, 0))
            channel = self.world.create_channel(
                self.guild_id, name, type=kind, overwrites=overwrites, announce=False, available_tags=tags or []
            )
            self._renumber(channel, self.world.reserve_id(id))
            self.world.emit("CHANNEL_CREATE", self._payload(channel))
        return id

    def _renumber(self, channel: Channel, id: int) -> None:
        """simcord gives channels ids of its own; tests want to name theirs."""
        ids = self.world.guilds[self.guild_id].channel_ids
        ids[ids.index(channel.id)] = id
        self.world.messages[id] = self.world.messages.pop(channel.id)
        self.world.channels[id] = self.world.channels.pop(channel.id)
        channel.id = id

    def _payload(self, channel: Channel) -> Any:
        return serializers.channel_payload(self.world, channel)

    def forbids(self, where: Where, *permissions: str) -> None:
        """Take permissions away from the bot in a channel; with none, give back what was taken."""
        channel, bot = self.place(where), self.world.bot_user.id
        with self.world.news:
            if permissions:
                taken = Overwrite(bot, OverwriteType.MEMBER, 0, permissions_of(permissions))
                self.world.set_overwrite(channel.id, taken)
            else:
                self.world.delete_overwrite(channel.id, bot)

    def deletes_channel(self, where: Where) -> None:
        with self.world.news:
            self.world.delete_channel(self.place(where).id)

    # --- time ------------------------------------------------------------------------------------------------

    def passes(self, seconds: float) -> None:
        """Discord's clock moves on: tokens of interactions die, nonces and counts of renames are forgotten."""
        with self.world.news:
            self.world.advance_clock(seconds)

    def until(self, condition: Callable[[], Any], seconds: float = 60.0) -> Any:
        """Wait until something is so; asked again after every request and other news. Returns what it returned.

        It must only look: what calls the bot or waits for it would wait for ever.
        """
        end = time.monotonic() + seconds
        with self.world.news:
            while not (found := condition()):
                left = end - time.monotonic()
                if left <= 0:
                    raise AssertionError(f"It did not become so within {seconds} s.")
                self.world.news.wait(min(left, 0.1))
            return found


def permissions_of(names: Iterable[str]) -> int:
    """The bits of discord.py's names."""
    return discord.Permissions(**dict.fromkeys(names, True)).value


def only(found: list[T], name: object) -> T:
    if len(found) != 1:
        raise AssertionError(f"There is not one {name!r}, but {len(found)}")
    return found[0]
