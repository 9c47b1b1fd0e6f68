"""Marks that only this desk can make: a secret of its own, kept in its database, signs what it gives out."""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets
from dataclasses import dataclass

from bot.ports import UnitOfWork

FACT = "desk secret"
_LETTERS = 20
"""Of a mark, in base 32: 100 bits."""
_ALPHABET = "abcdefghijklmnopqrstuvwxyz234567"

_PLUS = re.compile(r"^(?P<box>[^@+]+)\+t(?P<ticket>\d{1,18})\.(?P<mark>[a-z2-7]{20})@(?P<domain>[^@]+)$", re.IGNORECASE)
_MESSAGE = re.compile(r"^<[\w-]{1,64}\.t(?P<ticket>\d{1,18})\.(?P<mark>[a-z2-7]{20})@[^@<>\s]+>$", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Signer:
    """Signs and checks with the desk's secret. A mark of one purpose proves nothing for another."""

    secret: bytes

    def __repr__(self) -> str:
        return "Signer(…)"

    def mark(self, purpose: str, *parts: object) -> str:
        """Letters and digits of one case alone, as mail servers change cases."""
        told = "\0".join((purpose, *map(str, parts)))
        digest = hmac.new(self.secret, told.encode(), hashlib.sha256).digest()
        return "".join(_ALPHABET[byte & 31] for byte in digest[:_LETTERS])

    def holds(self, mark: str, purpose: str, *parts: object) -> bool:
        return hmac.compare_digest(mark.lower().encode(), self.mark(purpose, *parts).encode())

    @property
    def loop(self) -> str:
        """What our letters carry as X-Loop: one that comes back with it began here."""
        return self.mark("loop")

    def reply_address(self, address: str, ticket: int) -> str:
        """support@example.com → support+t42.MARK@example.com: what is sent there belongs to the ticket."""
        box, _, domain = address.partition("@")
        return f"{box}+t{ticket}.{self.mark('reply', ticket)}@{domain}"

    def message_id(self, unique: str, ticket: int | None, domain: str) -> str:
        """A Message-ID; one about a ticket says which, so that an answer to it finds its way."""
        if ticket is None:
            return f"<{unique}@{domain}>"
        return f"<{unique}.t{ticket}.{self.mark('reply', ticket)}@{domain}>"

    def ticket_of(self, text: str) -> int | None:
        """The ticket that an address or a Message-ID of ours belongs to; None where it is not ours."""
        found = _PLUS.match(text) or _MESSAGE.match(text)
        if found is None:
            return None
        number = int(found["ticket"])
        return number if self.holds(found["mark"], "reply", number) else None


def signer_of(work: UnitOfWork) -> Signer:
    """The desk's own. In a writing transaction the first time, for that makes the secret."""
    kept = work.memory.fact(FACT)
    if not isinstance(kept, str):
        kept = secrets.token_hex(32)
        work.memory.set_fact(FACT, kept)
    return Signer(bytes.fromhex(kept))


def digest_of(secret: str) -> str:
    """What is kept of a secret that was given out; it is random and long, so a quick hash will do."""
    return hashlib.sha256(secret.encode()).hexdigest()
