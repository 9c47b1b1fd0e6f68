"""The rest of the desk, as a mailbox's reader knows it: what it took, what it remembers, what it was told."""

from __future__ import annotations

import json
import ssl
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import SMTP
from threading import Lock
from typing import Any

from adapters.email.mailboxes.look import NotNow
from adapters.email.mailboxes.mailbox import MailboxReader
from adapters.email.mailboxes.pauses import Pauses
from bot.settings import Mailbox

NAME = "support"
NOW = datetime(2026, 11, 23, 15, 0, tzinfo=UTC)
# Dovecot tells nothing of what it gets in the moment between a look and IDLE: then it is the beat that finds it.
QUICK = Pauses(answer=5.0, beat=0.2, first=0.02, most=0.1, refused=0.02, most_refused=0.05, again=0.01)


def letter(number: int | str, body: str = "It is on fire.") -> bytes:
    message = EmailMessage(policy=SMTP)
    message["From"] = "ann@acme.example"
    message["To"] = "desk@example.com"
    message["Subject"] = f"Letter {number}"
    message["Message-ID"] = f"<{number}@acme.example>"
    message.set_content(body)
    return message.as_bytes()


class Desk:
    """Takes a message once by its Message-ID, as the real one does. `fails` are subjects that it cannot take, `dies` is
    called in the middle of taking one; `away` is whether its database is."""

    def __init__(self) -> None:
        self.taken: list[str] = []
        self.again: list[str] = []
        self.raw: dict[str, bytes] = {}
        self.tries: list[str] = []
        self.fails: set[str] = set()
        self.away = False
        self.holds = True
        self.told: list[str] = []
        self.facts: dict[str, str] = {}
        self.saves = 0
        self._lock = Lock()

    def now(self) -> datetime:
        return NOW

    def take(self, raw: bytes, mailbox: str) -> None:
        assert mailbox == NAME
        message = message_from_bytes(raw)
        subject = str(message["Subject"]).removeprefix("Letter ")
        with self._lock:
            self.tries.append(subject)
            if self.away:
                raise NotNow("the database is away")
            if subject in self.fails:
                raise ValueError(f"a secret of {subject}")
            (self.again if subject in self.raw else self.taken).append(subject)
            self.raw[subject] = raw

    def remember(self, name: str, value: Any) -> None:
        if self.away:
            raise OSError("the database is away")
        self.saves += 1
        self.facts[name] = json.dumps(value)

    def recall(self, name: str) -> Any:
        if self.away:
            raise OSError("the database is away")
        return json.loads(self.facts[name]) if name in self.facts else None

    @property
    def book(self) -> dict[str, Any]:
        """What it remembers of the mailbox."""
        found: dict[str, Any] = json.loads(self.facts.get(f"mailbox {NAME}", "{}"))
        return found

    def reader(
        self, settings: Mapping[str, Any], *, trust: ssl.SSLContext | None = None, pauses: Pauses = QUICK, **rest: Any
    ) -> MailboxReader:
        return MailboxReader(
            NAME,
            Mailbox.model_validate(settings),
            rest.pop("take", self.take),
            remember=rest.pop("remember", self.remember),
            recall=self.recall,
            told=self.told.append,
            clock=self,
            holder=lambda name: self.holds,
            trust=trust,
            pauses=pauses,
            **rest,
        )

    @contextmanager
    def reads(self, settings: Mapping[str, Any], **rest: Any) -> Iterator[MailboxReader]:
        reader = self.reader(settings, **rest)
        reader.start()
        try:
            yield reader
        finally:
            reader.stop()

    def has(self, *subjects: object) -> Callable[[], bool]:
        return lambda: sorted(self.taken) == sorted(map(str, subjects))


def until(so: Callable[[], object], seconds: float = 60.0) -> None:
    """Look until it is so."""
    end = time.monotonic() + seconds
    while not so():
        assert time.monotonic() < end, "It does not come to that."
        time.sleep(0.002)
