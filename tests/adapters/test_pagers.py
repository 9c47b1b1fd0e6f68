"""The contract of every pager: a page arrives as it was drawn, and what comes of it is told in the desk's own words."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from functools import partial
from importlib import import_module
from pathlib import Path

import pytest

from bot.ports import CannotDeliver, ParcelState
from tests.adapters.pagers import PagerGround, Paging, page_for

PAGERS = sorted(path.parent.name for path in Path(__file__).parent.glob("*/ground.py"))
PAGERS = [name for name in PAGERS if getattr(import_module(f"tests.adapters.{name}.ground"), "PAGER", False)]


@pytest.fixture(params=PAGERS)
def name(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def ground(name: str) -> Iterator[PagerGround]:
    opened: PagerGround = import_module(f"tests.adapters.{name}.ground").Ground()
    with opened as ground:
        yield ground


@pytest.fixture
def desk(tmp_path: Path, name: str, ground: PagerGround) -> Iterator[Paging]:
    desk = Paging(tmp_path, name, ground.settings, ground.contact)
    yield desk
    desk.close()


def test_its_channel_carries_its_name_and_nothing_comes_in(desk: Paging, name: str) -> None:
    assert desk.platform.channel.platform == name
    assert desk.platform.channel.prompt is False
    assert list(desk.platform.routes()) == []


def test_a_page_says_what_it_is_about_and_how_it_is_acknowledged(desk: Paging, ground: PagerGround) -> None:
    desk.start()
    desk.delivers(page_for(ground))
    (told,) = ground.told()
    for words in ("Page 7: #42 Printer on fire", "Acme is owed an answer.", "Acknowledge: /page ack 7", "2026"):
        assert words in told


def test_a_page_that_may_have_arrived_is_sent_again(desk: Paging, ground: PagerGround) -> None:
    desk.start()
    first = desk.delivers(page_for(ground))
    again = desk.delivers(page_for(ground, state=ParcelState.AMBIGUOUS))
    assert (first, len(ground.told())) == (again, 2)


def test_what_is_refused_for_good_is_told_from_what_may_go_later(desk: Paging, ground: PagerGround) -> None:
    desk.start()
    for for_good in (True, False):
        ground.refuses(for_good=for_good)
        with pytest.raises(CannotDeliver) as refused:
            desk.delivers(page_for(ground))
        assert refused.value.permanent is for_good
        assert refused.value.reason
    assert list(ground.told()) == []


def test_what_is_away_is_tried_again(desk: Paging, ground: PagerGround) -> None:
    desk.start()
    ground.goes()
    with pytest.raises(CannotDeliver) as refused:
        desk.delivers(page_for(ground))
    assert not refused.value.permanent
    ground.returns()
    desk.delivers(page_for(ground, 2))
    assert len(ground.told()) == 1
    assert desk.platform.health().well


def test_health_tells_how_it_is(desk: Paging) -> None:
    assert not desk.platform.health().well
    desk.start()
    assert desk.platform.health().well
    assert desk.platform.health().heard_at == desk.clock.now()
    desk.stop()
    desk.stop()
    assert not desk.platform.health().well
    desk.start()
    assert desk.platform.health().well


def test_no_secret_is_in_a_log_or_in_an_error(
    desk: Paging, ground: PagerGround, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    desk.start()
    desk.delivers(page_for(ground))
    told = []
    for trouble in (partial(ground.refuses, for_good=True), partial(ground.refuses, for_good=False), ground.goes):
        trouble()
        with pytest.raises(CannotDeliver) as refused:
            desk.delivers(page_for(ground))
        told.append(refused.value.reason)
    # The other side's own log is not the desk's.
    logged = [record.getMessage() for record in caplog.records if record.name != "mail.log"]
    assert ground.secrets
    assert [line for line in (*logged, *told) for secret in ground.secrets if secret in line] == []
    assert [line for line in logged if "is owed an answer" in line] == []


def test_it_has_threads_of_its_own(desk: Paging, ground: PagerGround) -> None:
    """As one that hangs must keep the desk's threads from no page, so they keep it from none."""
    desk.start()
    with desk.without_threads():
        desk.delivers(page_for(ground))
    assert len(ground.told()) == 1
