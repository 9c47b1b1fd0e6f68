"""Figures of a span of time, read from what events say of the promises that they ended."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, FromClause, Integer, Select, String, and_, cast, func, literal_column, or_, select
from sqlalchemy.dialects.postgresql import JSON

from bot.domain.history import Deed
from bot.domain.policy import ClockKind
from bot.ports import PromiseEnd
from storage.tables import ENDS_PROMISES, events, tickets
from storage.transaction import Transaction
from storage.values import epoch, instant, loads

_CLOSED = Deed.CLOSED.value
_KINDS = {kind.value: kind for kind in ClockKind}

_Ended = Select[tuple[int, str, str, int, str]]


def promises_ended(
    transaction: Transaction, since: datetime, until: datetime, level: str | None, customer: str | None
) -> Iterator[PromiseEnd]:
    """Every promise that ended from `since` until before `until`, oldest first."""
    statement = _ended(transaction.dialect).where(events.c.at >= epoch(since), events.c.at < epoch(until))
    for at, deed, of_level, ticket, answers in transaction.query(_narrowed(statement, level, customer)):
        for kind, end in loads(answers).items():
            ended = end.get("ended")
            answered = deed != _CLOSED and ended is None
            when = instant(at if ended is None else ended)
            yield PromiseEnd(
                _KINDS[kind], of_level, when, instant(end["due"]), end["took"], end["target"], answered, ticket
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
    own = _answers(events, dialect)
    answers = func.coalesce(_of_unheard(dialect), own)
    found = select(events.c.at, events.c.deed, tickets.c.level, events.c.ticket, answers).where(ends, own != "{}")
    return found.join(tickets, tickets.c.number == events.c.ticket).order_by(events.c.at)


def _answers(of: FromClause, dialect: str) -> ColumnElement[Any]:
    """What the event says of promises, as JSON text, and nothing else of it: letters may be long."""
    if dialect == "postgresql":
        return cast(cast(of.c.data, JSON)["answers"], String)
    return func.json_extract(of.c.data, "$.answers")


def _of_unheard(dialect: str) -> ColumnElement[Any]:
    """Of a reply that never left, or was lost and answers nobody, what is said of promises where that is told: none, or
    one that was broken for want of it. NULL for every other event."""
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
    after = and_(later.c.ticket == events.c.ticket, later.c.seq > events.c.seq, told, gone)
    instead = select(func.coalesce(_answers(later, dialect), "{}")).where(after, events.c.deed == Deed.REPLIED.value)
    return instead.order_by(later.c.seq.desc()).limit(1).correlate(events).scalar_subquery()


def _narrowed(statement: Select[Any], level: str | None, customer: str | None) -> Select[Any]:
    if level is not None:
        statement = statement.where(tickets.c.level == level)
    return statement if customer is None else statement.where(tickets.c.customer == customer)
