"""A desk that stands still for a minute, and goes on: what another did meanwhile it does not do again."""

from __future__ import annotations

import asyncio
import os
import signal
import sqlite3
from collections.abc import Iterator
from contextlib import closing, suppress
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from bot.cards import Card
from bot.courier import LEASE_SECONDS
from bot.handover import Handover
from bot.ports import CannotDeliver, Kind, News, Parcel, ParcelState, UnitOfWork, Urgency
from storage.database import SqlDatabase
from tests.doubles.phone import Network
from tests.doubles.phone.desk import PhoneDesk, found_night
from tests.doubles.phone.engineers import KIM, SAM
from tests.doubles.slack.workspace import Workspace
from tests.storage.desk import HandClock, open_database

CALL = f"only:phone:call:{KIM}"


@dataclass
class Telephone:
    """Rings for whatever it is given; or fails, as it is told."""

    fails: CannotDeliver | None = None
    platform: str = "phone"
    prompt: bool = False
    rang: list[ParcelState] = field(default_factory=list)

    async def deliver(self, parcel: Parcel) -> str:
        self.rang.append(parcel.state)
        if self.fails is not None:
            raise self.fails
        return f"main:CA{len(self.rang)}"


@dataclass
class Desks:
    """Two desks on one database, each with a telephone."""

    database: SqlDatabase
    clock: HandClock
    one: Telephone = field(default_factory=Telephone)
    other: Telephone = field(default_factory=Telephone)

    def leases(self) -> Parcel:
        now = self.clock.now()
        return self.database.write(lambda work: work.outbox.lease(now, LEASE_SECONDS, 1)[0])

    def carry(self, phone: Telephone, parcel: Parcel) -> None:
        handover = Handover(self.database, self.clock, lambda _work, parcel, _now: parcel.card)
        asyncio.run(handover.carry(phone, parcel))

    def state(self) -> ParcelState:
        counts = self.database.read(lambda work: work.outbox.counts())
        return next(ParcelState(state) for state, count in counts.items() if count)


@pytest.fixture
def desks(url: str) -> Iterator[Desks]:
    clock = HandClock()
    database = open_database(url, clock)

    def post(work: UnitOfWork) -> None:
        work.outbox.post(News(Kind.PAGE, CALL, Card(), "page:1:1", Urgency.FIRST_PAGE))

    database.write(post)
    yield Desks(database, clock)
    database.close()


def test_a_page_that_another_desk_has_sent_meanwhile_is_not_sent_again(desks: Desks) -> None:
    mine = desks.leases()
    desks.clock.forward(seconds=60)
    theirs = desks.leases()
    assert theirs.state is ParcelState.AMBIGUOUS, "It is looked up, for it may have gone out."
    desks.carry(desks.other, theirs)
    desks.carry(desks.one, mine)
    assert len(desks.other.rang) == 1
    assert desks.one.rang == []
    assert desks.state() is ParcelState.SENT


def test_a_page_that_another_desk_is_sending_is_left_to_it(desks: Desks) -> None:
    mine = desks.leases()
    desks.clock.forward(seconds=60)
    desks.leases()
    desks.carry(desks.one, mine)
    assert desks.one.rang == []
    assert desks.state() is ParcelState.AMBIGUOUS


@pytest.mark.parametrize("hopeless", [False, True])
def test_who_fails_late_takes_nothing_from_whoever_is_sending_it_now(desks: Desks, hopeless: bool) -> None:
    mine, now = desks.leases(), desks.clock.now()
    desks.clock.forward(seconds=60)
    desks.leases()
    desks.database.write(lambda work: work.outbox.failed(mine, "timed out", None if hopeless else now, now))
    assert desks.state() is ParcelState.AMBIGUOUS
    assert (desks.database.read(lambda work: work.outbox.next_due()) or now) > desks.clock.now()


# --- the process itself ---------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return found_night(tmp_path_factory.mktemp("night") / "data")


@pytest.fixture
def desk(tmp_path: Path, town: Path) -> Iterator[PhoneDesk]:
    with Network(scale=0.02) as phones, Workspace() as slack:
        phones.person(KIM, "Kim", after=None, by_hand=True)
        phones.person(SAM, "Sam", after=None, by_hand=True)
        with PhoneDesk(tmp_path, phones, slack, town=town) as desk:
            yield desk
        assert slack.faults == []


def stands_still_for_a_minute(desk: PhoneDesk, *meanwhile: str) -> None:
    stopped_between_commits(desk)
    try:
        for line in meanwhile:
            assert desk.writes_beside(line)
        desk.process.passes(seconds=60)
    finally:
        os.kill(desk.process.pid, signal.SIGCONT)
    desk.passes(seconds=0)


def _stands_still(process: int) -> bool:
    """Whether every thread of it has stopped: the signal has been sent, and may not have come to each of them."""
    threads = Path(f"/proc/{process}/task")
    return all("\nState:\tT" in (one / "status").read_text() for one in threads.iterdir())


def stopped_between_commits(desk: PhoneDesk) -> None:
    """Stopped where it does not hold the database, so that others can write meanwhile."""
    with closing(sqlite3.connect(desk.process.folder / "thirdline.db", timeout=0, isolation_level=None)) as beside:
        while True:
            os.kill(desk.process.pid, signal.SIGSTOP)
            while not _stands_still(desk.process.pid):
                pass
            with suppress(sqlite3.OperationalError):
                beside.execute("BEGIN IMMEDIATE")
                beside.execute("ROLLBACK")
                return
            os.kill(desk.process.pid, signal.SIGCONT)


@pytest.mark.slow
def test_a_stopped_process_calls_once_when_it_goes_on(desk: PhoneDesk) -> None:
    stands_still_for_a_minute(desk, "/ticket open server down --customer acme")
    desk.phones.until(lambda: desk.phones.calls, 30)
    desk.phones.calls[0].picks_up()
    desk.phones.until(lambda: desk.phones.calls[0].heard)
    assert [one.to for one in desk.phones.calls] == [KIM]


@pytest.mark.slow
def test_a_stopped_process_calls_nobody_about_what_was_taken_meanwhile(desk: PhoneDesk) -> None:
    stands_still_for_a_minute(desk, "/ticket open server down --customer acme", "/page ack #1")
    assert desk.writes_beside("/ticket open disk full --customer acme")
    desk.passes(seconds=1)
    desk.phones.until(lambda: desk.phones.calls, 30)
    pages = {token: page for page, token in desk.rows("attempts", "page", "token")}
    rang = [page for token, page in pages.items() if token and desk.placed(token)]
    assert rang == [2]


@pytest.mark.slow
def test_a_call_that_rings_is_cut_when_a_stopped_process_goes_on_after_somebody_took_it(desk: PhoneDesk) -> None:
    desk.slack.command("U0ANN", "C0DESK", "/ticket", "open server down --customer acme")
    desk.phones.until(lambda: desk.phones.calls and desk.phones.calls[0].status == "ringing", 30)
    stands_still_for_a_minute(desk, "/page ack #1")
    desk.phones.until(lambda: desk.phones.calls[0].over, 30)
    assert desk.phones.calls[0].status == "canceled"
    assert [one.to for one in desk.phones.calls] == [KIM]
