"""Which parcels may go now and when the next one may: some wait for others, however long their time has come."""

from __future__ import annotations

from functools import cache
from typing import Any

from sqlalchemy import Select, and_, bindparam, exists, func, not_, or_, select, text, union_all

from bot.ports import THREAD_LINE, Kind, ParcelState, Urgency
from storage.tables import outbox, shown_cards

_o = outbox.c

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

NEXT_DUE = select(func.min(_o.due)).where(_o.due.is_not(None), not_(_BLOCKED))
"""When the next parcel may go, of all platforms together."""

_DUE = (
    select(outbox, shown_cards.c.ref.label("shown"))
    .outerjoin(
        shown_cards,
        and_(
            _o.kind == Kind.CARD.value,
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
def due_now(of_platform: bool, with_busy: bool, least: Urgency | None, locked: bool) -> Select[Any]:
    """At most `most` parcels due by `now`, each with the message it updates (`shown`): where asked for, those of a
    `platform` alone, and none for its `busy` places."""
    # Naming every urgency lets the index answer both the bound and the order.
    statement: Select[Any] = _DUE.where(_o.urgency.in_([urgency.value for urgency in _down_to(least)]))
    if of_platform:
        statement = statement.where(_OF_PLATFORM)
    if with_busy:
        statement = statement.where(_NOT_BUSY)
    return statement.with_for_update(skip_locked=True, of=outbox) if locked else statement


@cache
def next_due_there(least: Urgency | None) -> Select[Any]:
    """Of one `platform`, of what is at least so urgent."""
    firsts = union_all(*map(_first_of, _down_to(least))).subquery()
    return select(func.min(firsts.c.due))


def _down_to(least: Urgency | None) -> list[Urgency]:
    return [urgency for urgency in Urgency if least is None or urgency <= least]


def _first_of(urgency: Urgency) -> Select[int | None]:
    """By urgency, so that the platform's index has the answer at each one's beginning."""
    first = select(_o.due).where(_OF_PLATFORM, _o.urgency == urgency.value, _o.due.is_not(None), not_(_BLOCKED))
    return select(first.order_by(_o.due).limit(1).subquery().c.due)
