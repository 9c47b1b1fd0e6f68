"""The platform: it begins whatever the providers say, and health tells what an operator must know before a page."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr

from adapters.phone.platform import PhonePlatform
from bot.domain.errors import Refusal
from bot.settings import Phone, PhoneAccount, Settings
from tests.doubles.phone.network import Network
from tests.town import Town


@pytest.fixture
def phones() -> Iterator[Network]:
    with Network() as network:
        yield network


@pytest.fixture
def town(settled: Town, tmp_path: Path) -> Iterator[Town]:
    town = settled.copied(tmp_path / "desk")
    yield town
    town.close()


def account(phones: Network, **rest: Any) -> dict[str, Any]:
    given = {"account": phones.account, "token": SecretStr(phones.token), "number": phones.number}
    return {**given, "api_url": phones.api_url, **rest}


def connected(town: Town, phone: dict[str, Any], deed: Callable[[PhonePlatform], Awaitable[None]]) -> None:
    settings = Settings(data=town.folder, phone=Phone(**phone, public_url="https://desk.example.com"))

    async def inside() -> None:
        platform = PhonePlatform(town.desk, settings, town.clock, lambda: None, patience=10.0, pulse=0.05)
        assert not platform.health().well
        await platform.start()
        try:
            await asyncio.wait_for(deed(platform), 60)
        finally:
            await platform.stop()
        assert platform.health().words == "not connected"

    asyncio.run(inside())


def test_it_is_well_while_its_account_is(town: Town, phones: Network) -> None:
    async def deed(platform: PhonePlatform) -> None:
        await asyncio.to_thread(phones.until, lambda: bool(phones.asked("account_fetch")))
        assert platform.health().well
        assert platform.health().words == "Twilio +14165550100"
        assert platform.channel.platform == "phone"
        assert any(route.path == "/phone/call" for route in platform.routes())

    connected(town, account(phones), deed)
    assert phones.faults == []


def test_a_token_that_dies_is_known_before_a_page_needs_it(town: Town, phones: Network) -> None:
    async def deed(platform: PhonePlatform) -> None:
        await asyncio.to_thread(phones.until, lambda: bool(phones.asked("account_fetch")))
        phones.fails("account_fetch", 401, times=10_000)
        dead = "does not know the account or its token"
        await asyncio.to_thread(phones.until, lambda: dead in platform.health().words)
        assert not platform.health().well
        phones.recovers()
        await asyncio.to_thread(phones.until, lambda: platform.health().well)

    connected(town, account(phones), deed)


def test_a_provider_that_is_away_keeps_nothing_from_beginning_and_the_other_is_named(
    town: Town, phones: Network
) -> None:
    second = PhoneAccount(**account(phones))
    nobody = account(phones, api_url="http://127.0.0.1:9/2010-04-01", number="+14165550101", second=second)

    async def deed(platform: PhonePlatform) -> None:
        await asyncio.to_thread(phones.until, lambda: not platform.health().well)
        assert "Twilio +14165550101: Twilio cannot be reached" in platform.health().words
        assert "Twilio +14165550100 calls meanwhile" in platform.health().words

    connected(town, nobody, deed)


def test_what_a_provider_needs_and_nobody_gave_is_refused_with_the_cure(town: Town, phones: Network) -> None:
    settings = Settings(
        data=town.folder,
        phone=Phone(**account(phones, provider="telnyx"), public_url="https://desk.example.com"),
    )
    with pytest.raises(Refusal, match="public_key"):
        PhonePlatform(town.desk, settings, town.clock, lambda: None)
    with pytest.raises(Refusal, match="not set up"):
        PhonePlatform(town.desk, Settings(data=town.folder), town.clock, lambda: None)
