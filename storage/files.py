"""Copies of files in the database: which are wanted, which were made and which were given up."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, insert, select, union, update

from bot.ports import Copy, CopyState
from storage.intake_tables import mails
from storage.tables import file_copies
from storage.transaction import Transaction
from storage.values import epoch, instant_or_none

_c = file_copies.c
_INSERT = insert(file_copies)
_OF_TICKET = select(file_copies).where(_c.ticket == bindparam("of_ticket")).order_by(_c.seq, _c.number)
_DUE = (
    select(file_copies)
    .where(_c.platform == bindparam("of_platform"), _c.due <= bindparam("now"))
    .order_by(_c.due, _c.ticket, _c.seq, _c.number)
    .limit(bindparam("most"))
)
_DUE_LOCKED = _DUE.with_for_update(skip_locked=True)
_NEXT_DUE = select(_c.due).where(_c.platform == bindparam("of_platform"), _c.due.is_not(None)).order_by(_c.due).limit(1)
_RECORDED = union(
    *(select(path).where(path.in_(bindparam("paths", expanding=True))) for path in (_c.path, mails.c.path))
)
_THE_ONE = (
    _c.ticket == bindparam("of_ticket"),
    _c.seq == bindparam("of_seq"),
    _c.number == bindparam("of_number"),
)
_CHANGE = (
    update(file_copies)
    .where(*_THE_ONE)
    .values(
        state=bindparam("new_state"),
        due=bindparam("new_due"),
        attempts=bindparam("new_attempts"),
        path=bindparam("new_path"),
        error=bindparam("new_error"),
    )
)


class SqlFiles:
    """The port `Files`."""

    def __init__(self, transaction: Transaction) -> None:
        self._transaction = transaction
        transaction.before_queries(self.flush)
        self._wanted: list[dict[str, Any]] = []

    def want(self, copy: Copy, now: datetime) -> None:
        self._transaction.must_write()
        due = epoch(now) if copy.state is CopyState.WANTED else None
        self._wanted.append(_to_row(copy) | {"due": due})

    def lease(self, platform: str, now: datetime, seconds: int, most: int) -> Sequence[Copy]:
        """Copies whose time has come, oldest first; on PostgreSQL what another replica takes is passed over."""
        self._transaction.must_write()
        statement = _DUE_LOCKED if self._transaction.locks_rows else _DUE
        rows = self._transaction.query(statement, {"of_platform": platform, "now": epoch(now), "most": most}).all()
        found = [_from_row(row) for row in rows]
        for copy in found:
            self._change(copy, CopyState.WANTED, epoch(now) + seconds, copy.attempts + 1)
        return found

    def copied(self, copy: Copy, path: str) -> None:
        self._change(copy, CopyState.COPIED, None, copy.attempts + 1, path)

    def failed(self, copy: Copy, reason: str, retry_at: datetime | None) -> None:
        state = CopyState.FAILED if retry_at is None else CopyState.WANTED
        due = None if retry_at is None else epoch(retry_at)
        self._change(copy, state, due, copy.attempts + 1, error=reason)

    def next_due(self, platform: str) -> datetime | None:
        return instant_or_none(self._transaction.query(_NEXT_DUE, {"of_platform": platform}).scalar())

    def of_ticket(self, number: int) -> Sequence[Copy]:
        return [_from_row(row) for row in self._transaction.query(_OF_TICKET, {"of_ticket": number})]

    def recorded(self, paths: Sequence[str]) -> frozenset[str]:
        return frozenset(self._transaction.query(_RECORDED, {"paths": list(paths)}).scalars())

    def flush(self) -> None:
        """Write what is wanted; its ticket is written by now."""
        if self._wanted:
            rows, self._wanted = self._wanted, []
            self._transaction.write_rows(_INSERT, rows)

    def _change(
        self, copy: Copy, state: CopyState, due: int | None, attempts: int, path: str = "", error: str = ""
    ) -> None:
        values = {"new_state": state.value, "new_due": due, "new_attempts": attempts, "new_path": path}
        which = {"of_ticket": copy.ticket, "of_seq": copy.seq, "of_number": copy.number}
        self._transaction.write(_CHANGE, {**values, "new_error": error, **which})


def _to_row(copy: Copy) -> dict[str, Any]:
    return {
        "ticket": copy.ticket,
        "seq": copy.seq,
        "number": copy.number,
        "platform": copy.platform,
        "name": copy.name,
        "type": copy.type,
        "source": copy.source,
        "state": copy.state.value,
        "attempts": copy.attempts,
        "path": copy.path,
        "error": copy.error,
    }


def _from_row(row: Any) -> Copy:
    return Copy(
        ticket=row.ticket,
        seq=row.seq,
        number=row.number,
        platform=row.platform,
        name=row.name,
        type=row.type,
        source=row.source,
        state=CopyState(row.state),
        attempts=row.attempts,
        path=row.path,
        error=row.error,
    )
