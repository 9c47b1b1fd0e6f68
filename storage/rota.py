"""The on-call plan in the database, version by version, and what was changed of the rota for once."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import Select, bindparam, func, insert, select, text

from bot.domain.errors import NotFound
from bot.domain.oncall import OnCall
from bot.domain.rota import Change, CoverRequest, CoverState, Override
from storage.oncall_tables import cover_requests, oncall_plans, overrides
from storage.shapes import INSTANT, INSTANT_OR_NONE, Shape, locked, word
from storage.transaction import Transaction
from storage.values import can_be, epoch, instant

PlanFrom = Callable[[str], OnCall]

_o, _q = overrides.c, cover_requests.c

_OVERRIDE = Shape(
    Override,
    overrides,
    {
        "start": INSTANT,
        "end": INSTANT,
        "change": word(Change),
        "made_at": INSTANT_OR_NONE,
        "dropped_at": INSTANT_OR_NONE,
    },
)
_COVER = Shape(
    CoverRequest,
    cover_requests,
    {
        "start": INSTANT,
        "end": INSTANT,
        "back_start": INSTANT_OR_NONE,
        "back_end": INSTANT_OR_NONE,
        "state": word(CoverState),
        "made_at": INSTANT_OR_NONE,
    },
)

_MOST_FORMER = 64

_VERSION = select(func.max(oncall_plans.c.version))
_PLAN = (
    select(oncall_plans.c.version, oncall_plans.c.at, oncall_plans.c.text)
    .order_by(oncall_plans.c.version.desc())
    .limit(1)
)
_PLANS = (
    select(oncall_plans.c.version, oncall_plans.c.at, oncall_plans.c.text)
    .where(oncall_plans.c.version >= bindparam("first"))
    .order_by(oncall_plans.c.version)
)
_IN_FORCE = select(func.max(oncall_plans.c.version)).where(oncall_plans.c.at <= bindparam("since"))
_KEEP_PLAN = insert(oncall_plans).returning(oncall_plans.c.version)

_TOUCHING = (
    _OVERRIDE.select.where(_o.end > bindparam("since"), _o.start < bindparam("until"), _o.dropped_at.is_(None))
    # Where two begin at once the later one was meant to change the earlier.
    .order_by(_o.start, _o.id)
)
_TOUCHING_OF = _TOUCHING.where(_o.schedule == bindparam("of_schedule"))
_OVERRIDE_BY_ID = _OVERRIDE.select.where(_o.id == bindparam("id"))
_CHANGES = (
    _OVERRIDE.select.where(_o.schedule == bindparam("of_schedule")).order_by(_o.id.desc()).limit(bindparam("most"))
)
_COVER_BY_ID = _COVER.select.where(_q.id == bindparam("id"))
_COVERS = _COVER.select.where(text("cover_requests.state = 'asked'"), _q.start > bindparam("now")).order_by(
    _q.start, _q.id
)


class PlanCache:
    """Holds the newest plan seen, so that it is read from its JSON once and not for each command. Thread-safe: at
    worst two threads make the same value."""

    def __init__(self, make: PlanFrom) -> None:
        self._make = make
        self._made: tuple[int, datetime, OnCall] | None = None
        self._former: dict[int, OnCall] = {}

    def of(self, transaction: Transaction, *, own: bool) -> OnCall:
        """The plan as this transaction sees it. With `own` it wrote that itself: it may yet be undone, and its version
        be given to another plan."""
        return self._newest(transaction, own=own)[1]

    def since(self, transaction: Transaction, at: datetime, *, own: bool) -> Sequence[tuple[datetime, OnCall]]:
        """The plans in force from an instant on, each with when it was adopted, oldest first."""
        adopted, newest = self._newest(transaction, own=own)
        if adopted is None or adopted <= at:
            return () if adopted is None else ((adopted, newest),)
        first = transaction.ask(_IN_FORCE, {"since": epoch(at)}).scalar() or 0
        *former, _ = transaction.ask(_PLANS, {"first": first}).all()
        return (*((instant(row.at), self._of_before(row.version, row.text)) for row in former), (adopted, newest))

    def _newest(self, transaction: Transaction, *, own: bool) -> tuple[datetime | None, OnCall]:
        """The newest plan, and when it was adopted."""
        version = transaction.ask(_VERSION).scalar()
        if version is None:
            return None, OnCall()
        made = self._made
        if made is not None and made[0] == version:
            return made[1:]
        row = transaction.ask(_PLAN).one()
        found = instant(row.at), self._make(row.text)
        if not own:
            self._made = row.version, *found
        return found

    def _of_before(self, version: int, text: str) -> OnCall:
        """A plan that a newer one took the place of: it stays as it is."""
        if len(self._former) >= _MOST_FORMER:
            self._former.clear()
        if version not in self._former:
            self._former[version] = self._make(text)
        return self._former[version]


class SqlRotaBook:
    """The port `RotaBook`."""

    def __init__(self, transaction: Transaction, plans: PlanCache) -> None:
        self._transaction = transaction
        self._plans = plans
        self._plan: OnCall | None = None
        # Whether this transaction wrote a plan.
        self._changed = False

    def plan(self) -> OnCall:
        if self._plan is None:
            self._plan = self._plans.of(self._transaction, own=self._changed)
        return self._plan

    def plans(self, since: datetime) -> Sequence[tuple[datetime, OnCall]]:
        return self._plans.since(self._transaction, since, own=self._changed)

    def set_plan(self, text: str, now: datetime) -> int:
        newest = self._transaction.ask(_PLAN).first()
        if newest is not None and newest.text == text:
            return int(newest.version)
        self._changed, self._plan = True, None
        return int(self._transaction.write(_KEEP_PLAN, {"text": text, "at": epoch(now)}).scalar_one())

    # --- changes for once ------------------------------------------------------------------------------------

    def overrides(self, start: datetime, end: datetime, schedule: str = "") -> Sequence[Override]:
        values: dict[str, Any] = {"since": epoch(start), "until": epoch(end)}
        if not schedule:
            return self._overrides(_TOUCHING, values)
        return self._overrides(_TOUCHING_OF, values | {"of_schedule": schedule})

    def add_override(self, override: Override) -> Override:
        return replace(override, id=self._transaction.add(_OVERRIDE.add, _OVERRIDE.to_new_row(override)))

    def drop_override(self, id: int, by: str, now: datetime) -> Override:
        statement = locked(self._transaction, _OVERRIDE_BY_ID, overrides)
        found = self._overrides(statement, {"id": id}) if can_be(id) else []
        if not found:
            raise NotFound(f"There is no override {id}.", "Try: /oncall history")
        if found[0].dropped_at is not None:
            raise NotFound(f"Override {id} was taken back already, by {found[0].dropped_by}.")
        dropped = replace(found[0], dropped_by=by, dropped_at=now)
        self._transaction.write(_OVERRIDE.save, _OVERRIDE.to_new_row(dropped) | {"of_id": id})
        return dropped

    def changes(self, schedule: str, most: int) -> Sequence[Override]:
        """With those that were taken back."""
        return self._overrides(_CHANGES, {"of_schedule": schedule, "most": most})

    def _overrides(self, statement: Select[Any], values: Mapping[str, Any]) -> list[Override]:
        return [_OVERRIDE.from_row(row) for row in self._transaction.ask(statement, values)]

    # --- requests for cover ----------------------------------------------------------------------------------

    def cover(self, id: int) -> CoverRequest:
        """The request; inside a write its row is locked, so that one alone takes it."""
        statement = locked(self._transaction, _COVER_BY_ID, cover_requests)
        row = self._transaction.ask(statement, {"id": id}).first() if can_be(id) else None
        if row is None:
            raise NotFound(f"There is no request for cover {id}.", "Try: /oncall show")
        return _COVER.from_row(row)

    def covers(self, now: datetime) -> Sequence[CoverRequest]:
        return [_COVER.from_row(row) for row in self._transaction.ask(_COVERS, {"now": epoch(now)})]

    def save_cover(self, request: CoverRequest) -> CoverRequest:
        row = _COVER.to_new_row(request)
        if not request.id:
            return replace(request, id=self._transaction.add(_COVER.add, row))
        self._transaction.write(_COVER.save, row | {"of_id": request.id})
        return request
