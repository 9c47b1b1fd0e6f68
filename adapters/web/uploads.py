"""Uploads: files that come with a request, written away while they come in, and put in their place for one commit."""

from __future__ import annotations

import hashlib
import logging
import os
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from bot.domain.attachments import Attachment
from bot.domain.errors import BadValue, Conflict, NotAllowed, NotFound, NotOwed, NotUnderstood, Refusal, TooMuch
from bot.filing import Filing, Note
from bot.workers import Workers

_BLOCK = 1_000_000
"""Bytes that are held at once."""
_CERTAIN = (NotFound, NotAllowed, NotOwed, Conflict, TooMuch, NotUnderstood, BadValue)
"""What is raised where nothing was done for sure."""

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Upload:
    """A file that came. `name` is one clean line and never part of a path; `type` is what its sender said, "" where
    that is no MIME type; `coming` is where it lies until its request is done."""

    name: str
    type: str
    size: int
    digest: str
    coming: Path


class TooLarge(Exception):
    """More came than there may be."""


class CannotKeep(Refusal):
    """The disk takes no files now; nothing was saved."""


class Incoming:
    """The uploads of one request. Its `drop` clears away what nobody took."""

    def __init__(self, filing: Filing, workers: Workers) -> None:
        self._filing = filing
        self._workers = workers
        self._here: list[Path] = []

    async def take(self, name: str, type: str, chunks: AsyncIterator[bytes], most: int) -> Upload:
        """A file of at most so many bytes. Raises TooLarge as soon as it is more, and CannotKeep."""
        path = await self._workers.begin(self._begun)
        size, digest, held = 0, hashlib.sha256(), bytearray()
        async for chunk in chunks:
            size += len(chunk)
            if size > most:
                raise TooLarge
            held += chunk
            if len(held) >= _BLOCK:
                digest.update(held)
                await self._written(path, held)
                held = bytearray()
        digest.update(held)
        await self._written(path, held)
        return Upload(name, type, size, digest.hexdigest(), path)

    def put(self, name: str, type: str, content: bytes) -> Upload:
        """A file that is here as a whole. Blocks. Raises CannotKeep."""
        path = self._begun()
        _append(path, content)
        return Upload(name, type, len(content), hashlib.sha256(content).hexdigest(), path)

    def drop(self) -> None:
        """Blocks for a moment."""
        for path in self._here:
            path.unlink(missing_ok=True)

    def _begun(self) -> Path:
        with _keeping():
            path = self._filing.coming()
            self._here.append(path)
            path.touch()
        return path

    async def _written(self, path: Path, held: bytearray) -> None:
        await self._workers.begin(lambda: _append(path, held))


def _append(path: Path, held: bytes | bytearray) -> None:
    """Only where it is still there: what was dropped meanwhile, as its sender hung up, does not come back."""
    with _keeping(), suppress(FileNotFoundError), path.open("r+b") as file:
        file.seek(0, os.SEEK_END)
        file.write(held)


@contextmanager
def _keeping() -> Iterator[None]:
    try:
        yield
    except OSError as error:
        log.error("A file that was sent cannot be kept: %s", error)
        raise CannotKeep("Files cannot be kept now; nothing was saved.", "Try again in a moment.") from error


class Filed:
    """Uploads in their place, as `files`. Whoever commits says with `recorded` whether the commit names them."""

    def __init__(self, files: tuple[Attachment, ...]) -> None:
        self.files = files
        self.recorded = False


@contextmanager
def filed(filing: Filing, uploads: Sequence[Upload], refusing: type[Exception]) -> Iterator[Filed]:
    """Put uploads in their place for the commit within. Without it they go again; where it failed and nobody knows
    whether it was saved for all that they stay for the sweep: a file too many is better than one lost. `refusing` is
    what our own code raises, and then nothing was saved. Blocks. Raises CannotKeep, before anything is done."""
    if not uploads:
        yield Filed(())
        return
    with _keeping():
        note = filing.note([filing.new_path() for _ in uploads])
        try:
            made = Filed(tuple(_put(filing, one, path) for one, path in zip(uploads, note.paths, strict=True)))
        except BaseException:
            note.dropped()
            raise
    try:
        yield made
    except (refusing, *_CERTAIN):
        note.dropped()
        raise
    _ended(note, made)


def _ended(note: Note, made: Filed) -> None:
    if made.recorded:
        note.settled()
    else:
        note.dropped()


def _put(filing: Filing, upload: Upload, path: str) -> Attachment:
    return Attachment(upload.name, size=upload.size, type=upload.type, kept=filing.put(upload.coming, path))
