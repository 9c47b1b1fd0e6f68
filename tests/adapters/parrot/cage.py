"""The cage: what there is on this platform, in files, and what can go wrong with it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

AWAY, BUSY, LOSES, HERE, TOKEN = "away", "busy", "loses", "here", "token"


class Refused(Exception):
    """The cage will not take it now; `after` is in seconds, 0 where nobody knows what became of it."""

    def __init__(self, after: float) -> None:
        super().__init__(after)
        self.after = after


class Cage:
    """Messages are JSON files in the folders of their rooms, called by their number."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def post(self, key: str, room: str, words: str, below: str = "", ref: str = "") -> str:
        """Write a message, or the one called `ref` anew; the same key makes no second one. Raises Refused."""
        after = self._taken(BUSY)
        if after is not None:
            raise Refused(float(after))
        said = next((name for name, one in self.messages(room).items() if one["key"] == key), ref)
        name = said or f"{len(list(self._room(room).iterdir())) + 1:04}"
        self._room(room).joinpath(name).write_text(json.dumps({"key": key, "words": words, "below": below}))
        if self._taken(LOSES) is not None:
            raise Refused(0)
        return name

    def messages(self, room: str) -> Mapping[str, Mapping[str, Any]]:
        """By name, oldest first."""
        return {file.name: json.loads(file.read_text()) for file in sorted(self._room(room).iterdir())}

    def flag(self, name: str, text: str = "") -> None:
        self.folder.joinpath(name).write_text(text)

    def has(self, name: str) -> bool:
        return self.folder.joinpath(name).exists()

    def forget(self, name: str) -> None:
        self.folder.joinpath(name).unlink(missing_ok=True)

    def _taken(self, name: str) -> str | None:
        """What a flag says, which counts once."""
        file = self.folder / name
        if not file.exists():
            return None
        text = file.read_text()
        file.unlink()
        return text

    def _room(self, room: str) -> Path:
        path = self.folder / "rooms" / room
        path.mkdir(parents=True, exist_ok=True)
        return path
