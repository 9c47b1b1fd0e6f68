"""The address that /oncall export gives is served by a running desk, for whoever has it and nobody else."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from aiohttp import ClientSession

from bot.clocks import MovableClock
from bot.settings import Settings
from bot.wiring import build
from tests.adapters.web.test_pagers_served import Listens
from tests.commands.rota_town import with_rota
from tests.town import MONDAY_TEN, Town


@pytest.mark.parametrize("served", [{"health": True}, {"public_url": "https://desk.example.com"}])
def test_the_exported_address_shows_the_shifts_of_its_person(tmp_path: Path, served: dict[str, object]) -> None:
    """Also where nothing else needs the server: an address that was given is one that answers."""
    town = with_rota(Town(tmp_path).settle())
    path = str(town.says("bob", "oncall export").card.data["address"]).partition("8080")[2]
    town.close()
    settings = Settings.model_validate({"data": tmp_path, "web": {"port": 0} | served})

    async def story() -> None:
        house = build(settings, MovableClock(MONDAY_TEN), ("console",))
        listens = Listens()
        runtime = house.served({}, listens)
        runtime.start()
        try:
            await asyncio.wait_for(listens.heard.wait(), 60)
            at = runtime.health()["web"].words.rpartition(":")[2]
            async with ClientSession() as session:
                async with session.get(f"http://127.0.0.1:{at}{path}") as answer:
                    told = await answer.text()
                async with session.get(f"http://127.0.0.1:{at}{path.replace('bob', 'ann')}") as answer:
                    assert answer.status == 404, "Nobody gave that key."
        finally:
            await runtime.stop()
            house.close()
        assert "DTSTART:20261012T130000Z" in told
        assert "SUMMARY:Bob on call" in told
        assert "Ann" not in told

    asyncio.run(story())
