"""The outbox in the database: parcels are leased, not taken, and what became of each is written down."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import Executable, bindparam, case, delete, exists, func, or_, select, text, union_all, update
from sqlalchemy.dialects import postgresql, sqlite

from bot.ports import Anchoring, Kind, News, Parcel, ParcelState, Urgency, WallClock
from storage import anchors
from storage.cards_json import card_from_data
from storage.outbox_due import NEXT_DUE, due_now, next_due_there
from storage.outbox_posting import Posting, Routes
from storage.outbox_upkeep import prune, set_back
from storage.tables import outbox, shown_cards
from storage.transaction import Transaction
from storage.values import epoch, instant, instant_or_none, loads

# Messages that a later card of the same key and address updates in place.
_SHOWS = (Kind.CARD, Kind.PAGE)
_ANCHORED = {Kind.CARD: Anchoring.CARD, Kind.ALERT: Anchoring.ALERT}

_o = outbox.c
_IS_CARD = _o.kind == Kind.CARD.value
_PLANNED = ParcelState.PLANNED.value
_UNDER_WAY = (ParcelState.SENDING.value, ParcelState.AMBIGUOUS.value)

_LEASE = (
    update(outbox)
    .where(_o.id.in_(bindparam("ids", expanding=True)))
    .values(
        state=case(
            (_o.state == ParcelState.PLANNED.value, ParcelState.SENDING.value), else_=ParcelState.AMBIGUOUS.value
        ),
        due=bindparam("until"),
        attempts=_o.attempts + 1,
    )
)
# Each lease counts as an attempt: so the count says whose lease is the last one.
_OURS = select(func.count()).where(
    _o.id == bindparam("of_id"), _o.attempts == bindparam("attempts_then"), _o.state.in_(_UNDER_WAY)
)
_SENT = (
    update(outbox)
    .where(_o.id == bindparam("of_id"))
    .values(state=ParcelState.SENT.value, due=None, ref=bindparam("ref"), ended_at=bindparam("now"), error="")
)
_WITHDRAW = (
    update(outbox)
    .where(_o.id == bindparam("of_id"), _o.attempts == bindparam("attempts_then"), _o.state.in_(_UNDER_WAY))
    .values(state=ParcelState.WITHDRAWN.value, due=None, ended_at=bindparam("now"))
)
_RECALL = (
    update(outbox)
    .where(_o.ticket == bindparam("of_ticket"), _o.key == bindparam("of_key"), _o.state == _PLANNED)
    .values(state=ParcelState.WITHDRAWN.value, due=None, ended_at=bindparam("now"))
)
_BURY = (
    update(outbox)
    .where(_o.id == bindparam("of_id"), _o.attempts == bindparam("attempts_then"))
    .values(state=ParcelState.DEAD.value, due=None, ended_at=bindparam("now"), error=bindparam("reason"))
)
_WAITING = (
    select(_o.place, func.count())
    .where(_o.platform == bindparam("of_platform"), _o.due.is_not(None))
    .group_by(_o.place)
)
_GIVE_UP = (
    update(outbox)
    .where(
        _o.platform == bindparam("of_platform"),
        _o.place == bindparam("of_place"),
        _o.due.is_not(None),
        or_(_o.state == _PLANNED, _o.due <= bindparam("now")),
    )
    .values(state=ParcelState.DEAD.value, due=None, ended_at=bindparam("now"), error=bindparam("reason"))
)
_RETRY = (
    update(outbox)
    .where(_o.id == bindparam("of_id"), _o.attempts == bindparam("attempts_then"), _o.state.in_(_UNDER_WAY))
    .values(state=bindparam("to"), due=bindparam("retry"), error=bindparam("reason"))
)
_newer = outbox.alias("newer")
_SUPERSEDED = delete(outbox).where(
    _o.id == bindparam("of_id"),
    _IS_CARD,
    exists().where(
        _newer.c.platform == _o.platform,
        _newer.c.place == _o.place,
        _newer.c.key == _o.key,
        text("newer.kind = 'card' AND newer.state = 'planned'"),
    ),
)


_RELEASE = (
    update(outbox)
    .where(
        _o.platform == bindparam("of_platform"),
        _o.urgency.in_([urgency.value for urgency in Urgency]),
        _o.due > bindparam("now"),
        _o.state == _PLANNED,
        _o.attempts > 0,
    )
    .values(due=bindparam("now"))
)
_NEWEST = select(func.max(_o.id))
_OF_TICKET = select(outbox).where(_o.ticket == bindparam("number")).order_by(_o.id)
# What waits and what has ended, each in an index of its own.
_COUNTS = union_all(
    select(_o.state, func.count()).where(_o.due.is_not(None)).group_by(_o.state),
    select(_o.state, func.count()).where(_o.due.is_(None)).group_by(_o.state),
)


def _shown_upsert(insert: Any) -> Executable:
    statement = insert(shown_cards)
    upsert: Executable = statement.on_conflict_do_update(
        index_elements=["platform", "place", "key"], set_={"ref": statement.excluded.ref}
    )
    return upsert


_SHOWN: Mapping[str, Executable] = {
    "sqlite": _shown_upsert(sqlite.insert),
    "postgresql": _shown_upsert(postgresql.insert),
}


class SqlOutbox:
    """The port `Outbox`. `routes` turns a logical place into (platform, place) addresses when the news is posted."""

    def __init__(self, transaction: Transaction, routes: Routes, clock: WallClock) -> None:
        self._transaction = transaction
        self._posting = Posting(transaction, routes, clock)

    def post(self, news: News) -> int:
        return self._posting.post(news)

    def lease(
        self,
        now: datetime,
        seconds: int,
        most: int,
        platform: str | None = None,
        busy: Collection[str] = (),
        least: Urgency | None = None,
    ) -> Sequence[Parcel]:
        """Parcels whose time has come, by urgency, due time and age, for this caller alone until `now` + `seconds`.

        Of one platform alone, when one is named: then it costs what is taken, and not what waits for others.
        """
        self._transaction.must_write()
        values: dict[str, Any] = {"now": epoch(now), "most": most}
        if platform is not None:
            values["platform"] = platform
        if busy:
            values["busy"] = sorted(busy)
        statement = due_now(platform is not None, bool(busy), least, self._transaction.locks_rows)
        rows = self._transaction.query(statement, values).all()
        if not rows:
            return []
        self._transaction.write(_LEASE, {"ids": [row.id for row in rows], "until": epoch(now) + seconds})
        return [_leased(row) for row in rows]

    def is_ours(self, parcel: Parcel) -> bool:
        """Whether nobody has leased it again since we did."""
        values = {"of_id": parcel.id, "attempts_then": parcel.attempts}
        return bool(self._transaction.query(_OURS, values).scalar())

    def sent(self, parcel: Parcel, ref: str, now: datetime) -> None:
        """It arrived, as `ref`. A card's or a page's ref is kept beyond the parcel: the next card of its key updates
        that message. A message that shows or warns of a ticket stands for it from now on."""
        self._transaction.write(_SENT, {"of_id": parcel.id, "ref": ref, "now": epoch(now)})
        if parcel.kind in _SHOWS:
            shown = {"platform": parcel.platform, "place": parcel.place, "key": parcel.key, "ref": ref}
            self._transaction.write(_SHOWN[self._transaction.dialect], shown)
        what = _ANCHORED.get(parcel.kind)
        if what is not None and parcel.ticket is not None and ref not in ("", parcel.ref):
            anchors.write(self._transaction, [anchors.row(parcel.ticket, parcel.platform, ref, what)])

    def failed(
        self, parcel: Parcel, reason: str, retry_at: datetime | None, now: datetime, *, unknown: bool = False
    ) -> None:
        """Put it back for `retry_at`, or bury it when that is None. A card that a newer one waits behind just goes,
        unless it is `unknown` whether it arrived: then the newer one waits until that is found out."""
        self._transaction.flush()
        if retry_at is None:
            ended = {"of_id": parcel.id, "attempts_then": parcel.attempts, "reason": reason, "now": epoch(now)}
            self._transaction.write(_BURY, ended)
        elif unknown or not self._transaction.write(_SUPERSEDED, {"of_id": parcel.id}).rowcount:
            to = ParcelState.AMBIGUOUS if unknown else ParcelState.PLANNED
            values = {
                "of_id": parcel.id,
                "attempts_then": parcel.attempts,
                "reason": reason,
                "retry": epoch(retry_at),
                "to": to.value,
            }
            self._transaction.write(_RETRY, values)

    def withdraw(self, parcel: Parcel, now: datetime) -> None:
        """Nobody wants what was leased any more: it ends without having arrived, and without an error."""
        self._transaction.flush()
        self._transaction.write(_WITHDRAW, {"of_id": parcel.id, "attempts_then": parcel.attempts, "now": epoch(now)})

    def waiting(self, platform: str) -> Mapping[str, int]:
        return {row[0]: row[1] for row in self._transaction.query(_WAITING, {"of_platform": platform})}

    def give_up(self, platform: str, place: str, reason: str, now: datetime) -> int:
        self._transaction.flush()
        values = {"of_platform": platform, "of_place": place, "reason": reason, "now": epoch(now)}
        return self._transaction.write(_GIVE_UP, values).rowcount

    def recall(self, ticket: int, key: str, now: datetime) -> bool:
        """Take back what waits; whoever leases it at the same moment has it, and then this changes nothing."""
        self._transaction.flush()
        values = {"of_ticket": ticket, "of_key": key, "now": epoch(now)}
        return self._transaction.write(_RECALL, values).rowcount > 0

    def next_due(self, platform: str | None = None, least: Urgency | None = None) -> datetime | None:
        """When the next parcel can be leased; of one platform alone, when one is named, and then of what is at least
        so urgent."""
        if platform is None:
            return instant_or_none(self._transaction.query(NEXT_DUE).scalar())
        return instant_or_none(self._transaction.query(next_due_there(least), {"platform": platform}).scalar())

    def release(self, platform: str, now: datetime) -> int:
        """What was tried in vain and waits for another time may go now; what is under way is left alone."""
        self._transaction.flush()
        return self._transaction.write(_RELEASE, {"of_platform": platform, "now": epoch(now)}).rowcount

    def set_back(self, now: datetime) -> None:
        set_back(self._transaction, now)

    def newest(self) -> int:
        """The number of the newest parcel, 0 without any."""
        return self._transaction.query(_NEWEST).scalar() or 0

    def of_ticket(self, number: int) -> Sequence[Parcel]:
        return [_parcel(row) for row in self._transaction.query(_OF_TICKET, {"number": number})]

    def counts(self) -> Mapping[str, int]:
        """How many parcels there are by state; every state is named."""
        found = {state.value: 0 for state in ParcelState}
        return found | {row[0]: row[1] for row in self._transaction.query(_COUNTS)}

    def prune(self, now: datetime) -> int:
        return prune(self._transaction, now)


def _parcel(row: Any) -> Parcel:
    return Parcel(
        id=row.id,
        kind=Kind(row.kind),
        platform=row.platform,
        place=row.place,
        card=card_from_data(loads(row.card)),
        key=row.key,
        urgency=Urgency(row.urgency),
        created_at=instant(row.created_at),
        attempts=row.attempts,
        ticket=row.ticket,
        ref=row.ref,
        state=ParcelState(row.state),
        error=row.error,
    )


def _leased(row: Any) -> Parcel:
    """The parcel as it is once leased: one more attempt, and the message that a card must update."""
    found = _parcel(row)
    state = ParcelState.SENDING if found.state is ParcelState.PLANNED else ParcelState.AMBIGUOUS
    return replace(found, state=state, attempts=found.attempts + 1, ref=row.shown or found.ref)
