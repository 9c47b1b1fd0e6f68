"""A look at the server for whoever sets the bot up or asks what is wrong with it: each trouble with its cure."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from email.utils import parsedate_to_datetime
from functools import cached_property
from typing import Any
from urllib.parse import urlsplit

import discord
from aiohttp import ClientError, ClientSession, ClientTimeout

from adapters.discord.setup.permissions import in_channel
from bot.domain.errors import Refusal
from bot.proxies import proxy_to

SECONDS = 8
"""How long one question to Discord may take."""

PORTAL = "discord.com/developers/applications → your application"
_AGENT = f"DiscordBot (https://github.com/Rapptz/discord.py {discord.__version__})"
_CONTENT = (1 << 18) | (1 << 19)
"""Flags of an application that may read messages' content; the second is of those in fewer than a hundred servers."""
_TEXT, _FORUM = (0, 5), (15, 16)
_KINDS: Mapping[int, str] = {2: "a voice channel", 4: "a category", 13: "a stage"}
_VIEW = discord.Permissions(view_channel=True).value
_NO_SUCH = (403, 404)
_ROLE = 1
"""What a command's permission is for: a role, a person or a channel."""


class NotThere(Refusal):
    """Discord shows us nothing of the kind."""


@dataclass(frozen=True, slots=True)
class Account:
    """Who the bot is. `at` is the time at Discord when it answered (aware UTC)."""

    id: int
    name: str
    at: datetime | None


@dataclass(frozen=True, slots=True)
class Application:
    """What the Developer Portal says of it. `elsewhere` is where interactions go, if they do not go to the desk."""

    id: int
    name: str
    reads_messages: bool
    code_grant: bool
    elsewhere: str


@dataclass(frozen=True, slots=True)
class Role:
    """A role of the server; `mentionable` by anybody. `may` is what it may do with what everybody may; `of_app` means
    that no person has it."""

    id: int
    name: str
    mentionable: bool
    may: int
    of_app: bool

    def is_called(self, name: str) -> bool:
        """By "@name", "name" or id."""
        return name.removeprefix("@") in (self.name, str(self.id))


@dataclass(frozen=True, slots=True)
class Room:
    """A channel. `kind` is text, forum, or what else it is; `may` are the bot's permissions there, `shown_to` the roles
    that are let in by name."""

    id: int
    name: str
    kind: str
    may: int
    private: bool
    needs_tag: bool
    tags: tuple[str, ...]
    shown_to: frozenset[int]

    def is_called(self, name: str) -> bool:
        """By "#name", "name" or id."""
        return name.removeprefix("#") in (self.name, str(self.id))


@dataclass(frozen=True, slots=True)
class Server:
    """The server with what the bot may do there; `may` are its permissions without any channel's changes."""

    id: int
    name: str
    may: int
    roles: tuple[Role, ...]
    rooms: tuple[Room, ...]


@dataclass(frozen=True, slots=True)
class Starts:
    """How often the bot may connect anew to the gateway before the count begins again, `after` seconds from now."""

    left: int
    total: int
    after: int


class Checkup:
    """The questions, each asked once and never repeated. All of them raise Refusal, with cause and cure."""

    def __init__(self, token: str, api_url: str) -> None:
        self._headers = {"Authorization": f"Bot {token}", "User-Agent": _AGENT}
        self._url = api_url
        self._host = urlsplit(api_url).netloc

    @cached_property
    def account(self) -> Account:
        """Whose token it is."""
        data, headers = self._ask("/users/@me")
        date = headers.get("Date")
        return Account(int(data["id"]), str(data["username"]), parsedate_to_datetime(date) if date else None)

    @cached_property
    def application(self) -> Application:
        data, _ = self._ask("/applications/@me")
        return Application(
            int(data["id"]),
            str(data["name"]),
            bool(int(data.get("flags") or 0) & _CONTENT),
            bool(data.get("bot_require_code_grant")),
            str(data.get("interactions_endpoint_url") or ""),
        )

    def servers(self) -> Mapping[int, str]:
        """The servers that the bot is in, by id."""
        data, _ = self._ask("/users/@me/guilds")
        return {int(one["id"]): str(one["name"]) for one in data}

    def server(self, id: int) -> Server:
        """The server with its roles and channels. Raises NotThere where the bot is not in it."""
        guild, _ = self._ask(f"/guilds/{id}")
        me, _ = self._ask(f"/guilds/{id}/members/{self.account.id}")
        rooms, _ = self._ask(f"/guilds/{id}/channels")
        mine = {int(one) for one in me["roles"]} | {id}
        given = {int(one["id"]): int(one["permissions"]) for one in guild["roles"]}
        everybody, base = given.get(id, 0), 0
        for role in mine:
            base |= given.get(role, 0)
        return Server(
            id,
            str(guild["name"]),
            base,
            tuple(_role(one, everybody) for one in guild["roles"]),
            tuple(self._room(one, id, base, everybody, mine) for one in rooms),
        )

    def _room(self, data: Mapping[str, Any], server: int, base: int, everybody: int, mine: set[int]) -> Room:
        overwrites: Sequence[Mapping[str, Any]] = data.get("permission_overwrites") or ()
        seen = in_channel(everybody, overwrites, server, {server}, server)
        return Room(
            int(data["id"]),
            str(data["name"]),
            _kind(int(data["type"])),
            in_channel(base, overwrites, server, mine, self.account.id),
            not seen & _VIEW,
            bool(int(data.get("flags") or 0) & discord.ChannelFlags.require_tag.flag),
            tuple(str(one["name"]) for one in data.get("available_tags") or ()),
            frozenset(int(one["id"]) for one in overwrites if int(one["allow"]) & _VIEW),
        )

    def commands(self, server: int | None) -> Sequence[Mapping[str, Any]]:
        """The commands that are registered in a server, or (None) everywhere. Raises NotThere without the scope."""
        where = f"/guilds/{server}" if server is not None else ""
        data, _ = self._ask(f"/applications/{self.application.id}{where}/commands")
        return list(data)

    def allowed(self, server: int, command: int) -> frozenset[int]:
        """The roles that somebody has allowed a command to, beside those that have its permissions."""
        path = f"/applications/{self.application.id}/guilds/{server}/commands/{command}/permissions"
        try:
            data, _ = self._ask(path)
        except NotThere:  # Nobody has changed anything.
            return frozenset()
        given = data["permissions"]
        return frozenset(int(one["id"]) for one in given if one["type"] == _ROLE and one["permission"])

    def starts(self) -> Starts:
        data, _ = self._ask("/gateway/bot")
        limit = data["session_start_limit"]
        return Starts(int(limit["remaining"]), int(limit["total"]), int(limit["reset_after"]) // 1000)

    def _ask(self, path: str) -> tuple[Any, Mapping[str, str]]:
        try:
            return asyncio.run(self._asked(path))
        except (ClientError, TimeoutError, OSError) as error:
            reason = "no answer in time" if isinstance(error, TimeoutError) else error
            cure = "Look at the network and at HTTPS_PROXY, or at discordstatus.com."
            raise Refusal(f"{self._host} cannot be reached: {reason}.", cure) from None
        except ValueError:  # Its words would show the token.
            raise Refusal("The token holds characters that no token has.", "Copy it again.") from None

    async def _asked(self, path: str) -> tuple[Any, Mapping[str, str]]:
        timeout = ClientTimeout(total=SECONDS)
        async with (
            ClientSession(headers=self._headers, timeout=timeout, proxy=proxy_to(self._url)) as session,
            session.get(self._url + path) as answer,
        ):
            try:
                data = await answer.json(content_type=None)
            except ValueError:
                data = None
            if answer.status == 200 and data is not None:
                return data, answer.headers
            raise self._told(path, answer.status, data if isinstance(data, dict) else {})

    def _told(self, path: str, status: int, data: Mapping[str, Any]) -> Refusal:
        if status == 401:
            return Refusal("Discord does not know this token.", f"{PORTAL} → Bot → Reset Token, and copy the new one.")
        if status == 429:
            wait = f"{data['retry_after']:.0f} s" if "retry_after" in data else "a few minutes"
            return Refusal("Discord asks for less at a time.", f"Try again in {wait}.")
        if status in _NO_SUCH and data:
            return NotThere(f"Discord shows nothing at {path} ({data.get('code')}: {data.get('message')}).")
        if status >= 500 or not data:
            cure = "Try again in a minute; discordstatus.com tells of its troubles."
            return Refusal(f"{self._host} answers {path} with {status} and no sense.", cure)
        return Refusal(f"Discord refuses {path}: {data.get('code')}, {data.get('message')}.", "Try again later.")


def _role(data: Mapping[str, Any], everybody: int) -> Role:
    may = int(data["permissions"]) | everybody
    return Role(int(data["id"]), str(data["name"]), bool(data.get("mentionable")), may, bool(data.get("managed")))


def _kind(type: int) -> str:
    if type in _TEXT:
        return "text"
    return "forum" if type in _FORUM else _KINDS.get(type, "another kind of channel")
