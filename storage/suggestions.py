"""Completion of ticket numbers and subjects: a few small indexed questions instead of one large one."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import closing

from sqlalchemy import ColumnElement, bindparam, select

from bot.domain.ticket import State, Ticket
from storage.search import fold, newest_with_subject, words
from storage.tables import tickets
from storage.ticket_lists import IS_OPEN, customers_named, with_words
from storage.ticket_rows import ticket_from_row
from storage.transaction import Transaction

_t = tickets.c

# As an expression: the index by state would find, and then sort, every closed ticket there ever was.
_IS_CLOSED = (_t.state + "") == State.CLOSED.value
_MOST_DIGITS = 12
LATELY = 2_000
"""Open tickets that are looked through before the index is asked. A word of which there are many is found here, and
the index is quick with one of which there are few: either alone would be slow with the other."""

_BETWEEN = _t.number.between(bindparam("low"), bindparam("high"))
_NUMBERED = select(tickets).where(_BETWEEN).order_by(_t.number).limit(bindparam("most"))
_NUMBERED_OPEN = _NUMBERED.where(IS_OPEN)
_NUMBERED_CLOSED = _NUMBERED.where(_IS_CLOSED)
_LATELY = select(_t.number, _t.subject, _t.customer).where(IS_OPEN).order_by(_t.number.desc()).limit(LATELY)
_THESE = select(tickets).where(_t.number.in_(bindparam("numbers", expanding=True))).order_by(_t.number.desc())
_NEWEST_OPEN = select(tickets).where(IS_OPEN).order_by(_t.number.desc()).limit(bindparam("most"))
_NEWEST = select(tickets).order_by(_t.number.desc()).limit(bindparam("most"))


def suggest(transaction: Transaction, prefix: str, limit: int) -> list[Ticket]:
    """Tickets whose number begins so, then those with such words in subject or customer; open ones first."""
    found: dict[int, Ticket] = {}
    transaction.before_search()
    for ticket in _candidates(transaction, prefix.strip(), limit):
        found.setdefault(ticket.number, ticket)
        if len(found) >= limit:
            break
    return sorted(found.values(), key=lambda ticket: ticket.closed)


def _candidates(transaction: Transaction, prefix: str, most: int) -> Iterator[Ticket]:
    if not prefix:
        # Where fewer are open than wanted, enough of the newest are closed.
        for newest in (_NEWEST_OPEN, _NEWEST):
            yield from map(ticket_from_row, transaction.ask(newest, {"most": most}).all())
        return
    digits = prefix.removeprefix("#")
    if digits.isascii() and digits.isdigit() and len(digits) <= _MOST_DIGITS:
        yield from _numbered(transaction, int(digits), most)
    if found := words(prefix):
        yield from _lately(transaction, dict.fromkeys(found, frozenset()), most)
        named = {word: frozenset(transaction.ask(customers_named(word)).scalars()) for word in found}
        for state in (IS_OPEN, _IS_CLOSED):
            in_subject = newest_with_subject(transaction.dialect, found).where(state).limit(most)
            yield from map(ticket_from_row, transaction.ask(in_subject).all())
            if state is IS_OPEN and any(named.values()):
                yield from _lately(transaction, named, most)
            yield from _worded(transaction, prefix, state, most)


def _lately(transaction: Transaction, named: Mapping[str, Collection[str]], most: int) -> list[Ticket]:
    """The newest open tickets in whose subject every word begins some word, or whose customer is one of those that it
    stands for; none where there are not as many as wanted among the latest."""
    here: list[int] = []
    with closing(transaction.ask(_LATELY)) as rows:
        for number, subject, customer in rows:
            if _says(subject, customer, named):
                here.append(number)
                if len(here) >= most:
                    return list(map(ticket_from_row, transaction.ask(_THESE, {"numbers": here}).all()))
    return []


def _says(subject: str, customer: str | None, named: Mapping[str, Collection[str]]) -> bool:
    folded = fold(subject)
    if any(word not in folded and customer not in theirs for word, theirs in named.items()):
        return False  # Most are none of those, and are told apart at once.
    spoken = words(subject)
    return all(customer in theirs or any(map(_begins(word), spoken)) for word, theirs in named.items())


def _begins(start: str) -> Callable[[str], bool]:
    return lambda word: word.startswith(start)


def _numbered(transaction: Transaction, start: int, most: int) -> Iterator[Ticket]:
    """#4 itself, whatever its state; then the open ones of 40-49, 400-499 and so on, and then the closed ones."""
    if start == 0:
        return
    last = transaction.ask(_NEWEST_NUMBER).scalar() or 0
    exact = {"low": start, "high": start, "most": 1}
    yield from map(ticket_from_row, transaction.ask(_NUMBERED, exact).all())
    for statement in (_NUMBERED_OPEN, _NUMBERED_CLOSED):
        low, width = start * 10, 10
        while low <= last:
            values = {"low": low, "high": low + width - 1, "most": most}
            yield from map(ticket_from_row, transaction.ask(statement, values).all())
            low, width = low * 10, width * 10


def _worded(transaction: Transaction, text: str, state: ColumnElement[bool], most: int) -> Iterator[Ticket]:
    worded = with_words(text, transaction.dialect, subject_only=True)
    found = select(tickets).where(worded, state).order_by(_t.number.desc()).limit(most)
    yield from map(ticket_from_row, transaction.ask(found).all())


_NEWEST_NUMBER = select(_t.number).order_by(_t.number.desc()).limit(1)
