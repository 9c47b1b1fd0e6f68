"""Customers in the database, with the terms that they can be found by."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from difflib import get_close_matches
from itertools import chain
from typing import Any

from sqlalchemy import Executable, Select, and_, bindparam, delete, func, insert, or_, select
from sqlalchemy.dialects import postgresql, sqlite

from bot.domain.customers import Customer, Subscription
from bot.domain.errors import BadValue, Conflict, NotFound
from storage.search import beginning, fold, words
from storage.tables import customer_terms, customers, tickets
from storage.ticket_lists import IS_OPEN
from storage.transaction import AlreadyThere, Transaction
from storage.turns import Held
from storage.values import dump_words, dumps, load_words, loads

_c = customers.c
_terms = customer_terms.c

_GET = select(customers).where(_c.id == bindparam("id"))
_AFTER = select(customers).where(_c.id > bindparam("after")).order_by(_c.id).limit(bindparam("most"))
_TERMS = select(_terms.kind, _terms.term).where(_terms.customer == bindparam("customer"))
_HOLDER = select(_terms.customer).where(_terms.kind == bindparam("kind"), _terms.term == bindparam("term"))
_HOLDERS = _HOLDER.order_by(_terms.customer).limit(bindparam("most"))
_NAMED = (
    select(customers)
    .join(customer_terms, _terms.customer == _c.id)
    .where(
        or_(*(_terms.kind == kind for kind in ("id", "name", "address", "domain"))), _terms.term == bindparam("term")
    )
    .distinct()
    .limit(bindparam("most"))
)
_ADD_TERM = insert(customer_terms)
_DROP_TERM = delete(customer_terms).where(
    _terms.customer == bindparam("of_customer"),
    _terms.kind == bindparam("of_kind"),
    _terms.term == bindparam("of_term"),
)
_OPEN_TICKETS = select(func.count()).select_from(tickets).where(tickets.c.customer == bindparam("customer"), IS_OPEN)

_CHUNK = 500
_MANY = 5
# How many names are compared for "did you mean": enough for a typing mistake, and quick with any number of customers.
_NEAR = 2000


def _customer_upsert(insert_into: Any) -> Executable:
    statement = insert_into(customers)
    columns = {column.name: statement.excluded[column.name] for column in _c if column.name != "id"}
    upsert: Executable = statement.on_conflict_do_update(index_elements=["id"], set_=columns)
    return upsert


_SAVE: Mapping[str, Executable] = {
    "sqlite": _customer_upsert(sqlite.insert),
    "postgresql": _customer_upsert(postgresql.insert),
}


class SqlCustomers:
    """The port `Customers`."""

    def __init__(self, transaction: Transaction) -> None:
        self._transaction = transaction
        # Who was asked for before in this transaction: nobody else can have changed them since.
        self._known: dict[str, Customer] = {}

    def get(self, id: str) -> Customer:
        """The customer; inside a write its row is locked, so that credits are never spent twice."""
        known = self._known.get(id)
        if known is None:
            self._transaction.take(Held.CUSTOMER, id)
            known = self._known[id] = self._read(id)
        return known

    def look(self, id: str) -> Customer:
        """The customer as the database or this transaction has it, whoever holds its row: whoever is paged for must not
        wait for somebody who opens a ticket."""
        return self._known.get(id) or self._read(id)

    def _read(self, id: str) -> Customer:
        found = self._transaction.rows(_GET, {"id": id})
        return _customer_from_row(found[0]) if found else self._unknown(id)

    def find(self, text: str) -> Customer:
        wanted = fold(text.strip())
        named = {"term": wanted, "most": 6}
        found = [_customer_from_row(row) for row in self._transaction.rows(_NAMED, named)] if wanted else []
        by_id = [one for one in found if fold(one.id) == wanted]
        found = by_id or found or (self._customers(_beginning_so(wanted, 6)) if wanted else [])
        if len(found) > 1:
            names = " or ".join(one.id for one in found[:5])
            raise BadValue(f"“{text}” could be {names}.", "Give the short name of the customer.")
        if found and not self._transaction.locks_rows:
            self._known.setdefault(found[0].id, found[0])
        return self.get(found[0].id) if found else self._unknown(text)

    def of_address(self, address: str) -> Customer | None:
        wanted = address.strip().lower()
        domain = wanted.rpartition("@")[2]
        for kind, term in (("address", wanted), ("domain", domain)):
            holder = self._transaction.ask(_HOLDER, {"kind": kind, "term": term}).scalar()
            if holder is not None:
                return self.get(holder)
        return None

    def of_phone(self, number: str) -> Sequence[Customer]:
        found = self._transaction.ask(_HOLDERS, {"kind": "phone", "term": number, "most": _MANY}).scalars()
        return [self.get(id) for id in found]

    def search(self, text: str, limit: int = 20) -> Sequence[Customer]:
        """Customers of whom every word of the text begins some word; an empty text lists the first ones."""
        found = words(text)
        if not found and text.strip():
            return []
        statement = select(customers).where(and_(True, *(_c.id.in_(_worded(word)) for word in found)))
        return self._customers(statement.order_by(_c.id).limit(limit))

    def all(self, after: str = "") -> Iterable[Customer]:
        """Everybody by id, read in chunks."""
        while rows := self._transaction.ask(_AFTER, {"after": after, "most": _CHUNK}).all():
            yield from map(_customer_from_row, rows)
            after = rows[-1].id

    def save(self, customer: Customer) -> None:
        """Add or replace, subscriptions included. Raises Conflict when an address or domain is somebody else's."""
        wanted = set(_terms_of(customer))
        self._known.pop(customer.id, None)
        self._must_be_free(customer, wanted)
        before = {(row.kind, row.term) for row in self._transaction.ask(_TERMS, {"customer": customer.id})}
        gone = [{"of_customer": customer.id, "of_kind": k, "of_term": t} for k, t in sorted(before - wanted)]
        new = [{"customer": customer.id, "kind": k, "term": t} for k, t in sorted(wanted - before)]
        self._transaction.write(_SAVE[self._transaction.dialect], _customer_to_row(customer))
        if gone:
            self._transaction.write(_DROP_TERM, gone)
        if new:
            try:
                self._transaction.write_rows(_ADD_TERM, new)
            except AlreadyThere as error:
                raise Conflict(
                    "One of these addresses was given to another customer just now.", "Try again."
                ) from error

    def open_tickets(self, id: str) -> int:
        self._transaction.flush()
        return int(self._transaction.rows(_OPEN_TICKETS, {"customer": id})[0][0])

    def _must_be_free(self, customer: Customer, wanted: Iterable[tuple[str, str]]) -> None:
        for kind, term in wanted:
            if kind in ("address", "domain"):
                holder = self._transaction.ask(_HOLDER, {"kind": kind, "term": term}).scalar()
                if holder is not None and holder != customer.id:
                    raise Conflict(f"The {kind} {term} belongs to the customer {holder}.", f"/customer show {holder}")

    def _customers(self, statement: Executable, values: Mapping[str, Any] | None = None) -> list[Customer]:
        return [_customer_from_row(row) for row in self._transaction.ask(statement, values)]

    def _unknown(self, text: str) -> Customer:
        wanted = fold(text.strip())
        near: dict[str, None] = {}
        if wanted:
            rows = self._transaction.ask(_names_like(wanted)).all()
            names = {row.term: row.customer for row in rows}
            near = dict.fromkeys(names[name] for name in get_close_matches(wanted, names, n=3))
        hint = f"Did you mean {' or '.join(near)}?" if near else "/customer find shows who there is."
        raise NotFound(f"There is no customer “{text}”.", hint)


def _worded(word: str) -> Select[str]:
    return select(_terms.customer).where(_terms.kind == "word", beginning(_terms.term, word))


def _beginning_so(wanted: str, most: int) -> Select[Any]:
    named = select(_terms.customer).where(_terms.kind.in_(["id", "name", "address"]), beginning(_terms.term, wanted))
    return select(customers).where(_c.id.in_(named)).order_by(_c.id).limit(most)


def _names_like(wanted: str) -> Select[Any]:
    """Ids, names and words of them that share the first letter: where a typing mistake seldom is."""
    return (
        select(_terms.term, _terms.customer)
        .where(_terms.kind.in_(["id", "name", "word"]), beginning(_terms.term, wanted[0]))
        .limit(_NEAR)
    )


def _terms_of(customer: Customer) -> Iterator[tuple[str, str]]:
    yield "id", fold(customer.id)
    yield "name", fold(customer.name)
    for address in customer.addresses:
        yield "address", address.lower()
    for domain in customer.domains:
        yield "domain", domain.lower()
    for number in customer.phones:
        yield "phone", number
    for text in chain((customer.id, customer.name), customer.addresses, customer.domains):
        for word in words(text):
            yield "word", word


def _customer_to_row(customer: Customer) -> dict[str, Any]:
    return {
        "id": customer.id,
        "name": customer.name,
        "addresses": dumps(list(customer.addresses)),
        "domains": dump_words(customer.domains),
        "zone": customer.zone,
        "installed_on": None if customer.installed_on is None else customer.installed_on.isoformat(),
        "phone_credits": customer.phone_credits,
        "partner": customer.partner,
        "subscriptions": dumps([_subscription_to_data(one) for one in customer.subscriptions]),
        "phones": dumps(list(customer.phones)),
    }


def _customer_from_row(row: Sequence[Any]) -> Customer:
    id_, name, addresses, domains, zone, installed_on, phone_credits, partner, subscriptions, phones = row
    return Customer(
        id_,
        name,
        tuple(loads(addresses)),
        load_words(domains),
        zone,
        None if installed_on is None else date.fromisoformat(installed_on),
        phone_credits,
        partner,
        tuple(_subscription_from_data(data) for data in loads(subscriptions)),
        tuple(loads(phones)),
    )


def _subscription_to_data(one: Subscription) -> list[Any]:
    return [one.product, one.level, one.start.isoformat(), one.end.isoformat(), one.phone_option]


def _subscription_from_data(data: Sequence[Any]) -> Subscription:
    product, level, start, end, phone_option = data
    return Subscription(product, level, date.fromisoformat(start), date.fromisoformat(end), phone_option)
