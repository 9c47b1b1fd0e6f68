"""Tickets in the database: the row is what the history adds up to, and both go in one commit."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import Update, bindparam, delete, func, insert, select, tuple_, update

from bot.domain.errors import Conflict, NotFound
from bot.domain.history import Event
from bot.domain.ticket import Ticket
from bot.ports import Anchor, Anchoring, PromiseEnd, TicketFilter, Timer
from storage import anchors, figures, search, suggestions
from storage import timers as timer_rows
from storage.tables import events, ticket_numbers, ticket_tags, tickets, timers
from storage.ticket_lists import IS_OPEN, counted, customers_named, listed
from storage.ticket_rows import DUE, changed_columns, event_from_row, event_to_row, ticket_from_row, ticket_to_row
from storage.transaction import AlreadyThere, Transaction
from storage.turns import Held
from storage.values import NEVER, can_be, epoch, instant, instant_or_none

_t = tickets.c

_GET = select(tickets).where(_t.number == bindparam("number"))
_DUE = select(_t.due).where(_t.number == bindparam("number"))
_LAST_NUMBER = select(func.max(_t.number))
_NEXT_NUMBER = select(ticket_numbers.next_value())
_EVENT = select(events).where(events.c.ticket == bindparam("number"), events.c.seq == bindparam("seq"))
_HISTORY = select(events).where(events.c.ticket == bindparam("number")).order_by(events.c.seq)
_OPENED_SINCE = (
    select(func.count())
    .select_from(tickets)
    .where(_t.customer == bindparam("customer"), _t.opened_at >= bindparam("since"))
)
_NOBODYS_OPENED_SINCE = (
    select(func.count()).select_from(tickets).where(_t.customer.is_(None), _t.opened_at >= bindparam("since"))
)
_OVERTAKEN = "Somebody else changed the same ticket just now; nothing was saved."
_FIVE_MINUTES = 300
_OLDEST = (
    select(timers.c.ticket, timers.c.kind)
    .where(timers.c.due <= bindparam("now"))
    .order_by(timers.c.due, timers.c.ticket, timers.c.kind)
    .limit(1)
)
_THE_OLDEST = tuple_(timers.c.ticket, timers.c.kind)
_PUT_OFF = update(timers).where(_THE_OLDEST.in_(_OLDEST)).values(due=bindparam("later"))
# Past what another replica holds: that one is being seen to.
_PUT_OFF_UNLOCKED = (
    update(timers).where(_THE_OLDEST.in_(_OLDEST.with_for_update(skip_locked=True))).values(due=bindparam("later"))
)
_NEXT_TIMER = select(func.min(timers.c.due))
_TIMERS_DUE = (
    select(tickets, timers.c.kind, timers.c.due.label("timer_due"))
    .join(tickets, _t.number == timers.c.ticket)
    .where(timers.c.due <= bindparam("now"))
    .order_by(timers.c.due, timers.c.ticket, timers.c.kind)
    .limit(bindparam("most"))
)
_TIMERS_DUE_LOCKED = _TIMERS_DUE.with_for_update(skip_locked=True, of=(timers, tickets), key_share=True)
_OPEN_AFTER = (
    select(tickets).where(_t.number > bindparam("after"), IS_OPEN).order_by(_t.number).limit(bindparam("most"))
)
_OPEN_AFTER_LOCKED = _OPEN_AFTER.with_for_update(key_share=True)

_INSERT = insert(tickets)
_INSERT_EVENT = insert(events)
_INSERT_TAG = insert(ticket_tags)
_DELETE_TAG = delete(ticket_tags).where(
    ticket_tags.c.tag == bindparam("of_tag"), ticket_tags.c.ticket == bindparam("of_ticket")
)


@cache
def _update_of(columns: tuple[str, ...]) -> Update:
    return (
        update(tickets).where(_t.number == bindparam("of_number")).values({name: bindparam(name) for name in columns})
    )


class SqlTickets:
    """The port `Tickets`. Saves wait in memory until a query or the end of the transaction."""

    def __init__(self, transaction: Transaction) -> None:
        self._transaction = transaction
        transaction.before_queries(self.flush)
        # What this transaction has read for change or written: the identity map.
        self._known: dict[int, Ticket] = {}
        self._due: dict[int, int] = {}
        # What lies in the database of them, to write no more than what has changed.
        self._stored: dict[int, tuple[Ticket, int]] = {}
        self._stored_timers: dict[int, dict[str, int]] = {}
        # What waits to be written.
        self._new: dict[int, None] = {}
        self._changed: dict[int, None] = {}
        self._events: list[Event] = []
        self._wanted_timers: dict[int, dict[str, int]] = {}
        self._anchors: list[dict[str, Any]] = []
        self._last_number: int | None = None

    # --- one ticket ------------------------------------------------------------------------------------------

    def next_number(self) -> int:
        """The next free number: from a sequence on PostgreSQL, and after the last on SQLite, whose writer is alone."""
        self._transaction.must_write()
        if self._transaction.dialect == "postgresql":
            return int(self._transaction.ask(_NEXT_NUMBER).scalar_one())
        if self._last_number is None:
            self.flush()
            ((last,),) = self._transaction.rows(_LAST_NUMBER)
            self._last_number = last or 0
        self._last_number += 1
        return self._last_number

    def get(self, number: int) -> Ticket:
        """The ticket; inside a write its row is locked, so that what is decided on it still holds at the commit."""
        known = self._known.get(number)
        if known is not None:
            return known
        row = self._row(number)
        if row is None:
            raise NotFound(f"There is no ticket #{number}.", "Try: /ticket list")
        return self._keep(row)

    def _row(self, number: int) -> Sequence[Any] | None:
        if not can_be(number):
            return None
        self._transaction.take(Held.TICKET, number)
        return self._transaction.ask(_GET, {"number": number}).first()

    def _keep(self, row: Sequence[Any]) -> Ticket:
        ticket = ticket_from_row(row)
        self._known[ticket.number] = ticket
        self._due[ticket.number] = row[DUE]
        self._stored[ticket.number] = ticket, row[DUE]
        return ticket

    def save(self, ticket: Ticket, event: Event, due: datetime | None, timers: Mapping[str, datetime]) -> None:
        """Append the event and write what the ticket now is.

        Raises Conflict if the ticket is not the stored one plus this event: somebody else was quicker.
        """
        self._transaction.must_write()
        if event.ticket != ticket.number or event.seq != ticket.seq:
            raise ValueError(f"Event {event.ticket}/{event.seq} does not lead to ticket {ticket.number}/{ticket.seq}.")
        number = ticket.number
        if event.seq == 1:
            self._new[number] = None
            self._stored_timers[number] = {}
        else:
            if self.get(number).seq != event.seq - 1:
                raise Conflict(_OVERTAKEN, "Try again.")
            self._changed[number] = None
        self._known[number] = ticket
        self._due[number] = NEVER if due is None else epoch(due)
        self._wanted_timers[number] = timer_rows.as_wanted(timers)
        self._events.append(event)

    def rearm(self, number: int, due: datetime | None, timers: Mapping[str, datetime]) -> None:
        """Write the due time and the timers alone, where they differ from what is stored."""
        self._transaction.must_write()
        self.get(number)
        wanted = NEVER if due is None else epoch(due)
        if wanted != self._due[number]:
            self._due[number] = wanted
            self._changed[number] = None
        self._wanted_timers[number] = timer_rows.as_wanted(timers)

    def history(self, number: int) -> Sequence[Event]:
        """Raises NotFound."""
        rows = self._transaction.query(_HISTORY, {"number": number}).all() if can_be(number) else []
        if not rows:
            self.get(number)
        return [event_from_row(row) for row in rows]

    def event(self, number: int, seq: int) -> Event:
        """Raises NotFound."""
        row = self._transaction.query(_EVENT, {"number": number, "seq": seq}).first() if can_be(number) else None
        if row is None:
            raise NotFound(f"Nothing is known of a line {seq} in the history of #{number}.")
        return event_from_row(row)

    def due_of(self, number: int) -> datetime | None:
        if number in self._due:
            return instant_or_none(self._due[number])
        return instant_or_none(self._transaction.ask(_DUE, {"number": number}).scalar()) if can_be(number) else None

    # --- lists -----------------------------------------------------------------------------------------------

    def find(self, wanted: TicketFilter) -> Sequence[Ticket]:
        self._transaction.before_search()
        rows = self._transaction.ask(listed(wanted, self._transaction.dialect, self._nobodys(wanted.text)))
        return [ticket_from_row(row) for row in rows]

    def _nobodys(self, text: str) -> Collection[str]:
        """Those words of a text that stand in no customer's name: most."""
        found = ((word, self._transaction.ask(customers_named(word).limit(1)).first()) for word in search.words(text))
        return frozenset(word for word, named in found if named is None)

    def count(self, wanted: TicketFilter) -> int:
        self._transaction.before_search()
        return int(self._transaction.ask(counted(wanted, self._transaction.dialect)).scalar_one())

    def suggest(self, prefix: str, limit: int = 10) -> Sequence[Ticket]:
        return suggestions.suggest(self._transaction, prefix, limit)

    def opened_since(self, customer: str | None, at: datetime) -> int:
        self._transaction.flush()
        if customer is None:
            return int(self._transaction.rows(_NOBODYS_OPENED_SINCE, {"since": epoch(at)})[0][0])
        return int(self._transaction.rows(_OPENED_SINCE, {"customer": customer, "since": epoch(at)})[0][0])

    def promises_ended(
        self, since: datetime, until: datetime, level: str | None = None, customer: str | None = None
    ) -> Iterable[PromiseEnd]:
        return figures.promises_ended(self._transaction, since, until, level, customer)

    def opened_between(
        self, since: datetime, until: datetime, level: str | None = None, customer: str | None = None
    ) -> Mapping[str, int]:
        return figures.opened(self._transaction, since, until, level, customer)

    # --- timers ----------------------------------------------------------------------------------------------

    def timers_due(self, now: datetime, most: int) -> Sequence[tuple[Timer, Ticket]]:
        """Due timers with their tickets, oldest first. On PostgreSQL what another replica holds is passed over."""
        statement = _TIMERS_DUE_LOCKED if self._transaction.locks_rows else _TIMERS_DUE
        self._transaction.flush()
        rows = self._transaction.rows(statement, {"now": epoch(now), "most": most})
        self._transaction.has(Held.TICKET, *(row[0] for row in rows))
        found = []
        for row in rows:
            ticket = self._known.get(row[0]) or self._keep(row)
            found.append((Timer(ticket.number, row[-2], instant(row[-1])), ticket))
        return found

    def put_off(self, now: datetime) -> None:
        """Move the oldest due timer five minutes ahead."""
        put_off = _PUT_OFF_UNLOCKED if self._transaction.locks_rows else _PUT_OFF
        self._transaction.flush()
        self._transaction.write(put_off, {"now": epoch(now), "later": epoch(now) + _FIVE_MINUTES})
        self._stored_timers.clear()

    def next_timer(self) -> datetime | None:
        return instant_or_none(self._transaction.query(_NEXT_TIMER).scalar())

    # --- messages that stand for tickets ---------------------------------------------------------------------

    def anchor(self, number: int, platform: str, ref: str, what: Anchoring) -> None:
        """Remember that a message stands for the ticket; a message that stands for one already goes on doing so."""
        self._transaction.must_write()
        self._anchors.append(anchors.row(number, platform, ref, what))

    def anchored(self, platform: str, ref: str) -> int | None:
        return anchors.ticket_of(self._transaction, platform, ref)

    def anchors(self, number: int, platform: str) -> Sequence[Anchor]:
        return anchors.of_ticket(self._transaction, number, platform) if can_be(number) else []

    def open_after(self, number: int, most: int) -> Sequence[tuple[Ticket, datetime | None, Mapping[str, datetime]]]:
        statement = _OPEN_AFTER_LOCKED if self._transaction.locks_rows else _OPEN_AFTER
        rows = self._transaction.query(statement, {"after": number, "most": most}).all()
        self._transaction.has(Held.TICKET, *(row[0] for row in rows))
        found = [self._known.get(row[0]) or self._keep(row) for row in rows]
        numbers = [ticket.number for ticket in found]
        self._stored_timers |= timer_rows.stored(self._transaction, numbers)
        return [
            (
                ticket,
                instant_or_none(self._due[ticket.number]),
                {kind: instant(due) for kind, due in self._stored_timers[ticket.number].items()},
            )
            for ticket in found
        ]

    # --- writing ---------------------------------------------------------------------------------------------

    def flush(self) -> None:
        """Write all that waits: one statement for each table, however many tickets."""
        if self._events or self._wanted_timers:
            self._write_tickets()
        if self._anchors:
            rows, self._anchors = self._anchors, []
            anchors.write(self._transaction, rows)

    def _write_tickets(self) -> None:
        waiting, self._events = self._events, []
        new, self._new = self._new, {}
        changed, self._changed = self._changed, {}
        wanted, self._wanted_timers = self._wanted_timers, {}
        write = self._transaction.write_rows
        try:
            if new:
                write(_INSERT, [ticket_to_row(self._known[number], self._due[number]) for number in new])
            if waiting:
                write(_INSERT_EVENT, [event_to_row(event) for event in waiting])
        except AlreadyThere as error:
            raise Conflict(_OVERTAKEN, "Try again.") from error
        for columns, rows in self._changes(number for number in changed if number not in new).items():
            write(_update_of(columns), rows)
        self._write_timers(wanted)
        self._write_tags(wanted)
        self._stored |= {number: (self._known[number], self._due[number]) for number in wanted}
        self._write_words(waiting)

    def _changes(self, numbers: Iterable[int]) -> Mapping[tuple[str, ...], Sequence[dict[str, Any]]]:
        """What must be written of these stored tickets, by the columns it takes."""
        found: dict[tuple[str, ...], list[dict[str, Any]]] = {}
        for number in numbers:
            before, due_before = self._stored[number]
            changes = changed_columns(before, self._known[number])
            if self._due[number] != due_before:
                changes["due"] = self._due[number]
            if changes:
                found.setdefault(tuple(changes), []).append(changes | {"of_number": number})
        return found

    def _write_timers(self, wanted: Mapping[int, dict[str, int]]) -> None:
        unknown = [number for number in wanted if number not in self._stored_timers]
        if unknown:
            self._stored_timers |= timer_rows.stored(self._transaction, unknown)
        timer_rows.write_difference(self._transaction, wanted, self._stored_timers)
        self._stored_timers |= wanted

    def _write_tags(self, numbers: Mapping[int, object]) -> None:
        new: list[dict[str, Any]] = []
        gone: list[dict[str, Any]] = []
        for number in numbers:
            before = self._stored[number][0].tags if number in self._stored else frozenset()
            after = self._known[number].tags
            if before != after:
                new += ({"tag": tag, "ticket": number} for tag in sorted(after - before))
                gone += ({"of_tag": tag, "of_ticket": number} for tag in sorted(before - after))
        if gone:
            self._transaction.write_rows(_DELETE_TAG, gone)
        if new:
            self._transaction.write_rows(_INSERT_TAG, new)

    def _write_words(self, waiting: Sequence[Event]) -> None:
        dialect = self._transaction.dialect
        documents = [
            document
            for event in waiting
            for is_subject, text in search.texts_of(event.data)
            if (document := search.document(dialect, event.ticket, search.SUBJECT if is_subject else event.seq, text))
        ]
        if documents:
            self._transaction.write_late(search.INSERT[dialect], documents)
