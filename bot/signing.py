"""Marks that only this desk can make: a secret of its own, kept in its database, signs what it gives out."""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets
from dataclasses import dataclass
from enum import Enum

from bot.ports import UnitOfWork

FACT = "desk secret"
_LETTERS = 20
"""Of a mark, in base 32: 100 bits."""
_ALPHABET = "abcdefghijklmnopqrstuvwxyz234567"

_PLUS = re.compile(
    r"^(?P<box>[^@+]+)\+(?P<side>[tp])(?P<ticket>\d{1,18})\.(?P<mark>[a-z2-7]{20})@(?P<domain>[^@]+)$", re.IGNORECASE
)
_MESSAGE = re.compile(
    r"^<[\w-]{1,64}\.(?P<side>[tp])(?P<ticket>\d{1,18})\.(?P<mark>[a-z2-7]{20})@[^@<>\s]+>$", re.IGNORECASE
)


class Side(Enum):
    """To whom a letter about a ticket goes, and so whose words an answer to it are: the customer's, or those of the
    partner whom the ticket was handed to. The value is the letter before the ticket's number."""

    CUSTOMER = "t"
    PARTNER = "p"

    @property
    def purpose(self) -> str:
        return "reply" if self is Side.CUSTOMER else "partner's reply"


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

    def reply_address(self, address: str, ticket: int, side: Side = Side.CUSTOMER) -> str:
        """support@example.com → support+t42.MARK@example.com: what is sent there belongs to the ticket."""
        box, _, domain = address.partition("@")
        return f"{box}+{self._marked(ticket, side)}@{domain}"

    def message_id(self, unique: str, ticket: int | None, domain: str, side: Side = Side.CUSTOMER) -> str:
        """A Message-ID; one about a ticket says which, so that an answer to it finds its way."""
        if ticket is None:
            return f"<{unique}@{domain}>"
        return f"<{unique}.{self._marked(ticket, side)}@{domain}>"

    def ticket_of(self, text: str) -> int | None:
        """The ticket that an address or a Message-ID of ours belongs to; None where it is not ours."""
        found = self.side_of(text)
        return None if found is None else found[0]

    def side_of(self, text: str) -> tuple[int, Side] | None:
        """The same, and to whom it was given."""
        found = _PLUS.match(text) or _MESSAGE.match(text)
        if found is None:
            return None
        number, side = int(found["ticket"]), Side(found["side"].lower())
        return (number, side) if self.holds(found["mark"], side.purpose, number) else None

    def _marked(self, ticket: int, side: Side) -> str:
        return f"{side.value}{ticket}.{self.mark(side.purpose, ticket)}"


def signer_of(work: UnitOfWork) -> Signer:
    """The desk's own. In a writing transaction the first time, for that makes the secret."""
    kept = work.memory.fact(FACT) or work.memory.first_fact(FACT, secrets.token_hex(32))
    return Signer(bytes.fromhex(kept))


def digest_of(secret: str) -> str:
    """What is kept of a secret that was given out; it is random and long, so a quick hash will do."""
    return hashlib.sha256(secret.encode()).hexdigest()
