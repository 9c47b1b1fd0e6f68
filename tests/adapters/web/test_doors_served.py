"""The doors of a desk that runs: what the settings open is served by its one web server, and ends with it."""

from __future__ import annotations

import asyncio
from pathlib import Path

from aiohttp import ClientSession

from bot.clocks import MovableClock
from bot.settings import Settings
from bot.wiring import build
from tests.adapters.web.browsing import MAIL
from tests.adapters.web.test_pagers_served import Listens
from tests.town import MONDAY_TEN


def test_the_customers_page_is_served_where_it_is_on(tmp_path: Path) -> None:
    web = {"port": 0, "customers": True, "public_url": "https://desk.example.com"}
    settings = Settings.model_validate({"data": tmp_path, "web": web, "email": MAIL})

    async def story() -> None:
        house = build(settings, MovableClock(MONDAY_TEN), ("console",))
        listens = Listens()
        runtime = house.served({}, listens)
        runtime.start()
        try:
            await asyncio.wait_for(listens.heard.wait(), 60)
            at = runtime.health()["web"].words.rpartition(":")[2]
            async with ClientSession() as session:
                async with session.get(f"http://127.0.0.1:{at}/") as answer:
                    assert "Sign in" in await answer.text()
                async with session.get(f"http://127.0.0.1:{at}/health") as answer:
                    assert answer.content_type == "application/json"
        finally:
            await runtime.stop()
            house.close()

    asyncio.run(story())
