"""The unit of work: everything one command may touch, over one transaction."""

from __future__ import annotations

from bot.domain.sla import Promises
from bot.ports import WallClock
from storage.access import SqlKeys, SqlPasses
from storage.calls import SqlCalls
from storage.contacts import SqlContacts
from storage.customers import SqlCustomers
from storage.files import SqlFiles
from storage.mails import SqlMails
from storage.memory import SqlMemory
from storage.outbox import SqlOutbox
from storage.outbox_posting import Routes
from storage.pages import SqlPages
from storage.partners import SqlPartners, SqlReminders
from storage.people import SqlPeople
from storage.promises import PromisesCache
from storage.rota import PlanCache, SqlRotaBook
from storage.tickets import SqlTickets
from storage.transaction import Transaction


class SqlUnitOfWork:
    """The port `UnitOfWork`."""

    def __init__(
        self,
        transaction: Transaction,
        routes: Routes,
        promises: PromisesCache,
        plans: PlanCache,
        clock: WallClock,
    ) -> None:
        self._cache = promises
        self._promises: Promises | None = None
        # Tickets first: parcels refer to them, so they are written before.
        self.tickets = SqlTickets(transaction)
        self.outbox = SqlOutbox(transaction, routes, clock)
        self.files = SqlFiles(transaction)
        self.customers = SqlCustomers(transaction)
        self.people = SqlPeople(transaction)
        self.memory = SqlMemory(transaction)
        self.rota = SqlRotaBook(transaction, plans)
        self.pages = SqlPages(transaction)
        self.contacts = SqlContacts(transaction)
        self.calls = SqlCalls(transaction)
        self.mails = SqlMails(transaction)
        self.keys = SqlKeys(transaction)
        self.passes = SqlPasses(transaction)
        self.partners = SqlPartners(transaction)
        self.reminders = SqlReminders(transaction)

    @property
    def promises(self) -> Promises:
        """The stored policy and holidays, ready to be asked. Raises RuntimeError as long as no policy is stored."""
        if self._promises is None or self.memory.changed:
            self._promises = self._cache.of(self.memory)
        return self._promises
