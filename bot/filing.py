"""The folder of files: what came with words lies there under names of ours, written before it is recorded."""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterable
from pathlib import Path

from bot.domain.errors import NotFound

FOLDER = "files"
_SPREAD = 2


class Filing:
    """Files below one folder; blocks. A crash between a file and its record leaves the file behind, which no record
    names; who takes in mail notes what is unfinished, and clears it up."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def new_path(self, room: str = "in") -> str:
        """A random name that nothing has, below the folder."""
        name = secrets.token_hex(16)
        return f"{room}/{name[:_SPREAD]}/{name}"

    def keep(self, content: bytes, room: str = "in") -> str:
        """Write it durably under a random name; returns its path below the folder."""
        return self.write(self.new_path(room), content)

    def write(self, path: str, content: bytes) -> str:
        """Write it durably at a new path of ours, which is returned."""
        target = self._folder / path
        made = not target.parent.is_dir()
        target.parent.mkdir(parents=True, exist_ok=True)
        half = target.with_name(f"{target.name}.part")
        with half.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        half.replace(target)
        # The folder's own entry, too, or a power cut could take the file from a record that names it.
        for folder in (target.parent, *(target.parents[1:3] if made else ())):
            _settle(folder)
        return path

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


def _settle(folder: Path) -> None:
    opened = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(opened)
    finally:
        os.close(opened)
