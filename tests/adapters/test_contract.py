"""The contract of every chat platform: the same tests over every folder of adapters that is one, and a made-up one."""

from __future__ import annotations

from collections.abc import Iterator
from importlib import import_module
from pathlib import Path

import pytest

import adapters
from bot.cards import Tone, say
from bot.domain.errors import Refusal
from bot.ports import Kind
from tests.adapters.ground import Ground
from tests.adapters.joined import Joined

OPEN = '/ticket open "printer on fire" --customer acme'
FOLDERS = {"adapters": Path(adapters.__path__[0]), "tests.adapters": Path(__file__).parent}
FOUND = [
    (f"{package}.{file.parent.name}", file) for package, at in FOLDERS.items() for file in at.glob("*/platform.py")
]
# Ways that carry pages alone are not talked on: their contract is in `test_pagers`.
PLATFORMS = sorted({file.parent.name for name, file in FOUND if not getattr(import_module(name), "PAGER", False)})


@pytest.fixture(params=PLATFORMS)
def name(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def ground(name: str) -> Iterator[Ground]:
    opened: Ground = import_module(f"tests.adapters.{name}.ground").Ground()
    with opened as ground:
        yield ground


@pytest.fixture
def desk(tmp_path: Path, name: str, ground: Ground) -> Iterator[Joined]:
    desk = Joined(tmp_path, name, ground)
    yield desk
    desk.close()


@pytest.fixture
def open_desk(desk: Joined) -> Joined:
    """Connected, with one ticket whose card is there."""
    desk.start()
    desk.says("ann", OPEN)
    desk.delivers()
    return desk


# --- what goes out -------------------------------------------------------------------------------------------------


def test_its_channel_carries_its_name(desk: Joined) -> None:
    assert desk.platform.channel.platform == desk.name
    assert isinstance(desk.platform.channel.prompt, bool)
    assert list(desk.platform.routes()) == []


def test_a_ticket_has_one_card_that_changes_in_place(open_desk: Joined) -> None:
    (first,) = open_desk.cards()
    open_desk.says("bob", "/ticket claim 1")
    open_desk.delivers()

    (card,) = open_desk.ground.desk()
    assert "printer on fire" in card
    assert "Held by" in card
    assert open_desk.cards() == [first]
    assert open_desk.waiting() == []


def test_what_somebody_did_stands_below_the_card(open_desk: Joined) -> None:
    open_desk.says("bob", "/ticket note 1 The toner is leaking")
    open_desk.delivers()

    assert ["The toner is leaking" in one for one in open_desk.ground.below()] == [True]
    assert len(open_desk.ground.desk()) == 1


def test_an_alert_is_in_the_alerts_channel(open_desk: Joined) -> None:
    open_desk.posts(Kind.ALERT, "#alerts", say("#1 is at risk", tone=Tone.WARNING), ticket=1)
    open_desk.delivers()

    assert ["#1 is at risk" in one for one in open_desk.ground.alerts()] == [True]
    assert len(open_desk.ground.desk()) == 1


def test_a_person_is_told_alone(open_desk: Joined) -> None:
    open_desk.posts(Kind.NOTICE, "@bob", say("Ann gave you #1"))
    open_desk.delivers()

    assert [one.strip() for one in open_desk.ground.direct("bob")] == ["Ann gave you #1"]
    assert list(open_desk.ground.direct("ann")) == []


def test_whom_it_does_not_know_it_passes_over_but_a_page_waits_and_says_why(open_desk: Joined) -> None:
    open_desk.posts(Kind.NOTICE, "@zoe", say("A word"), ticket=1)
    open_desk.delivers()
    assert open_desk.waiting() == []

    open_desk.posts(Kind.PAGE, "@zoe", say("Wake up"), ticket=1)
    open_desk.delivers()
    (page,) = open_desk.waiting()
    assert f"/staff link zoe --platform {open_desk.name}" in page.error


def test_an_answer_that_is_lost_makes_no_second_message(desk: Joined) -> None:
    desk.start()
    desk.ground.loses_the_answer()
    desk.says("ann", OPEN)
    desk.delivers()
    desk.says("bob", "/ticket claim 1")
    for _ in range(3):
        desk.delivers(after=30)

    (card,) = desk.ground.desk()
    assert "Held by" in card
    assert desk.waiting() == []


def test_patience_that_is_asked_for_is_given(desk: Joined) -> None:
    desk.start()
    desk.ground.asks_for_patience(45)
    desk.says("ann", OPEN)
    desk.delivers()
    desk.delivers(after=30)
    assert list(desk.ground.desk()) == []

    desk.delivers(after=20)
    assert len(desk.ground.desk()) == 1


# --- what comes in -------------------------------------------------------------------------------------------------


def test_what_is_said_there_is_done_and_answered(desk: Joined) -> None:
    desk.start()
    assert "printer" in desk.ground.says("ann", "/ticket open printer")
    assert desk.tickets() == 1
    assert desk.changes == 1


def test_a_stranger_changes_nothing_and_is_told_so(desk: Joined) -> None:
    desk.start()
    assert "printer" not in desk.ground.says("stranger", "/ticket open printer")
    assert desk.tickets() == 0


# --- its connection ------------------------------------------------------------------------------------------------


def test_health_tells_how_it_is(desk: Joined) -> None:
    assert not desk.platform.health().well
    desk.start()
    health = desk.platform.health()
    assert health.well
    assert desk.is_seen(there=True)
    assert health.heard_at is not None


def test_it_stops_tidily_and_starts_again(desk: Joined) -> None:
    desk.start()
    desk.stop()
    assert not desk.platform.health().well
    assert desk.is_seen(there=False)
    desk.stop()
    desk.start()
    assert "printer" in desk.ground.says("ann", "/ticket open printer")


def test_a_platform_that_is_away_at_the_start_is_no_refusal(desk: Joined) -> None:
    desk.ground.goes()
    with pytest.raises(ConnectionError):
        desk.start()
    desk.ground.returns()
    desk.start()
    assert desk.platform.health().well


def test_what_it_will_not_have_is_refused_with_the_cure(
    tmp_path: Path, name: str, ground: Ground, caplog: pytest.LogCaptureFixture
) -> None:
    desk = Joined(tmp_path, name, ground, **ground.wrong)
    try:
        with pytest.raises(Refusal) as refused:
            desk.start()
    finally:
        desk.close()
    assert name in refused.value.text
    assert refused.value.hint
    assert not any(str(secret) in caplog.text + refused.value.text for secret in ground.wrong.values())
