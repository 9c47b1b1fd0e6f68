"""A page's call over the whole network: our markup is fetched and executed, by people and by machines."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from pydantic import SecretStr

from adapters.phone.wire.addresses import PAGE, START, Addresses
from adapters.phone.wire.provider import CallOrder
from adapters.phone.wire.providers import provider_of
from bot.domain.paging import Attempt, Missed, Page, PageState
from bot.settings import PhoneAccount
from tests.adapters.phone.door import PUBLIC, Door, night, phone
from tests.commands.paged import ANN, attempt_now, page_now, paged, tried
from tests.doubles.phone import Network, Voicemail
from tests.doubles.phone.network import Manners
from tests.town import Town

AT = Addresses(PUBLIC)


@pytest.fixture
def town(settled: Town, tmp_path: Path) -> Iterator[Town]:
    with night(settled, tmp_path) as town:
        yield town


@pytest.fixture
def network() -> Iterator[Network]:
    with Network(scale=0.004) as network:
        yield network
        assert network.faults == []


@contextmanager
def listening(town: Town, network: Network, **settings: bool) -> Iterator[Door]:
    """The desk behind its public address."""
    given = phone(
        account=network.account, token=SecretStr(network.token), number=network.number, second=None, **settings
    )
    with Door(town, given) as door:
        network.points_to(PUBLIC, door.inside)
        yield door


@pytest.fixture
def door(town: Town, network: Network) -> Iterator[Door]:
    with listening(town, network) as door:
        yield door


@pytest.fixture
def page(town: Town) -> Page:
    return paged(town)


def rings(town: Town, network: Network, page: Page) -> Attempt:
    """The desk calls Ann; returns the attempt once the call is over and all is told."""
    attempt = tried(town, page, ref="")
    account = PhoneAccount(
        account=network.account, token=SecretStr(network.token), number=network.number, api_url=network.api_url
    )
    order = CallOrder(
        ANN,
        AT.status(PAGE, attempt.token),
        AT.prompt(PAGE, attempt.token, START, 0),
        machine_url=AT.machine(PAGE, attempt.token),
    )

    async def call() -> None:
        provider = provider_of(account)
        await provider.open()
        try:
            await provider.call(order)
        finally:
            await provider.close()

    asyncio.run(call())
    network.until(lambda: network.calls and network.calls[-1].over)
    network.quiet()
    return attempt_now(town, attempt)


def test_somebody_presses_1_while_it_still_speaks(town: Town, network: Network, door: Door, page: Page) -> None:
    ann = network.person(ANN, "Ann", presses=[("mail server down", "1")])
    rings(town, network, page)
    assert page_now(town, page).acknowledged_by == "ann"
    assert ann.heard[-1] == "Thank you, Ann. Ticket one is yours. I have told the desk."


def test_a_voicemail_that_says_nothing_is_missed(town: Town, network: Network, door: Door, page: Page) -> None:
    network.person(ANN, voicemail=True)
    attempt = rings(town, network, page)
    assert attempt.result in (Missed.SILENCE.value, Missed.MACHINE.value)
    assert page_now(town, page).state is PageState.OPEN
    assert attempt.evidence["answered_by"].startswith("machine")


def test_a_machine_that_plays_the_key_1_takes_nothing_where_a_random_digit_is_asked_for(
    town: Town, network: Network, page: Page
) -> None:
    network.person(ANN, voicemail=Voicemail(emits=((3, "1"), (9, "1"), (15, "1"))))
    with listening(town, network, challenge=True):
        attempt = rings(town, network, page)
    assert attempt.result in (Missed.WRONG_KEY.value, Missed.SILENCE.value, Missed.MACHINE.value)
    assert page_now(town, page).open


def test_who_listens_and_presses_nothing_is_asked_twice(town: Town, network: Network, door: Door, page: Page) -> None:
    ann = network.person(ANN)
    attempt = rings(town, network, page)
    assert attempt.result == Missed.SILENCE.value
    assert sum("Press 1 to take it" in heard for heard in ann.heard) == 2


def test_who_hangs_up_halfway_was_not_reached(town: Town, network: Network, door: Door, page: Page) -> None:
    network.person(ANN, hangs_up="mail server")
    assert rings(town, network, page).result == Missed.HUNG_UP.value


@pytest.mark.parametrize(
    ("manners", "result"),
    [({"busy": True}, Missed.BUSY), ({"answers": False}, Missed.NO_ANSWER), ({"rejects": True}, Missed.BUSY)],
)
def test_who_is_busy_away_or_declines_is_missed_at_once(
    town: Town, network: Network, door: Door, page: Page, manners: Manners, result: Missed
) -> None:
    network.person(ANN, **manners)
    assert rings(town, network, page).result in (result.value, Missed.REFUSED.value)


def test_a_text_with_the_code_is_answered(town: Town, network: Network, door: Door, page: Page) -> None:
    ann = network.person(ANN)
    tried(town, page, kind="text", code="482193")
    ann.texts("482 193")
    network.until(lambda: ann.got)
    assert [text.body for text in ann.got] == ["#1 is yours, Ann."]
    network.quiet()
