"""Figures of a span of time, read from what events say of the promises that they ended."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    FromClause,
    Integer,
    Select,
    String,
    and_,
    cast,
    exists,
    func,
    literal_column,
    or_,
    select,
)
from sqlalchemy.dialects.postgresql import JSON

from bot.domain.history import Deed
from bot.domain.policy import ClockKind
from bot.ports import PromiseEnd
from storage.tables import ENDS_PROMISES, events, tickets
from storage.transaction import Transaction
from storage.values import epoch, instant, loads

_CLOSED = Deed.CLOSED.value
_FIRST = ClockKind.FIRST_RESPONSE.value
_KINDS = {kind.value: kind for kind in ClockKind}

_Ended = Select[tuple[int, str, str, int, str]]


def promises_ended(
    transaction: Transaction, since: datetime, until: datetime, level: str | None, customer: str | None
) -> Iterator[PromiseEnd]:
    """Every promise that ended from `since` until before `until`, oldest first."""
    statement = _ended(transaction.dialect).where(events.c.at >= epoch(since), events.c.at < epoch(until))
    for at, deed, of_level, ticket, answers in transaction.query(_narrowed(statement, level, customer)):
        for kind, end in loads(answers).items():
            answered = deed != _CLOSED
            yield PromiseEnd(
                _KINDS[kind], of_level, instant(at), instant(end["due"]), end["took"], end["target"], answered, ticket
            )


def opened(
    transaction: Transaction, since: datetime, until: datetime, level: str | None, customer: str | None
) -> Mapping[str, int]:
    """How many tickets were opened then, by level."""
    counted = select(tickets.c.level, func.count()).group_by(tickets.c.level)
    counted = counted.where(tickets.c.opened_at >= epoch(since), tickets.c.opened_at < epoch(until))
    return {row[0]: row[1] for row in transaction.query(_narrowed(counted, level, customer))}


def _ended(dialect: str) -> _Ended:
    # Written out, not bound: only so do the databases see that the index of such events will do.
    ends = literal_column(ENDS_PROMISES, type_=String)
    answers = func.coalesce(_told_of_close(dialect), _answers(events, dialect))
    found = select(events.c.at, events.c.deed, tickets.c.level, events.c.ticket, answers).where(
        ends, answers != "{}", ~_unheard(dialect)
    )
    return found.join(tickets, tickets.c.number == events.c.ticket).order_by(events.c.at)


def _answers(of: FromClause, dialect: str) -> ColumnElement[Any]:
    """What the event says of promises, as JSON text, and nothing else of it: letters may be long."""
    if dialect == "postgresql":
        return cast(cast(of.c.data, JSON)["answers"], String)
    return func.json_extract(of.c.data, "$.answers")


def _unheard(dialect: str) -> ColumnElement[bool]:
    """Whether the event is a reply that never left, or was lost and answers nobody."""
    later = events.alias("later")
    reply: ColumnElement[Any]
    if dialect == "postgresql":
        data = cast(later.c.data, JSON)
        reply = cast(data["reply"].as_string(), Integer)
        lost = select(cast(func.json_array_elements_text(data["unheard"]).column_valued(), Integer))
    else:
        reply = func.json_extract(later.c.data, "$.reply")
        lost = select(func.json_each(later.c.data, "$.unheard").table_valued("value").c.value)
    back = and_(later.c.deed == Deed.UNSENT.value, reply == events.c.seq)
    told = later.c.deed.in_((Deed.UNSENT.value, Deed.BOUNCED.value))
    gone = or_(back, events.c.seq.in_(lost))
    after = exists().where(later.c.ticket == events.c.ticket, later.c.seq > events.c.seq, told, gone)
    return and_(events.c.deed == Deed.REPLIED.value, after)


def _told_of_close(dialect: str) -> ColumnElement[Any]:
    """Of a close that was too late, as is known only since the answer before it was lost or taken back: what was told
    of its promise then. NULL for every other event."""
    later = events.alias("told")
    answers = _answers(later, dialect)
    ended: ColumnElement[Any]
    if dialect == "postgresql":
        ended = cast(cast(later.c.data, JSON)[("answers", _FIRST, "ended")].as_string(), BigInteger)
    else:
        ended = func.json_extract(later.c.data, f"$.answers.{_FIRST}.ended")
    told = later.c.deed.in_((Deed.UNSENT.value, Deed.BOUNCED.value))
    of_it = and_(later.c.ticket == events.c.ticket, later.c.seq > events.c.seq, told, ended == events.c.at)
    newest = select(answers).where(of_it, events.c.deed == _CLOSED).order_by(later.c.seq.desc()).limit(1)
    return newest.correlate(events).scalar_subquery()


def _narrowed(statement: Select[Any], level: str | None, customer: str | None) -> Select[Any]:
    if level is not None:
        statement = statement.where(tickets.c.level == level)
    return statement if customer is None else statement.where(tickets.c.customer == customer)
