"""What was missed: words in tickets' threads that nobody heard, because the desk or the connection was away."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from adapters.discord.hearing.mark import Mark
from adapters.discord.sending.anchors import ticket_at
from adapters.discord.wire.clients import Rest
from adapters.discord.wire.troubles import NO_ACCESS, NO_PERMISSION, TROUBLES, UNKNOWN_CHANNEL, code_of, in_words
from bot.ports import Database, UnitOfWork
from bot.workers import Tasks, Workers

EVENT = "GUILD_CREATE"
"""Begins a session, and lists the threads that are not in the archive, each with its last message. A session that is
resumed has no such event, and misses nothing."""
THREADS = 50
MESSAGES = 100
"""What Discord gives at once."""
BREATH = 0.1
"""Seconds from one thread to the next: Discord takes fifty requests in a second for all that the desk does."""
PAUSES = (1.0, 5.0, 25.0)
"""Seconds before the second, third and last try."""

_NOT_OURS = frozenset({NO_ACCESS, NO_PERMISSION, UNKNOWN_CHANNEL})
"""Discord's numbers for a channel that is closed to the bot, and for none."""

Json = Mapping[str, Any]

log = logging.getLogger(__name__)


class Missed:
    """Fetches it at the beginning of each session, and has it `heard` as if it had been told."""

    def __init__(
        self,
        rest: Rest,
        database: Database,
        workers: Workers,
        tasks: Tasks,
        mark: Mark,
        server: int,
        heard: Callable[[Json], None],
    ) -> None:
        self._rest = rest
        self._database = database
        self._workers = workers
        self._tasks = tasks
        self._mark = mark
        self._server = server
        self._heard = heard
        self._looking: asyncio.Task[object] | None = None

    def began(self, data: Json) -> None:
        """A session has begun. What an earlier look left over is this one's."""
        if str(data.get("id")) == str(self._server) and not data.get("unavailable"):
            self.stop()
            self._mark.hold()
            self._looking = self._tasks.start(self._look(data), "a look at what was written meanwhile")

    def stop(self) -> None:
        if self._looking is not None:
            self._looking.cancel()

    async def _look(self, data: Json) -> None:
        for pause in (*PAUSES, None):
            try:
                await self._workers.begin(self._mark.load)
                after = self._mark.settle()
                if after is not None:
                    await self._fetch(data, after)
            except Exception as error:  # Discord or the database is away.
                if pause is None:
                    raise
                told = in_words(error)[0] if isinstance(error, TROUBLES) else type(error).__name__
                log.warning("What was written meanwhile could not be fetched from Discord yet: %s.", told)
                await asyncio.sleep(pause)
            else:
                self._mark.release(_newest(data))
                return

    async def _fetch(self, data: Json, after: int) -> None:
        changed = [one for one in data.get("threads") or () if int(one.get("last_message_id") or 0) > after]
        threads = await self._workers.begin(lambda: self._database.read(lambda work: _of_tickets(work, changed)))
        if len(threads) > THREADS:
            log.warning(
                "Words were written in %d tickets' threads meanwhile, and only %d are read: what was written in the"
                " others is no note.",
                len(threads),
                THREADS,
            )
        members: dict[str, Json] = {}
        for thread in threads[:THREADS]:
            for message in await self._messages(thread, after):
                author = message.get("author") or {}
                if not author.get("bot") and not message.get("webhook_id"):
                    member = await self._member(str(author.get("id")), members)
                    self._heard({**message, "guild_id": str(self._server), "member": member})
            await asyncio.sleep(BREATH)

    async def _messages(self, thread: int, after: int) -> Sequence[Json]:
        """Oldest first. Raises TROUBLES that may pass."""
        query = {"after": str(after), "limit": MESSAGES}
        try:
            found = await self._rest.call("GET", "/channels/{channel_id}/messages", channel_id=thread, query=query)
        except TROUBLES as error:
            if code_of(error) not in _NOT_OURS:
                raise
            log.warning("What was written in the thread %s meanwhile cannot be read: %s.", thread, in_words(error)[0])
            return ()
        if len(found) >= MESSAGES:
            log.warning("Of what was written in the thread %s meanwhile only %d are read.", thread, MESSAGES)
        return sorted(found, key=lambda one: int(one["id"]))

    async def _member(self, account: str, known: dict[str, Json]) -> Json:
        """What Discord says of somebody now, as messages that are fetched do not tell."""
        if account not in known:
            path = "/guilds/{guild_id}/members/{user_id}"
            try:
                known[account] = await self._rest.call("GET", path, guild_id=self._server, user_id=account)
            except TROUBLES as error:
                log.info("Somebody's roles are as the people list has them: %s.", in_words(error)[0])
                known[account] = {}
        return known[account]


def _of_tickets(work: UnitOfWork, threads: Sequence[Json]) -> list[int]:
    """Those of tickets, the one that was spoken in last first."""
    recent = sorted(threads, key=lambda one: int(one["last_message_id"]), reverse=True)
    places = [(int(one["id"]), int(one.get("parent_id") or 0)) for one in recent]
    return [thread for thread, parent in places if ticket_at(work, thread, (parent, thread)) is not None]


def _newest(data: Json) -> int:
    """The last message of all that the event tells of; where there is none, the server is as good."""
    places = [*(data.get("threads") or ()), *(data.get("channels") or ())]
    return max(int(data["id"]), *(int(one.get("last_message_id") or 0) for one in places), 0)
