"""A database that is held, full, cut off or at odds with itself while a page is under way: late, and not lost."""

from __future__ import annotations

import asyncio
import resource
import shutil
import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text

from bot.courier import LEASE_SECONDS
from bot.domain.errors import Refusal
from bot.domain.paging import PageState
from bot.handover import Handover
from bot.ports import Parcel, ParcelState, UnitOfWork
from commands.drawing import draw
from commands.page_ends import acknowledge
from commands.page_receipts import settled
from commands.page_sweep import sweep_pages
from tests.adapters.phone.door import Door, Handset
from tests.commands.night import KIM, WORST, Night
from tests.commands.paged import paged, reachable, tried
from tests.holding import held
from tests.town import MONDAY_TEN, Town

OPEN = f"/ticket open down --customer acme {WORST}"
SOON = 1.0
Trouble = Callable[[Path], AbstractContextManager[None]]


@contextmanager
def full(_folder: Path) -> Iterator[None]:
    """No file of this process may grow."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


@pytest.fixture
def town(settled: Town, tmp_path: Path) -> Iterator[Town]:
    """Its database does not wait long for whoever holds it."""
    folder = tmp_path / "desk"
    shutil.copytree(settled.folder, folder)
    town = Town(folder, MONDAY_TEN, f"sqlite:///{folder / 'thirdline.db'}?timeout=0.05")
    yield town
    town.close()


@pytest.mark.parametrize("trouble", [held, full])
def test_a_page_that_is_due_while_nothing_can_be_written_goes_out_once_it_can(town: Town, trouble: Trouble) -> None:
    night = Night(town)
    town.does("bob", OPEN)
    with trouble(town.folder):
        for _ in range(3):
            with pytest.raises(Refusal, match="nothing was saved"):
                night.round()
            town.clock.forward(seconds=5)
    assert night.calls() == []
    night.round()
    assert night.calls() == [f"call:{KIM}"]


@dataclass
class Telephone:
    """It takes a call, and at that moment trouble begins."""

    begins: Callable[[], object]
    rang: list[ParcelState] = field(default_factory=list)
    platform: str = "console"
    prompt: bool = False

    async def deliver(self, parcel: Parcel) -> str:
        self.rang.append(parcel.state)
        self.begins()
        return "main:CA1"


@pytest.mark.parametrize("trouble", [held, full])
def test_a_call_that_was_made_and_cannot_be_written_down_comes_back_to_be_looked_up(
    town: Town, trouble: Trouble
) -> None:
    night = Night(town)
    town.does("bob", OPEN)
    call = next(one for one in leased(night) if one.place == f"call:{KIM}")
    handover = Handover(town.database, town.clock, draw, settled=settled)
    with ExitStack() as until_mended:
        phone = Telephone(lambda: until_mended.enter_context(trouble(town.folder)))
        with pytest.raises(Refusal, match="nothing was saved"):
            asyncio.run(handover.carry(phone, call))
    town.clock.forward(seconds=LEASE_SECONDS)
    again = next(one for one in leased(night) if one.place == f"call:{KIM}")
    assert (again.id, again.state) == (call.id, ParcelState.AMBIGUOUS)
    asyncio.run(handover.carry(Telephone(lambda: None), again))
    assert night.attempt("kim").ref == "main:CA1"


def leased(night: Night) -> list[Parcel]:
    sweep_pages(night.town.database, night.town.clock.now())
    now = night.town.clock.now()
    return list(night.town.database.write(lambda work: work.outbox.lease(now, LEASE_SECONDS, 100)))


def test_a_key_that_is_pressed_while_the_disk_is_full_is_kept_and_counts(town: Town) -> None:
    town.does("bob", "/ticket open down --customer acme")
    reachable(town, "ann", "call", "+14165550199")
    page = paged(town)
    with Door(town, patience=SOON) as door:
        ann = Handset(door, tried(town, page))
        ann.picks_up()
        ann.stays(lambda heard: not heard.words.startswith("One moment"))
        with full(town.folder):
            assert ann.presses("1").words.startswith("One moment")
        ann.goes(ann.last.redirect)
        assert "is yours" in ann.stays(lambda heard: not heard.words.startswith("One moment")).words
    assert town.database.read(lambda work: work.pages.get(page.id)).acknowledged_by == "ann"


# --- the server -------------------------------------------------------------------------------------------------------


@pytest.fixture
def server(either_town: Town) -> Night:
    return Night(either_town)


ON_SERVER = pytest.mark.parametrize("either_town", ["postgres"], indirect=True)


def cut_off(night: Night) -> int:
    """Every connection of the desk ends, as when the server fails over to another; returns how many."""
    assert night.town.database_url is not None
    engine = create_engine(night.town.database_url)
    with engine.begin() as admin:
        ended = admin.execute(
            text(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                "WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )
        )
        count = len(ended.all())
    engine.dispose()
    return count


@ON_SERVER
def test_a_server_that_fails_over_at_every_step_of_a_page_delays_it_and_loses_nothing(server: Night) -> None:
    server.town.does("bob", OPEN)
    while server.page().loud_at is None:
        assert cut_off(server)
        try:
            server.round()
        except Refusal:
            server.round()
        server.town.clock.forward(seconds=120)
    called = [(one.card.data["page"], one.card.data["attempt"]) for one in server.sent if one.place.startswith("call:")]
    assert len(called) == len(set(called)) >= 8


@ON_SERVER
def test_a_server_that_ends_the_transaction_of_an_acknowledgement_has_undone_all_of_it(server: Night) -> None:
    server.opens()
    page, now = server.page(), server.town.clock.now()

    def presses(work: UnitOfWork) -> None:
        acknowledge(work, page, "kim", "key", now)
        cut_off(server)
        work.pages.get(page.id)

    with pytest.raises(Refusal):
        server.town.database.write(presses)
    assert server.page().open
    assert server.town.ticket(1).owner is None
    server.town.does("kim", "/page ack #1")
    assert server.page().acknowledged_by == "kim"


@ON_SERVER
def test_of_two_who_wait_for_each_other_one_begins_again_and_both_acknowledge_once(server: Night) -> None:
    server.opens()
    server.opens("the other", "--category raid-restore", who="cobalt")
    server.town.does("bob", "/ticket open second --customer brightside")
    server.town.does("bob", "/page @kim first")
    server.town.does("bob", "/page @sam second")
    pages = [one.id for one in server.town.database.read(lambda work: work.pages.live())][-2:]
    both_hold, began, now = threading.Barrier(2), [0, 0], server.town.clock.now()

    def takes(mine: int) -> None:
        def deed(work: UnitOfWork) -> None:
            began[mine] += 1
            work.pages.get(pages[mine])
            if began[mine] == 1:
                both_hold.wait(10)
            acknowledge(work, work.pages.get(pages[1 - mine]), ("kim", "sam")[mine], "button", now)

        server.town.database.write(deed)

    threads = [threading.Thread(target=takes, args=(mine,)) for mine in (0, 1)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert sorted(began) == [1, 2]
    assert [server.page(id).acknowledged_by for id in pages] == ["sam", "kim"]
    assert {server.page(id).state for id in pages} == {PageState.RESOLVED}
