"""What is held until the commit is waited for in one order, so that two transactions never wait for each other.

First the right to start a page of a customer, then customers, tickets and pages; each kind by its keys. Whoever comes
to one out of that order takes it if nobody has it. Otherwise the transaction is undone and run again, and takes all
that it turned out to need at its beginning. A server that finds two waiting for each other lets them wait a second
before it throws one out. Where the writer is alone, as on SQLite, there is nothing to hold.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from enum import IntEnum
from itertools import groupby
from typing import Any

from sqlalchemy import BindParameter, Connection, Select, bindparam, func, select

from storage.oncall_tables import pages
from storage.tables import customers, tickets


class Held(IntEnum):
    """What may be held, in the order in which it is waited for."""

    PAGING = 0
    CUSTOMER = 1
    TICKET = 2
    PAGE = 3


Turn = tuple[Held, Any]
"""A kind and the key of one of it: a customer's short name, or the number of a ticket or page."""


class OutOfTurn(BaseException):
    """Somebody else has what is needed, and waiting for it now could be waiting for each other. `turns` is all that the
    transaction needs, as far as it came. No Exception: nobody on its way may take it for a trouble and go on."""

    def __init__(self, turns: Collection[Turn]) -> None:
        super().__init__(f"out of turn: {sorted(turns)}")
        self.turns = frozenset(turns)


_KEYS: BindParameter[Any] = bindparam("keys", expanding=True)
_CUSTOMERS = select(customers.c.id).where(customers.c.id.in_(_KEYS)).order_by(customers.c.id)
_TICKETS = select(tickets.c.number).where(tickets.c.number.in_(_KEYS)).order_by(tickets.c.number)
_PAGES = select(pages.c.id).where(pages.c.id.in_(_KEYS)).order_by(pages.c.id)
_PAGING: BindParameter[str] = bindparam("key")
# Waiting, and taking what is free: either answers with the keys that it holds from then on.
_WAITING: Mapping[Held, Select[Any]] = {
    Held.CUSTOMER: _CUSTOMERS.with_for_update(),
    Held.TICKET: _TICKETS.with_for_update(key_share=True),
    Held.PAGE: _PAGES.with_for_update(key_share=True),
}
_FREE: Mapping[Held, Select[Any]] = {
    Held.CUSTOMER: _CUSTOMERS.with_for_update(skip_locked=True),
    Held.TICKET: _TICKETS.with_for_update(key_share=True, skip_locked=True),
    Held.PAGE: _PAGES.with_for_update(key_share=True, skip_locked=True),
}
_WAIT_FOR_PAGING = select(func.pg_advisory_xact_lock(func.hashtext(_PAGING)))
_PAGING_IF_FREE = select(func.pg_try_advisory_xact_lock(func.hashtext(_PAGING)))


class Turns:
    """Of one transaction. `wanted` is what an earlier try of it turned out to need. Where it is not `strict`, it waits
    in any order, and the server has to find out."""

    def __init__(self, connection: Connection, wanted: Collection[Turn] = (), *, strict: bool = True) -> None:
        self._connection = connection
        self._strict = strict
        self._held: set[Turn] = set()
        for kind, turns in groupby(sorted(wanted), key=lambda turn: turn[0]):
            self.take(kind, *(key for _, key in turns))

    def take(self, kind: Held, *keys: Any) -> None:
        """Hold them, or raise OutOfTurn. What does not exist is nobody's."""
        new = {(kind, key) for key in keys} - self._held
        if not new:
            return
        wanted = sorted(key for _, key in new)
        if not self._strict or not self._held or min(new) > max(self._held):
            self._wait(kind, wanted)
        elif not self._if_free(kind, wanted):
            raise OutOfTurn(self._held | new)
        self._held |= new

    def has(self, kind: Held, *keys: Any) -> None:
        """They were taken in another way, without waiting."""
        self._held.update((kind, key) for key in keys)

    def _wait(self, kind: Held, keys: list[Any]) -> None:
        if kind is not Held.PAGING:
            self._connection.execute(_WAITING[kind], {"keys": keys})
            return
        for key in keys:
            self._connection.execute(_WAIT_FOR_PAGING, {"key": f"page:{key}"})

    def _if_free(self, kind: Held, keys: list[Any]) -> bool:
        if kind is not Held.PAGING:
            return len(self._connection.execute(_FREE[kind], {"keys": keys}).all()) == len(keys)
        return all(self._connection.execute(_PAGING_IF_FREE, {"key": f"page:{key}"}).scalar() for key in keys)
