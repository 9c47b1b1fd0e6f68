"""A round over due timers ends, even where the rules arm a timer in the past again and again."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from bot.domain.policy import SupportLevel
from bot.domain.sla import Clock, Promises, Stage
from bot.ports import FrozenHolidays
from bot.routes import Routes
from bot.wiring import promises_from
from commands.sweep import sweep
from storage.database import SqlDatabase
from tests.town import Town


class Forgetful(Promises):
    """Promises with a mistake: a stage that is due is armed, and yet never found."""

    def stages_due(self, clock: Clock, level: SupportLevel, now: datetime, most: int = 1000) -> tuple[Stage, ...]:
        return ()


def forgetful(text: str, frozen: Sequence[FrozenHolidays], version: int) -> Promises:
    promises = promises_from(text, frozen, version)
    return Forgetful(promises.policy, promises.hours, promises.version)


def test_timers_that_stay_due_are_put_off_and_the_round_ends(town: Town) -> None:
    for subject in ("mail", "printer"):
        town.does("ann", f'/ticket open "{subject} down" --customer acme')
    now = town.clock.forward(hours=2)
    database = SqlDatabase(town.house.settings.database_url, Routes(("console",)), forgetful, town.clock)
    sweep(database, now)
    first = database.read(lambda work: work.tickets.next_timer())
    database.close()
    assert first is not None
    assert now < first <= now + timedelta(minutes=5)
    town.clock.forward(hours=1)
    assert town.ticks() == 2, "Once the mistake is mended, they are told."
