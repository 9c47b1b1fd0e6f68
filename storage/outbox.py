"""The outbox in the database: news become parcels in the commit of their reason, and are leased, not taken."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from functools import cache
from typing import Any

from sqlalchemy import (
    Executable,
    Select,
    UpdateBase,
    and_,
    bindparam,
    case,
    delete,
    exists,
    func,
    not_,
    or_,
    select,
    text,
    union_all,
    update,
)
from sqlalchemy.dialects import postgresql, sqlite

from bot.ports import THREAD_LINE, Anchoring, Kind, News, Parcel, ParcelState, Urgency, WallClock
from storage import anchors
from storage.cards_json import card_from_data, card_to_data
from storage.tables import outbox, shown_cards
from storage.transaction import Transaction
from storage.values import dumps, epoch, instant, instant_or_none, loads

Routes = Callable[[str], Sequence[tuple[str, str]]]

# How long what has ended is kept. Somebody may still ask why a parcel never arrived when nobody asks for sent ones.
KEPT = {
    ParcelState.SENT: timedelta(days=30),
    ParcelState.WITHDRAWN: timedelta(days=30),
    ParcelState.DEAD: timedelta(days=90),
}
# What one transaction deletes of each state, so that nobody waits long for the writer.
MOST_AT_ONCE = 2000

# Messages that a later card of the same key and address updates in place.
_SHOWS = (Kind.CARD, Kind.PAGE)
_ANCHORED = {Kind.CARD: Anchoring.CARD, Kind.ALERT: Anchoring.ALERT}

_o = outbox.c
_IS_CARD = _o.kind == Kind.CARD.value
_PLANNED = ParcelState.PLANNED.value
_UNDER_WAY = (ParcelState.SENDING.value, ParcelState.AMBIGUOUS.value)

# A card waits while an older one of the same place and key is under way, or it would be shown twice; and while the page
# that it updates is not there yet.
_older = outbox.alias("older")
_page = outbox.alias("its_page")
_CARD_BLOCKED = and_(
    _o.kind == Kind.CARD.value,
    _o.state == ParcelState.PLANNED.value,
    or_(
        exists().where(
            _older.c.platform == _o.platform,
            _older.c.place == _o.place,
            _older.c.key == _o.key,
            text("older.kind = 'card' AND older.state IN ('sending', 'ambiguous')"),
        ),
        exists().where(
            _page.c.platform == _o.platform,
            _page.c.place == _o.place,
            _page.c.key == _o.key,
            text("its_page.kind = 'page' AND its_page.due IS NOT NULL"),
        ),
    ),
)
# A line of a ticket's thread waits for those before it, or what happened first would be told last.
_earlier = outbox.alias("earlier")
_LINE_BLOCKED = and_(
    _o.key.startswith(THREAD_LINE),
    exists().where(
        _earlier.c.ticket == _o.ticket,
        _earlier.c.platform == _o.platform,
        _earlier.c.place == _o.place,
        _earlier.c.id < _o.id,
        _earlier.c.due.is_not(None),
        _earlier.c.key.startswith(THREAD_LINE),
    ),
)
_BLOCKED = or_(_CARD_BLOCKED, _LINE_BLOCKED)
_DUE = (
    select(outbox, shown_cards.c.ref.label("shown"))
    .outerjoin(
        shown_cards,
        and_(
            _IS_CARD,
            shown_cards.c.platform == _o.platform,
            shown_cards.c.place == _o.place,
            shown_cards.c.key == _o.key,
        ),
    )
    .where(
        _o.due <= bindparam("now"),
        not_(_BLOCKED),
    )
    .order_by(_o.urgency, _o.due, _o.id)
    .limit(bindparam("most"))
)
_OF_PLATFORM = _o.platform == bindparam("platform")
_NOT_BUSY = _o.place.not_in(bindparam("busy", expanding=True))


@cache
def _due(of_platform: bool, with_busy: bool, least: Urgency | None, locked: bool) -> Select[Any]:
    # Naming every urgency lets the index answer both the bound and the order.
    statement: Select[Any] = _DUE.where(_o.urgency.in_([urgency.value for urgency in _down_to(least)]))
    if of_platform:
        statement = statement.where(_OF_PLATFORM)
    if with_busy:
        statement = statement.where(_NOT_BUSY)
    return statement.with_for_update(skip_locked=True, of=outbox) if locked else statement


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


def _down_to(least: Urgency | None) -> list[Urgency]:
    return [urgency for urgency in Urgency if least is None or urgency <= least]


def _first_of(urgency: Urgency) -> Select[int | None]:
    """By urgency, so that the platform's index has the answer at each one's beginning."""
    first = select(_o.due).where(_OF_PLATFORM, _o.urgency == urgency.value, _o.due.is_not(None), not_(_BLOCKED))
    return select(first.order_by(_o.due).limit(1).subquery().c.due)


@cache
def _next_due_there(least: Urgency | None) -> Select[Any]:
    firsts = union_all(*map(_first_of, _down_to(least))).subquery()
    return select(func.min(firsts.c.due))


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
# The longest lease, in seconds; a try that waits has no longer pause, either.
_A_LEASE = 80
_SET_BACK_PLANNED = (
    update(outbox).where(_o.state == _PLANNED, _o.attempts > 0, _o.due > bindparam("now")).values(due=bindparam("now"))
)
_SET_BACK_NEW = (
    update(outbox).where(_o.state == _PLANNED, _o.created_at > bindparam("now")).values(due=bindparam("now"))
)
_SET_BACK_LEASED = (
    update(outbox).where(_o.state.in_(_UNDER_WAY), _o.due > bindparam("until")).values(due=bindparam("until"))
)
_NEWEST = select(func.max(_o.id))
_NEXT_DUE = select(func.min(_o.due)).where(_o.due.is_not(None), not_(_BLOCKED))
_OF_TICKET = select(outbox).where(_o.ticket == bindparam("number")).order_by(_o.id)
# What waits and what has ended, each in an index of its own.
_COUNTS = union_all(
    select(_o.state, func.count()).where(_o.due.is_not(None)).group_by(_o.state),
    select(_o.state, func.count()).where(_o.due.is_(None)).group_by(_o.state),
)
_PRUNE = delete(outbox).where(
    _o.id.in_(
        select(_o.id)
        .where(_o.due.is_(None), _o.state == bindparam("ended"), _o.ended_at < bindparam("before"))
        .limit(bindparam("most"))
    )
)


def _card_upsert(insert: Any) -> UpdateBase:
    """The newest card replaces the one that waits; what has failed before keeps waiting for its time."""
    statement = insert(outbox)
    new = statement.excluded
    later = case((and_(_o.attempts > 0, _o.due > new.due), _o.due), else_=new.due)
    values = {"card": new.card, "urgency": new.urgency, "ticket": new.ticket, "created_at": new.created_at}
    waiting = text("kind = 'card' AND state = 'planned'")
    upsert: UpdateBase = statement.on_conflict_do_update(
        index_elements=["platform", "place", "key"], index_where=waiting, set_=values | {"due": later}
    )
    return upsert


def _shown_upsert(insert: Any) -> Executable:
    statement = insert(shown_cards)
    upsert: Executable = statement.on_conflict_do_update(
        index_elements=["platform", "place", "key"], set_={"ref": statement.excluded.ref}
    )
    return upsert


_ONCE: Mapping[str, UpdateBase] = {
    "sqlite": sqlite.insert(outbox).on_conflict_do_nothing(),
    "postgresql": postgresql.insert(outbox).on_conflict_do_nothing(),
}
_CARD: Mapping[str, UpdateBase] = {
    "sqlite": _card_upsert(sqlite.insert),
    "postgresql": _card_upsert(postgresql.insert),
}
_SHOWN: Mapping[str, Executable] = {
    "sqlite": _shown_upsert(sqlite.insert),
    "postgresql": _shown_upsert(postgresql.insert),
}


class SqlOutbox:
    """The port `Outbox`. `routes` turns a logical place into (platform, place) addresses when the news is posted."""

    def __init__(self, transaction: Transaction, routes: Routes, clock: WallClock) -> None:
        self._transaction = transaction
        # One transaction, one instant and one answer to where a place is.
        self._addresses: dict[str, Sequence[tuple[str, str]]] = {}
        self._created: int | None = None
        self._routes = routes
        self._clock = clock
        transaction.before_queries(self.flush)
        self._once: list[dict[str, Any]] = []
        # By address and key: of several cards in one transaction only the last is worth a row.
        self._cards: dict[tuple[str, str, str], dict[str, Any]] = {}

    def post(self, news: News) -> int:
        """One parcel for each address; none if the routes know nobody there. Returns how many addresses there are."""
        self._transaction.must_write()
        if self._created is None:
            self._created = epoch(self._clock.now())
        if news.to not in self._addresses:
            self._addresses[news.to] = self._routes(news.to)
        addresses = self._addresses[news.to]
        for platform, place in addresses:
            addressed = _news_to_row(news, platform, place, self._created)
            if news.kind is Kind.CARD:
                self._cards[platform, place, news.key] = addressed
            else:
                self._once.append(addressed)
        return len(addresses)

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
        statement = _due(platform is not None, bool(busy), least, self._transaction.locks_rows)
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
            return instant_or_none(self._transaction.query(_NEXT_DUE).scalar())
        return instant_or_none(self._transaction.query(_next_due_there(least), {"platform": platform}).scalar())

    def release(self, platform: str, now: datetime) -> int:
        """What was tried in vain and waits for another time may go now; what is under way is left alone."""
        self._transaction.flush()
        return self._transaction.write(_RELEASE, {"of_platform": platform, "now": epoch(now)}).rowcount

    def set_back(self, now: datetime) -> None:
        """What waits for its next try goes now, and so does what was posted in a future that is none any more."""
        self._transaction.flush()
        for statement in (_SET_BACK_PLANNED, _SET_BACK_NEW):
            self._transaction.write(statement, {"now": epoch(now)})
        self._transaction.write(_SET_BACK_LEASED, {"until": epoch(now) + _A_LEASE})

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
        """Delete the parcels that ended long enough ago, some at a time; returns how many, 0 once none is left.

        Their keys may be used again.
        """
        self._transaction.flush()
        return sum(
            self._transaction.write(
                _PRUNE, {"ended": state.value, "before": epoch(now - kept), "most": MOST_AT_ONCE}
            ).rowcount
            for state, kept in KEPT.items()
        )

    def flush(self) -> None:
        """Write the parcels that wait: cards first, for what belongs below them goes after them."""
        if self._cards:
            cards, self._cards = self._cards, {}
            self._transaction.write_rows(_CARD[self._transaction.dialect], list(cards.values()))
        if self._once:
            once, self._once = self._once, []
            self._transaction.write_rows(_ONCE[self._transaction.dialect], once)


def _news_to_row(news: News, platform: str, place: str, created: int) -> dict[str, Any]:
    return {
        "platform": platform,
        "place": place,
        "kind": news.kind.value,
        "key": news.key,
        "card": dumps(card_to_data(news.card)),
        "urgency": news.urgency.value,
        "ticket": news.ticket,
        "created_at": created,
        "state": _PLANNED,
        "due": created if news.not_before is None else epoch(news.not_before),
        "attempts": 0,
        "error": "",
    }


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
