"""`thirdline doctor` on the watch over the desk: who looks after it, and who outside hears when it dies."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from pydantic import SecretStr

from bot.cli.checks import Verdict
from bot.cli.watch_checks import watch
from bot.connections import FACT, as_fact
from bot.oncall.file import read_oncall
from bot.ports import Health
from bot.settings import Settings, Watch
from bot.watchman import NAME
from tests.test_rounds_of_pages import PLAN
from tests.town import Town

URL = SecretStr("https://outside.example/s3cret")


class Watched:
    def __init__(self, folder: Path) -> None:
        self.town = Town(folder).settle()

    def was(self, health: Health) -> None:
        fact = as_fact(health, self.town.clock.now())
        self.town.database.write(lambda work: work.memory.set_fact(FACT + NAME, fact))

    def found(self, url: SecretStr | None = URL) -> list[tuple[Verdict, str]]:
        settings = Settings(data=self.town.folder, watch=Watch(url=url))
        return [(one.verdict, one.found) for one in watch(settings, self.town.database, self.town.clock.now())]


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Watched]:
    desk = Watched(tmp_path)
    yield desk
    desk.town.close()


def test_a_desk_that_never_ran_is_well(desk: Watched) -> None:
    assert desk.found() == [(Verdict.OK, "nobody watches yet; the desk does while it runs")]


def test_a_desk_that_runs_says_how_it_is(desk: Watched) -> None:
    now = desk.town.clock.now()
    desk.was(Health(True, "somebody outside is told", now))
    assert desk.found() == [(Verdict.OK, "somebody outside is told")]
    desk.was(Health(False, "the desk has stood still for 60 s", now))
    assert desk.found() == [(Verdict.FAIL, "the desk has stood still for 60 s")]
    desk.was(Health(True, "the address outside cannot be told: it answers 404"))
    assert desk.found() == [(Verdict.WARN, "the address outside cannot be told: it answers 404")]


def test_a_desk_that_says_nothing_any_more_may_not_be_running(desk: Watched) -> None:
    desk.was(Health(True, "somebody outside is told", desk.town.clock.now()))
    desk.town.clock.forward(minutes=10)
    assert desk.found() == [(Verdict.WARN, "the desk last looked after itself 10 min ago")]


def test_where_people_are_on_call_somebody_outside_should_hear_when_the_desk_dies(desk: Watched) -> None:
    assert len(desk.found(None)) == 1
    desk.town.house.take_on(read_oncall(PLAN))
    assert desk.found(None)[1:] == [(Verdict.WARN, "people are on call, and nobody outside hears when the desk dies")]
