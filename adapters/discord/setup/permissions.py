"""Permissions: what the bot needs in Discord and why, the invitation that asks for exactly that, and what it has."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import discord

from bot.settings import Discord

SCOPES: Mapping[str, str] = {
    "bot": "the desk speaks as a member of the server",
    "applications.commands": "slash commands and context menus",
}
EVERYBODY = ("here", "everyone")
ADMINISTRATOR = discord.Permissions(administrator=True).value


@dataclass(frozen=True, slots=True)
class Permission:
    """A permission: discord.py's name of it, Discord's, and what the desk does with it."""

    name: str
    title: str
    reason: str

    @property
    def bit(self) -> int:
        return int(discord.Permissions(**{self.name: True}).value)


VIEW = Permission("view_channel", "View Channels", "the desk's channels")
SEND = Permission("send_messages", "Send Messages", "cards and alerts; in a forum, its posts")
IN_THREADS = Permission("send_messages_in_threads", "Send Messages in Threads", "what is told below a ticket's card")
THREADS = Permission("create_public_threads", "Create Public Threads", "a thread for each ticket")
EMBEDS = Permission("embed_links", "Embed Links", "a card is an embed")
FILES = Permission("attach_files", "Attach Files", "a text that is too long for a message")
HISTORY = Permission(
    "read_message_history",
    "Read Message History",
    "whether a message whose fate is unknown has arrived, so that nothing is posted twice",
)
LOCKS = Permission("manage_threads", "Manage Threads", "lock the thread of a closed ticket (discord.locks)")
TEAM = Permission(
    "mention_everyone",
    "Mention @everyone, @here, and All Roles",
    "call everybody for an alert that nobody owns (discord.team)",
)
TAGS = Permission("manage_channels", "Manage Channel", "make a forum's tags; in that one channel, if you want")
"""No part of the invitation: a bot that could change every channel would be trusted with too much."""
_ALWAYS = (VIEW, SEND, IN_THREADS, THREADS, EMBEDS, FILES, HISTORY)
_ANYWHERE = (VIEW, SEND, EMBEDS, FILES, HISTORY)


def needed(settings: Discord) -> tuple[Permission, ...]:
    """Everything that the desk needs with these settings."""
    return (*_ALWAYS, *((LOCKS,) if settings.locks else ()), *_calling(settings))


def needed_at_desk(settings: Discord, *, forum: bool) -> tuple[Permission, ...]:
    """What it needs where the cards are. A forum's posts are threads that need no permission of their own."""
    threads = (IN_THREADS,) if forum else (IN_THREADS, THREADS)
    return (*_ANYWHERE, *threads, *((LOCKS,) if settings.locks else ()))


def needed_at_alerts(settings: Discord) -> tuple[Permission, ...]:
    """What it needs where alerts go."""
    return (*_ANYWHERE, *_calling(settings))


def _calling(settings: Discord) -> tuple[Permission, ...]:
    return (TEAM,) if settings.team in EVERYBODY else ()


def number(permissions: Iterable[Permission]) -> int:
    """Permissions as Discord counts them."""
    return sum({one.bit for one in permissions})


def invitation(application: int, settings: Discord, server: int | None = None) -> str:
    """The address at which somebody who manages a server lets the bot in; with that server chosen, if known."""
    return discord.utils.oauth_url(
        application,
        permissions=discord.Permissions(number(needed(settings))),
        scopes=tuple(SCOPES),
        guild=discord.utils.MISSING if server is None else discord.Object(server),
    )


def lacking(wanted: Iterable[Permission], has: int) -> tuple[Permission, ...]:
    """Those of the wanted that are not among what somebody has. An administrator lacks nothing."""
    return () if has & ADMINISTRATOR else tuple(one for one in wanted if not has & one.bit)


def in_channel(
    base: int, overwrites: Sequence[Mapping[str, Any]], server: int, roles: Iterable[int], member: int
) -> int:
    """What somebody may do in a channel: what they may in the server (`base`), changed by the channel's overwrites
    in Discord's order: everybody's, those of all their roles together, their own."""
    if base & ADMINISTRATOR:
        return base
    mine = set(roles)
    for group in (
        [one for one in overwrites if int(one["id"]) == server],
        [one for one in overwrites if int(one["id"]) in mine and int(one["id"]) != server],
        [one for one in overwrites if int(one["id"]) == member],
    ):
        deny = allow = 0
        for one in group:
            deny, allow = deny | int(one["deny"]), allow | int(one["allow"])
        base = base & ~deny | allow
    return base
