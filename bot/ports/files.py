"""What the desk keeps of files that came with somebody's words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol


class CopyState(StrEnum):
    """wanted → copied, or failed when it cannot be had."""

    WANTED = "wanted"
    COPIED = "copied"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Copy:
    """A file that the desk wants a copy of: the `number`th (from 1) of those that came with line `seq` of a ticket's
    history. `source` is where `platform` gives it out; `path`, below the folder of copies, is where it lies."""

    ticket: int
    seq: int
    number: int
    platform: str
    name: str
    type: str
    source: str
    state: CopyState = CopyState.WANTED
    attempts: int = 0
    path: str = ""
    error: str = ""

    @property
    def key(self) -> tuple[int, int]:
        return self.seq, self.number


class Files(Protocol):
    """Copies of files, wanted in the commit that brings the file and made later by its platform."""

    def want(self, copy: Copy, now: datetime) -> None:
        """Have it copied; one that is COPIED already is only noted."""

    def lease(self, platform: str, now: datetime, seconds: int, most: int) -> Sequence[Copy]:
        """Take some whose time has come; they come again after that many seconds unless something became of them."""

    def copied(self, copy: Copy, path: str) -> None: ...

    def failed(self, copy: Copy, reason: str, retry_at: datetime | None) -> None:
        """Try again then, or never when that is None."""

    def next_due(self, platform: str) -> datetime | None: ...

    def of_ticket(self, number: int) -> Sequence[Copy]: ...

    def recorded(self, paths: Sequence[str]) -> frozenset[str]:
        """Which of these, below the folder of files, a ticket or a message names."""
