"""Pages in the running desk: looked at in every round, first after an absence, and drawn anew after an outage."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import TypeVar

import pytest

from bot.domain.contacts import CALL, Contact
from bot.domain.customers import Customer, Subscription
from bot.domain.errors import BadValue, Refusal
from bot.domain.paging import Attempt, AttemptState, Page
from bot.oncall.file import read_oncall
from bot.ports import Kind, Parcel, UnitOfWork
from bot.runtime import Runtime
from commands.page_ends import acknowledge
from tests.commands.paged import ANN, BOB
from tests.town import Town

T = TypeVar("T")

PLAN = """
important = ["III"]
[schedules.level3]
zone = "America/Toronto"
[[schedules.level3.layers]]
name = "week"
people = ["ann"]
turn = "1 week"
first = 2026-10-05
[escalations.level3]
loud = "10m"
[[escalations.level3.steps]]
call = ["schedule:level3"]
wait = "5m"
[[escalations.level3.steps]]
call = ["@bob"]
wait = "5m"
[[pages]]
on = "opened"
levels = ["III"]
escalation = "level3"
[[pages]]
on = "breach"
levels = ["III"]
escalation = "level3"
"""


@dataclass
class Telephone:
    """A phone and a terminal in one: it keeps what it was given."""

    platform: str = "console"
    prompt: bool = True
    heard: list[Parcel] = field(default_factory=list)

    async def deliver(self, parcel: Parcel) -> str:
        self.heard.append(parcel)
        return f"message {len(self.heard)}"

    def rang(self) -> list[tuple[str, int | None]]:
        """Whose phone rang about which ticket, since last asked."""
        rang = [(one.place, one.ticket) for one in self.heard if one.place.startswith("call:")]
        self.heard.clear()
        return rang


@dataclass
class Line:
    """The line to the database: it can be cut."""

    town: Town
    cut: bool = False

    def read(self, deed: Callable[[UnitOfWork], T]) -> T:
        self._holds()
        return self.town.database.read(deed)

    def write(self, deed: Callable[[UnitOfWork], T]) -> T:
        self._holds()
        return self.town.database.write(deed)

    def _holds(self) -> None:
        if self.cut:
            raise Refusal("The database server does not answer.")


@dataclass
class Night:
    town: Town
    phone: Telephone
    line: Line
    runtime: Runtime

    def tick(self) -> None:
        asyncio.run(self.runtime.tick())

    def passes(self, **span: float) -> None:
        asyncio.run(self.runtime.advance(self.town.clock, self.town.clock.now() + timedelta(**span)))

    def page(self, number: int = 1) -> Page:
        return self.town.database.read(lambda work: work.pages.get(number))

    def attempts(self, page: int = 1) -> list[Attempt]:
        return [*self.town.database.read(lambda work: work.pages.attempts(page))]


@pytest.fixture
def night(tmp_path: Path) -> Iterator[Night]:
    town = Town(tmp_path / "desk").settle()
    town.house.take_on(read_oncall(PLAN))

    def move_in(work: UnitOfWork) -> None:
        for person, number in (("ann", ANN), ("bob", BOB)):
            work.contacts.save(Contact(0, person, CALL, number, verified_at=town.clock.now()))
        level = Subscription("gateway 5.2", "III", date(2026, 4, 1), date(2027, 3, 31))
        work.customers.save(Customer("dyna", "Dyna", subscriptions=(level,)))

    town.database.write(move_in)
    phone, line = Telephone(), Line(town)
    house = replace(town.house, database=line)  # type: ignore[arg-type]  # Whose read and write alone are asked.
    yield Night(town, phone, line, house.runtime({"console": phone}))
    town.close()


def opened(night: Night, customer: str = "acme") -> None:
    night.town.does("bob", f'/ticket open "{customer} is down" --customer {customer}')


def test_a_page_goes_out_in_the_round_after_its_reason_and_its_steps_come_in_their_time(night: Night) -> None:
    opened(night)
    night.tick()
    assert night.phone.rang() == [(f"call:{ANN}", 1)]
    night.passes(minutes=5)
    assert (f"call:{BOB}", 1) in night.phone.rang()


def test_the_next_round_is_when_a_page_is_due(night: Night) -> None:
    opened(night)
    night.tick()
    night.town.clock.speed = 1.0
    due = night.town.database.read(lambda work: work.pages.next_due())
    assert due is not None
    rest = asyncio.run(night.runtime.tick())
    assert rest is not None
    assert rest <= (due - night.town.clock.now()).total_seconds() <= 300


def test_after_an_absence_pages_go_before_all_other_news(night: Night) -> None:
    night.tick()
    night.phone.heard.clear()
    opened(night)
    night.town.clock.forward(hours=9)
    night.tick()
    kinds = [parcel.kind for parcel in night.phone.heard]
    assert kinds[0] is Kind.PAGE
    rest = kinds[kinds.index(Kind.DIGEST) :]
    assert Kind.PAGE not in rest


def test_after_ten_minutes_without_a_database_pages_are_looked_at_again_and_only_what_is_wanted_goes_out(
    night: Night,
) -> None:
    opened(night, "acme")
    opened(night, "dyna")
    night.line.cut = True
    for _ in range(10):
        with pytest.raises(Refusal):
            night.tick()
        night.town.clock.forward(minutes=1)
    assert night.phone.heard == []
    night.line.cut = False
    night.town.database.write(lambda work: acknowledge(work, work.pages.get(1), "ann", "key", night.town.clock.now()))
    night.tick()
    assert [ticket for _, ticket in night.phone.rang()] == [2, 2]
    assert night.town.database.read(lambda work: work.outbox.counts())["withdrawn"] > 0
    states = {one.state for one in night.attempts(1)}
    assert states <= {AttemptState.CANCELLED, AttemptState.CONFIRMED}


def test_a_page_whose_parcel_waited_through_an_outage_says_what_is_so_now(night: Night) -> None:
    opened(night)
    night.line.cut = True
    with pytest.raises(Refusal):
        night.tick()
    night.town.clock.set(datetime.fromisoformat("2026-10-05T18:00:00Z"))
    night.line.cut = False
    night.tick()
    [said] = {str(one.card.lines[1]) for one in night.phone.heard if one.place == f"call:{ANN}"}
    assert "An answer was due" in said


def test_what_came_of_a_page_is_written_down_with_its_parcel(night: Night) -> None:
    opened(night)
    night.tick()
    [rang] = [one for one in night.phone.heard if one.place == f"call:{ANN}"]
    [call] = [one for one in night.attempts() if one.kind == CALL and one.state is not AttemptState.PLANNED]
    assert (call.state, call.ref) == (AttemptState.SUBMITTED, f"message {night.phone.heard.index(rang) + 1}")


def test_the_plan_of_the_operator_is_adopted_at_the_start_and_looked_at_every_day(tmp_path: Path) -> None:
    folder = tmp_path / "desk"
    folder.mkdir()
    (folder / "oncall.toml").write_text(PLAN)
    town = Town(folder).settle()
    assert set(town.database.read(lambda work: work.rota.plan().schedules)) == {"level3"}
    (folder / "oncall.toml").write_text(
        PLAN.replace("level3]", "nights]", 1)
        .replace("schedules.level3", "schedules.nights")
        .replace("schedule:level3", "schedule:nights")
    )
    assert town.house.chores(town.clock.now())
    assert set(town.database.read(lambda work: work.rota.plan().schedules)) == {"nights"}
    (folder / "oncall.toml").write_text("half a pl")
    assert not town.house.chores(town.clock.now()), "It is told in the log, and yesterday's plan stays."
    assert set(town.database.read(lambda work: work.rota.plan().schedules)) == {"nights"}
    town.close()


def test_a_desk_does_not_start_with_a_plan_that_does_not_hold_together(tmp_path: Path) -> None:
    folder = tmp_path / "desk"
    folder.mkdir()
    (folder / "oncall.toml").write_text(PLAN.replace("schedule:level3", "schedule:levle3"))
    with pytest.raises(BadValue, match="levle3"):
        Town(folder)


def test_a_clock_that_is_set_back_an_hour_keeps_no_page_waiting_for_it(night: Night) -> None:
    opened(night)
    night.tick()
    night.town.clock.forward(hours=-1)
    night.tick()
    night.phone.heard.clear()
    night.passes(minutes=5)
    assert (f"call:{BOB}", 1) in night.phone.rang()
    night.passes(minutes=20)
    assert night.page().loud_at is not None


def test_a_clock_that_was_set_back_while_the_desk_was_off_keeps_no_page_waiting(night: Night) -> None:
    opened(night)
    night.tick()
    night.town.clock.forward(hours=-1)
    again = night.town.house.runtime({"console": night.phone})
    night.phone.heard.clear()
    asyncio.run(again.tick())
    asyncio.run(again.advance(night.town.clock, night.town.clock.now() + timedelta(minutes=5)))
    assert (f"call:{BOB}", 1) in night.phone.rang()


def test_news_of_before_the_clock_was_set_back_goes_out_at_once(night: Night) -> None:
    opened(night)
    night.town.clock.forward(hours=-1)
    night.tick()
    assert night.phone.rang() == [(f"call:{ANN}", 1)]


def test_a_clock_that_leaps_an_hour_ahead_takes_one_step_and_loses_none(night: Night) -> None:
    opened(night)
    night.tick()
    night.town.clock.forward(hours=1)
    night.tick()
    assert night.page().open
    assert night.page().step == 2
    assert (f"call:{BOB}", 1) in night.phone.rang()
