"""A webhook has the desk's machine ask nothing of its own network: not by a number, a name or a name that changes."""

from __future__ import annotations

import asyncio
import socket
from pathlib import Path

import pytest
from aiohttp.abc import AbstractResolver, ResolveResult

from bot.ports import Parcel, ParcelState
from tests.adapters.webhook.town import hooked

ACME = '/ticket open "printer on fire" --customer acme'


class Told(AbstractResolver):
    """Says of every name what it is told, one answer after the other; the last one for ever."""

    def __init__(self, *answers: list[str]) -> None:
        self.answers = list(answers)
        self.asked: list[str] = []

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        self.asked.append(host)
        found = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        return [
            ResolveResult(
                hostname=host,
                host=one,
                port=port,
                family=socket.AF_INET6 if ":" in one else socket.AF_INET,
                proto=0,
                flags=0,
            )
            for one in found
        ]

    async def close(self) -> None:
        """Nothing is held."""


def told(folder: Path, url: str, resolver: AbstractResolver, *, inside: bool = False) -> tuple[list[str], list[Parcel]]:
    """A ticket is opened for a webhook of that address; returns what was heard and what became of its parcels."""

    async def run() -> tuple[list[str], list[Parcel]]:
        async with hooked(folder, {"crm": {"url": url, "inside": inside}}, resolver=resolver) as desk:
            return await desk.tells(ACME), desk.parcels()

    return asyncio.run(run())


@pytest.mark.parametrize("address", [["127.0.0.1"], ["::1"], ["169.254.169.254"], ["10.0.0.5"], ["::ffff:127.0.0.1"]])
def test_a_name_that_leads_inside_is_not_followed(folder: Path, address: list[str]) -> None:
    resolver = Told(address)
    heard, (parcel,) = told(folder, "https://crm.example:PORT/hooks", resolver)
    assert (heard, parcel.state, resolver.asked) == ([], ParcelState.DEAD, ["crm.example"])
    assert parcel.error == "its host is inside the desk's network, and inside = true is not set"


@pytest.mark.parametrize("host", ["127.0.0.1", "[::1]", "[::ffff:127.0.0.1]", "[::ffff:7f00:1]", "[::]"])
def test_a_number_that_leads_inside_is_not_followed(folder: Path, host: str) -> None:
    heard, (parcel,) = told(folder, f"https://{host}:PORT/hooks", Told(["127.0.0.1"]))
    assert (heard, parcel.state) == ([], ParcelState.DEAD)
    assert "inside the desk's network" in parcel.error


@pytest.mark.parametrize("host", ["2130706433", "127.1", "0x7f.1", "localhost", "localhost."])
def test_no_other_spelling_of_it_leads_inside(folder: Path, host: str) -> None:
    heard, (parcel,) = told(folder, f"https://{host}:PORT/hooks", Told(["127.0.0.1"]))
    assert heard == []
    assert parcel.state is not ParcelState.SENT


def test_a_name_is_looked_up_once_for_each_try_so_it_cannot_change_in_between(folder: Path) -> None:
    """The first answer is of the internet, the next one is not: it is the address connected to that is looked at."""
    resolver = Told(["192.0.2.1"], ["127.0.0.1"])
    heard, (parcel,) = told(folder, "https://crm.example:PORT/hooks", resolver)
    assert (heard, len(resolver.asked)) == ([], 1)
    assert parcel.state is not ParcelState.SENT


def test_what_is_said_to_be_inside_is_reached_by_its_name_and_told_that_name(folder: Path) -> None:
    async def run() -> None:
        hooks = {"crm": {"url": "http://crm.internal:PORT/hooks?key=1", "inside": True}}
        async with hooked(folder, hooks, resolver=Told(["127.0.0.1"])) as desk:
            assert await desk.tells(ACME) == ["ticket.opened"]
            (asked,) = desk.receiver.asked
            assert asked.headers["Host"] == f"crm.internal:{desk.receiver.port}"
            assert asked.path_qs == "/hooks?key=1"

    asyncio.run(run())


def test_the_environments_proxies_are_not_told_of_it(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    heard, _ = told(folder, "http://crm.internal:PORT/hooks", Told(["127.0.0.1"]), inside=True)
    assert heard == ["ticket.opened"]
