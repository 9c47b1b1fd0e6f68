"""Whom the desk knows: customers, its own people, and whoever is speaking."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Protocol

from bot.domain.attachments import Attachment
from bot.domain.customers import Customer
from bot.domain.people import Staff


class Customers(Protocol):
    """Who is owed support."""

    def get(self, id: str) -> Customer:
        """In order to change it. Raises NotFound, with the nearest names as a hint."""

    def look(self, id: str) -> Customer:
        """In order to read it alone: nobody is waited for. Raises NotFound."""

    def find(self, text: str) -> Customer:
        """By id, name, address or a unique beginning of either. Raises NotFound (did you mean) or BadValue."""

    def of_address(self, address: str) -> Customer | None:
        """By exact mail address, then by domain."""

    def of_phone(self, number: str) -> Sequence[Customer]:
        """Those whose number that is, a few at the most: an office may answer for more than one. A hint alone, as
        anybody can send any number."""

    def search(self, text: str, limit: int = 20) -> Sequence[Customer]: ...

    def all(self, after: str = "") -> Iterable[Customer]:
        """By id, those that come after one."""

    def save(self, customer: Customer) -> None:
        """Add or replace, subscriptions included. Raises Conflict when an address belongs to somebody else."""

    def open_tickets(self, id: str) -> int: ...


class People(Protocol):
    """The people of the desk."""

    def get(self, id: str) -> Staff:
        """Raises NotFound, with the nearest names as a hint."""

    def find(self, text: str) -> Staff:
        """By id, name or a unique beginning. Raises NotFound or BadValue."""

    def of_account(self, platform: str, account: str) -> Staff | None: ...

    def all(self) -> Sequence[Staff]: ...

    def save(self, staff: Staff) -> None: ...


@dataclass(frozen=True, slots=True)
class Speaker:
    """Who is speaking, as an adapter knows it. `place` is where ("#desk", "@ann"); `ticket` the thread's, if any.
    `message` is the platform's name of the message in which they speak, when others can read it there: no thread on
    that platform needs to be told of it again. `files` came with their words; `at_cards` where
    the tickets' cards are shown, so that nobody need be shown one twice. `person` is the short name of somebody whom
    the way in itself proves (the secret in a call's address), where no account does."""

    platform: str
    account: str
    name: str = ""
    place: str = "#desk"
    ticket: int | None = None
    zone: str = ""
    message: str = ""
    files: tuple[Attachment, ...] = ()
    at_cards: bool = False
    person: str = ""
