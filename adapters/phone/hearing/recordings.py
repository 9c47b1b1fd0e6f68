"""Recordings: messages and conversations copied into the desk's own folder, as a provider gives them out to whoever has
its token alone, and some of them for a few minutes only.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path

from aiohttp import ClientError, ClientSession, ClientTimeout

from adapters.phone import PLATFORM
from adapters.phone.wire.provider import PhoneProvider
from bot.ports import Copy, Database, WallClock
from bot.proxies import proxy_to

FOLDER = "files"
ENDING = ".mp3"
EVERY = 5.0
"""Real seconds between two looks for what is to be copied."""
TRIES = 6
PAUSES = tuple(timedelta(seconds=seconds) for seconds in (10, 60, 300, 3600, 6 * 3600))
"""A recording is told of before it can be had everywhere."""
LEASE = 900
MOST = 100_000_000
"""Bytes of one recording: many hours."""
_TRANSFER = ClientTimeout(total=600, sock_connect=10, sock_read=30)
_PIECE = 1 << 16

log = logging.getLogger(__name__)


class NotCopied(Exception):
    """Why a recording was not copied, in words."""


class Recordings:
    """Copies from `start` to `stop` what is wanted, one after the other, also what is left from before a restart."""

    def __init__(
        self, providers: Mapping[str, PhoneProvider], database: Database, clock: WallClock, data: Path
    ) -> None:
        self._providers = providers
        self._database = database
        self._clock = clock
        self._folder = data / FOLDER
        self._task: asyncio.Task[None] | None = None

    def start(self, every: float = EVERY) -> None:
        self._task = asyncio.create_task(self._work(every), name="recordings of phone")

    async def stop(self) -> None:
        task, self._task = self._task, None
        if task is not None:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)

    async def look(self) -> int:
        """Try everything whose time has come; returns how many that was."""
        count = 0
        while copies := await asyncio.to_thread(self._take):
            async with ClientSession(timeout=_TRANSFER) as session:
                for copy in copies:
                    await self._try(session, copy)
            count += len(copies)
        return count

    async def _work(self, every: float) -> None:
        while True:
            await asyncio.sleep(every)
            try:
                await self.look()
            except Exception as error:  # The database or the disk is away, mostly; the next look comes.
                log.warning("Recordings could not be copied: %s", error)

    def _take(self) -> list[Copy]:
        now = self._clock.now()
        due = self._database.read(lambda work: work.files.next_due(PLATFORM))
        if due is None or due > now:
            return []
        return self._database.write(lambda work: list(work.files.lease(PLATFORM, now, LEASE, 1)))

    async def _try(self, session: ClientSession, copy: Copy) -> None:
        try:
            path = await self._copied(session, copy)
        except (NotCopied, ClientError, TimeoutError, OSError) as error:
            reason = str(error) if isinstance(error, NotCopied) else f"it could not be fetched ({type(error).__name__})"
            last = copy.attempts + 1 >= TRIES
            again = None if last else self._clock.now() + PAUSES[min(copy.attempts, len(PAUSES) - 1)]
            log.warning("A recording of #%d was not copied: %s.", copy.ticket, reason)
            await asyncio.to_thread(self._database.write, lambda work: work.files.failed(copy, reason, again))
            return
        await asyncio.to_thread(self._database.write, lambda work: work.files.copied(copy, path))

    async def _copied(self, session: ClientSession, copy: Copy) -> str:
        """Fetch it; returns where it lies below the folder of copies."""
        url, headers = self._where(copy.source)
        name = f"{copy.ticket}/{copy.seq}-{copy.number}{ENDING}"
        target = self._folder / name
        half = target.with_name(f"{target.name}.part")
        await asyncio.to_thread(half.parent.mkdir, parents=True, exist_ok=True)
        try:
            onward = await self._fetched(session, url, headers, half)
            if onward:  # To a storage of its own, which must not be shown the token.
                onward = await self._fetched(session, _safe(onward), {}, half)
            if onward:
                raise NotCopied("the provider leads from one address to the next")
            await asyncio.to_thread(half.replace, target)
        finally:
            await asyncio.to_thread(half.unlink, missing_ok=True)
        return name

    def _where(self, source: str) -> tuple[str, Mapping[str, str]]:
        for provider in self._providers.values():
            found = provider.recording(source)
            if found is not None:
                return found
        return _safe(source), {}

    async def _fetched(self, session: ClientSession, url: str, headers: Mapping[str, str], half: Path) -> str:
        """Write it down; returns where else it lies instead, if it does."""
        async with session.get(url, headers=headers, proxy=proxy_to(url), allow_redirects=False) as answer:
            if 300 <= answer.status < 400:
                return answer.headers.get("Location", "")
            if answer.status != 200:
                raise NotCopied(f"the provider answered with the status {answer.status}")
            size = 0
            with await asyncio.to_thread(half.open, "wb") as file:
                async for piece in answer.content.iter_chunked(_PIECE):
                    size += len(piece)
                    if size > MOST:
                        raise NotCopied(f"it is larger than {MOST // 1_000_000} MB")
                    await asyncio.to_thread(file.write, piece)
        return ""


def _safe(url: str) -> str:
    if not url.startswith("https://"):
        raise NotCopied("it lies at an address that is not encrypted")
    return url
