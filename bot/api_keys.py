"""Keys to the HTTP API as people and programs hold them: tl_ID_SECRET, of which the desk keeps the id and a digest."""

from __future__ import annotations

import re
import secrets
from dataclasses import dataclass, field

SCOPES = {
    "tickets:read": "Read tickets and their files, and search for them",
    "tickets:write": "Open tickets, add messages and files, close, rate",
    "customers:read": "See what a customer is owed",
}
"""What a key may let its holder do, with what that is."""

_LETTERS = "abcdefghijkmnpqrstuvwxyz23456789"
_TOKEN = re.compile(r"tl_([a-z0-9]{10})_([A-Za-z0-9_-]{43})")


@dataclass(frozen=True, slots=True)
class Token:
    """A key in full. `id` may be shown; the secret is seen once, by whoever made it."""

    id: str
    secret: str = field(repr=False)

    @property
    def text(self) -> str:
        return f"tl_{self.id}_{self.secret}"


def new_token() -> Token:
    """A secret of 256 random bits."""
    return Token("".join(secrets.choice(_LETTERS) for _ in range(10)), secrets.token_urlsafe(32))


def token_from(text: str) -> Token | None:
    """None for what is no key."""
    found = _TOKEN.fullmatch(text)
    return None if found is None else Token(found[1], found[2])
