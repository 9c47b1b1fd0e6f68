"""News become parcels in the commit of their reason: one for each address, and of a card only the newest."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from sqlalchemy import UpdateBase, and_, case, text
from sqlalchemy.dialects import postgresql, sqlite

from bot.ports import Kind, News, ParcelState, WallClock
from storage.cards_json import card_to_data
from storage.tables import outbox
from storage.transaction import Transaction
from storage.values import dumps, epoch

Routes = Callable[[str], Sequence[tuple[str, str]]]
"""A logical place to its addresses, each a platform and a place there."""

_o = outbox.c


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


_ONCE: Mapping[str, UpdateBase] = {
    "sqlite": sqlite.insert(outbox).on_conflict_do_nothing(),
    "postgresql": postgresql.insert(outbox).on_conflict_do_nothing(),
}
_CARD: Mapping[str, UpdateBase] = {
    "sqlite": _card_upsert(sqlite.insert),
    "postgresql": _card_upsert(postgresql.insert),
}


class Posting:
    """What one transaction posts; rows are written together, before anything could miss them."""

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
        "state": ParcelState.PLANNED.value,
        "due": created if news.not_before is None else epoch(news.not_before),
        "attempts": 0,
        "error": "",
    }
