"""Repeats: a request with an Idempotency-Key is done once, and a repeat gets the answer that the first one got.

As draft-ietf-httpapi-idempotency-key-header-07 has it: another body under the same key is 422, a repeat while the first
is under way is 409. A refusal is not remembered: nothing was done. Answers are kept for as long as the desk remembers
requests, two days.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from adapters.web.api.problems import Problem
from bot.cards import Card
from bot.ports import UnitOfWork

HEADER = "Idempotency-Key"
LONGEST = 255

_QUOTED = re.compile(r'"((?:[\x20-\x21\x23-\x5b\x5d-\x7e]|\\["\\])*)"')
_BARE = re.compile(r"[\x21\x23-\x7e]+")


@dataclass(frozen=True, slots=True)
class Answer:
    """What is answered: `body` is plain JSON; or `file`, which is sent."""

    status: int
    body: Any
    headers: dict[str, str]
    file: Path | None = None


@dataclass(frozen=True, slots=True)
class Repeatable:
    """A request that may come again: `name` is the desk's for it, `digest` tells it from another one."""

    name: str
    digest: str

    def answered(self, work: UnitOfWork) -> Answer | None:
        """What was answered before. Raises Problem where that was to another request."""
        known = work.memory.answer_to(self.name)
        if known is None:
            return None
        if known.data["digest"] != self.digest:
            raise Problem(
                422,
                "idempotency_key_reused",
                f"That {HEADER} was used for another request.",
                "Make a new one for each thing that is to be done.",
            )
        told = known.data
        return Answer(told["status"], told["body"], {**told["headers"], "Idempotency-Replayed": "true"})

    def remember(self, work: UnitOfWork, answer: Answer, now: datetime) -> None:
        """In the commit of the deed. Raises Conflict where another replica was quicker."""
        data = {"digest": self.digest, "status": answer.status, "body": answer.body, "headers": answer.headers}
        work.memory.remember(self.name, Card(data=data), now)


def repeatable(header: str | None, key: str, method: str, path: str, body: bytes) -> Repeatable | None:
    """None without such a header. It is a string in quotes (RFC 9651), or the same without them, as many send it.
    Raises Problem."""
    if header is None:
        return None
    text = header.strip()
    if not (_QUOTED.fullmatch(text) or _BARE.fullmatch(text)) or not 1 <= len(text.strip('"')) <= LONGEST:
        raise Problem(
            400,
            "bad_idempotency_key",
            f"The {HEADER} cannot be read.",
            f'It is up to {LONGEST} printable characters: "8e03978e-40d5-43dd-bc93-6894a57f9324"',
        )
    name = hashlib.sha256(f"{key}\0{text.strip(chr(34))}".encode()).hexdigest()
    digest = hashlib.sha256(f"{method}\0{path}\0".encode() + body).hexdigest()
    return Repeatable(f"api:{name}", digest)


def under_way() -> Problem:
    return Problem(
        409,
        "under_way",
        "The same request is under way.",
        "Ask again in a moment.",
        {"Retry-After": "1"},
    )
