"""`thirdline demo`: a small company's week typed into a desk of its own, then a fast clock."""

from __future__ import annotations

import asyncio
import shutil
import sys
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from functools import partial
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from adapters.console.screen import Screen
from bot.cards import say
from bot.cli import demo_week
from bot.cli.demo_oncall import empty_plan, nobody_on_call, somebody_on_call
from bot.cli.greeting import it_is
from bot.cli.logs import keep_log
from bot.cli.one_desk import only_desk
from bot.cli.printing import mention
from bot.cli.run import YOU, arrive
from bot.cli.talk import PLATFORM, reader_of, talk
from bot.clocks import MovableClock, SystemClock
from bot.domain import moments
from bot.domain.errors import BadValue
from bot.domain.hours import zone_named
from bot.domain.sla import Promises
from bot.domain.targets import target_from
from bot.policy.file import policy_at
from bot.ports import Parcel, Speaker
from bot.runtime import ALIVE, Runtime
from bot.settings import Backups, Settings, Watch, Web, read_settings
from bot.wiring import House, build

FAST = 60.0
IS_DEMO = "demo"
LONGEST_MOVE = timedelta(days=400)


def demo(data: Path | None, speed: float | None, at: str | None, empty: bool, as_json: bool, with_news: bool) -> int:
    """Set the week up and open the desk on it. 0: all was understood; 1: a line of the script was refused."""
    reader = reader_of(as_json, with_news)
    person = sys.stdin.isatty() and not as_json
    with _folder(data) as folder:
        settings = _settings(folder)
        keep_log(settings.data, settings.log_level)
        clock = MovableClock(_begin(settings, at))
        with only_desk(settings, SystemClock().now()), closing(build(settings, clock)) as house:
            _set_up(house, clock, empty)
            clock.speed = (FAST if person else 0.0) if speed is None else speed
            clock.set(clock.now())
            greet = partial(_greet, house, empty) if person else None
            tidy = partial(shutil.rmtree, folder, ignore_errors=True) if data is None else _nothing
            move = partial(_move, house, clock)
            return asyncio.run(talk(house, YOU, reader=reader, greet=greet, move=move, tidy=tidy))


def _nothing() -> None:
    """A folder that was named is kept."""


@contextmanager
def _folder(data: Path | None) -> Iterator[Path]:
    if data is not None:
        yield data
        return
    with tempfile.TemporaryDirectory(prefix="thirdline-demo-", ignore_cleanup_errors=True) as folder:
        yield Path(folder)


def _settings(folder: Path) -> Settings:
    """A desk of its own in that folder: whatever the environment says of a real database, or of a real place to
    chat, is not for the demo."""
    found = read_settings(data=folder)
    alone = {"database": None, "policy": None, "oncall": None, "backups": Backups(daily=False), "web": Web()}
    nobody: dict[str, Any] = {
        "slack": None,
        "discord": None,
        "platforms": {},
        "phone": None,
        "email": None,
        "apprise": False,
    }
    return found.model_copy(update={**alone, **nobody, "watch": Watch()})


def _begin(settings: Settings, at: str | None) -> datetime:
    """The instant that was asked for, at the desk's place. Raises BadValue."""
    zone = zone_named(policy_at(settings.policy_path).zone)
    try:
        found = datetime.fromisoformat((at or demo_week.BEGINS).strip())
    except ValueError:
        raise BadValue(f"“{at}” is no time.", 'Write --at "2026-10-09 15:00".') from None
    if not 2000 <= found.year <= 2100:
        raise BadValue(f"The demo does not go to the year {found.year}.", 'Write --at "2026-10-09 15:00".')
    return (found if found.tzinfo else found.replace(tzinfo=zone)).astimezone(UTC)


# --- the week -----------------------------------------------------------------------------------------------------


def _set_up(house: House, clock: MovableClock, empty: bool) -> None:
    """Play the week, unless the folder holds a demo already: then its clock goes on where it stood."""
    known, demo, alive = house.database.read(
        lambda work: (len(work.people.all()), work.memory.fact(IS_DEMO), work.memory.fact(ALIVE))
    )
    if known and not demo:
        raise BadValue(
            f"{house.settings.data} holds a real desk, and the demo would play with it.", "Name another folder: --data"
        )
    if demo:
        arrive(house, "")  # Killed in its first moment, a demo has nobody yet.
        clock.set(max(clock.now(), datetime.fromtimestamp(alive or 0, UTC)))
        return
    house.database.write(lambda work: work.memory.set_fact(IS_DEMO, True))
    if empty:
        arrive(house, "")
        empty_plan(house)
    else:
        started = SystemClock().now()
        nobody_on_call(house)
        asyncio.run(_play(house, clock))
        somebody_on_call(house)
        mention(f"A week is set up ({(SystemClock().now() - started).seconds} s).")
    _alive(house, clock.now())


async def _play(house: House, clock: MovableClock) -> None:
    """Everybody says their lines at their time, with the clock stopping at each warning and breach on the way."""
    to = clock.now()
    runtime = house.runtime({PLATFORM: _Unseen()})
    promises = house.database.read(lambda work: work.promises)
    refused, shown = 0, ""
    for at, who, line in _lines(promises, to):
        day = f"{at.astimezone(ZoneInfo(promises.policy.zone)):%A}"
        if day != shown:
            mention(f"Setting up {day} …")
            shown = day
        if at < clock.now():
            clock.set(at)
            arrive(house, "")
        await runtime.advance(clock, at)
        answer = await asyncio.to_thread(house.desk.say, Speaker(PLATFORM, who), line)
        refused += not answer.ok
    await runtime.advance(clock, to)
    if refused:
        mention(f"{refused} lines of the week do not fit your policy and were left out.")


def _lines(promises: Promises, to: datetime) -> Iterator[tuple[datetime, str, str]]:
    """Who says what when, in order. Days are the working days before the one that the newcomer looks in on."""
    days = _working_days(promises, to)
    zone = ZoneInfo(promises.policy.zone)
    first = datetime.combine(days[4], time(9), zone).astimezone(UTC)
    for line in (*demo_week.STAFF, *demo_week.customers(days[0])):
        yield first, YOU, line
    for ago, clock, who, line in demo_week.WEEK:
        at = datetime.combine(days[ago], time.fromisoformat(clock), zone).astimezone(UTC)
        yield at, who, line if line.startswith("staff") else f"ticket {line}"
    for minutes, who, line in demo_week.TODAY:
        yield to - timedelta(minutes=minutes), who, f"ticket {line}"


def _working_days(promises: Promises, to: datetime) -> list[date]:
    """The day of `to` and the four days before it on which the desk opens."""
    day = to.astimezone(ZoneInfo(promises.policy.zone)).date()
    days = [day]
    while len(days) < 5:
        day -= timedelta(days=1)
        if promises.hours.hours.windows_on(day):
            days.append(day)
    return days


class _Unseen:
    """A channel for what was posted before anybody looked."""

    @property
    def platform(self) -> str:
        return PLATFORM

    @property
    def prompt(self) -> bool:
        return True

    async def deliver(self, parcel: Parcel) -> str:
        return parcel.ref or f"parcel-{parcel.id}"


# --- the newcomer -------------------------------------------------------------------------------------------------


def _greet(house: House, empty: bool, screen: Screen) -> None:
    clock, promises = house.clock, house.database.read(lambda work: work.promises)
    zone = ZoneInfo(promises.policy.zone)
    screen.is_for(zone, zone, {})
    if not empty:
        you = Speaker(PLATFORM, YOU)
        screen.answer(replace(house.desk.say(you, "ticket list").card, choices=()))
        screen.answer(house.desk.say(you, "ticket show 19").card)
    screen.answer(say(*it_is(promises, clock.now())))
    if isinstance(clock, MovableClock) and clock.speed:
        screen.answer(say(f"One second here is {clock.speed:g} seconds there. Watch #alerts, and try:"))
    for line in demo_week.TRY_EMPTY if empty else demo_week.TRY:
        screen.answer(say("  ", line))


async def _move(house: House, clock: MovableClock, text: str, runtime: Runtime) -> None:
    """Move the clock on to where `+2h` or a time says, stopping at everything due. Raises BadValue."""
    promises = await asyncio.to_thread(house.database.read, lambda work: work.promises)
    now = clock.now()
    if text.startswith("+"):
        span = target_from(text[1:])
        to = now + timedelta(days=span.days, seconds=span.seconds)
    else:
        to = moments.moment(text, now, ZoneInfo(promises.policy.zone), promises)
    if to < now:
        raise BadValue("The clock only goes on, never back.", "/time +2h, or a time after now.")
    if to - now > LONGEST_MOVE:
        raise BadValue("That is too far to go at once.", "/time +30d goes a month on.")
    await runtime.advance(clock, to)
    await asyncio.to_thread(_alive, house, to)


def _alive(house: House, now: datetime) -> None:
    """Whoever opens this desk next must not take the moved clock for an absence."""
    house.database.write(lambda work: work.memory.set_fact(ALIVE, int(now.timestamp())))
