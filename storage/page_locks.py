"""In which order a page's rows are held on PostgreSQL: its tickets, then the page, then its attempts.

Commands hold the ticket that they were told, and come to its pages from there. Whoever comes to a page first, as what
is due and what a provider tells do, takes its tickets before it, too: otherwise each would wait for what the other
holds, and the server would let them wait a second before it throws one of them out.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping

from sqlalchemy import bindparam, select

from storage.oncall_tables import pages
from storage.tables import tickets
from storage.transaction import Transaction
from storage.turns import Held
from storage.values import loads

_ABOUT = select(pages.c.id, pages.c.ticket, pages.c.tickets).where(
    pages.c.id.in_(bindparam("of_pages", expanding=True)), pages.c.ticket.is_not(None)
)
_THEM = (
    select(tickets.c.number)
    .where(tickets.c.number.in_(bindparam("numbers", expanding=True)))
    .order_by(tickets.c.number)
)
_HOLD_FREE = _THEM.with_for_update(skip_locked=True, key_share=True)


class TicketsFirst:
    """Of one transaction: the pages whose tickets it holds. Where the writer is alone there is nothing to hold."""

    def __init__(self, transaction: Transaction) -> None:
        self._transaction = transaction
        self._held: set[int] = set()

    def hold(self, *some: int) -> None:
        """Take the tickets of those pages, then the pages, and wait for whoever has them."""
        wanted = set(some) - self._held
        if not wanted or not self._transaction.locks_rows:
            return
        if numbers := set().union(*self._about(wanted).values()):
            self._transaction.take(Held.TICKET, *numbers)
        self._transaction.take(Held.PAGE, *wanted)
        self._held |= wanted

    def hold_free(self, some: Collection[int]) -> set[int]:
        """Take the tickets of those pages, and wait for nobody: whoever never waits may hold the pages already. Returns
        the pages all of whose tickets are held."""
        if not self._transaction.locks_rows:
            return set(some)
        self._transaction.has(Held.PAGE, *some)
        about = self._about(set(some) - self._held)
        numbers: set[int] = set().union(*about.values())
        got = set(self._transaction.query(_HOLD_FREE, {"numbers": sorted(numbers)}).scalars()) if numbers else set()
        self._transaction.has(Held.TICKET, *got)
        self._held |= {page for page in some if about.get(page, set()) <= got}
        return self._held.intersection(some)

    def _about(self, some: Collection[int]) -> Mapping[int, set[int]]:
        """The tickets of each of the pages that are about any."""
        rows = self._transaction.ask(_ABOUT, {"of_pages": sorted(some)}).all() if some else []
        return {row.id: {row.ticket, *loads(row.tickets)} for row in rows}
