"""Contact methods: how a person is reached, in which order and after what delay, and which of them count."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

CALL = "call"
TEXT = "text"
EMAIL = "email"
SERVICE = "service"
"""A service of the apprise library, by its URL. A chat platform's direct message is a kind by the platform's name."""

PHONE_KINDS = frozenset({CALL, TEXT})


@dataclass(frozen=True, slots=True)
class Contact:
    """One way to a person. It counts once it is verified: a code that was sent there came back. Chat accounts that
    the people list knows count without. `refused` says why it may not be used (a STOP by text). `language` ("en",
    "fr") and `voice` are those of its calls."""

    id: int
    person: str
    kind: str
    address: str
    verified_at: datetime | None = None
    tested_at: datetime | None = None
    test_passed: bool | None = None
    refused: str = ""
    language: str = "en"
    voice: str = ""
    code: str = ""
    code_until: datetime | None = None
    tries: int = 0

    @property
    def usable(self) -> bool:
        return self.verified_at is not None and not self.refused

    @property
    def covers(self) -> bool:
        """Whether it makes its person count as cover: a verified phone whose last test was not missed."""
        return self.kind == CALL and self.usable and self.test_passed is not False


@dataclass(frozen=True, slots=True)
class Reach:
    """One line of a person's plan: try this kind of contact so many seconds after the page reached the person. Every
    usable contact of the kind is tried."""

    kind: str
    seconds: int


CHAT = "chat"
"""In a plan: every chat account that the person has."""

DEFAULT_PLAN: Sequence[Reach] = (Reach(CHAT, 0), Reach(TEXT, 60), Reach(CALL, 120), Reach(CALL, 240))
IMPORTANT_PLAN: Sequence[Reach] = (
    Reach(CHAT, 0),
    Reach(CALL, 0),
    Reach(TEXT, 30),
    Reach(EMAIL, 30),
    Reach(SERVICE, 30),
    Reach(CALL, 90),
)
"""What is used for people who have not said anything else: `important` is for Level III and the worst cases."""
