"""Couriers: a slow platform is carried at its own pace, the urgent first, and nobody else waits for it."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TypeVar

import pytest

from bot.cards import Card, say
from bot.clocks import MovableClock
from bot.courier import AT_ONCE, LEASE_SECONDS, URGENT_BESIDE
from bot.delivery import Delivery
from bot.ports import CannotDeliver, Kind, News, Parcel, ParcelState, UnitOfWork, Urgency
from storage.database import SqlDatabase
from tests.hand_moved import HandMoved
from tests.storage.desk import no_promises

T = TypeVar("T")

START = datetime(2026, 10, 5, 14, 0, tzinfo=UTC)


@dataclass
class Chat:
    """A slow platform: a message arrives when the test lets it, or at once. What it refuses, it refuses in #desk."""

    platform: str = "chat"
    prompt: bool = False
    at_once: bool = True
    seconds: float = 0.0
    begun: list[Parcel] = field(default_factory=list)
    heard: list[Parcel] = field(default_factory=list)
    refusals: list[Exception] = field(default_factory=list)
    gates: dict[str, asyncio.Event] = field(default_factory=dict)

    async def deliver(self, parcel: Parcel) -> str:
        self.begun.append(parcel)
        if not self.at_once:
            await self.gates.setdefault(parcel.key, asyncio.Event()).wait()
        if self.refusals and parcel.place == "#desk":
            raise self.refusals.pop(0)
        self.heard.append(parcel)
        return f"message {len(self.heard)}"

    def gap(self, parcel: Parcel) -> float:
        return self.seconds

    @property
    def keys(self) -> list[str]:
        return [parcel.key for parcel in self.heard]

    def arrives(self, key: str) -> None:
        self.gates.setdefault(key, asyncio.Event()).set()


@dataclass
class Swift(Chat):
    """One that takes the next message once it has one."""

    pace: float = 0.0


@dataclass
class Office:
    """An outbox whose news goes to a slow platform, and to a terminal that takes no time."""

    database: SqlDatabase
    clock: MovableClock
    time: HandMoved = field(default_factory=HandMoved)
    chat: Chat = field(default_factory=Chat)
    terminal: Chat = field(default_factory=lambda: Chat("console", prompt=True))

    def __post_init__(self) -> None:
        self.delivery = self.made()

    def made(self) -> Delivery:
        channels = {"chat": self.chat, "console": self.terminal}
        return Delivery(self.database, channels, self.clock, _as_posted, pace=1.0, later=self.time)

    def post(self, key: str, place: str = "#desk", urgency: Urgency = Urgency.NOTICE, kind: Kind = Kind.ALERT) -> None:
        self.database.write(lambda work: work.outbox.post(News(kind, place, say(key), key, urgency)))

    def carried(self, story: Callable[[Office], Awaitable[None]]) -> None:
        """Run a story beside a courier that carries; at its end the courier stops."""

        async def run() -> None:
            self.delivery.connect("chat")
            try:
                await story(self)
            finally:
                self.chat.at_once = True
                for gate in self.chat.gates.values():
                    gate.set()
                await self.delivery.stop()

        asyncio.run(run())

    async def until(self, so: Callable[[], bool]) -> None:
        """The courier works in threads: wait until it has come so far."""
        for _ in range(5000):
            if so():
                return
            await asyncio.sleep(0.005)
        raise AssertionError(f"It never came so far: {self.chat.keys}")

    async def hears(self, count: int, resting: int = 1) -> None:
        """So much was heard and no more, and the places where it was heard are given time."""
        await self.until(lambda: len(self.chat.keys) >= count and self.time.waiting >= resting)
        await self.quiet()
        assert len(self.chat.keys) == count

    async def quiet(self) -> None:
        """Long enough for a courier that has something to do to begin with it: it was woken and found nothing."""
        self.delivery.wake()
        await asyncio.to_thread(self.database.read, lambda work: work.outbox.next_due("chat"))
        await asyncio.sleep(0.05)

    def states(self) -> dict[str, int]:
        counts = self.database.read(lambda work: work.outbox.counts())
        return {state: count for state, count in counts.items() if count}


def _as_posted(work: UnitOfWork, parcel: Parcel, now: datetime) -> Card | None:
    return None if "unwanted" in parcel.key else parcel.card


@pytest.fixture
def office(url: str) -> Iterator[Office]:
    clock = MovableClock(START)

    def routes(to: str) -> tuple[tuple[str, str], ...]:
        return (("chat", to),) if to != "#both" else (("chat", to), ("console", to))

    database = SqlDatabase(url, routes, no_promises, clock)
    yield Office(database, clock)
    database.close()


def test_a_place_gets_one_message_a_second_and_a_page_overtakes_what_waits(office: Office) -> None:
    async def story(office: Office) -> None:
        await office.hears(1)
        office.post("page", urgency=Urgency.PAGE)
        office.post("warning", urgency=Urgency.WARNING)
        await office.quiet()
        assert office.chat.keys == ["card 1"], "The place is given its second."
        for count in (2, 3, 4, 5):
            office.time.pass_(1)
            await office.hears(count)
        assert office.chat.keys == ["card 1", "page", "warning", "card 2", "card 3"]

    for number in (1, 2, 3):
        office.post(f"card {number}", urgency=Urgency.CARD)
    office.carried(story)


def test_a_channel_whose_places_take_more_is_carried_as_fast_as_it_takes_it(office: Office) -> None:
    async def story(office: Office) -> None:
        await office.until(lambda: office.chat.keys == ["one", "two", "three"])

    office.chat = Swift()
    office.delivery = office.made()
    for key in ("one", "two", "three"):
        office.post(key)
    office.carried(story)


def test_places_are_served_side_by_side_and_not_too_many_at_once(office: Office) -> None:
    async def story(office: Office) -> None:
        await office.until(lambda: len(office.chat.begun) == AT_ONCE)
        await office.quiet()
        assert len({parcel.place for parcel in office.chat.begun}) == len(office.chat.begun) == AT_ONCE
        office.chat.arrives("k0")
        await office.until(lambda: len(office.chat.begun) == AT_ONCE + 1)

    office.chat.at_once = False
    for number in range(AT_ONCE + 2):
        office.post(f"k{number}", place=f"#place-{number}")
    office.carried(story)


def test_what_is_urgent_goes_beside_as_many_as_are_slow(office: Office) -> None:
    async def story(office: Office) -> None:
        await office.until(lambda: len(office.chat.begun) == AT_ONCE)
        office.post("warning", "@bob", Urgency.WARNING)
        office.post("breach", "#alerts", Urgency.BREACH)
        office.post("page", "@ann", Urgency.PAGE)
        office.delivery.wake()
        await office.until(lambda: len(office.chat.begun) == AT_ONCE + URGENT_BESIDE)
        assert {parcel.key for parcel in office.chat.begun[AT_ONCE:]} == {"page", "breach"}
        office.post("another page", "@carl", Urgency.PAGE)
        await office.quiet()
        assert len(office.chat.begun) == AT_ONCE + URGENT_BESIDE
        office.chat.arrives("breach")
        await office.until(lambda: office.chat.begun[-1].key == "another page")

    office.chat.at_once = False
    for number in range(AT_ONCE + 1):
        office.post(f"k{number}", place=f"#place-{number}")
    office.carried(story)


def test_a_provider_that_takes_only_so_many_gets_the_most_urgent_of_those_that_wait(office: Office) -> None:
    async def story(office: Office) -> None:
        await office.until(lambda: office.chat.keys == ["k0"] and office.states() == {"sent": 1, "planned": 2})
        office.post("first page", "@zoe", Urgency.FIRST_PAGE)
        office.time.pass_(2.9)
        await office.quiet()
        assert office.chat.keys == ["k0"], "Wherever it goes, the provider takes nothing yet."
        office.time.pass_(0.1)
        await office.until(lambda: office.chat.keys == ["k0", "first page"])
        office.time.pass_(3)
        await office.until(lambda: office.chat.keys == ["k0", "first page", "k1"])

    office.chat.seconds = 3.0
    for number in range(3):
        office.post(f"k{number}", f"@person-{number}", Urgency.PAGE)
    office.carried(story)


def test_what_is_withdrawn_costs_nobody_any_time(office: Office) -> None:
    async def story(office: Office) -> None:
        await office.until(lambda: office.states() == {"sent": 1, "withdrawn": 20})

    office.chat.seconds = 3.0
    for number in range(20):
        office.post(f"unwanted {number}", "@ann", Urgency.FIRST_PAGE)
    office.post("wanted", "@ann", Urgency.PAGE)
    office.carried(story)
    assert office.chat.keys == ["wanted"]


def test_what_waits_for_an_operator_keeps_nobody_waiting_and_goes_when_it_is_mended(office: Office) -> None:
    async def story(office: Office) -> None:
        await office.until(lambda: not office.chat.refusals and office.states() == {"planned": 1})
        await office.until(lambda: office.time.waiting > 0)
        office.post("page", urgency=Urgency.PAGE)
        await office.quiet()
        assert office.chat.keys == []
        office.time.pass_(5)
        await office.until(lambda: office.chat.keys == ["page"])
        office.database.write(lambda work: work.outbox.release("chat", office.clock.now()))
        office.delivery.wake()
        for _ in range(100):
            await office.quiet()
            office.time.pass_(1)
            if office.chat.keys == ["page", "first"]:
                return
        raise AssertionError(office.chat.keys)

    office.chat.refusals = [CannotDeliver("not in the channel", retry_after=300, alone=True)]
    office.post("first")
    office.carried(story)


def test_what_waited_for_an_operator_goes_when_the_desk_is_started_again(office: Office) -> None:
    async def story(office: Office) -> None:
        await office.until(lambda: office.chat.keys == ["first"])

    office.chat.refusals = [CannotDeliver("not in the channel", retry_after=300, alone=True)]
    office.post("first")
    asyncio.run(office.made().settle())
    assert office.states() == {"planned": 1}
    office.carried(story)


def test_a_place_that_asks_for_time_gets_it_and_other_places_go_on(office: Office) -> None:
    async def story(office: Office) -> None:
        await office.hears(1, resting=2)
        assert office.chat.keys == ["there"]
        office.clock.forward(seconds=29)
        office.time.pass_(29)
        await office.quiet()
        assert office.chat.keys == ["there"]
        office.clock.forward(seconds=1)
        office.time.pass_(1)
        await office.until(lambda: len(office.chat.keys) == 2)
        assert office.chat.keys[1] == "urgent", "What is urgent goes first when the place takes news again."

    office.post("first")
    office.post("urgent", urgency=Urgency.PAGE)
    office.chat.refusals = [CannotDeliver("429", retry_after=30)]
    office.post("there", place="#elsewhere")
    office.carried(story)


def test_a_parcel_that_fails_again_and_again_does_not_keep_its_place_from_the_others(office: Office) -> None:
    async def story(office: Office) -> None:
        await office.until(lambda: len(office.chat.begun) == 1)
        await office.until(lambda: office.states() == {"ambiguous": 1, "planned": 1} and office.time.waiting == 1)
        office.time.pass_(5)
        await office.until(lambda: office.chat.keys == ["good"])

    office.chat.refusals = [KeyError("a bug")]
    office.post("bad", urgency=Urgency.PAGE)
    office.post("good")
    office.carried(story)


def test_the_rounds_do_not_wait_for_a_platform_that_never_answers(office: Office) -> None:
    async def story(office: Office) -> None:
        await office.until(lambda: len(office.chat.begun) == 1)
        office.post("hello", place="#both")
        assert await office.delivery.round() == 1
        assert office.terminal.keys == ["hello"]

    office.chat.at_once = False
    office.post("never")
    office.carried(story)


def test_what_is_under_way_is_finished_when_the_desk_stops(office: Office) -> None:
    async def run() -> None:
        office.delivery.connect("chat")
        await office.until(lambda: len(office.chat.begun) == 1)
        stopping = asyncio.create_task(office.delivery.stop())
        await asyncio.sleep(0)
        office.post("too late", place="#elsewhere")
        office.chat.arrives("one")
        await stopping

    office.chat.at_once = False
    office.post("one")
    asyncio.run(run())
    assert office.chat.keys == ["one"]
    assert office.states() == {"sent": 1, "planned": 1}


def test_a_platform_that_is_not_connected_keeps_its_news_untouched(office: Office) -> None:
    office.post("hello")
    asyncio.run(office.delivery.round())
    [waiting] = office.database.write(lambda work: work.outbox.lease(office.clock.now(), 60, 10))
    assert waiting.attempts == 1, "Nobody had tried before."


def test_settling_carries_everything_at_once_whatever_the_pace(office: Office) -> None:
    for number in range(5):
        office.post(f"k{number}", place="#both")
    assert asyncio.run(office.delivery.settle()) == 10
    assert office.chat.keys == office.terminal.keys == [f"k{number}" for number in range(5)]


def test_what_may_have_arrived_comes_back_to_be_looked_up(office: Office) -> None:
    office.chat.refusals = [CannotDeliver("the line broke", unknown=True), CannotDeliver("the line is still broken")]
    office.post("once")
    for expected in (ParcelState.SENDING, ParcelState.AMBIGUOUS, ParcelState.AMBIGUOUS):
        asyncio.run(office.made().settle())
        assert office.chat.begun[-1].state is expected
        office.clock.forward(minutes=1)
    assert office.chat.keys == ["once"]


def test_a_newer_card_waits_until_it_is_known_what_became_of_the_older_one(office: Office) -> None:
    office.chat.refusals = [CannotDeliver("the line broke", unknown=True)]
    office.post("card:1", kind=Kind.CARD)
    asyncio.run(office.made().settle())
    office.post("card:1", kind=Kind.CARD)
    asyncio.run(office.made().settle())
    assert office.chat.heard == []
    office.clock.forward(minutes=1)
    asyncio.run(office.made().settle())
    assert [(parcel.state, parcel.ref) for parcel in office.chat.heard] == [
        (ParcelState.AMBIGUOUS, None),
        (ParcelState.SENDING, "message 1"),
    ]


def test_what_a_crash_left_under_way_comes_back_after_its_lease(office: Office) -> None:
    office.post("hello")
    office.database.write(lambda work: work.outbox.lease(office.clock.now(), LEASE_SECONDS, 1, "chat"))
    asyncio.run(office.made().settle())
    assert office.chat.heard == []
    office.clock.forward(seconds=LEASE_SECONDS)
    asyncio.run(office.made().settle())
    assert [parcel.state for parcel in office.chat.heard] == [ParcelState.AMBIGUOUS]


def test_what_is_too_old_is_buried_and_not_handed_over(office: Office) -> None:
    office.post("old", kind=Kind.NOTICE)
    office.clock.forward(days=1, seconds=1)
    asyncio.run(office.made().settle())
    assert (office.chat.begun, office.states()) == ([], {"dead": 1})


def test_the_courier_sees_to_what_is_due_later_by_itself(office: Office) -> None:
    async def story(office: Office) -> None:
        await office.until(lambda: any(not alarm.cancelled for alarm in office.time.alarms))
        office.clock.speed = 0
        office.clock.forward(minutes=5)
        office.time.pass_(400)
        await office.until(lambda: office.chat.keys == ["later"])

    office.clock.speed = 1.0
    later = News(Kind.NOTICE, "#desk", say("later"), "later", not_before=START.replace(minute=5))
    office.database.write(lambda work: work.outbox.post(later))
    office.carried(story)


def test_a_database_that_is_away_is_waited_for(office: Office) -> None:
    async def story(office: Office) -> None:
        await office.until(lambda: bool(office.time.alarms))
        office.post("hello")
        office.time.pass_(5)
        await office.until(lambda: office.chat.keys == ["hello"])

    broken = Broken(office.database)
    channels = {"chat": office.chat}
    office.delivery = Delivery(broken, channels, office.clock, _as_posted, later=office.time)
    office.carried(story)


class Broken:
    """A database that is away when it is asked first."""

    def __init__(self, database: SqlDatabase) -> None:
        self.write = database.write
        self._read = database.read
        self._asked = False

    def read(self, deed: Callable[[UnitOfWork], T]) -> T:
        if not self._asked:
            self._asked = True
            raise ConnectionError("away")
        return self._read(deed)
