"""The composition root: the one module that knows every part by name. Tests call it, too."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from bot.cards import Card
from bot.delivery import Delivery
from bot.domain.errors import Refusal
from bot.domain.policy import HolidayRule, Policy
from bot.domain.policy_data import policy_from_json, policy_to_json
from bot.domain.promises import promises_of
from bot.domain.sla import Promises
from bot.freezing import freeze_missing
from bot.holiday_source import holiday_dates, source
from bot.policy_file import policy_at
from bot.ports import Channel, FrozenHolidays, UnitOfWork, WallClock
from bot.routes import Routes
from bot.runtime import Runtime
from bot.settings import Settings
from commands import catalogue
from commands.desk import Desk
from commands.recompute import recompute
from commands.record import card_of
from commands.sweep import sweep
from storage.database import SqlDatabase
from storage.maintenance import backup, upgrade


class HolidayLibrary:
    """The `holidays` library as a source of dates to freeze."""

    @property
    def name(self) -> str:
        return source()

    def days(self, list: str, year: int) -> Mapping[date, str]:
        place, _, category = list.partition("/")
        country, _, subdivision = place.partition("-")
        return holiday_dates(country, subdivision or None, (category,), (year,))


def known_list(rule: HolidayRule) -> None:
    """Raises BadValue when the holiday list of a policy does not exist."""
    if rule.country:
        holiday_dates(rule.country, rule.subdivision or None, rule.categories, (2026,))


def promises_from(text: str, frozen: Sequence[FrozenHolidays], version: int) -> Promises:
    """What the stored policy promises, over every year whose holidays are frozen."""
    policy = policy_from_json(text)
    years = [one.year for one in frozen]
    first, last = (min(years), max(years)) if years else (2020, 2040)
    return promises_of(policy, frozen, version, first, last)


@dataclass(frozen=True, slots=True)
class House:
    """The desk put together, not yet running."""

    settings: Settings
    clock: WallClock
    database: SqlDatabase
    desk: Desk

    def runtime(self, channels: Mapping[str, Channel]) -> Runtime:
        """The desk's own life over these ways to people."""
        delivery = Delivery(self.database, channels, self.clock, _draw)
        return Runtime(self.database, self.clock, delivery, sweep, self.chores)

    def chores(self, now: datetime) -> None:
        """What is done at the start and once a day: freeze holidays ahead, forget what is old, copy the database."""
        adopt(self.database, policy_from_json(self.database.read(_policy_text)), now)
        self.database.write(lambda work: work.memory.prune(now))
        self.database.write(lambda work: work.outbox.prune(now))
        if self.settings.backups.daily and self.settings.database is None:
            folder = self.settings.backup_folder
            folder.mkdir(parents=True, exist_ok=True)
            target = folder / f"daily-{now:%Y%m%d}.db"
            if not target.exists():
                backup(self.settings.database_url, target)
                for old in sorted(folder.glob("daily-*.db"))[: -self.settings.backups.keep]:
                    old.unlink()

    def close(self) -> None:
        self.database.close()


def build(settings: Settings, clock: WallClock, platforms: tuple[str, ...] = ("console",)) -> House:
    """Put the desk together over its database, brought up to today's schema and to the operator's policy.

    Raises Refusal when the data folder, the database or the policy will not do, and says what would.
    """
    policy = policy_at(settings.policy_path, known_list)
    _make_folder(settings)
    upgrade(settings.database_url)
    channels = settings.channels
    routes = Routes(platforms, channels.desk, channels.alerts, channels.alerts_by_level)
    database = SqlDatabase(settings.database_url, routes, promises_from, clock)
    if adopt(database, policy, clock.now()):
        recompute(database, clock.now())
    return House(settings, clock, database, Desk(database, catalogue.build(), clock))


def adopt(database: SqlDatabase, policy: Policy, now: datetime) -> bool:
    """Make this the policy of the desk and freeze the holidays it needs; True when a promise may have moved by it."""
    text = policy_to_json(policy)

    def deed(work: UnitOfWork) -> bool:
        stored = work.memory.policy()
        frozen = freeze_missing(work, policy, now, HolidayLibrary())
        if stored is None or stored[1] != text:
            work.memory.set_policy(text, now)
        return stored is not None and (stored[1] != text or bool(frozen))

    return database.write(deed)


def _policy_text(work: UnitOfWork) -> str:
    stored = work.memory.policy()
    if stored is None:
        raise Refusal("The desk has no policy yet.", "thirdline run sets it up.")
    return stored[1]


def _make_folder(settings: Settings) -> None:
    if settings.database is not None:
        return
    try:
        settings.data.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise Refusal(
            f"The data folder {settings.data} cannot be made: {error.strerror}.",
            "Name another: thirdline run --data FOLDER",
        ) from None


def _draw(work: UnitOfWork, number: int, now: datetime) -> Card:
    return card_of(work, work.tickets.get(number), now)
