"""The watchman: what stands still is said once, past the outbox, and the address outside hears of us only while all is
well."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Event, Thread
from typing import TypeVar

import pytest
from pydantic import ValidationError

from bot.alarm import Alarm
from bot.below import ALARM, looked
from bot.cards import Card, Mention, say
from bot.clocks import MovableClock
from bot.connections import FACT
from bot.domain.errors import Refusal
from bot.errands import Aside, Errand, in_a_thread
from bot.outside import DeadMansSwitch
from bot.ports import CannotDeliver, Health, Kind, News, Parcel, UnitOfWork, Urgency
from bot.routes import Places, Routes
from bot.settings import Watch
from bot.watchman import LOOKS_EVERY, NAME, Watchman
from storage.database import SqlDatabase
from storage.maintenance import upgrade
from tests.storage.desk import no_promises

T = TypeVar("T")

START = datetime(2026, 10, 5, 14, 0, tzinfo=UTC)


# --- a desk to watch over ------------------------------------------------------------------------------------------


@dataclass
class Said:
    """What was said in the alerts channels."""

    cards: list[Card] = field(default_factory=list)

    def start(self) -> None:
        """Nothing to begin with."""

    def stop(self) -> None:
        """Nothing to end."""

    def __call__(self, card: Card) -> None:
        self.cards.append(card)

    @property
    def lines(self) -> list[str]:
        return [
            "".join(
                part if isinstance(part, str) else f"@{part.person}" for part in line if isinstance(part, str | Mention)
            )
            for card in self.cards
            for line in card.lines
        ]


@dataclass
class Away:
    """A database that can be taken away."""

    database: SqlDatabase
    away: bool = False
    hangs: Event | None = None

    def read(self, deed: Callable[[UnitOfWork], T]) -> T:
        if self.hangs is not None:
            self.hangs.wait(30)
        if self.away:
            raise Refusal("The database server does not answer.")
        return self.database.read(deed)

    def write(self, deed: Callable[[UnitOfWork], T]) -> T:
        if self.away:
            raise Refusal("The database server does not answer.")
        return self.database.write(deed)


@dataclass
class Post:
    """A watchman at his post: time passes by hand, and a round ends every five seconds while the desk turns."""

    database: Away
    clock: MovableClock
    url: str = ""
    now: float = 1000.0
    turning: bool = True
    ended: float | None = None
    platforms: dict[str, Health] = field(default_factory=dict)
    said: Said = field(default_factory=Said)
    aside: Aside = lambda call: call()

    def __post_init__(self) -> None:
        self.switch = DeadMansSwitch(self.url, 60, self.clock.now, aside=self.aside)
        self.watchman = Watchman(
            self.database,
            self.clock,
            lambda: self.ended,
            ("phone",),
            lambda: self.platforms,
            self.switch,
            self.said,
            late=60,
            now=lambda: self.now,
            aside=self.aside,
        )

    def passes(self, seconds: float) -> None:
        """So many real seconds, in which the watchman looks as often as he does."""
        for _ in range(int(seconds / LOOKS_EVERY)):
            self.now += LOOKS_EVERY
            self.clock.forward(seconds=LOOKS_EVERY * (self.clock.speed or 1))
            if self.turning:
                self.ended = self.now
            self.watchman.look()


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Away]:
    url = f"sqlite:///{tmp_path / 'desk.db'}"
    upgrade(url)
    clock = MovableClock(START)
    database = SqlDatabase(url, Routes((), pagers=frozenset({"phone"})), no_promises, clock)
    yield Away(database)
    database.close()


@pytest.fixture
def post(database: Away) -> Post:
    return Post(database, MovableClock(START))


def pages_go_out(post: Post) -> None:
    def carry(work: UnitOfWork) -> None:
        for parcel in work.outbox.lease(post.clock.now(), 60, 10):
            work.outbox.sent(parcel, "CA1", post.clock.now())

    post.database.write(carry)


def page_waits(database: Away, until: datetime) -> None:
    news = News(Kind.PAGE, "only:phone:call:+14165550199", Card(), "page:1:1", Urgency.FIRST_PAGE, not_before=until)
    database.write(lambda work: work.outbox.post(news))


# --- what stands still ---------------------------------------------------------------------------------------------


def test_a_desk_that_turns_is_no_news(post: Post) -> None:
    post.passes(3600)
    assert post.said.cards == []
    assert post.watchman.health() == Health(True, "nobody outside is told")


def test_a_desk_that_stands_still_is_told_once_and_again_when_it_goes_on(
    post: Post, caplog: pytest.LogCaptureFixture
) -> None:
    post.passes(60)
    post.turning = False
    post.passes(55)
    assert post.said.cards == []
    post.passes(600)
    assert post.said.lines == [
        "The desk itself is in trouble: the desk has stood still for 60 s, and nobody is paged or told anything. @team"
    ]
    assert not post.watchman.health().well
    post.turning = True
    post.passes(60)
    assert post.said.lines[1:] == ["Well again: the desk goes on."]
    assert post.watchman.health().well
    assert [record.levelno for record in caplog.records] == [logging.ERROR, logging.WARNING]


def test_a_desk_whose_first_round_never_ends_is_told_too(post: Post) -> None:
    post.turning = False
    post.passes(60)
    assert len(post.said.cards) == 1


def test_why_the_desk_stands_still_is_said_where_the_database_says_it(post: Post) -> None:
    post.passes(5)
    post.turning, post.database.away = False, True
    post.passes(60)
    assert post.said.lines == [
        "The desk itself is in trouble: the desk has stood still for 60 s, and nobody is paged or told anything. "
        "The database server does not answer. @team"
    ]


def test_a_page_that_does_not_go_out_is_told_after_a_minute(post: Post) -> None:
    page_waits(post.database, START + timedelta(seconds=100))
    post.passes(155)
    assert post.said.cards == []
    post.passes(30)
    assert post.said.lines == ["The desk itself is in trouble: a page by phone is 60 s late. @team"]
    pages_go_out(post)
    post.passes(10)
    assert post.said.lines[1:] == ["Well again: pages go out."]


def test_after_a_sleep_of_the_machine_a_late_page_has_some_seconds_to_go_out(post: Post) -> None:
    page_waits(post.database, START)
    post.clock.forward(hours=8)
    post.passes(10)
    pages_go_out(post)
    post.passes(60)
    assert post.said.cards == []


def test_a_clock_that_is_set_back_or_runs_fast_is_no_trouble(post: Post) -> None:
    post.passes(60)
    post.clock.set(START - timedelta(days=1))
    post.passes(60)
    post.clock.speed = 600.0
    page_waits(post.database, post.clock.now())
    post.passes(40)
    assert post.said.cards == []


def test_a_way_to_people_that_is_away_is_told_after_a_minute_and_a_blink_of_it_is_not(post: Post) -> None:
    post.platforms = {"slack": Health(False, "not connected")}
    post.passes(50)
    post.platforms = {"slack": Health(True, "connected")}
    post.passes(5)
    post.platforms = {"slack": Health(False, "not connected")}
    post.passes(60)
    assert post.said.cards == []
    post.passes(60)
    assert post.said.lines == ["The desk itself is in trouble: slack has been away for 60 s: not connected. @team"]


def test_what_the_watchman_found_is_kept_for_whoever_asks_from_outside(post: Post) -> None:
    post.passes(10)
    fact = post.database.read(lambda work: work.memory.fact(FACT + NAME))
    assert (fact["well"], fact["words"]) == (True, "nobody outside is told")


def test_a_database_that_hangs_does_not_hang_the_watchman(database: Away) -> None:
    database.hangs = Event()
    post = Post(database, MovableClock(START), aside=in_a_thread)
    post.turning = False
    post.passes(60)
    assert len(post.said.cards) == 1
    database.hangs.set()


def test_a_watchman_who_was_held_up_himself_tells_what_is_wrong_at_his_next_look(post: Post) -> None:
    """His looks came minutes apart: what he has heard of the database meanwhile is too old to go by, and no alarm."""
    post.passes(10)
    post.now += 600
    post.ended = post.now
    post.watchman.look()
    assert post.said.cards == []
    page_waits(post.database, post.clock.now())
    post.clock.forward(seconds=600)
    post.now += 600
    post.watchman.look()
    assert len(post.said.cards) == 1, "No round has ended in all that time."
    assert "the desk has stood still for 600 s" in post.said.lines[0]


def test_a_database_that_is_slow_to_answer_the_watchman_is_asked_once_at_a_time(database: Away) -> None:
    """It answers after minutes; until then he goes by the rounds alone, and asks nothing more of it."""
    asked: list[Callable[[], None]] = []
    post = Post(database, MovableClock(START), aside=asked.append)
    page_waits(post.database, START)
    post.passes(120)
    assert len(asked) == 1
    assert post.said.cards == [], "What nobody knows is no alarm."
    asked.pop()()
    post.passes(LOOKS_EVERY)
    assert len(asked) == 1
    for _ in range(6):
        asked.pop()()
        post.passes(LOOKS_EVERY)
    assert any("a page by phone is" in line for line in post.said.lines)


def test_a_watchman_looks_by_himself_until_he_is_stopped(post: Post) -> None:
    post.watchman.start()
    post.watchman.stop()
    assert post.said.cards == []


# --- the address outside -------------------------------------------------------------------------------------------


@dataclass
class Outside:
    """A dead-man's switch on loopback."""

    url: str = ""
    status: int = 200
    asked: list[str] = field(default_factory=list)


@contextmanager
def listening() -> Iterator[Outside]:
    outside = Outside()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            outside.asked.append(self.path)
            self.send_response(outside.status)
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None:
            """Nothing to say."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    outside.url = f"http://127.0.0.1:{server.server_port}/ping/s3cret"
    thread = Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    try:
        yield outside
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@pytest.fixture
def outside() -> Iterator[Outside]:
    with listening() as found:
        yield found


def test_the_address_outside_is_asked_every_minute_while_all_is_well_and_not_when_it_is_not(
    database: Away, outside: Outside
) -> None:
    post = Post(database, MovableClock(START), outside.url)
    post.passes(300)
    assert outside.asked == ["/ping/s3cret"] * 5
    assert post.watchman.health() == Health(True, "somebody outside is told", post.clock.now() - timedelta(seconds=55))
    post.turning = False
    post.passes(60)
    told = len(outside.asked)
    post.passes(3600)
    assert len(outside.asked) == told
    post.turning = True
    post.passes(5)
    assert len(outside.asked) == told + 1, "That it goes on is told at once."


def test_an_address_outside_that_refuses_is_told_in_health_and_once_in_the_log_without_its_secret(
    database: Away, outside: Outside, caplog: pytest.LogCaptureFixture
) -> None:
    outside.status = 503
    post = Post(database, MovableClock(START), outside.url)
    post.passes(600)
    assert post.watchman.health() == Health(True, "the address outside cannot be told: it answers 503")
    assert len(caplog.records) == 1
    assert "s3cret" not in caplog.text
    outside.status = 204
    post.passes(60)
    assert post.watchman.health().words == "somebody outside is told"


def test_an_address_outside_where_nobody_listens_is_told_in_health(database: Away) -> None:
    with listening() as gone:
        url = gone.url
    post = Post(database, MovableClock(START), url)
    post.passes(60)
    assert post.watchman.health().words == "the address outside cannot be told: Connection refused"


def test_an_errand_is_under_way_once() -> None:
    begun: list[Callable[[], None]] = []
    errand = Errand(lambda: None, begun.append)
    assert errand.begin()
    assert not errand.begin()
    begun[0]()
    assert errand.begin()


# --- the alarm -----------------------------------------------------------------------------------------------------


@dataclass
class Ear:
    """A channel that refuses as often as it is told to."""

    platform: str
    refusals: int = 0
    heard: list[Parcel] = field(default_factory=list)
    ears: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def prompt(self) -> bool:
        return True

    async def deliver(self, parcel: Parcel) -> str:
        if self.refusals:
            self.refusals -= 1
            raise CannotDeliver("deaf")
        self.heard.append(parcel)
        self.ears.set()
        return "message"


def test_an_alarm_needs_nothing_of_the_database(database: Away) -> None:
    database.away = True
    alarm = Parcel(1, Kind.ALERT, "slack", "#alerts", Card(data={ALARM: True}), "alarm", Urgency.FIRST_PAGE, START)
    assert asyncio.run(looked(database, alarm)).people == {}


def test_the_address_outside_is_one_of_the_web() -> None:
    with pytest.raises(ValidationError, match="an address that begins with https://"):
        Watch.model_validate({"url": "file:///etc/passwd"})


def test_an_alarm_is_said_in_every_alerts_channel_and_again_where_it_was_not_heard() -> None:
    slack, console, phone = Ear("slack", refusals=2), Ear("console"), Ear("phone")
    routes = Routes(("console", "slack"), {"slack": Places(alerts="#fire")}, pagers=frozenset({"phone"}))
    pauses: list[float] = []

    async def story() -> None:
        async def sleep(seconds: float) -> None:
            pauses.append(seconds)

        alarm = Alarm({"slack": slack, "console": console, "phone": phone}, routes, MovableClock(START), sleep)
        alarm(say("nobody listens yet"))
        alarm.start()
        await asyncio.to_thread(alarm, say("the desk stands still"))
        await asyncio.gather(slack.ears.wait(), console.ears.wait())
        alarm.stop()

    asyncio.run(asyncio.wait_for(story(), 60))
    assert [(parcel.place, parcel.card.data) for parcel in slack.heard] == [("#fire", {"alarm": True})]
    assert [parcel.place for parcel in console.heard] == ["#alerts"]
    assert (phone.heard, pauses) == ([], [5.0, 15.0])


def test_a_watchman_who_looks_no_more_is_in_the_desks_health(post: Post) -> None:
    """Where no address outside is set, whoever asks for the desk's health still hears of it."""
    post.passes(10)
    assert post.watchman.health().well
    post.now += 61
    told = post.watchman.health()
    assert (told.well, "the watchman has not looked for 61 s" in told.words) == (False, True)
