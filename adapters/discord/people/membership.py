"""Membership: who may do what at the desk, as Discord's roles and the desk's private channel say.

Discord gives a list of its members only to bots with a privileged intent. So people are learned as they speak, since
whatever they do says which roles they have; and those who were learned are looked at again now and then.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Collection, Mapping
from functools import partial
from threading import Lock
from typing import Any

import discord

from adapters.discord import PLATFORM
from adapters.discord.sending.places import Places, is_private
from adapters.discord.wire.clients import Rest
from adapters.discord.wire.troubles import TROUBLES, code_of, in_words
from bot.counter import Roster
from bot.domain.people import Role
from bot.ports import CannotDeliver, Database, WallClock
from bot.settings import Discord
from bot.workers import Workers
from commands.staff_sync import Member, sync_one

EVERY = 1800.0
"""Seconds between two looks at those who have not spoken meanwhile."""
BREATH = 1.0
"""Seconds from one of them to the next."""
FRESH = 600.0
"""Seconds for which somebody whose roles are as they were is not looked up in the people list."""
MOST = 5_000
_GONE = frozenset({10007, 10013})
"""Discord's numbers for nobody of the server, and nobody at all: an account that was deleted."""

log = logging.getLogger(__name__)

Json = Mapping[str, Any]


class Membership:
    """Brings one person after the other in line with Discord. What Discord does not tell leaves everybody as they
    are."""

    def __init__(
        self,
        rest: Rest,
        database: Database,
        clock: WallClock,
        workers: Workers,
        roster: Roster,
        places: Places,
        settings: Discord,
    ) -> None:
        self._rest = rest
        self._database = database
        self._clock = clock
        self._workers = workers
        self._roster = roster
        self._places = places
        self._settings = settings
        self._members = Role.NOBODY if settings.members == "none" else Role.named(settings.members)
        self._lock = Lock()
        self._seen: dict[str, tuple[str, Role, float]] = {}

    def learn(self, account: str, name: str, member: Json) -> None:
        """Take in what Discord says of somebody in the server. Blocks; writes only where something has changed."""
        role = None if "roles" not in member else self.role(account, member)
        if role is None or self._is_known(account, name, role):
            return
        if sync_one(self._database, PLATFORM, Member(account, name, role), self._clock.now()):
            self._roster.forget()
        with self._lock:
            if len(self._seen) >= MOST:
                self._seen.clear()
            self._seen[account] = (name, role, time.monotonic())

    def role(self, account: str, member: Json) -> Role | None:
        """The highest role that somebody has by their roles or the desk's channel; None where that cannot be told."""
        if member.get("pending"):
            return Role.NOBODY
        held = {int(id) for id in member["roles"]}
        found, sources = Role.NOBODY, 0
        for role, named in self._settings.roles.items():
            theirs = self._places.role(named)
            if theirs is None:
                log.warning("The people list stays as it is: there is no role %s, which [discord.roles] names.", named)
                return None
            sources += 1
            if theirs.id in held:
                found = max(found, Role.named(role))
        if self._members is not Role.NOBODY:
            try:
                desk = self._places.desk()
            except CannotDeliver:
                return None
            # To a public channel everybody can come: it says nothing of anybody.
            if is_private(desk):
                sources += 1
                found = max(found, self._members) if sees(desk, int(account), held) else found
        return found if sources else None

    def heard(self, event: str, data: Json) -> None:
        """Something about people, roles or channels has changed: nobody is known for certain any more."""
        if event.startswith(("GUILD_ROLE_", "CHANNEL_")):
            with self._lock:
                self._seen.clear()

    async def run(self) -> None:
        """Look again at those whom Discord has brought, until cancelled."""
        while True:
            try:
                await self.refresh()
            except Exception:  # The database is away, mostly: the next look must come all the same.
                log.exception("A fault in a look at who belongs to the desk.")
            await asyncio.sleep(EVERY)

    async def refresh(self) -> None:
        """Ask Discord of each of them. Somebody who has left the server is at the desk no longer."""
        for account in await self._workers.begin(self._brought):
            try:
                member = await self._rest.call(
                    "GET",
                    "/guilds/{guild_id}/members/{user_id}",
                    guild_id=self._settings.server,
                    user_id=account,
                )
            except TROUBLES as error:
                if code_of(error) not in _GONE:
                    log.info("The people list stays as it is: %s.", in_words(error)[0])
                    return
                member = {"roles": [], "pending": True}
            name = name_of(member, member.get("user") or {})
            try:
                await self._workers.begin(partial(self.learn, account, name, member))
            except Exception:
                log.exception("Somebody could not be brought in line with Discord.")
            await asyncio.sleep(BREATH)

    def _brought(self) -> list[str]:
        people = self._database.read(lambda work: work.people.all())
        theirs = [one for one in people if one.managed_by == PLATFORM and not one.has_left]
        return [one.accounts[PLATFORM] for one in theirs if PLATFORM in one.accounts]

    def _is_known(self, account: str, name: str, role: Role) -> bool:
        with self._lock:
            was = self._seen.get(account)
        return was is not None and was[:2] == (name, role) and time.monotonic() - was[2] < FRESH


def name_of(member: Json, user: Json) -> str:
    """What somebody is called in the server."""
    return str(member.get("nick") or user.get("global_name") or user.get("username") or "")


def sees(channel: discord.abc.GuildChannel, account: int, roles: Collection[int]) -> bool:
    """Whether somebody with these roles sees a channel: what Discord's documentation says of overwrites."""
    guild = channel.guild
    held = [one for one in guild.roles if one.id in roles or one.is_default()]
    if account == guild.owner_id or any(one.permissions.administrator for one in held):
        return True
    told = {target.id: overwrite.view_channel for target, overwrite in channel.overwrites.items()}
    by_role = [told[one.id] for one in held if not one.is_default() and told.get(one.id) is not None]
    seen: bool | None = any(one.permissions.view_channel for one in held)
    for word in (told.get(guild.id), any(by_role) if by_role else None, told.get(account)):
        seen = seen if word is None else word
    return bool(seen)
