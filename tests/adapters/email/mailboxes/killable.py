"""`python -m tests.adapters.email.mailboxes.killable FOLDER SETTINGS`: a mailbox's reader as a process to be killed.

What it takes goes into the file "taken", line by line, each on the disk before the next step.
"""

from __future__ import annotations

import json
import os
import sys
from datetime import UTC, datetime
from email import message_from_bytes
from pathlib import Path
from threading import Event, Lock
from typing import Any

from adapters.email.mailboxes.mailbox import MailboxReader
from bot.settings import Mailbox

_LOCK = Lock()


class Still:
    def now(self) -> datetime:
        return datetime(2026, 11, 23, 15, 0, tzinfo=UTC)


def main(folder: Path, settings: Any) -> None:
    taken, facts = folder / "taken", folder / "facts"

    def take(raw: bytes, name: str) -> None:
        with _LOCK, taken.open("a", encoding="ascii") as file:
            file.write(f"{message_from_bytes(raw)['Message-ID']}\n")

    def remember(name: str, value: Any) -> None:
        beside = folder / "facts.new"
        beside.write_text(json.dumps(value), encoding="ascii")
        os.replace(beside, facts)

    def recall(name: str) -> Any:
        return json.loads(facts.read_text(encoding="ascii")) if facts.exists() else None

    def told(text: str) -> None:
        (folder / "told").write_text(text, encoding="utf-8")

    MailboxReader(
        "support",
        Mailbox.model_validate(settings),
        take,
        remember=remember,
        recall=recall,
        told=told,
        clock=Still(),
    ).start()
    Event().wait()


if __name__ == "__main__":
    main(Path(sys.argv[1]), json.loads(sys.argv[2]))
