"""A transaction of the desk's, and the time at which it happens."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Protocol, TypeVar

from bot.domain.sla import Promises
from bot.ports.files import Files
from bot.ports.intake import Keys, Mails, Partners, Passes, Reminders
from bot.ports.memory import Memory
from bot.ports.oncall import Calls, Contacts, Pages, RotaBook
from bot.ports.outbox import Outbox
from bot.ports.people import Customers, People
from bot.ports.tickets import Tickets

T = TypeVar("T")


class WallClock(Protocol):
    """Where `now` comes from: aware UTC, whole seconds. Tests and the demo move it by hand."""

    def now(self) -> datetime: ...


class UnitOfWork(Protocol):
    """One transaction: committed whole when the function that got it returns, undone if it raises."""

    @property
    def tickets(self) -> Tickets: ...
    @property
    def customers(self) -> Customers: ...
    @property
    def people(self) -> People: ...
    @property
    def outbox(self) -> Outbox: ...
    @property
    def files(self) -> Files: ...
    @property
    def memory(self) -> Memory: ...
    @property
    def rota(self) -> RotaBook: ...
    @property
    def pages(self) -> Pages: ...
    @property
    def contacts(self) -> Contacts: ...
    @property
    def calls(self) -> Calls: ...
    @property
    def mails(self) -> Mails: ...
    @property
    def keys(self) -> Keys: ...
    @property
    def passes(self) -> Passes: ...
    @property
    def partners(self) -> Partners: ...
    @property
    def reminders(self) -> Reminders: ...
    @property
    def promises(self) -> Promises: ...


class Database(Protocol):
    """Runs whole transactions. Thread-safe; blocks the calling thread."""

    def write(self, deed: Callable[[UnitOfWork], T]) -> T:
        """Run it in a transaction of its own; return once the commit is durable. Raises what it raised."""

    def read(self, deed: Callable[[UnitOfWork], T]) -> T:
        """Run it on a snapshot; it must not write."""
