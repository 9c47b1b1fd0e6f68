"""The delivery round: what is carried, tried again or buried, and that one deaf platform harms no other."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot.cards import Card, say
from bot.clocks import MovableClock
from bot.delivery import LEASE_SECONDS, Delivery
from bot.ports import CannotDeliver, Kind, News, Outcome, Parcel, ParcelState, UnitOfWork
from storage.database import SqlDatabase
from storage.maintenance import upgrade
from tests.storage.desk import no_promises, open_ticket

START = datetime(2026, 10, 5, 14, 0, tzinfo=UTC)


@dataclass
class Listener:
    """A channel that hears; it refuses as often as it is told to, and may be slow."""

    platform: str
    refusals: list[Exception] = field(default_factory=list)
    heard: list[Parcel] = field(default_factory=list)

    @property
    def prompt(self) -> bool:
        return True

    async def deliver(self, parcel: Parcel) -> str:
        if self.refusals:
            raise self.refusals.pop(0)
        self.heard.append(parcel)
        return f"message {len(self.heard)}"

    @property
    def words(self) -> list[str]:
        return ["".join(str(part) for part in parcel.card.lines[0]) for parcel in self.heard]


@dataclass
class Exchange:
    """An outbox with two platforms behind it: everything goes to both."""

    database: SqlDatabase
    clock: MovableClock
    chat: Listener
    pager: Listener
    delivery: Delivery
    settled: list[tuple[str, Outcome]] = field(default_factory=list)

    def post(self, text: str, kind: Kind = Kind.NOTICE, key: str = "") -> None:
        news = News(kind, "#desk", say(text), key or text)
        self.database.write(lambda work: work.outbox.post(news))

    def round(self) -> int:
        return asyncio.run(self.delivery.round())

    def counts(self) -> dict[str, int]:
        counts = self.database.read(lambda work: work.outbox.counts())
        return {state: count for state, count in counts.items() if count}


def drawn(work: UnitOfWork, parcel: Parcel, now: datetime) -> Card | None:
    if "unwanted" in parcel.key:
        return None
    if "undrawable" in parcel.key and parcel.attempts == 1:
        raise KeyError("a bug")
    return say(f"card of {parcel.ticket} at {now:%H:%M}") if parcel.kind is Kind.CARD else parcel.card


@pytest.fixture
def exchange(tmp_path: Path) -> Iterator[Exchange]:
    url = f"sqlite:///{tmp_path / 'desk.db'}"
    upgrade(url)
    clock = MovableClock(START)
    database = SqlDatabase(url, lambda to: (("chat", to), ("pager", to)), no_promises, clock)
    chat, pager = Listener("chat"), Listener("pager")
    settled: list[tuple[str, Outcome]] = []

    def settle(work: UnitOfWork, parcel: Parcel, outcome: Outcome, now: datetime) -> None:
        settled.append((parcel.platform, outcome))
        if "trouble" in parcel.key:
            work.tickets.get(4711)

    delivery = Delivery(database, {"chat": chat, "pager": pager}, clock, drawn, settled=settle)
    yield Exchange(database, clock, chat, pager, delivery, settled)
    database.close()


def test_news_reaches_every_platform_once(exchange: Exchange) -> None:
    exchange.post("hello")
    assert exchange.round() == 2
    assert exchange.round() == 0
    assert exchange.chat.words == exchange.pager.words == ["hello"]


def test_what_failed_is_tried_again_later_and_the_rest_goes_on(exchange: Exchange) -> None:
    exchange.chat.refusals = [CannotDeliver("the network is gone")]
    exchange.post("first")
    exchange.post("second")
    exchange.round()
    assert exchange.chat.words == ["second"]
    assert exchange.pager.words == ["first", "second"]
    exchange.clock.forward(seconds=5)
    exchange.round()
    assert exchange.chat.words == ["second", "first"]


def test_a_platform_that_is_not_connected_keeps_its_news_waiting(exchange: Exchange) -> None:
    alone = Delivery(exchange.database, {"pager": exchange.pager}, exchange.clock, drawn)
    exchange.post("hello")
    asyncio.run(alone.round())
    assert exchange.pager.words == ["hello"]
    exchange.clock.forward(minutes=10)
    exchange.round()
    assert exchange.chat.words == ["hello"]


def test_a_platform_says_how_long_to_wait(exchange: Exchange) -> None:
    exchange.chat.refusals = [CannotDeliver("429", retry_after=30)]
    exchange.post("hello")
    exchange.round()
    exchange.clock.forward(seconds=29)
    exchange.round()
    assert exchange.chat.words == []
    exchange.clock.forward(seconds=1)
    exchange.round()
    assert exchange.chat.words == ["hello"]


def test_a_permanent_refusal_is_buried_with_its_reason(exchange: Exchange) -> None:
    exchange.chat.refusals = [CannotDeliver("the channel was deleted", permanent=True)]
    exchange.post("hello")
    exchange.round()
    assert exchange.counts() == {"dead": 1, "sent": 1}


def test_a_notice_grows_too_old_and_an_alert_never_does(exchange: Exchange) -> None:
    exchange.post("notice")
    exchange.post("alert", Kind.ALERT)
    exchange.clock.forward(days=3)
    exchange.chat.refusals = [CannotDeliver("deaf")]
    exchange.round()
    assert exchange.counts() == {"dead": 2, "planned": 1, "sent": 1}
    exchange.clock.forward(minutes=10)
    exchange.round()
    assert exchange.chat.words == exchange.pager.words == ["alert"]


def test_a_platform_that_never_answers_is_left_and_the_others_are_served(exchange: Exchange) -> None:
    class Silent(Listener):
        @property
        def prompt(self) -> bool:
            return True

        async def deliver(self, parcel: Parcel) -> str:
            await asyncio.Event().wait()
            raise AssertionError("It never answers.")

    channels = {"chat": Silent("chat"), "pager": exchange.pager}
    hasty = Delivery(exchange.database, channels, exchange.clock, drawn, patience=0.01)
    exchange.post("hello")
    asyncio.run(hasty.round())
    assert exchange.pager.words == ["hello"]
    exchange.clock.forward(seconds=5)
    exchange.round()
    assert exchange.chat.words == ["hello"]


def test_an_adapter_with_a_bug_loses_nothing(exchange: Exchange) -> None:
    exchange.chat.refusals = [KeyError("a bug")]
    exchange.post("hello")
    exchange.round()
    exchange.clock.forward(seconds=5)
    exchange.round()
    assert exchange.chat.words == ["hello"]


def test_what_a_crash_left_half_way_is_delivered_again_after_its_lease(exchange: Exchange) -> None:
    exchange.post("hello")
    exchange.database.write(lambda work: work.outbox.lease(exchange.clock.now(), LEASE_SECONDS, 10))
    assert exchange.round() == 0, "Somebody holds it."
    exchange.clock.forward(seconds=LEASE_SECONDS + 1)
    exchange.round()
    assert exchange.chat.words == ["hello"]


def test_a_card_is_drawn_when_it_is_delivered_and_updates_its_message(exchange: Exchange) -> None:
    exchange.database.write(lambda work: open_ticket(work) and None)
    card = News(Kind.CARD, "#desk", Card(ticket=1), "card:1", ticket=1)
    exchange.database.write(lambda work: work.outbox.post(card))
    exchange.round()
    for _ in range(3):
        exchange.database.write(lambda work: work.outbox.post(card))
    exchange.clock.set(START + timedelta(minutes=7))
    exchange.round()
    assert exchange.chat.words == ["card of 1 at 14:00", "card of 1 at 14:07"]
    assert [parcel.ref for parcel in exchange.chat.heard] == [None, "message 1"]


def test_the_same_news_posted_twice_is_one_message(exchange: Exchange) -> None:
    exchange.post("hello", key="once")
    exchange.post("hello again", key="once")
    exchange.round()
    assert exchange.chat.words == ["hello"]


def test_a_platform_that_is_deaf_for_days_is_tried_again_and_again(exchange: Exchange) -> None:
    """After some days an alert has been tried more often than a power of two can be counted."""
    exchange.post("mail server down", Kind.ALERT)

    def tired(work: UnitOfWork) -> None:
        for parcel in work.outbox.lease(exchange.clock.now(), 0, 10):
            work.outbox.failed(parcel, "deaf", exchange.clock.now(), exchange.clock.now())

    for _ in range(1100):
        exchange.database.write(tired)
    exchange.chat.refusals, exchange.pager.refusals = [CannotDeliver("deaf")], [CannotDeliver("deaf")]
    assert exchange.round() == 2
    exchange.clock.forward(minutes=6)
    assert exchange.round() == 2
    assert exchange.chat.words == exchange.pager.words == ["mail server down"]


@pytest.mark.parametrize("refusals", [[], [CannotDeliver("no such channel", permanent=True)]], ids=["told", "given up"])
def test_once_an_alert_is_told_or_given_up_its_tickets_card_is_shown_anew(
    exchange: Exchange, refusals: list[Exception]
) -> None:
    def promise_at_risk(work: UnitOfWork) -> None:
        open_ticket(work)
        work.outbox.post(News(Kind.ALERT, "#alerts", say("at risk"), "alert:1", ticket=1))

    exchange.database.write(promise_at_risk)
    exchange.chat.refusals, exchange.pager.refusals = [*refusals], [*refusals]
    exchange.round()
    exchange.round()
    assert [parcel.key for parcel in exchange.chat.heard if parcel.kind is Kind.CARD] == ["card:1"]
    assert exchange.round() == 0


def test_what_nobody_wants_any_more_is_withdrawn_when_it_would_be_delivered(exchange: Exchange) -> None:
    exchange.post("unwanted", Kind.PAGE)
    exchange.round()
    assert exchange.chat.heard == exchange.pager.heard == []
    assert exchange.counts() == {"withdrawn": 2}
    assert dict(exchange.settled) == dict.fromkeys(("chat", "pager"), Outcome(ParcelState.WITHDRAWN))


def test_what_cannot_be_drawn_is_tried_again_and_nobody_wonders_whether_it_arrived(exchange: Exchange) -> None:
    exchange.post("undrawable", Kind.PAGE)
    exchange.round()
    assert [outcome.state for _, outcome in exchange.settled] == [ParcelState.PLANNED] * 2
    exchange.clock.forward(seconds=2)
    exchange.round()
    assert exchange.chat.words == exchange.pager.words == ["undrawable"]


def test_what_came_of_a_page_is_told_in_the_commit_that_writes_it_down(exchange: Exchange) -> None:
    exchange.chat.refusals = [CannotDeliver("503"), CannotDeliver("no answer", unknown=True)]
    exchange.pager.refusals = [CannotDeliver("no such number", permanent=True)]
    exchange.post("page", Kind.PAGE)
    for _ in range(3):
        exchange.round()
        exchange.clock.forward(seconds=5)
    exchange.post("alert", Kind.ALERT)
    exchange.round()
    of_chat = [outcome for platform, outcome in exchange.settled if platform == "chat"]
    assert of_chat == [
        Outcome(ParcelState.PLANNED, reason="503", final=False),
        Outcome(ParcelState.AMBIGUOUS, reason="no answer", final=False),
        Outcome(ParcelState.SENT, "message 1"),
    ]
    of_pager = [outcome for platform, outcome in exchange.settled if platform == "pager"]
    assert of_pager == [Outcome(ParcelState.DEAD, reason="no such number")]


def test_a_page_whose_consequences_fail_is_not_delivered_again_because_of_it(exchange: Exchange) -> None:
    exchange.post("trouble", Kind.PAGE)
    exchange.round()
    exchange.clock.forward(minutes=10)
    assert exchange.round() == 0
    assert exchange.counts() == {"sent": 2}


def test_a_page_is_tried_again_within_fifteen_seconds_however_often_it_failed_and_never_given_up(
    exchange: Exchange,
) -> None:
    exchange.post("page", Kind.PAGE)
    exchange.chat.refusals = [CannotDeliver("deaf") for _ in range(1000)]
    pauses = []
    for _ in range(6):
        exchange.round()
        due = exchange.database.read(lambda work: work.outbox.next_due("chat"))
        assert due is not None
        pauses.append((due - exchange.clock.now()).seconds)
        exchange.clock.set(due)
    assert pauses == [2, 4, 8, 15, 15, 15]
    exchange.clock.forward(days=30)
    exchange.round()
    assert exchange.counts() == {"planned": 1, "sent": 1}


def test_a_page_waits_as_long_as_its_platform_asks_for(exchange: Exchange) -> None:
    exchange.chat.refusals = [CannotDeliver("429", retry_after=40)]
    exchange.post("page", Kind.PAGE)
    exchange.round()
    due = exchange.database.read(lambda work: work.outbox.next_due("chat"))
    assert due == exchange.clock.now() + timedelta(seconds=40)
