"""Attachments: files that came with somebody's words; the desk keeps what they are and where they lie."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from bot.domain.history import Event

LONGEST_NAME = 200
LONGEST_LINK = 2000
MOST = 50
"""How many files of one message are kept; no platform sends more."""


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file as its platform describes it. `size` is in bytes; `type` is a MIME type or an ending, whichever is known;
    `link` is where people open it; `source`, where the desk may fetch a copy, is empty when none is
    wanted; `kept` is where the desk has put it already, below the folder of files."""

    name: str
    link: str = ""
    size: int | None = None
    type: str = ""
    source: str = ""
    kept: str = ""


@dataclass(frozen=True, slots=True)
class Attached:
    """An attachment with the line of the history that brought it; `number` counts from 1 within that line."""

    file: Attachment
    event: Event
    number: int

    @property
    def key(self) -> tuple[int, int]:
        return self.event.seq, self.number


def file_to_data(file: Attachment) -> dict[str, Any]:
    """What history keeps of it: everything that people may want to know, and nothing of how to fetch it."""
    data: dict[str, Any] = {"name": file.name[:LONGEST_NAME]}
    if file.link:
        data["link"] = file.link[:LONGEST_LINK]
    if file.size is not None:
        data["size"] = file.size
    if file.type:
        data["type"] = file.type[:100]
    return data


def file_from_data(data: Mapping[str, Any]) -> Attachment:
    return Attachment(data["name"], data.get("link", ""), data.get("size"), data.get("type", ""))


def files_of(event: Event) -> tuple[Attachment, ...]:
    """The files that one line of a history brought."""
    return tuple(file_from_data(data) for data in event.data.get("files", ()))


def attached(events: Iterable[Event]) -> Iterator[Attached]:
    """Every file of a history, oldest first."""
    for event in events:
        for number, file in enumerate(files_of(event), start=1):
            yield Attached(file, event, number)


def size_words(size: int | None) -> str:
    """ "812 bytes", "34 KB", "2.4 MB"; "" where nobody knows."""
    if size is None:
        return ""
    if size < 1000:
        return f"{size} bytes"
    if size < 999_500:
        return f"{size / 1000:.0f} KB"
    return f"{size / 1_000_000:.1f} MB" if size < 999_950_000 else f"{size / 1_000_000_000:.1f} GB"


def in_words(file: Attachment) -> str:
    """ "printer.png (34 KB)": a file in a line of text."""
    size = size_words(file.size)
    return f"{file.name} ({size})" if size else file.name
