"""One desk at a time on a folder: news appears in one terminal only, so a second desk there is refused in words."""

from __future__ import annotations

import errno
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from bot.domain.errors import Refusal
from bot.domain.hours import zone_named
from bot.policy.file import policy_at
from bot.settings import Settings
from bot.wiring import make_folder

LOCK = "thirdline.lock"

_HELD = (errno.EAGAIN, errno.EACCES, errno.EDEADLK)
_NEVER_WRITTEN = 1 << 30  # Windows keeps others from reading what is locked, so a byte far behind the text is.

if sys.platform == "win32":
    import msvcrt

    def _take(file: int) -> None:
        os.lseek(file, _NEVER_WRITTEN, os.SEEK_SET)
        msvcrt.locking(file, msvcrt.LK_NBLCK, 1)
        os.lseek(file, 0, os.SEEK_SET)

else:
    import fcntl

    def _take(file: int) -> None:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)


@dataclass(frozen=True, slots=True)
class Holder:
    """Who has the desk open, as they wrote it down; None where they have not written it yet."""

    process: int | None
    since: datetime | None

    def __str__(self) -> str:
        return f"(process {self.process})" if self.process else "(another process)"

    def begun(self, now: datetime, zone: ZoneInfo) -> str:
        """ "since 01:25" at the desk's place; with the day when it was another one."""
        if self.since is None:
            return "just now"
        local, today = self.since.astimezone(zone), now.astimezone(zone).date()
        return f"since {local:%H:%M}" if local.date() == today else f"since {local.day} {local:%b %H:%M}"


@contextmanager
def only_desk(settings: Settings, now: datetime) -> Iterator[None]:
    """Hold the data folder while a desk is open on it. Raises Refusal where one is open already.

    On a PostgreSQL of yours several desks may be open. The kernel lets go of the lock however the process ends.
    """
    make_folder(settings)
    with _holding(settings, now) as holder:
        if holder is not None:
            since = holder.begun(now, zone_named(policy_at(settings.policy_path).zone))
            raise Refusal(
                f"Another desk is open on this folder {since} {holder}. News appears in only one of them.",
                "Go on in that one, or close it first; --data FOLDER names another folder.",
            )
        yield


@contextmanager
def closed_desk(settings: Settings, now: datetime, undone: str) -> Iterator[None]:
    """Hold the folder for work that no desk may see half done. `undone` says what was not done where one is open."""
    if settings.database is None and not settings.data.exists():
        yield  # Nobody is there, and a folder is made only by whoever has something to put into it.
        return
    with _holding(settings, now) as holder:
        if holder is not None:
            raise Refusal(f"A desk is open on {settings.data} {holder}. Close it first: {undone}.")
        yield


@contextmanager
def _holding(settings: Settings, now: datetime) -> Iterator[Holder | None]:
    """The lock for the while, or who holds it."""
    if settings.database is not None:
        yield None
        return
    file = _opened(settings)
    try:
        try:
            _take(file)
        except OSError as error:
            if error.errno in _HELD:
                yield _read(file)
                return
            # A file system without locks must not keep the desk from opening; the doctor warns of such places.
        os.ftruncate(file, 0)
        os.write(file, f"{os.getpid()} {now.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}\n".encode())
        yield None
    finally:
        os.close(file)


def _opened(settings: Settings) -> int:
    path: Path = settings.data / LOCK
    try:
        return os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    except OSError as error:
        raise Refusal(
            f"The data folder {settings.data} cannot be written to: {error.strerror}.",
            "Look at its rights, or name another with --data.",
        ) from None


def _read(file: int) -> Holder:
    words = os.read(file, 100).decode("ascii", "replace").split()
    try:
        return Holder(int(words[0]), datetime.fromisoformat(words[1]))
    except (IndexError, ValueError):  # It has the lock, and is about to write.
        return Holder(None, None)
