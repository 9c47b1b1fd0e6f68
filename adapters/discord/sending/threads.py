"""Threads: each ticket's own, below its card or as a post of a forum; opened, woken from the archive, tagged, locked.

A ticket's state is never in a thread's name: Discord lets a name change twice in ten minutes.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any, TypeVar

import discord

from adapters.discord.sending.lookup import made_after
from adapters.discord.wire.clients import Rest
from adapters.discord.wire.troubles import THREAD_ARCHIVED, THREAD_EXISTS, THREAD_LOCKED, code_of, in_words
from bot.domain.ticket import State
from bot.ports import Parcel

T = TypeVar("T")
Json = Mapping[str, Any]

LONGEST_NAME = 100
A_WEEK = 10_080
"""Minutes without a word after which a thread goes to the archive: Discord's longest."""
MOST_TAGS, MOST_APPLIED, LONGEST_TAG = 20, 5, 20

log = logging.getLogger(__name__)


def name_of(ticket: Json) -> str:
    """What a ticket's thread is called, by its card's data; it stays so."""
    name = " ".join(f"#{ticket['ticket']} {ticket.get('subject') or ''}".split())
    return name if len(name) <= LONGEST_NAME else f"{name[: LONGEST_NAME - 1]}…"


def tags_of(ticket: Json) -> tuple[str, ...]:
    """The tags of a ticket's post: its state and its level."""
    return tuple(tag[:LONGEST_TAG] for tag in (str(ticket["state"]), f"Level {ticket['level']}"))


class Threads:
    """Asks Discord for what tickets' threads need. Every method raises what the request raises."""

    def __init__(self, rest: Rest) -> None:
        self._rest = rest
        self._tagging = asyncio.Lock()
        self._no_tags: set[int] = set()

    async def below(self, channel: int, message: int, name: str) -> int:
        """The thread below a message, opened if there is none. It has the message's id."""
        try:
            await self._rest.call(
                "POST",
                "/channels/{channel_id}/messages/{message_id}/threads",
                channel_id=channel,
                message_id=message,
                body={"name": name, "auto_archive_duration": A_WEEK},
            )
        except discord.HTTPException as error:
            if code_of(error) != THREAD_EXISTS:
                raise
        return message

    async def post(self, forum: discord.ForumChannel, name: str, tags: Sequence[str], body: Json) -> int:
        """A new post; it has the id of its first message. Discord takes no nonce for one: while such a post is under
        way there is no other."""
        made = await self._rest.call(
            "POST",
            "/channels/{channel_id}/threads",
            channel_id=forum.id,
            once=f"post {forum.id} {name}",
            body={
                "name": name,
                "auto_archive_duration": A_WEEK,
                "applied_tags": await self._ids(forum, tags),
                "message": body,
            },
        )
        return int(made["id"])

    async def found(self, forum: discord.ForumChannel, number: int, parcel: Parcel) -> int | None:
        """The post of a ticket that was made by us since the parcel was."""
        lead = f"#{number} "
        live = await self._rest.call("GET", "/guilds/{guild_id}/threads/active", guild_id=forum.guild.id)
        rested = await self._rest.call("GET", "/channels/{channel_id}/threads/archived/public", channel_id=forum.id)
        for one in (*live["threads"], *rested["threads"]):
            ours = str(one.get("owner_id")) == str(self._rest.bot) and str(one.get("parent_id")) == str(forum.id)
            if ours and str(one["name"]).startswith(lead) and made_after(int(one["id"]), parcel):
                return int(one["id"])
        return None

    async def awake(self, thread: int, deed: Callable[[], Awaitable[T]]) -> T:
        """Do something in a thread, which is fetched from the archive if it lies there."""
        try:
            return await deed()
        except discord.HTTPException as error:
            if code_of(error) not in (THREAD_ARCHIVED, THREAD_LOCKED):
                raise
        await self._change(thread, {"archived": False})
        return await deed()

    async def tag(self, forum: discord.ForumChannel, thread: int, tags: Sequence[str]) -> None:
        """Show these of our own tags at a post, and leave what people have put there."""
        known = forum.guild.get_thread(thread)
        shown = [one.id for one in known.applied_tags] if known is not None else await self._shown(thread)
        names = {one.id: one.name for one in forum.available_tags}
        wanted = await self._ids(forum, tags)
        theirs = [id for id in shown if id in names and id not in wanted and not _is_ours(names[id])]
        if sorted([*wanted, *theirs]) != sorted(shown):
            body = {"applied_tags": [*wanted, *theirs][:MOST_APPLIED]}
            await self.awake(thread, lambda: self._change(thread, body))

    async def lock(self, guild: discord.Guild, thread: int, *, locked: bool) -> None:
        """Lock a closed ticket's thread, unlock an open one's. When it is archived is Discord's to say."""
        known = guild.get_thread(thread)
        now = known.locked if known is not None else bool((await self._about(thread)).get("locked"))
        if now != locked:
            await self.awake(thread, lambda: self._change(thread, {"locked": locked}))

    async def _change(self, thread: int, body: Json) -> None:
        await self._rest.call("PATCH", "/channels/{channel_id}", channel_id=thread, body=body)

    async def _about(self, thread: int) -> Json:
        answer = await self._rest.call("GET", "/channels/{channel_id}", channel_id=thread)
        about: Json = answer.get("thread_metadata") or {}
        return about

    async def _shown(self, thread: int) -> list[int]:
        answer = await self._rest.call("GET", "/channels/{channel_id}", channel_id=thread)
        return [int(id) for id in answer.get("applied_tags") or ()]

    async def _ids(self, forum: discord.ForumChannel, tags: Sequence[str]) -> list[int]:
        """The tags by id; those that the forum has not are made, if that is allowed."""
        async with self._tagging:
            ids = {one.name.casefold(): one.id for one in forum.available_tags}
            missing = [tag for tag in tags if tag.casefold() not in ids]
            if missing and forum.id not in self._no_tags:
                ids |= await self._made(forum, missing)
        return [ids[tag.casefold()] for tag in tags if tag.casefold() in ids]

    async def _made(self, forum: discord.ForumChannel, missing: Sequence[str]) -> dict[str, int]:
        if not forum.permissions_for(forum.guild.me).manage_channels or len(forum.available_tags) >= MOST_TAGS:
            self._no_tags.add(forum.id)
            log.warning(
                "The forum #%s has no tags %s, and the bot cannot make them: add them there, or let it manage the"
                " channel.",
                forum.name,
                ", ".join(missing),
            )
            return {}
        room = MOST_TAGS - len(forum.available_tags)
        tags = [one.to_dict() for one in forum.available_tags] + [{"name": tag} for tag in missing[:room]]
        try:
            answer = await self._rest.call(
                "PATCH", "/channels/{channel_id}", channel_id=forum.id, body={"available_tags": tags}
            )
        except discord.Forbidden as error:
            self._no_tags.add(forum.id)
            log.warning("The forum #%s gets no tags %s: %s.", forum.name, ", ".join(missing), in_words(error)[0])
            return {}
        return {str(one["name"]).casefold(): int(one["id"]) for one in answer["available_tags"]}


def _is_ours(tag: str) -> bool:
    return tag in {state.value for state in State} or tag.startswith("Level ")
