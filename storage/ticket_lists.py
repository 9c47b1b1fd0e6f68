"""Which tickets a filter means, as SQL: conditions and orders, and nothing that reads a row."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from sqlalchemy import ColumnElement, Select, and_, false, func, literal_column, or_, select

from bot.domain.ticket import OPEN_STATES, State
from bot.ports import TicketFilter
from storage.search import beginning, tickets_with, words
from storage.tables import customer_terms, ticket_tags, tickets
from storage.values import epoch

_t = tickets.c

# Written out, not bound: only so do the databases see that the index of open tickets will do.
IS_OPEN: ColumnElement[bool] = _t.state != literal_column(f"'{State.CLOSED.value}'")


def conditions(wanted: TicketFilter, dialect: str, nobodys: Collection[str] = ()) -> Iterator[ColumnElement[bool]]:
    """What a ticket must fulfil, all of it. `nobodys` are the words (folded) that stand in no customer's name."""
    if wanted.states == OPEN_STATES and (wanted.unclaimed or wanted.owner is not None):
        yield IS_OPEN
    elif wanted.states:
        yield _t.state.in_(sorted(state.value for state in wanted.states))
    if wanted.unclaimed:
        yield _t.owner.is_(None)
    equal = {_t.owner: wanted.owner, _t.customer: wanted.customer, _t.level: wanted.level}
    equal |= {_t.category: wanted.category, _t.priority: wanted.priority and wanted.priority.value}
    for column, value in equal.items():
        if value is not None:
            yield column == value
    if wanted.tag is not None:
        yield _t.number.in_(select(ticket_tags.c.ticket).where(ticket_tags.c.tag == wanted.tag))
    if wanted.due_from is not None:
        yield _t.due >= epoch(wanted.due_from)
    if wanted.due_before is not None:
        yield _t.due < epoch(wanted.due_before)
    if wanted.opened_from is not None:
        yield _t.opened_at >= epoch(wanted.opened_from)
    if wanted.opened_until is not None:
        yield _t.opened_at < epoch(wanted.opened_until)
    if wanted.changed_from is not None:
        yield _t.changed_at >= epoch(wanted.changed_from)
    if wanted.after is not None:
        at, number = wanted.after
        yield _t.changed_at >= epoch(at)
        yield or_(_t.changed_at > epoch(at), _t.number > number)
    if wanted.below is not None:
        yield _t.number < wanted.below
    if wanted.text.strip():
        yield with_words(wanted.text, dialect, subject_only=wanted.in_subject, nobodys=nobodys)


def with_words(
    text: str, dialect: str, *, subject_only: bool = False, nobodys: Collection[str] = ()
) -> ColumnElement[bool]:
    """Every word must begin a word of the ticket or of its customer; a text without any word finds nothing."""
    found = words(text)
    if not found:
        return false()
    return and_(*(_with_word(word, dialect, subject_only, word in nobodys) for word in found))


def _with_word(word: str, dialect: str, subject_only: bool, nobodys: bool) -> ColumnElement[bool]:
    written = _t.number.in_(tickets_with(dialect, word, subject_only))
    # Without a customer to look for, an index by due time answers alone, and no ticket is read that does not fit.
    return written if nobodys else or_(written, _t.customer.in_(customers_named(word)))


def customers_named(word: str) -> Select[str]:
    """The ids of the customers in whose names some word begins like this one (already folded)."""
    found = and_(customer_terms.c.kind == "word", beginning(customer_terms.c.term, word))
    return select(customer_terms.c.customer).where(found)


def listed(wanted: TicketFilter, dialect: str, nobodys: Collection[str] = ()) -> Select[tuple[object, ...]]:
    """The tickets of a filter in its order: earliest due first (those without a due time last), newest first, or in the
    order of their last changes."""
    found = select(tickets).where(*conditions(wanted, dialect, nobodys))
    if wanted.order == "newest":
        found = found.order_by(_t.number.desc())
    elif wanted.order == "changed":
        found = found.order_by(_t.changed_at, _t.number)
    else:
        # Said in this way, too, it needs no sorting of all that is open: the index by due time has it in order.
        still_open = (IS_OPEN,) if wanted.states == OPEN_STATES else ()
        found = found.where(*still_open).order_by(_t.due, _t.number)
    return found.limit(wanted.limit).offset(wanted.offset)


def counted(wanted: TicketFilter, dialect: str) -> Select[int]:
    return select(func.count()).select_from(tickets).where(*conditions(wanted, dialect))
