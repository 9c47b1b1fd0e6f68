"""The web server of a desk with pagers: a telephone provider finds its addresses there; health tells of all ways."""

from __future__ import annotations

import asyncio
from pathlib import Path

from aiohttp import ClientSession

from bot.clocks import MovableClock
from bot.domain.errors import Refusal
from bot.ports import Health
from bot.settings import Settings
from bot.wiring import build
from tests.town import MONDAY_TEN

PHONE = {
    "account": "AC0",
    "token": "secret",
    "number": "+14165550100",
    "public_url": "https://desk.example",
    "api_url": "http://127.0.0.1:9",
}


class Listens:
    """Waits until the web server is there."""

    def __init__(self) -> None:
        self.heard = asyncio.Event()

    def told(self, platform: str, health: Health) -> None:
        if platform == "web" and health.well:
            self.heard.set()

    def refused(self, platform: str, refusal: Refusal) -> None:
        """Its round tells."""


def test_the_web_server_runs_when_a_pager_has_routes(tmp_path: Path) -> None:
    settings = Settings.model_validate({"data": tmp_path, "phone": PHONE, "web": {"host": "127.0.0.1", "port": 0}})

    async def story() -> None:
        house = build(settings, MovableClock(MONDAY_TEN), ("console",))
        listens = Listens()
        runtime = house.served({}, listens)
        runtime.start()
        try:
            await asyncio.wait_for(listens.heard.wait(), 60)
            at = runtime.health()["web"].words.rpartition(":")[2]
            async with ClientSession() as session:
                async with session.post(f"http://127.0.0.1:{at}/phone/call", data={"CallSid": "CA1"}) as answer:
                    assert answer.status == 403, "Nobody signed it."
                async with session.get(f"http://127.0.0.1:{at}/health") as answer:
                    told = await answer.json()
        finally:
            await runtime.stop()
            house.close()
        assert set(told["platforms"]) == {"phone", "web"}
        assert told["watch"] == {"well": True, "words": "nobody outside is told", "heard_at": None}

    asyncio.run(story())
