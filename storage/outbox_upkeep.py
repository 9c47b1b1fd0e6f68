"""What the outbox needs now and then, whoever sends: old parcels go, and a clock that was set back holds none up."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import bindparam, delete, select, update

from bot.ports import ParcelState
from storage.tables import outbox
from storage.transaction import Transaction
from storage.values import epoch

KEPT = {
    ParcelState.SENT: timedelta(days=30),
    ParcelState.WITHDRAWN: timedelta(days=30),
    ParcelState.DEAD: timedelta(days=90),
}
"""How long what has ended is kept. Somebody may still ask why a parcel never arrived when nobody asks for sent ones."""

MOST_AT_ONCE = 2000
"""What one transaction deletes of each state, so that nobody waits long for the writer."""

_o = outbox.c
_IS_PLANNED = _o.state == ParcelState.PLANNED.value
# The longest lease, in seconds; a try that waits has no longer pause, either.
_A_LEASE = 80
_SET_BACK_PLANNED = (
    update(outbox).where(_IS_PLANNED, _o.attempts > 0, _o.due > bindparam("now")).values(due=bindparam("now"))
)
_SET_BACK_NEW = update(outbox).where(_IS_PLANNED, _o.created_at > bindparam("now")).values(due=bindparam("now"))
_SET_BACK_LEASED = (
    update(outbox)
    .where(_o.state.in_((ParcelState.SENDING.value, ParcelState.AMBIGUOUS.value)), _o.due > bindparam("until"))
    .values(due=bindparam("until"))
)
_PRUNE = delete(outbox).where(
    _o.id.in_(
        select(_o.id)
        .where(_o.due.is_(None), _o.state == bindparam("ended"), _o.ended_at < bindparam("before"))
        .limit(bindparam("most"))
    )
)


def set_back(transaction: Transaction, now: datetime) -> None:
    """What waits for its next try goes now, and so does what was posted in a future that is none any more."""
    transaction.flush()
    for statement in (_SET_BACK_PLANNED, _SET_BACK_NEW):
        transaction.write(statement, {"now": epoch(now)})
    transaction.write(_SET_BACK_LEASED, {"until": epoch(now) + _A_LEASE})


def prune(transaction: Transaction, now: datetime) -> int:
    """Delete the parcels that ended long enough ago, some at a time; returns how many, 0 once none is left.

    Their keys may be used again.
    """
    transaction.flush()
    return sum(
        transaction.write(_PRUNE, {"ended": state.value, "before": epoch(now - kept), "most": MOST_AT_ONCE}).rowcount
        for state, kept in KEPT.items()
    )
