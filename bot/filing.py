"""The folder of files: what came with words lies there under names of ours, written before it is recorded.

What is written for a commit is noted until that is there; so whenever the desk is killed, `sweep` finds what no record
came to name, whichever way it had come in.
"""

from __future__ import annotations

import json
import logging
import os
import secrets
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from bot.domain.errors import NotFound

FOLDER = "files"
UNFINISHED = "unfinished"
"""The folder of notes, below that of files: one for each commit under way."""
COMING = "coming"
"""The folder of what is still coming in, below that of files. No record names what lies there."""
KEPT = timedelta(days=1)
"""For so long both are left alone where nobody knows what became of them: another desk may be at it."""
MOST_SWEPT = 10_000
_SPREAD = 2

Recorded = Callable[[Sequence[str]], Collection[str]]
"""Which of these paths below the folder are named by a record."""

log = logging.getLogger(__name__)


class Filing:
    """Files below one folder; blocks."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def new_path(self, room: str = "in") -> str:
        """A random name that nothing has, below the folder."""
        name = secrets.token_hex(16)
        return f"{room}/{name[:_SPREAD]}/{name}"

    def note(self, paths: Sequence[str]) -> Note:
        """Before these are written for one commit, which names all of them or none."""
        mark = self._folder / UNFINISHED / secrets.token_hex(16)
        mark.parent.mkdir(parents=True, exist_ok=True)
        mark.write_text(json.dumps({"paths": list(paths)}), encoding="utf-8")
        return Note(self, mark, tuple(paths))

    def keep(self, content: bytes, room: str = "in") -> str:
        """Write it durably under a random name; returns its path below the folder."""
        return self.write(self.new_path(room), content)

    def write(self, path: str, content: bytes) -> str:
        """Write it durably at a new path of ours, which is returned."""
        half = self._made(path).with_name(f"{Path(path).name}.part")
        half.write_bytes(content)
        return self.put(half, path)

    def put(self, half: Path, path: str) -> str:
        """The same of what is written already: it is moved there."""
        made, target = not (self._folder / path).parent.is_dir(), self._made(path)
        with half.open("rb") as file:
            os.fsync(file.fileno())
        half.replace(target)
        # The folder's own entry, too, or a power cut could take the file from a record that names it.
        for folder in (target.parent, *(target.parents[1:3] if made else ())):
            _settle(folder)
        return path

    def coming(self) -> Path:
        """A new name for what comes in piece by piece; whoever asks for it appends to it."""
        folder = self._folder / COMING
        folder.mkdir(parents=True, exist_ok=True)
        return folder / secrets.token_hex(16)

    def path(self, name: str) -> Path:
        """Where a recorded file lies. Raises NotFound for what lies nowhere, or outside the folder."""
        inside = self._folder.resolve()
        found = (inside / name).resolve()
        if not found.is_relative_to(inside) or not found.is_file():
            raise NotFound("That file is not here any more.")
        return found

    def drop(self, names: Iterable[str]) -> None:
        """What was kept for a record that was never made."""
        for name in names:
            for left in (name, f"{name}.part"):
                (self._folder / left).unlink(missing_ok=True)

    def sweep(self, recorded: Recorded, now: datetime) -> int:
        """Drop what was under way when a desk ended, and no record names; returns how many commits that were. What is
        younger than `KEPT` is left alone. Raises what `recorded` raises."""
        for half in self._old(COMING, now):
            _unlink(half)
        return sum(self._swept(note, recorded) for note in self._old(UNFINISHED, now))

    def _swept(self, mark: Path, recorded: Recorded) -> int:
        try:
            note = Note(self, mark, tuple(_paths_in(mark)))
        except OSError as error:  # Another desk was quicker, or it can be read another day.
            log.warning("What %s notes cannot be read: %s", mark.name, error)
            return 0
        if note.paths and recorded(note.paths):
            note.settled()
            return 0
        note.dropped()
        return 1 if note.paths else 0

    def _old(self, room: str, now: datetime) -> Iterator[Path]:
        folder = self._folder / room
        for one in sorted(folder.iterdir())[:MOST_SWEPT] if folder.is_dir() else ():
            try:
                if now - datetime.fromtimestamp(one.stat().st_mtime, UTC) >= KEPT:
                    yield one
            except FileNotFoundError:  # Whoever was at it has finished.
                continue

    def _made(self, path: str) -> Path:
        target = self._folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        return target


@dataclass(frozen=True, slots=True)
class Note:
    """What is written for one commit. It ends with one of the two words; with none of them, `sweep` finds out."""

    filing: Filing
    mark: Path
    paths: tuple[str, ...]

    def settled(self) -> None:
        """A record names them."""
        _unlink(self.mark)

    def dropped(self) -> None:
        """There is no such record, and there will be none."""
        try:
            self.filing.drop(self.paths)
        except OSError as error:
            log.warning("Files that nobody needs stay for now: %s", error)
        else:
            self.settled()


def _paths_in(mark: Path) -> Iterator[str]:
    """None, where it was not written to its end: then no file was, either."""
    try:
        told = json.loads(mark.read_text(encoding="utf-8"))
    except ValueError:
        return
    for path in told.get("paths", ()) if isinstance(told, dict) else ():
        if isinstance(path, str):
            yield path


def _unlink(path: Path) -> None:
    try:
        path.unlink(missing_ok=True)
    except OSError as error:  # The sweep of another day may do better; nobody waits for it.
        log.warning("%s stays for now: %s", path.name, error)


def _settle(folder: Path) -> None:
    opened = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(opened)
    finally:
        os.close(opened)
