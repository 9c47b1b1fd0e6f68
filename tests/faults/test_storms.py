"""Far more pages than telephones: the first of each customer goes first, nobody starves, and nothing piles up."""

from __future__ import annotations

import asyncio
import os
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from bot.delivery import Delivery
from bot.domain.contacts import CALL, Contact, Reach
from bot.domain.customers import Customer
from bot.domain.escalation import Escalation, Step, Target, TargetKind
from bot.domain.paging import AttemptState, Page, PageState, Trigger
from bot.domain.people import Role, Staff
from bot.ports import Parcel, UnitOfWork
from commands.drawing import draw
from commands.page_ends import acknowledge
from commands.page_receipts import settled
from commands.page_sweep import sweep_pages
from commands.paging import start_page
from tests.adapters.phone.night import KIM, PLAN, SAM
from tests.adapters.phone.night import night as whole_night
from tests.commands.night import Night
from tests.hand_moved import HandMoved
from tests.storage.desk import open_ticket
from tests.town import Town


@pytest.fixture
def night(settled: Town, tmp_path: Path) -> Iterator[Night]:
    town = settled.copied(tmp_path / "desk")
    yield Night(town)
    town.close()


@dataclass
class Storm:
    """Pages that start in one commit: each for a ticket of a customer, to a person, by a chain of its own."""

    night: Night
    count: int = 0

    def people(self, count: int) -> list[str]:
        now = self.night.town.clock.now()
        names = [f"eng{number}" for number in range(count)]

        def move_in(work: UnitOfWork) -> None:
            for number, name in enumerate(names):
                work.people.save(Staff(name, name.capitalize(), Role.STAFF))
                work.contacts.save(Contact(0, name, CALL, f"+1416555{number + 1000:04}", verified_at=now))
                for important in (False, True):
                    work.contacts.set_plan(name, important, (Reach(CALL, 0),))

        self.night.town.database.write(move_in)
        return names

    def breaks(self, *wanted: tuple[str, str], one_chain: bool = False) -> list[Page]:
        now = self.night.town.clock.now()

        def start(work: UnitOfWork) -> list[Page]:
            pages = []
            for customer, person in wanted:
                self.count += 1
                name = "the chain" if one_chain else f"chain {self.count}"
                chain = Escalation(name, (Step((Target(TargetKind.PERSON, person),), 1200),))
                ticket = open_ticket(work, f"down {self.count}", customer=customer, level="III")
                pages.append(
                    start_page(
                        work,
                        trigger=Trigger.STAFF,
                        reason="a storm",
                        by="bob",
                        now=now,
                        ticket=ticket,
                        chain=chain,
                    )
                )
            return pages

        return self.night.town.database.write(start)

    def customers(self, count: int) -> list[str]:
        names = [f"customer{number}" for number in range(count)]

        def add(work: UnitOfWork) -> None:
            for name in names:
                work.customers.save(Customer(name, name))

        self.night.town.database.write(add)
        return names

    def those_who_were_called_take_it(self) -> None:
        def take(work: UnitOfWork) -> None:
            for page in list(work.pages.live()):
                for one in work.pages.attempts(page.id):
                    if one.state is AttemptState.SUBMITTED:
                        acknowledge(work, page, one.person, "key", self.night.town.clock.now(), one)

        self.night.town.database.write(take)

    def called(self) -> list[str]:
        """Whose page each call was about, in order."""
        ids = [one.card.data["page"] for one in self.night.sent if one.place.startswith("call:")]
        return [self.night.page(id).customer or "" for id in ids]


@pytest.fixture
def storm(night: Night) -> Storm:
    return Storm(night)


def test_three_hundred_tickets_of_one_customer_are_one_page_and_one_call(storm: Storm) -> None:
    (kim,) = storm.people(1)
    pages = storm.breaks(*[("acme", kim)] * 300, one_chain=True)
    assert len({page.id for page in pages}) == 1
    storm.night.round()
    assert storm.called() == ["acme"]
    assert len(storm.night.page(pages[0].id).tickets) == 299
    storm.night.town.does("bob", f"/page ack p{pages[0].id}")
    storm.night.passes(minutes=5)
    assert len(storm.called()) == 1
    assert all(storm.night.town.ticket(number).owner == "bob" for number in (1, 150, 300))


def test_three_hundred_pages_to_one_person_keep_nobody_else_waiting(storm: Storm) -> None:
    kim, sam = storm.people(2)
    pages = storm.breaks(*[("acme", kim)] * 300) + storm.breaks(("cobalt", sam), ("brightside", kim))
    storm.night.round()
    assert sorted(storm.called()) == ["acme", "cobalt"], "One line each, and Kim's has been taken."
    assert all(storm.night.page(page.id).due is not None for page in pages), "Each is looked at again."


def test_fifty_customers_of_ten_engineers_are_each_called_for_before_anybodys_second_page(storm: Storm) -> None:
    names = storm.people(10)
    customers = storm.customers(50)
    wanted = [(customer, names[number % 10]) for number, customer in enumerate(customers)]
    storm.breaks(*(pair for pair in wanted for _ in range(2)))
    for wave in range(1, 6):
        storm.night.passes(seconds=5)
        assert len(storm.called()) == wave * 10, "Nobody's telephone is idle."
        storm.those_who_were_called_take_it()
    assert sorted(storm.called()) == sorted(customers)
    storm.night.passes(seconds=5)
    assert len(storm.called()) == 60


# --- one call a second ------------------------------------------------------------------------------------------------


@dataclass
class Provider:
    """It takes one call a second."""

    platform: str = "console"
    prompt: bool = False
    called: list[int] = field(default_factory=list)

    async def deliver(self, parcel: Parcel) -> str:
        if parcel.place.startswith("call:"):
            self.called.append(parcel.card.data["page"])
        return f"main:CA{parcel.id}"

    def gap(self, parcel: Parcel) -> float:
        return 1.0 if parcel.place.startswith("call:") else 0.0


def test_fifty_pages_at_one_call_a_second_go_out_one_by_one_the_first_of_each_customer_first(storm: Storm) -> None:
    names = storm.people(50)
    customers = ("acme", "cobalt", "brightside")
    pages = storm.breaks(*((customers[min(number // 20, 2)], name) for number, name in enumerate(names)))
    firsts = {next(page.id for page in pages if page.customer == customer) for customer in customers}
    town, provider, time = storm.night.town, Provider(), HandMoved()
    while sweep_pages(town.database, town.clock.now()):
        pass
    delivery = Delivery(town.database, {"console": provider}, town.clock, draw, settled=settled, pace=0.0, later=time)

    async def carry() -> None:
        delivery.connect("console")
        for count in range(1, 51):
            for _ in range(2000):
                if len(provider.called) >= count:
                    break
                await asyncio.sleep(0.005)
            assert len(provider.called) == count
            time.pass_(1.0)
        await delivery.stop()

    asyncio.run(carry())
    assert set(provider.called[:3]) == firsts
    assert sorted(provider.called) == sorted(page.id for page in pages)


# --- a day ------------------------------------------------------------------------------------------------------------


def held() -> tuple[int, int]:
    """Files and threads that this process has open."""
    return len(os.listdir("/proc/self/fd")), threading.active_count()


@pytest.mark.slow
def test_a_day_of_pages_leaves_nothing_behind(tmp_path: Path) -> None:
    """Every three hours a page that the second one takes, and none of them keeps a file, thread or task: a slow machine
    may need another connection once, and not one for each page."""
    with whole_night(tmp_path / "data", plan=PLAN) as desk:
        desk.phones.person(KIM, "Kim", busy=True)
        desk.phones.person(SAM, "Sam", presses=[("press 1", "1")])
        seen: list[tuple[int, int, int]] = []
        for number in range(1, 9):
            desk.says("ann", "/ticket open down again --customer acme")
            desk.settles()
            desk.says("ann", f"/ticket close {number} solved")
            desk.passes(hours=3)
            assert desk.page(number).state is PageState.RESOLVED
            seen.append((*held(), len(asyncio.all_tasks(desk.thread.loop))))
        since = len(seen[2:])
        for first, last in zip(seen[1], seen[-1], strict=True):
            assert last - first < since
        counts = desk.database.read(lambda work: work.outbox.counts())
        assert {state: counts[state] for state in ("planned", "sending", "ambiguous", "dead")} == dict.fromkeys(
            ("planned", "sending", "ambiguous", "dead"), 0
        )
        assert desk.database.read(lambda work: (list(work.pages.live()), work.pages.next_due())) == ([], None)
