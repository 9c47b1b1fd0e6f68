"""Sources: a message that a ticket is opened from; its words fill the form, its link, author and files stay with it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from bot.domain.attachments import Attachment, file_from_data, file_to_data
from bot.ports import Speaker

ABOUT = "source_message"
FILES = "source_files"
"""Under these names a form carries its source: no command has such parameters, and the desk passes over them."""

SHOWN = "This was said in private. What stands here when you send it is read by everybody at the desk."
"""What a form says whose message not everybody at the desk could read."""

LONGEST_SUBJECT = 150
_ROOM = 1_200
"""Characters that files may take of what a form remembers, of three thousand in all."""


@dataclass(frozen=True, slots=True)
class Source:
    """A message as the desk keeps it. `where` may be shown to anybody; `shared` says that the message may stand for
    the ticket, so that what is said below it is said of that."""

    ref: str
    text: str
    author: str
    where: str
    link: str
    shared: bool
    files: tuple[Attachment, ...] = ()

    @property
    def values(self) -> dict[str, str]:
        """What a new ticket's form knows from it."""
        lines = [" ".join(line.split()) for line in self.text.splitlines() if line.strip()]
        first = lines[0] if lines else self._without_words()
        cut = first if len(first) <= LONGEST_SUBJECT else first[: LONGEST_SUBJECT - 1].rstrip() + "…"
        story = self.text.strip() if len(lines) > 1 or cut != first else ""
        return {"subject": cut, "text": "\n\n".join(part for part in (story, self._origin()) if part)}

    @property
    def carried(self) -> dict[str, str]:
        """What the form carries unseen beside them."""
        kept: list[dict[str, Any]] = []
        for file in self.files:
            data = file_to_data(replace(file, name=file.name[:80])) | ({"source": file.source} if file.source else {})
            if len(json.dumps([*kept, data], ensure_ascii=False)) <= _ROOM:
                kept.append(data)
        files = {FILES: json.dumps(kept, ensure_ascii=False, separators=(",", ":"))} if kept else {}
        return files | ({ABOUT: self.ref} if self.shared else {})

    def _origin(self) -> str:
        return f"{self.author} in {self.where}{f': {self.link}' if self.link else ''}"

    def _without_words(self) -> str:
        return self.files[0].name if self.files else f"A message of {self.author}"


def with_source(speaker: Speaker, known: Mapping[str, Any]) -> Speaker:
    """The speaker of a form that was opened from a message, with what the form carries of that."""
    about, files = known.get(ABOUT), known.get(FILES)
    if isinstance(about, str) and about:
        speaker = replace(speaker, message=about)
    return replace(speaker, files=_files(files)) if isinstance(files, str) else speaker


def _files(text: str) -> tuple[Attachment, ...]:
    """What has been through other hands is taken for what it may be, or not at all."""
    try:
        return tuple(replace(file_from_data(one), source=str(one.get("source", ""))) for one in json.loads(text))
    except (ValueError, TypeError, KeyError, AttributeError):
        return ()
