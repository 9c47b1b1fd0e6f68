"""The composition root: the one module that knows every part by name. Tests call it, too."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from email.utils import parseaddr
from functools import partial

from bot.alarm import Alarm
from bot.chores import Chores
from bot.connections import Connected, Connections, Watcher
from bot.delivery import Delivery
from bot.domain.errors import Refusal
from bot.domain.oncall import OnCall
from bot.domain.policy import Policy
from bot.domain.policy_data import policy_from_json
from bot.domain.promises import promises_of, years_of
from bot.domain.sla import Promises
from bot.health import HealthReport
from bot.holidays.freezing import HolidayDates
from bot.holidays.source import holiday_dates, source
from bot.letters.writing import FOLDER, Letterhead, LetterWriter
from bot.oncall.adopting import adopt_plan
from bot.oncall.file import oncall_at
from bot.outside import DeadMansSwitch
from bot.policy.adopting import Adopted, adopt, applied
from bot.policy.file import policy_at
from bot.ports import Channel, Database, FrozenHolidays, WallClock
from bot.routes import Places, Routes
from bot.runtime import Runtime
from bot.settings import Settings
from bot.watchman import Watchman
from bot.ways import (
    calendars,
    chats_of,
    doors,
    mailing,
    pagers_of,
    platforms_of,
    threaded,
    uncallable,
    ways,
    web_server,
)
from commands import catalogue
from commands.desk import Desk
from commands.drawing import draw
from commands.duty_watch import DutyWatch
from commands.hotline_sweep import sweep_calls
from commands.page_sweep import sweep_pages
from commands.recompute import recompute
from commands.refresh import Refresh
from commands.reminders import sweep_reminders
from commands.set_back import SetBack
from commands.settling import settled
from commands.sweep import Away, sweep
from storage.database import SqlDatabase
from storage.maintenance import upgrade

log = logging.getLogger(__name__)


def library() -> HolidayDates:
    """The installed `holidays` library as a source of dates to freeze."""
    return HolidayDates(source(), holiday_dates)


def promises_from(text: str, frozen: Sequence[FrozenHolidays], version: int) -> Promises:
    """What the stored policy promises, over every year whose holidays are frozen."""
    policy = policy_from_json(text)
    return promises_of(policy, frozen, version, *years_of(policy, frozen))


@dataclass(frozen=True, slots=True)
class House:
    """The desk put together, not yet running."""

    settings: Settings
    clock: WallClock
    database: SqlDatabase
    desk: Desk
    routes: Routes

    def runtime(self, channels: Mapping[str, Channel] | None) -> Runtime:
        """The desk's own life over these ways to people; with None, all that there is to tell waits."""
        runtime: Runtime
        delivery = None if channels is None else self._delivery(channels)
        rounds = _rounds(self.clock, lambda: runtime.changed())
        runtime = Runtime(self.database, self.clock, delivery, rounds, self.chores)
        return runtime

    def served(self, terminal: Mapping[str, Channel], watcher: Watcher | None = None) -> Runtime:
        """The desk's own life with every way to people that is set up, beside a terminal if there is one. `watcher` is
        told how they are. Raises Refusal where the libraries of one are not installed."""
        runtime: Runtime
        found = ways(self.settings, self.desk, self.clock, lambda: runtime.changed())
        connected: dict[str, Connected] = dict(found)
        opened = doors(self.settings, self.desk, self.clock, lambda: runtime.changed())
        routes = [route for way in found.values() for route in way.routes()]
        routes += opened.routes if opened is not None else ()
        if routes or self.settings.web.health or self.settings.web.public_url:
            report = HealthReport(self.database, self.clock, lambda: runtime)
            # Whoever runs the server anyhow serves the calendars of the rota, too.
            served = [*routes, *calendars(self.database, self.clock)]
            connected["web"] = web_server(self.settings, served, report, opened)
        channels = {**terminal, **{name: way.channel for name, way in found.items()}}
        connections = Connections(connected, self.database, lambda name: runtime.connected(name), watcher)
        guard = self._watchman(channels, lambda: runtime)
        rounds = _rounds(self.clock, lambda: runtime.changed())
        delivery = self._delivery(channels)
        runtime = Runtime(self.database, self.clock, delivery, rounds, self.chores, connections, guard)
        return runtime

    def _delivery(self, channels: Mapping[str, Channel]) -> Delivery:
        drawn = partial(draw, writer=letter_writer(self.settings, self.routes))
        return Delivery(self.database, channels, self.clock, drawn, settled=settled)

    def _watchman(self, channels: Mapping[str, Channel], runtime: Callable[[], Runtime]) -> Watchman:
        watch = self.settings.watch
        url = watch.url.get_secret_value() if watch.url is not None else ""
        return Watchman(
            self.database,
            self.clock,
            lambda: runtime().ended,
            channels,
            lambda: runtime().health(),
            DeadMansSwitch(url, watch.every, self.clock.now),
            Alarm(channels, self.routes, self.clock),
            watch.late,
        )

    def follow(self, policy: Policy) -> Adopted:
        """Make this the desk's policy, freeze the holidays it needs, and bring open promises up to date with both. What
        customers are reminded of follows with the chores: there may be many of them."""
        now = self.clock.now()
        adopted = self.database.write(lambda work: adopt(work, policy, now, library()))
        if adopted.changed:
            recompute(self.database, now)
            self.database.write(lambda work: applied(work, adopted))
        return adopted

    def take_on(self, plan: OnCall) -> None:
        """Make this the desk's on-call plan. What looks wrong about it is told in the log, once."""
        for doubt in self.database.write(lambda work: adopt_plan(work, plan, self.clock.now())).doubts:
            log.warning("The on-call plan: %s", doubt)

    def chores(self, now: datetime) -> bool:
        """What is done once a day; returns whether all of it was."""
        return Chores(self.settings, self.database, self.follow, self.take_on)(now)

    def close(self) -> None:
        self.database.close()


def build(settings: Settings, clock: WallClock, platforms: tuple[str, ...] | None = None) -> House:
    """Put the desk together over its database, brought up to today's schema, and to the operator's policy and on-call
    plan. News goes to `platforms`; without them, to the terminal and every chat platform that is set up.

    Raises Refusal when the data folder, the database, the policy or the plan will not do, and says what would.
    """
    policy = policy_at(settings.policy_path, library().known)
    plan = oncall_at(settings.oncall_path, policy)
    make_folder(settings)
    upgrade(settings.database_url)
    house = assembled(settings, clock, platforms)
    try:
        house.follow(policy)
        house.take_on(plan)
    except BaseException:
        house.close()
        raise
    return house


def assembled(settings: Settings, clock: WallClock, platforms: tuple[str, ...] | None = None) -> House:
    """The parts joined over a database that is taken as it is: nothing is upgraded, adopted or made."""
    told = platforms_of(settings, terminal=True) if platforms is None else platforms
    places = {platform: _places(settings, platform) for platform in told}
    pagers = pagers_of(settings)
    hooks = {name: hook.events for name, hook in settings.webhooks.items()}
    mail = mailing(settings, (*told, *pagers))
    routes = Routes(told, places, threaded(settings, told), mail, frozenset(pagers), hooks)
    database = SqlDatabase(settings.database_url, routes, promises_from, clock)
    undo = settings.email.undo if settings.email is not None and not routes.by_hand else 0
    commands = catalogue.build(settings.told(), chats_of(settings), routes.by_hand, undo, uncallable(settings))
    return House(settings, clock, database, Desk(database, commands, clock), routes)


def _rounds(clock: WallClock, changed: Callable[[], None]) -> Callable[[Database, datetime, Away | None], int]:
    """What a round does before it delivers: pages first and in between, what else is due, and then the rota and the
    cards on which time goes on. `changed` sees to it that pages go out at once."""
    set_back = SetBack()
    later: Mapping[str, Callable[[Database, datetime], object]] = {
        "Reminders": sweep_reminders,
        "The rota": DutyWatch(),
        "Cards": Refresh(),
    }

    def pages(database: Database) -> int:
        try:
            done = sweep_pages(database, clock.now()) + sweep_calls(database, clock.now())
        except Refusal:
            raise
        except Exception:  # Promises must be looked after although pages cannot.
            log.exception("Pages could not be looked at.")
            return 0
        if done:
            changed()
        return done

    def look(database: Database, now: datetime, away: Away | None) -> int:
        set_back(database, now)
        done = pages(database)
        done += sweep(database, now, away, lambda: pages(database))
        for name, look_after in later.items():
            try:
                look_after(database, now)
            except Exception:  # Nobody is told later because of it.
                log.exception("%s could not be looked after.", name)
        return done

    return look


def letter_writer(settings: Settings, routes: Routes) -> LetterWriter:
    """Who writes this desk's letters."""
    page = settings.web.public_url if settings.web.customers else ""
    email = settings.email
    if email is None:
        return LetterWriter(settings.data / FOLDER, Letterhead(settings.company, page))
    domain = _in_ascii(parseaddr(email.sender)[1].rpartition("@")[2])
    boxes = {name: one.address for name, one in email.boxes.items()}
    box = next(iter(boxes.values()), "")
    head = Letterhead(settings.company, page, box, email.plus, domain, routes.mailing, boxes)
    return LetterWriter(settings.data / FOLDER, head)


def _in_ascii(domain: str) -> str:
    """As a Message-ID can hold it. One that no mail could come from is told of elsewhere."""
    try:
        return domain.encode("idna").decode() or "localhost"
    except UnicodeError:
        return "localhost"


def _places(settings: Settings, platform: str) -> Places:
    channels = settings.channels_of(platform)
    return Places(channels.desk, channels.alerts, channels.alerts_by_level)


def make_folder(settings: Settings) -> None:
    """The data folder, where there is none. Raises Refusal."""
    if settings.database is not None:
        return
    try:
        settings.data.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise Refusal(
            f"The data folder {settings.data} cannot be made: {error.strerror}.",
            "Name another: thirdline run --data FOLDER",
        ) from None
