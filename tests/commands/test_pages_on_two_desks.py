"""Two desks on one server do everything at once: no page is lost or doubled, and nobody is told to try again."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable, Iterator
from functools import partial
from itertools import count
from pathlib import Path
from random import Random

import pytest

from bot.clocks import MovableClock
from bot.domain.paging import Attempt, Page
from bot.handover import sent
from bot.ports import Kind, Outcome, Parcel, ParcelState, UnitOfWork
from commands.drawing import draw
from commands.page_receipts import Heard, Status, heard, settled
from commands.page_sweep import sweep_pages
from commands.sweep import sweep
from tests.commands.night import Night
from tests.databases import create_postgres
from tests.town import MONDAY_TEN, Town

TURNS = 25
_names = count()


class Desks:
    """Two of them, each with a clock of its own, and what was handed over to the outside by either."""

    def __init__(self, first: Town, second: Town) -> None:
        self.towns = (first, second)
        self.carried: Counter[tuple[str, str, int]] = Counter()
        self.trouble: list[BaseException] = []

    def at_once(self, *deeds: Callable[[Town, Random], object]) -> None:
        """Each of them, again and again, on both desks, all beside each other."""

        def go(town: Town, deed: Callable[[Town, Random], object], seed: int) -> None:
            random = Random(seed)
            try:
                for _ in range(TURNS):
                    deed(town, random)
            except BaseException as error:
                self.trouble.append(error)

        told = [(town, deed, seed) for seed, deed in enumerate(deeds) for town in self.towns]
        threads = [threading.Thread(target=go, args=one) for one in told]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(120)
        assert self.trouble == []

    def carries(self, town: Town, _random: Random) -> None:
        now = town.clock.now()
        for parcel in town.database.write(lambda work: list(work.outbox.lease(now, 600, 5))):
            card = town.database.read(partial(draw, parcel=parcel, now=now))
            town.database.write(partial(_written_down, parcel=parcel, wanted=card is not None, town=town))
            if card is not None and parcel.kind is Kind.PAGE:
                self.carried[parcel.key, parcel.place, parcel.id] += 1


def _written_down(work: UnitOfWork, parcel: Parcel, wanted: bool, town: Town) -> None:
    now = town.clock.now()
    if wanted:
        ref = f"main:CA{parcel.id}"
        sent(work, parcel, ref, now)
        settled(work, parcel, Outcome(ParcelState.SENT, ref), now)
    else:
        work.outbox.withdraw(parcel, now)
        settled(work, parcel, Outcome(ParcelState.WITHDRAWN), now)


def _live(town: Town) -> list[Page]:
    return list(town.database.read(lambda work: work.pages.live()))


def opens(town: Town, random: Random) -> None:
    who = random.choice(["acme", "dyna", "echo"])
    assert town.says("bob", f"/ticket open down --customer {who} --category hardware-failure").card


def sweeps(town: Town, _random: Random) -> None:
    town.clock.forward(seconds=7)
    sweep_pages(town.database, town.clock.now())
    sweep(town.database, town.clock.now())


def acts(town: Town, random: Random) -> None:
    pages = [page for page in _live(town) if page.ticket is not None]
    if pages:
        page = random.choice(pages)
        line = random.choice(["/page ack p{0.id}", "/ticket claim {0.ticket} --take", "/page pass p{0.id}"])
        town.says(random.choice(["kim", "sam", "lea"]), line.format(page))


def tells(town: Town, random: Random) -> None:
    tried = [
        one
        for page in _live(town)
        for one in town.database.read(partial(_attempts, page=page))
        if one.ref and one.kind == "call"
    ]
    if tried:
        one = random.choice(tried)
        status = random.choice([Status.RINGING, Status.ANSWERED, Status.COMPLETED, Status.BUSY])
        news = Heard(status, random.randrange(9))
        town.database.write(partial(heard, attempt=one, news=news, now=town.clock.now()))


def _attempts(work: UnitOfWork, page: Page) -> list[Attempt]:
    return list(work.pages.attempts(page.id))


@pytest.fixture
def desks(settled_on_postgres: str, tmp_path: Path) -> Iterator[Desks]:
    url = create_postgres(settled_on_postgres, f"two_desks_{next(_names)}", "settled")
    first, second = (Town(tmp_path / name, MONDAY_TEN, url) for name in ("first", "second"))
    Night(first)

    def move_in(work: UnitOfWork) -> None:
        acme = work.customers.get("acme")
        for name in ("dyna", "echo"):
            work.customers.save(type(acme)(name, name.capitalize(), subscriptions=acme.subscriptions))

    first.database.write(move_in)
    yield Desks(first, second)
    first.close()
    second.close()


@pytest.mark.timeout(300)
def test_two_desks_at_once_lose_nothing_and_double_nothing(desks: Desks) -> None:
    town = desks.towns[0]
    assert isinstance(town.clock, MovableClock)
    desks.at_once(opens, sweeps, acts, tells, desks.carries)
    pages = town.database.read(lambda work: work.pages.between(MONDAY_TEN, town.clock.now().replace(year=2027)))
    assert {ticket.number for ticket in town.tickets()} == {
        number for page in pages for number in (page.ticket, *page.tickets) if number is not None
    }
    assert [key for key, times in desks.carried.items() if times > 1] == []
    for page in pages:
        tried = town.database.read(lambda work, id=page.id: work.pages.attempts(id))  # type: ignore[misc]
        assert page.due is not None or not page.open
        assert page.open or all(one.state.over for one in tried)
