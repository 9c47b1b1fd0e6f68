"""What a message is held against: who we are ourselves, and how much of anything is read."""

from __future__ import annotations

from dataclasses import dataclass

from bot.domain.attachments import MOST
from bot.domain.errors import Refusal


class Unreadable(Refusal):
    """Nothing of the message can be read: it is to be set aside, for a person to look at."""


@dataclass(frozen=True, slots=True)
class Own:
    """Who we are, for the loops that begin with us and the verdicts that we may believe.

    `addresses` are ours, mailboxes and sender, lower case. `trusted` are the names that our own mail servers sign their
    verdicts with (RFC 8601's authserv-id): one whole, or "*.example.net" for every host below that domain, as the large
    providers need. `loop` is what our letters carry as X-Loop.
    """

    addresses: frozenset[str] = frozenset()
    trusted: tuple[str, ...] = ()
    loop: str = ""

    def is_ours(self, address: str) -> bool:
        """Whether that address is ours, with a plus-mark or without."""
        name, _, domain = address.partition("@")
        return f"{name.partition('+')[0]}@{domain}" in self.addresses or address in self.addresses


@dataclass(frozen=True, slots=True)
class Limits:
    """How much of a message is read. `whole`, `headers` (of each part) and `file` are bytes, `text` characters, the
    others counts; `depth` is how many multiparts may lie within one another."""

    whole: int = 25 * 1024 * 1024
    headers: int = 256 * 1024
    parts: int = 100
    depth: int = 10
    files: int = MOST
    file: int = 25 * 1024 * 1024
    text: int = 100_000
