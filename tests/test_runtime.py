"""The running desk: rounds, absences noticed, a hand-moved clock that stops at each due time, and the daily chores."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Event

import pytest

from bot.bell import Bell
from bot.cards import Card
from bot.clocks import MovableClock
from bot.domain.errors import Conflict
from bot.domain.history import Deed
from bot.domain.policy import HolidayRule
from bot.domain.policy_data import policy_from_json, policy_to_json
from bot.policy.adopting import adopt
from bot.policy.file import policy_at
from bot.ports import Parcel, UnitOfWork
from bot.runtime import SOON, Runtime
from bot.wiring import library
from storage.memory import MOST_AT_ONCE
from tests.town import TORONTO, Town, words


@dataclass
class Terminal:
    """A channel that keeps what it was given."""

    platform: str = "console"
    heard: list[Parcel] = field(default_factory=list)

    @property
    def prompt(self) -> bool:
        return True

    async def deliver(self, parcel: Parcel) -> str:
        self.heard.append(parcel)
        return f"message {len(self.heard)}"

    def of(self, place: str, kind: str) -> list[str]:
        """What was told there, but for pages."""
        told = [parcel for parcel in self.heard if (parcel.place, parcel.kind) == (place, kind)]
        return [words(parcel.card) for parcel in told if "page" not in parcel.card.data]


@dataclass
class Running:
    town: Town
    terminal: Terminal
    runtime: Runtime

    def to(self, text: str) -> None:
        """Move the clock through time, as time itself would."""
        asyncio.run(self.runtime.advance(self.town.clock, at(text)))

    def tick(self) -> None:
        asyncio.run(self.runtime.tick())


def at(text: str) -> datetime:
    return datetime.strptime(f"2026-10-{text}", "%Y-%m-%d %H:%M").replace(tzinfo=TORONTO)


@pytest.fixture
def running(tmp_path: Path) -> Iterator[Running]:
    town = Town(tmp_path / "desk").settle()
    terminal = Terminal()
    yield Running(town, terminal, town.house.runtime({"console": terminal}))
    town.close()


def test_a_moved_clock_stops_at_each_due_time_on_the_way(running: Running) -> None:
    running.town.does("ann", '/ticket open "mail server down" --customer acme')
    running.to("5 18:00")
    told = running.terminal.of("#alerts", "alert")
    assert ["due in 1 h 30" in one for one in told][:1] == [True]
    assert [one.split(" · ")[2][:40] for one in told] == [
        "first response due in 1 h 30 min of busi",
        "first response due in 45 min of business",
        "first response due in 18 min of business",
        "first response was due Mon 5 Oct 13:00",
        "first response was due Mon 5 Oct 13:00, ",
        "first response was due Mon 5 Oct 13:00, ",
    ]
    assert running.terminal.of("#alerts", "digest") == []


def test_a_desk_that_was_down_says_so_once_with_the_true_times(running: Running) -> None:
    running.town.does("ann", '/ticket open "mail server down" --customer acme')
    running.tick()
    running.town.clock.set(at("5 13:41"))
    again = running.town.house.runtime({"console": running.terminal})
    asyncio.run(again.tick())
    (digest,) = running.terminal.of("#alerts", "digest")
    assert digest.startswith("I was not running from Mon 5 Oct 10:00 to Mon 5 Oct 13:41.")
    assert "3 warnings, 1 breach." in digest
    assert running.terminal.of("#alerts", "alert") == []
    asyncio.run(again.tick())
    assert len(running.terminal.of("#alerts", "digest")) == 1


def test_a_short_restart_is_no_absence(running: Running) -> None:
    running.tick()
    running.town.clock.forward(seconds=50)
    again = running.town.house.runtime({"console": running.terminal})
    asyncio.run(again.tick())
    assert running.terminal.of("#alerts", "digest") == []


def test_an_absence_in_which_nothing_came_due_is_not_told(running: Running) -> None:
    running.tick()
    running.town.clock.forward(hours=30)
    running.tick()
    assert running.terminal.heard == []


def test_a_desk_on_a_fast_clock_is_not_away(running: Running) -> None:
    fast = MovableClock(at("5 10:00"), speed=600.0)
    runtime = replace(running.town.house, clock=fast).runtime({"console": running.terminal})
    running.town.does("ann", '/ticket open "mail server down" --customer acme')
    asyncio.run(runtime.tick())
    fast.set(at("5 11:31"))
    asyncio.run(runtime.tick())
    assert len(running.terminal.of("#alerts", "alert")) == 1


@dataclass
class SlowTerminal(Terminal):
    """A channel that takes two minutes for each message."""

    clock: MovableClock | None = None

    @property
    def prompt(self) -> bool:
        return True

    async def deliver(self, parcel: Parcel) -> str:
        assert self.clock is not None
        self.clock.forward(minutes=2)
        return await Terminal.deliver(self, parcel)


def test_a_round_that_takes_minutes_is_no_absence(running: Running) -> None:
    town = running.town
    town.does("ann", '/ticket open "mail server down" --customer acme')
    slow = SlowTerminal(clock=town.clock)
    runtime = town.house.runtime({"console": slow})
    town.clock.set(at("5 11:28"))
    asyncio.run(runtime.tick())
    assert town.clock.now() == at("5 11:30")
    asyncio.run(runtime.tick())
    assert (len(slow.of("#alerts", "alert")), slow.of("#alerts", "digest")) == (1, [])


def test_the_bell_rings_by_itself(running: Running) -> None:
    async def a_moment() -> None:
        running.runtime.bell.start()
        for _ in range(3000):
            await asyncio.sleep(0.02)
            if running.terminal.heard:
                break
        running.runtime.bell.stop()

    running.town.does("ann", '/ticket open "mail server down" --customer acme')
    asyncio.run(a_moment())
    assert len(running.terminal.of("#desk", "card")) == 1


def test_a_round_that_runs_when_the_bell_stops_goes_on_to_its_end() -> None:
    """Half a delivery would leave parcels in flight, to be told twice."""

    async def stopped_in_the_middle() -> bool:
        begun, go_on, ended = asyncio.Event(), asyncio.Event(), asyncio.Event()

        async def tick() -> float | None:
            begun.set()
            await go_on.wait()
            ended.set()
            return None

        async def daily() -> bool:
            return True

        bell = Bell(tick, daily)
        bell.start()
        await begun.wait()
        bell.stop()
        await asyncio.sleep(0)
        go_on.set()
        await asyncio.wait_for(ended.wait(), 60)
        return ended.is_set()

    assert asyncio.run(stopped_in_the_middle())


def test_to_stop_in_the_middle_of_a_round_or_of_the_chores_is_no_fault(caplog: pytest.LogCaptureFixture) -> None:
    async def stopped_in_the_middle() -> None:
        begun, go_on = asyncio.Event(), asyncio.Event()
        rounds: list[str] = []

        async def under_way(what: str) -> None:
            rounds.append(what)
            if len(rounds) == 2:
                begun.set()
            await go_on.wait()

        async def tick() -> float | None:
            await under_way("tick")
            return None

        async def daily() -> bool:
            await under_way("daily")
            return True

        bell = Bell(tick, daily)
        bell.start()
        await asyncio.wait_for(begun.wait(), 60)
        bell.stop()
        for _ in range(10):
            await asyncio.sleep(0)
        go_on.set()

    asyncio.run(stopped_in_the_middle())
    assert [record.getMessage() for record in caplog.records if record.levelno >= logging.WARNING] == []


def test_a_machine_clock_that_falls_back_does_not_silence_the_bell() -> None:
    """The scheduler then waits for an hour that it has already seen."""

    async def rings() -> None:
        rung = asyncio.Queue[None]()

        async def tick() -> float | None:
            rung.put_nowait(None)
            return None

        async def daily() -> bool:
            return True

        bell = Bell(tick, daily, every=0.05)
        bell.start()
        await rung.get()
        job = bell._scheduler.get_job("tick")
        job.modify(next_run_time=job.next_run_time + timedelta(hours=1))
        while not rung.empty():
            rung.get_nowait()
        await asyncio.wait_for(rung.get(), 60)
        bell.stop()

    asyncio.run(rings())


def test_chores_that_were_not_all_done_are_tried_again_before_the_day_is_over() -> None:
    async def tries() -> None:
        tried = asyncio.Queue[None]()

        async def tick() -> float | None:
            return None

        async def daily() -> bool:
            tried.put_nowait(None)
            return False

        bell = Bell(tick, daily, again=0.1)
        bell.start()
        for _ in range(3):
            await asyncio.wait_for(tried.get(), 60)
        bell.stop()

    asyncio.run(tries())


def test_the_daily_chores_freeze_holidays_ahead_and_keep_a_backup(running: Running) -> None:
    house = running.town.house
    years = {one.year for one in running.town.database.read(lambda work: work.memory.holidays())}
    running.town.clock.forward(days=366)
    assert house.chores(running.town.clock.now())
    later = {one.year for one in running.town.database.read(lambda work: work.memory.holidays())}
    assert later - years == {max(years) + 1}
    assert [path.name for path in house.settings.backup_folder.glob("daily-*.db")] == ["daily-20271006.db"]


def test_a_daily_chore_that_fails_keeps_no_other_from_being_done(running: Running) -> None:
    house = running.town.house
    half = house.settings.backup_folder / "daily-20260901.db.unfinished"
    half.parent.mkdir()
    half.touch()
    bad = replace(policy_at(None), zone="Nowhere/Land")
    running.town.database.write(lambda work: work.memory.set_policy(policy_to_json(bad), running.town.clock.now()))
    assert not house.chores(running.town.clock.now())
    assert [path.name for path in half.parent.iterdir()] == ["daily-20261005.db"]


def test_the_daily_chores_forget_all_that_is_old_however_much_there_is(running: Running) -> None:
    town = running.town

    def answer(work: UnitOfWork) -> None:
        for number in range(MOST_AT_ONCE + 1):
            work.memory.remember(f"r{number}", Card(), town.clock.now())

    town.database.write(answer)
    town.clock.forward(days=3)
    assert town.house.chores(town.clock.now())
    assert town.database.write(lambda work: work.memory.prune(town.clock.now())) == 0


def test_a_changed_policy_moves_open_promises_and_tells_each_history(running: Running) -> None:
    town = running.town
    town.does("ann", '/ticket open "moves" --customer acme')
    town.does("ann", '/ticket open "closed" --customer acme')
    town.does("ann", "/ticket close 2 solved")
    shorter = policy_at(None)
    rule = replace(shorter.holidays, added={**shorter.holidays.added, at("5 12:00").date(): "Inventory Day"})
    town.house.follow(replace(shorter, holidays=rule))
    assert town.database.read(lambda work: work.tickets.due_of(1)) == at("6 13:00")
    last = town.database.read(lambda work: work.tickets.history(1)[-1])
    assert (last.deed, last.by) == (Deed.RECOMPUTED, "clock")
    assert (last.data["due_before"], last.data["due"]) == (at("5 13:00").timestamp(), at("6 13:00").timestamp())
    assert town.database.read(lambda work: len(work.tickets.history(2))) == 2, "A closed promise keeps its record."


def test_a_paused_promise_is_recomputed_too(running: Running) -> None:
    town = running.town
    town.does("ann", '/ticket open "waits" --customer acme')
    town.clock.set(at("5 11:00"))
    town.does("ann", "/ticket wait 1")
    policy = policy_at(None)
    rule = replace(policy.holidays, added={at("6 12:00").date(): "Inventory Day"})
    town.house.follow(replace(policy, holidays=rule))
    town.clock.set(at("5 18:00"))
    town.does("ann", "/ticket resume 1")
    assert town.database.read(lambda work: work.tickets.due_of(1)) == at("7 11:00")


def test_following_the_same_policy_again_changes_nothing(running: Running) -> None:
    town = running.town
    town.does("ann", '/ticket open "stays" --customer acme')
    adopted = town.house.follow(policy_at(None))
    assert not adopted.changed
    assert town.database.read(lambda work: len(work.tickets.history(1))) == 1


def test_promises_are_brought_up_to_date_although_the_desk_died_between_the_policy_and_them(running: Running) -> None:
    town, policy = running.town, policy_at(None)
    town.does("ann", '/ticket open "moves" --customer acme')
    rule = replace(policy.holidays, added={**policy.holidays.added, at("5 12:00").date(): "Inventory Day"})
    changed = replace(policy, holidays=rule)
    town.database.write(lambda work: adopt(work, changed, town.clock.now(), library()))
    assert town.database.read(lambda work: work.tickets.due_of(1)) == at("5 13:00")
    assert town.house.follow(changed).changed
    assert town.database.read(lambda work: work.tickets.due_of(1)) == at("6 13:00")
    assert not town.house.follow(changed).changed


def test_a_policy_that_drops_a_level_in_use_is_refused(running: Running) -> None:
    running.town.does("ann", '/ticket open "mine" --customer acme')
    policy = policy_at(None)
    with pytest.raises(Conflict, match="has no Level III, and 1 open ticket and 1 customer are still on it"):
        running.town.house.follow(replace(policy, levels=policy.levels[:2]))
    stored = running.town.database.read(lambda work: work.memory.policy())
    assert stored is not None
    assert len(policy_from_json(stored[1]).levels) == 3


def test_a_level_of_subscriptions_that_are_over_may_go(running: Running) -> None:
    town, policy = running.town, policy_at(None)
    dropped = replace(policy, levels=policy.levels[:2])
    town.clock.set(datetime(2027, 3, 30, 16, tzinfo=UTC))
    with pytest.raises(Conflict, match=r"has no Level III, and 1 customer is still on it\.") as refused:
        town.house.follow(dropped)
    assert refused.value.hint == "Keep the level in the policy file, or move them to another one first (acme)."
    town.clock.set(datetime(2027, 3, 31, 16, tzinfo=UTC) + timedelta(days=policy.grace_days))
    with pytest.raises(Conflict, match="1 customer is still on it"):
        town.house.follow(dropped)
    town.clock.forward(days=1)
    assert town.house.follow(dropped).changed


def test_an_upgrade_of_the_holiday_list_moves_no_promise(running: Running) -> None:
    """What is frozen stays: the list may say otherwise tomorrow, and only the operator's policy decides."""
    policy = policy_at(None)
    before = running.town.database.read(lambda work: work.promises.hours.hours.closed)
    running.town.house.follow(replace(policy, holidays=replace(policy.holidays, removed=frozenset())))
    assert running.town.database.read(lambda work: work.promises.hours.hours.closed) == before
    assert isinstance(policy.holidays, HolidayRule)


def test_time_that_stands_still_delivers_all_the_same(running: Running) -> None:
    running.town.does("ann", '/ticket open "mail server down" --customer acme')
    asyncio.run(running.runtime.advance(running.town.clock, running.town.clock.now() + timedelta(0)))
    assert len(running.terminal.of("#desk", "card")) == 1


def test_what_is_said_while_a_round_runs_gets_a_round_of_its_own(running: Running) -> None:
    class Talkative(Terminal):
        """Whoever hears of something here says something."""

        async def deliver(self, parcel: Parcel) -> str:
            running.runtime.changed()
            await asyncio.sleep(0)
            return await Terminal.deliver(self, parcel)

    async def story() -> tuple[float | None, float | None]:
        runtime.start()
        try:
            return await runtime.tick(), await runtime.tick()
        finally:
            await runtime.stop()

    town, terminal = running.town, Talkative()
    running.runtime = runtime = town.house.runtime({"console": terminal})
    town.does("ann", '/ticket open "mail server down" --customer acme')
    soon, later = asyncio.run(story())
    assert soon == SOON
    assert later is None, "The clock stands still, and nothing was said."
    assert terminal.heard


def test_a_command_from_any_thread_wakes_a_desk_that_runs_and_harms_none_that_does_not(running: Running) -> None:
    async def story() -> None:
        running.runtime.start()
        try:
            for _ in range(400):
                await asyncio.sleep(0.01)
                if running.terminal.heard:
                    break
                running.town.does("ann", "/ticket open another")
                await asyncio.to_thread(running.runtime.changed)
        finally:
            await running.runtime.stop()

    running.runtime.changed()
    asyncio.run(story())
    running.runtime.changed()
    assert running.terminal.of("#desk", "card")


def test_a_round_has_a_thread_although_much_hangs(running: Running) -> None:
    """A machine of two cores would have six of them by itself."""

    async def live() -> None:
        over = Event()
        running.runtime.start()
        hanging = [asyncio.create_task(asyncio.to_thread(over.wait, 60)) for _ in range(20)]
        try:
            await asyncio.wait_for(running.runtime.tick(), 30)
        finally:
            over.set()
            await asyncio.gather(*hanging)
            await running.runtime.stop()

    asyncio.run(live())
