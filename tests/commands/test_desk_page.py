"""/desk page: a link that signs its reader in, once, and only where the desk has a page."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.ports import Speaker, UnitOfWork
from bot.ports.intake import PassKind
from bot.settings import Settings
from bot.wiring import House, assembled
from commands.desk import UNRECORDED, Answer
from commands.visits import link_at, sign_in
from tests.town import Town, words

URL = "https://desk.example.com/help"
ENTRANCE = URL + "/desk/sign-in/"


@pytest.fixture
def house(town: Town, tmp_path: Path) -> Iterator[House]:
    """The town's desk with a page for staff."""
    web = {"staff": True, "public_url": URL}
    made = assembled(Settings.model_validate({"data": town.folder, "web": web}), town.clock)
    yield made
    made.close()


def asks(house: House, who: str, request: str = "") -> Answer:
    return house.desk.say(Speaker("console", who, who.capitalize()), "/desk page", request)


def secret_of(answer: Answer) -> str:
    address = str(answer.card.data["address"])
    assert address.startswith(ENTRANCE)
    return address.removeprefix(ENTRANCE)


def test_everybody_of_the_desk_gets_a_link_that_signs_them_in_once(house: House, town: Town) -> None:
    for who in ("vic", "ann", "lea", "zoe"):
        answer = asks(house, who)
        assert answer.ok
        assert "within 5 minutes" in words(answer.card)
        secret, now = secret_of(answer), town.clock.now()

        def enters(work: UnitOfWork) -> str:
            link = link_at(work, PassKind.STAFF_LINK, secret, now)  # noqa: B023  called at once
            return link.subject if link is not None else ""

        assert town.database.read(enters) == who
        signed = [town.database.write(lambda work: sign_in(work, PassKind.STAFF_LINK, secret, now)) for _ in "12"]  # noqa: B023
        assert [one is not None for one in signed] == [True, False]


def test_strangers_get_none(house: House) -> None:
    answer = house.desk.say(Speaker("slack", "U0NEW", "New"), "/desk page")
    assert not answer.ok
    assert "not known to this desk" in words(answer.card)


def test_a_repeat_of_the_request_gets_a_link_of_its_own_and_none_is_recorded(house: House) -> None:
    first, second = asks(house, "ann", "slack:1"), asks(house, "ann", "slack:1")
    assert secret_of(first) != secret_of(second)
    assert first.card.data[UNRECORDED]


def test_without_a_page_it_is_refused_and_says_how_to_have_one(town: Town) -> None:
    told = town.refused("zoe", "desk page")
    assert "This desk has no page." in told
    assert "[web] staff = true" in told


def test_a_customers_page_alone_is_no_page_of_the_desk(town: Town) -> None:
    web = {"customers": True, "public_url": URL}
    house = assembled(Settings.model_validate({"data": town.folder, "web": web}), town.clock)
    try:
        assert not asks(house, "zoe").ok
    finally:
        house.close()
