"""The copier: fetches files that the desk wants to keep, within their size, under names of ours, with a few tries."""

from __future__ import annotations

import asyncio
import logging
import os
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import BinaryIO

from aiohttp import ClientError, ClientSession, ClientTimeout
from pydantic import SecretStr

from adapters.slack import PLATFORM
from adapters.slack.hearing.files import MEGABYTE, ending, host_of_files, may_fetch
from bot.ports import Copy, Database, WallClock
from bot.proxies import proxy_to
from bot.settings import Slack
from bot.workers import Workers

log = logging.getLogger(__name__)

FOLDER = "files"
TRIES = 5
PAUSES = (timedelta(minutes=1), timedelta(minutes=10), timedelta(hours=1), timedelta(hours=6))
LEASE = 900
"""Seconds after which a copy that was begun and not ended (a crash) is tried again; no transfer takes as long."""
_TRANSFER = ClientTimeout(total=600, sock_connect=10, sock_read=30)
_PIECE = 1 << 16
_IDLE = 60.0
_AT_ONCE = 1


class NotCopied(Exception):
    """Why a file was not copied; `for_good` says that trying again is useless."""

    def __init__(self, reason: str, *, for_good: bool = False) -> None:
        super().__init__(reason)
        self.reason = reason
        self.for_good = for_good


class Copier:
    """Makes the copies that are wanted, one after the other, also those left from before a restart."""

    def __init__(self, database: Database, clock: WallClock, workers: Workers, settings: Slack, data: Path) -> None:
        self._database = database
        self._clock = clock
        self._workers = workers
        self._token: SecretStr = settings.bot_token
        self._most = settings.files.max_mb * MEGABYTE
        self._most_in_all = settings.files.total_mb * MEGABYTE
        self._host = host_of_files(settings.api_url)
        self._folder = data / FOLDER
        self._wanted = asyncio.Event()

    def wake(self) -> None:
        """A file may have come."""
        self._wanted.set()

    async def run(self) -> None:
        """Copy until cancelled."""
        while True:
            self._wanted.clear()
            try:
                await self.round()
                pause = await self._workers.begin(self._pause)
            except Exception:
                log.exception("Files could not be copied; it is tried again.")
                pause = _IDLE
            try:
                await asyncio.wait_for(self._wanted.wait(), pause)
            except TimeoutError:
                continue

    async def round(self) -> int:
        """Try everything whose time has come; returns how many there were."""
        count = 0
        while copies := await self._workers.begin(self._take):
            async with ClientSession(timeout=_TRANSFER) as session:
                for copy in copies:
                    await self._try(session, copy)
            count += len(copies)
        return count

    def _take(self) -> list[Copy]:
        now = self._clock.now()
        if not self._database.read(lambda work: _is_due(work.files.next_due(PLATFORM), now)):
            return []
        return self._database.write(lambda work: list(work.files.lease(PLATFORM, now, LEASE, _AT_ONCE)))

    def _pause(self) -> float:
        due = self._database.read(lambda work: work.files.next_due(PLATFORM))
        left = _IDLE if due is None else (due - self._clock.now()).total_seconds()
        return min(max(left, 1.0), _IDLE)

    async def _try(self, session: ClientSession, copy: Copy) -> None:
        try:
            path = await self._copied(session, copy)
        except (NotCopied, ClientError, TimeoutError, OSError) as error:
            reason = error.reason if isinstance(error, NotCopied) else _in_words(error)
            last = copy.attempts + 1 >= TRIES or (isinstance(error, NotCopied) and error.for_good)
            again = None if last else self._clock.now() + PAUSES[min(copy.attempts, len(PAUSES) - 1)]
            log.warning("File %d/%d of #%d was not copied: %s.", copy.seq, copy.number, copy.ticket, reason)
            await self._workers.begin(lambda: self._database.write(lambda work: work.files.failed(copy, reason, again)))
            return
        await self._workers.begin(lambda: self._database.write(lambda work: work.files.copied(copy, path)))

    @property
    def _full(self) -> str:
        return f"not kept: all copies together may take {self._most_in_all // MEGABYTE} MB (slack.files.total_mb)"

    async def _copied(self, session: ClientSession, copy: Copy) -> str:
        """Fetch it; returns where it lies below the folder of copies."""
        if not may_fetch(copy.source, self._host):
            raise NotCopied("it does not lie with Slack", for_good=True)
        room = self._most_in_all - await self._workers.begin(lambda: taken(self._folder))
        name = path_of(copy)
        target = self._folder / name
        half = target.with_name(f"{target.name}.part")
        await self._workers.begin(lambda: target.parent.mkdir(parents=True, exist_ok=True))
        bearer = {"Authorization": f"Bearer {self._token.get_secret_value()}"}
        try:
            # A redirect could carry the token anywhere, or lead to the sign-in page of a workspace.
            proxy = proxy_to(copy.source)
            async with session.get(copy.source, headers=bearer, allow_redirects=False, proxy=proxy) as answer:
                _must_be_a_file(answer.status, answer.content_type, copy)
                with await self._workers.begin(lambda: half.open("wb")) as file:
                    size = 0
                    async for piece in answer.content.iter_chunked(_PIECE):
                        size += len(piece)
                        if size > self._most:
                            raise NotCopied(f"it is larger than {self._most // MEGABYTE} MB", for_good=True)
                        if size > room:
                            raise NotCopied(self._full, for_good=True)
                        await self._workers.begin(partial(file.write, piece))
                    await self._workers.begin(partial(_settle, file))
            await self._workers.begin(lambda: half.replace(target))
        finally:
            await self._workers.begin(lambda: half.unlink(missing_ok=True))
        return name


def taken(folder: Path) -> int:
    """The bytes that all copies take. Blocks."""
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())


def path_of(copy: Copy) -> str:
    """Where a copy lies, below the folder of copies: numbers of ours, and the ending if it is a plain one."""
    kind = ending(copy.name)
    return f"{copy.ticket}/{copy.seq}-{copy.number}{'.' + kind if kind else ''}"


def _must_be_a_file(status: int, type: str, copy: Copy) -> None:
    if status in (404, 410):
        raise NotCopied("Slack has it no more", for_good=True)
    if status != 200:
        raise NotCopied(f"Slack answered with the status {status}")
    if type == "text/html" and "html" not in copy.type and ending(copy.name) not in ("html", "htm"):
        raise NotCopied("Slack gave its sign-in page: the app lacks the scope files:read")


def _settle(file: BinaryIO) -> None:
    file.flush()
    os.fsync(file.fileno())


def _is_due(due: datetime | None, now: datetime) -> bool:
    return due is not None and due <= now


def _in_words(error: Exception) -> str:
    if isinstance(error, OSError) and error.strerror and not isinstance(error, ClientError):
        return f"the disk says: {error.strerror}"
    return f"Slack could not be reached ({type(error).__name__})"
