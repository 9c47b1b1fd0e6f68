"""Pages and attempts in the database.

Whoever reads a page or an attempt inside a write holds the page's row until the commit, and its tickets' before it: an
acknowledgement, a step of the chain and what a provider tells come one after the other. What comes due is taken past
the rows that others hold.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import Select, UpdateBase, and_, bindparam, exists, func, or_, select, text, union_all, update
from sqlalchemy.dialects import postgresql, sqlite

from bot.domain.contacts import CALL
from bot.domain.errors import NotFound
from bot.domain.escalation import Escalation
from bot.domain.paging import Attempt, AttemptState, Page, PageState, Trigger
from bot.oncall.data import escalation_from_data, escalation_to_data
from bot.ports.oncall import Unreadable
from storage.oncall_tables import attempts, page_tickets, pages
from storage.page_locks import TicketsFirst
from storage.shapes import INSTANT, INSTANT_OR_NONE, JSON, Shape, locked, word
from storage.transaction import Transaction
from storage.turns import Held
from storage.values import can_be, dumps, epoch, instant_or_none, loads

JUST_BEFORE = 600
"""Seconds after one page of a customer in which another one of theirs comes second."""
WAITS_SINCE = 3600
"""Seconds within which a call was planned that a free line is looked for."""

log = logging.getLogger(__name__)

_p, _a = pages.c, attempts.c


def _dump_chain(chain: Escalation) -> str:
    return dumps([chain.name, escalation_to_data(chain)])


def _load_chain(text: str) -> Escalation:
    return escalation_from_data(*loads(text))


_PAGE = Shape(
    Page,
    pages,
    {
        "trigger": word(Trigger),
        "chain": (_dump_chain, _load_chain),
        "started_at": INSTANT,
        "tickets": (dumps, lambda found: tuple(loads(found))),
        "deadline": INSTANT_OR_NONE,
        "state": word(PageState),
        "due": INSTANT_OR_NONE,
        "loud_at": INSTANT_OR_NONE,
        "acknowledged_at": INSTANT_OR_NONE,
        "ended_at": INSTANT_OR_NONE,
    },
)
_ATTEMPT = Shape(
    Attempt,
    attempts,
    {
        "planned_for": INSTANT,
        "state": word(AttemptState),
        "due": INSTANT_OR_NONE,
        "evidence": JSON,
        "submitted_at": INSTANT_OR_NONE,
        "answered_at": INSTANT_OR_NONE,
        "ended_at": INSTANT_OR_NONE,
    },
)

_CORRUPT = (ValueError, KeyError, TypeError, AttributeError, IndexError)

# Written out, as the indexes of what is live and open are.
_LIVE = text("pages.state <> 'resolved'")

_GET = _PAGE.select.where(_p.id == bindparam("id"))
_DUE = _PAGE.select.where(_p.due <= bindparam("now")).order_by(_p.due, _p.id).limit(bindparam("most"))
_OPEN_OF_CUSTOMER = _PAGE.select.where(_p.customer == bindparam("customer"), text("pages.state = 'open'")).order_by(
    _p.id
)
_OPEN_IDS_OF_CUSTOMER = _OPEN_OF_CUSTOMER.with_only_columns(_p.id)
_ABOUT = _PAGE.select.join(page_tickets, page_tickets.c.page == _p.id).where(
    page_tickets.c.ticket == bindparam("of_ticket")
)
_OF_TICKET = _ABOUT.order_by(page_tickets.c.page.desc())
_LIVE_OF_TICKET = _ABOUT.where(_LIVE).order_by(page_tickets.c.page)
_LIVE_IDS_OF_TICKET = _LIVE_OF_TICKET.with_only_columns(_p.id)
_ALL_LIVE = _PAGE.select.where(_LIVE).order_by(_p.started_at, _p.id).limit(bindparam("most"))
_BETWEEN = _PAGE.select.where(_p.started_at >= bindparam("since"), _p.started_at < bindparam("until")).order_by(
    _p.started_at, _p.id
)
_PUT_OFF = update(pages).where(_p.id == bindparam("of_id"), _p.due.is_not(None)).values(due=bindparam("later"))
_PUT_OFF_ATTEMPTS = (
    update(attempts).where(_a.page == bindparam("of_page"), _a.due < bindparam("later")).values(due=bindparam("later"))
)
_firsts = union_all(
    select(func.min(_p.due).label("due")).where(_p.due.is_not(None)),
    select(func.min(_a.due).label("due")).where(_a.due.is_not(None)),
).subquery()
_NEXT_DUE = select(func.min(_firsts.c.due))
_ABOUT_TICKETS: Mapping[str, UpdateBase] = {
    "sqlite": sqlite.insert(page_tickets).on_conflict_do_nothing(),
    "postgresql": postgresql.insert(page_tickets).on_conflict_do_nothing(),
}

# By the index of when pages started: with the 0 added SQLite does not walk along the numbers instead.
_former = pages.alias("former")
_SECOND = exists().where(
    _former.c.customer == _p.customer,
    _former.c.started_at.between(_p.started_at - JUST_BEFORE, _p.started_at),
    _former.c.id + 0 < _p.id,
)
_COMES_SECOND = select(_p.id).where(_p.id == bindparam("id"), _SECOND)
_NEXT_ON_THE_LINE = (
    select(_a.id)
    .join(pages, _p.id == _a.page)
    .where(
        _a.person == bindparam("of_person"),
        _a.planned_for.between(bindparam("since"), bindparam("now")),
        _a.address == bindparam("of_address"),
        _a.kind == CALL,
        _a.state == AttemptState.PLANNED.value,
        _a.due.is_not(None),
    )
    .order_by(_SECOND, _a.planned_for, _a.id)
    .limit(1)
)


def _line_is_free(following: Select[Any]) -> UpdateBase:
    """Due as it was at first, so before all that only looks now and then whether the line is free."""
    mine = _a.id == following.scalar_subquery()
    return update(attempts).where(mine, _a.state == AttemptState.PLANNED.value).values(due=_a.planned_for)


# Without its page in hand nobody may be waited for: one that somebody else holds looks for itself soon.
_LINE_IS_FREE: Mapping[str, UpdateBase] = {
    "sqlite": _line_is_free(_NEXT_ON_THE_LINE),
    "postgresql": _line_is_free(_NEXT_ON_THE_LINE.with_for_update(of=attempts, skip_locked=True)),
}

# An attempt is read with its page, so that both are locked, the page first.
_WITH_PAGE = _ATTEMPT.select.join(pages, _p.id == _a.page)
_ATTEMPT_BY_ID = _WITH_PAGE.where(_a.id == bindparam("id"))
_OF_STEP = and_(_a.round == bindparam("of_round"), _a.step == bindparam("of_step"))
_OF_PAGE = _ATTEMPT.select.where(_a.page == bindparam("of_page")).order_by(_a.id)
_OF_PAGE_NOW = _OF_PAGE.where(or_(_a.state.not_in([state.value for state in AttemptState if state.over]), _OF_STEP))
_ATTEMPTS_DUE = _WITH_PAGE.where(_a.due <= bindparam("now")).order_by(_a.due, _a.id).limit(bindparam("most"))
_BY_TOKEN = _WITH_PAGE.where(_a.token == bindparam("token"), text("attempts.token <> ''"))
_BY_CODE = (
    _WITH_PAGE.where(
        _a.address == bindparam("address"), _a.code == bindparam("code"), text("attempts.code <> ''"), _LIVE
    )
    .order_by(_a.id.desc())
    .limit(1)
)
_BY_REF = (
    _WITH_PAGE.where(_a.provider == bindparam("provider"), _a.ref == bindparam("ref"), text("attempts.ref <> ''"))
    .order_by(_a.id.desc())
    .limit(1)
)
_OF_PERSON = _ATTEMPT.select.where(_a.person == bindparam("person"), _a.planned_for >= bindparam("since")).order_by(
    _a.planned_for, _a.id
)
_ENGAGED = select(_a.id).where(
    _a.person == bindparam("person"),
    _a.planned_for >= bindparam("since"),
    _a.address == bindparam("address"),
    _a.kind == CALL,
    _a.state.in_([state.value for state in AttemptState if not state.over and state is not AttemptState.PLANNED]),
)


class SqlPages:
    """The port `Pages`."""

    def __init__(self, transaction: Transaction) -> None:
        self._transaction = transaction
        self._tickets = TicketsFirst(transaction)

    # --- pages -----------------------------------------------------------------------------------------------

    def get(self, id: int) -> Page:
        if can_be(id):
            self._tickets.hold(id)
        found = self._pages(_GET, {"id": id}, whole=True) if can_be(id) else []
        if not found:
            raise NotFound(f"There is no page {id}.", "Try: /page list")
        return found[0]

    def add(self, page: Page) -> Page:
        self._transaction.flush()
        id = self._transaction.add(_PAGE.add, _PAGE.to_new_row(page))
        self._about(id, page)
        return replace(page, id=id)

    def save(self, page: Page) -> None:
        self._transaction.flush()
        row = _PAGE.to_new_row(page)
        self._transaction.write(_PAGE.save, row | {"of_id": page.id})
        if page.tickets:
            self._about(page.id, page)

    def _about(self, id: int, page: Page) -> None:
        first = () if page.ticket is None else (page.ticket,)
        rows = [{"ticket": ticket, "page": id} for ticket in (*first, *page.tickets)]
        if rows:
            self._transaction.write_rows(_ABOUT_TICKETS[self._transaction.dialect], rows)

    def due(self, now: datetime, most: int) -> Sequence[Page]:
        """Oldest due first; on PostgreSQL what somebody else holds, or a ticket of it, is passed over."""
        found = self._pages(_DUE, {"now": epoch(now), "most": most}, skip=True, whole=True)
        free = self._tickets.hold_free([page.id for page in found])
        return [page for page in found if page.id in free]

    def put_off(self, id: int, until: datetime) -> None:
        """Look at that page, and at what is due of its attempts, later."""
        later = epoch(until)
        self._transaction.write(_PUT_OFF, {"of_id": id, "later": later})
        self._transaction.write(_PUT_OFF_ATTEMPTS, {"of_page": id, "later": later})

    def open_of_customer(self, customer: str, escalation: str) -> Page | None:
        if self._transaction.locks_rows:
            # Of several desks that start a page of the same customer at once, one does and the others join it.
            self._transaction.take(Held.PAGING, customer)
            self._tickets.hold(*self._transaction.ask(_OPEN_IDS_OF_CUSTOMER, {"customer": customer}).scalars())
        found = self._pages(_OPEN_OF_CUSTOMER, {"customer": customer})
        return next((page for page in found if page.chain.name == escalation), None)

    def of_ticket(self, ticket: int) -> Sequence[Page]:
        return self._read(_OF_TICKET, {"of_ticket": ticket}) if can_be(ticket) else []

    def live_of_ticket(self, ticket: int) -> Sequence[Page]:
        if not can_be(ticket):
            return []
        if self._transaction.locks_rows:
            self._tickets.hold(*self._transaction.ask(_LIVE_IDS_OF_TICKET, {"of_ticket": ticket}).scalars())
        return self._pages(_LIVE_OF_TICKET, {"of_ticket": ticket})

    def live(self, most: int = 100) -> Sequence[Page]:
        return self._read(_ALL_LIVE, {"most": most})

    def between(self, start: datetime, end: datetime) -> Sequence[Page]:
        """From `start` until before `end`."""
        return self._read(_BETWEEN, {"since": epoch(start), "until": epoch(end)})

    def comes_second(self, page: int) -> bool:
        return self._transaction.ask(_COMES_SECOND, {"id": page}).first() is not None

    def next_due(self) -> datetime | None:
        return instant_or_none(self._transaction.ask(_NEXT_DUE).scalar())

    def _pages(
        self, statement: Select[Any], values: Mapping[str, Any], *, skip: bool = False, whole: bool = False
    ) -> list[Page]:
        """Pages that this unit of work may change."""
        return self._read(locked(self._transaction, statement, pages, skip=skip), values, whole=whole)

    def _read(self, statement: Select[Any], values: Mapping[str, Any], *, whole: bool = False) -> list[Page]:
        """Raises Unreadable where all of it is wanted; otherwise one that cannot be read is left out, so that it is in
        nobody's way."""
        return list(self._readable(self._transaction.ask(statement, values).all(), whole))

    def _readable(self, rows: Sequence[Any], whole: bool) -> Iterator[Page]:
        for row in rows:
            try:
                yield _PAGE.from_row(row)
            except _CORRUPT as error:
                log.error("Page %d cannot be read: %s: %s", row.id, type(error).__name__, error)
                if whole:
                    raise Unreadable(row.id) from error

    # --- attempts --------------------------------------------------------------------------------------------

    def add_attempt(self, attempt: Attempt) -> Attempt:
        return replace(attempt, id=self._transaction.add(_ATTEMPT.add, _ATTEMPT.to_new_row(attempt)))

    def save_attempt(self, attempt: Attempt) -> None:
        self._transaction.write(_ATTEMPT.save, _ATTEMPT.to_new_row(attempt) | {"of_id": attempt.id})

    def attempt(self, id: int) -> Attempt:
        found = self._first(_ATTEMPT_BY_ID, {"id": id}) if can_be(id) else None
        if found is None:
            raise NotFound(f"There is no attempt {id}.", "Try: /page list")
        return found

    def attempts(self, page: int) -> Sequence[Attempt]:
        return self._of_page(_OF_PAGE, page)

    def attempts_now(self, page: Page) -> Sequence[Attempt]:
        return self._of_page(_OF_PAGE_NOW, page.id, of_round=page.round, of_step=page.step - 1)

    def _of_page(self, statement: Select[Any], page: int, **values: int) -> Sequence[Attempt]:
        # Those who change an attempt hold its page, so what is read after this stays as it is.
        self._transaction.take(Held.PAGE, page)
        return list(self._known(self._transaction.ask(statement, {"of_page": page, **values}).all()))

    def _known(self, rows: Sequence[Any]) -> Iterator[Attempt]:
        """Those that can be read."""
        for row in rows:
            with suppress(Unreadable):
                yield _attempt(row)

    def attempts_due(self, now: datetime, most: int) -> Sequence[Attempt]:
        """Oldest first; on PostgreSQL those whose page, or a ticket of it, somebody else holds are passed over."""
        found = self._attempts(_ATTEMPTS_DUE, {"now": epoch(now), "most": most}, skip=True)
        free = self._tickets.hold_free([one.page for one in found])
        return [one for one in found if one.page in free]

    def by_token(self, token: str) -> Attempt | None:
        return self._first(_BY_TOKEN, {"token": token})

    def by_code(self, address: str, code: str) -> Attempt | None:
        return self._first(_BY_CODE, {"address": address, "code": code})

    def by_ref(self, provider: str, ref: str) -> Attempt | None:
        return self._first(_BY_REF, {"provider": provider, "ref": ref})

    def attempts_of(self, person: str, since: datetime) -> Sequence[Attempt]:
        """Oldest first, by the time that they were planned for."""
        values = {"person": person, "since": epoch(since)}
        return [_ATTEMPT.from_row(row) for row in self._transaction.ask(_OF_PERSON, values)]

    def line_is_free(self, person: str, address: str, now: datetime) -> None:
        at = epoch(now)
        values = {"of_person": person, "of_address": address, "since": at - WAITS_SINCE, "now": at}
        self._transaction.write(_LINE_IS_FREE[self._transaction.dialect], values)

    def engaged(self, person: str, address: str, since: datetime) -> Sequence[int]:
        values = {"person": person, "address": address, "since": epoch(since)}
        return [row.id for row in self._transaction.ask(_ENGAGED, values)]

    def _first(self, statement: Select[Any], values: Mapping[str, Any]) -> Attempt | None:
        if self._transaction.locks_rows:
            self._tickets.hold(*self._transaction.ask(statement.with_only_columns(_a.page), values).scalars())
        found = self._attempts(statement, values)
        return found[0] if found else None

    def _attempts(self, statement: Select[Any], values: Mapping[str, Any], *, skip: bool = False) -> list[Attempt]:
        """Attempts that this unit of work may change."""
        question = locked(self._transaction, statement, pages, attempts, skip=skip)
        return [_attempt(row) for row in self._transaction.ask(question, values)]


def _attempt(row: Any) -> Attempt:
    """Raises Unreadable."""
    try:
        return _ATTEMPT.from_row(row)
    except _CORRUPT as error:
        log.error("Attempt %d of page %d cannot be read: %s: %s", row.id, row.page, type(error).__name__, error)
        raise Unreadable(row.page) from error
